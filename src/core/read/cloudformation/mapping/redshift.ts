import type { Mappings } from "../shape.ts";
import { entry, list, type Traced, table } from "../traced.ts";

export const redshift: Mappings = {
  "AWS::Redshift::Cluster": {
    type: "aws_redshift_cluster",
    fields: {
      DBName: "database_name",
      MasterUserPassword: "master_password",
      ClusterParameterGroupName: "cluster_parameter_group_name",
      LoggingProperties: { to: "logging", constants: { enable: true }, fields: { S3KeyPrefix: "s3_key_prefix" } },
    },
  },
  "AWS::Redshift::ClusterParameterGroup": {
    type: "aws_redshift_parameter_group",
    fields: {
      ParameterGroupFamily: "family",
      Parameters: {
        to: "parameter",
        as: (given) => (given.kind === "list" ? list(given.items.map(parameter), given) : given),
      },
    },
  },
  "AWS::Redshift::ClusterSecurityGroup": { type: "aws_redshift_security_group" },
  "AWS::Redshift::ClusterSubnetGroup": { type: "aws_redshift_subnet_group" },
};

function parameter(given: Traced): Traced {
  const out = new Map<string, Traced>();
  const name = entry(given, "ParameterName");
  const value = entry(given, "ParameterValue");
  if (name) out.set("name", name);
  if (value) out.set("value", value);
  return table(out, given);
}
