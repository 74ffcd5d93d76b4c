import { json, type Mappings, words } from "../shape.ts";
import { entry, type List, list, type Traced } from "../traced.ts";

export const containers: Mappings = {
  "AWS::ECR::Repository": {
    type: "aws_ecr_repository",
    fields: {
      RepositoryName: "name",
      RepositoryPolicyText: null,
      ImageScanningConfiguration: { to: "image_scanning_configuration", fields: { ScanOnPush: "scan_on_push" } },
    },
    also: [
      {
        type: "aws_ecr_repository_policy",
        when: "RepositoryPolicyText",
        link: "repository",
        fields: { RepositoryPolicyText: json("policy") },
      },
    ],
  },
  "AWS::ECS::Cluster": {
    type: "aws_ecs_cluster",
    fields: {
      ClusterName: "name",
      ClusterSettings: { to: "setting", fields: {} },
      Configuration: {
        to: "configuration",
        fields: {
          ExecuteCommandConfiguration: {
            to: "execute_command_configuration",
            fields: {
              LogConfiguration: {
                to: "log_configuration",
                fields: { S3EncryptionEnabled: "s3_bucket_encryption_enabled" },
              },
            },
          },
        },
      },
    },
  },
  "AWS::ECS::Service": {
    type: "aws_ecs_service",
    fields: {
      NetworkConfiguration: {
        to: "network_configuration",
        fields: {
          AwsvpcConfiguration: {
            up: { AssignPublicIp: words("assign_public_ip", { ENABLED: true, DISABLED: false }) },
          },
        },
      },
    },
  },
  "AWS::ECS::TaskDefinition": {
    type: "aws_ecs_task_definition",
    fields: {
      Volumes: {
        to: "volume",
        fields: {
          EFSVolumeConfiguration: { to: "efs_volume_configuration", fields: {} },
          EfsVolumeConfiguration: { to: "efs_volume_configuration", fields: {} },
        },
      },
    },
  },
  "AWS::EKS::Cluster": {
    type: "aws_eks_cluster",
    fields: {
      ResourcesVpcConfig: { to: "vpc_config", fields: {} },
      EncryptionConfig: { to: "encryption_config", fields: { Provider: { to: "provider", fields: {} } } },
      Logging: {
        up: {
          ClusterLogging: {
            up: {
              EnabledTypes: {
                to: "enabled_cluster_log_types",
                as: (given) => (given.kind === "list" ? listOfTypes(given) : given),
              },
            },
          },
        },
      },
    },
  },
  "AWS::EKS::Nodegroup": {
    type: "aws_eks_node_group",
    fields: {
      RemoteAccess: {
        to: "remote_access",
        fields: { Ec2SshKey: "ec2_ssh_key", SourceSecurityGroups: "source_security_group_ids" },
      },
    },
  },
  "AWS::Batch::JobDefinition": {
    type: "aws_batch_job_definition",
    fields: { ContainerProperties: json("container_properties") },
  },
};

/** [{ Type: "api" }] → ["api"]. */
const listOfTypes = (given: List): Traced =>
  list(
    given.items.map((item) => entry(item, "Type") ?? item),
    given,
  );
