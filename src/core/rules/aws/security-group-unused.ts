/** Security groups that nothing wears. */
import { rule } from "../rule.ts";
import { fail, pass } from "../verdict.ts";

/** Types that have a network interface, or hand groups to one. */
const WEARERS = [
  "aws_alb",
  "aws_apprunner_vpc_connector",
  "aws_appstream_fleet",
  "aws_batch_compute_environment",
  "aws_codebuild_project",
  "aws_cloudwatch_event_target",
  "aws_connect_instance",
  "aws_dax_cluster",
  "aws_db_instance",
  "aws_db_proxy",
  "aws_directory_service_directory",
  "aws_dms_replication_instance",
  "aws_docdb_cluster",
  "aws_ec2_client_vpn_endpoint",
  "aws_ec2_client_vpn_network_association",
  "aws_ec2_instance_connect_endpoint",
  "aws_ecs_service",
  "aws_ecs_task_set",
  "aws_efs_mount_target",
  "aws_eks_cluster",
  "aws_eks_node_group",
  "aws_elasticache_cluster",
  "aws_elasticache_replication_group",
  "aws_elasticache_serverless_cache",
  "aws_elasticsearch_domain",
  "aws_elb",
  "aws_emr_cluster",
  "aws_emr_studio",
  "aws_fsx_lustre_file_system",
  "aws_fsx_ontap_file_system",
  "aws_fsx_openzfs_file_system",
  "aws_fsx_windows_file_system",
  "aws_glue_connection",
  "aws_glue_dev_endpoint",
  "aws_grafana_workspace",
  "aws_instance",
  "aws_lambda_function",
  "aws_launch_configuration",
  "aws_launch_template",
  "aws_lb",
  "aws_mq_broker",
  "aws_msk_cluster",
  "aws_msk_connect",
  "aws_mskconnect_connector",
  "aws_msk_serverless_cluster",
  "aws_mwaa_environment",
  "aws_neptune_cluster",
  "aws_network_interface",
  "aws_network_interface_sg_attachment",
  "aws_opensearch_domain",
  "aws_opensearchserverless_vpc_endpoint",
  "aws_pipes_pipe",
  "aws_quicksight_vpc_connection",
  "aws_rds_cluster",
  "aws_redshift_cluster",
  "aws_redshift_endpoint_access",
  "aws_redshiftserverless_workgroup",
  "aws_route53_resolver_endpoint",
  "aws_sagemaker_domain",
  "aws_sagemaker_model",
  "aws_sagemaker_notebook_instance",
  "aws_scheduler_schedule",
  "aws_spot_fleet_request",
  "aws_spot_instance_request",
  "aws_synthetics_canary",
  "aws_transfer_server",
  "aws_verifiedaccess_endpoint",
  "aws_vpc_endpoint",
  "aws_vpc_endpoint_security_group_association",
  "aws_vpclattice_service_network_vpc_association",
  "aws_workspaces_directory",
  "module",
];

export const unused = rule({
  id: "aws-security-group-unused",
  aliases: ["CKV2_AWS_5"],
  title: "Security group is attached to nothing",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "aws_security_group",
  why: "A group that protects nothing is only confusing. Somebody may take it up later without reading what it opens.",
  remedy: "Attach the group, or remove it.",
  check: (view) =>
    view.joined(WEARERS).length > 0 ? pass() : fail(undefined, "Nothing in this code uses the security group"),
  bad: `
    resource "aws_security_group" "g" {
      name = "web"
    }
  `,
  good: `
    resource "aws_security_group" "g" {
      name = "web"
    }

    resource "aws_instance" "i" {
      ami                    = "ami-1"
      instance_type          = "t3.micro"
      vpc_security_group_ids = [aws_security_group.g.id]
    }
  `,
});
