import { type Fields, type Mappings, nameValueBlocks } from "../shape.ts";

const cluster: Fields = {
  SourceDBClusterIdentifier: "restore_to_point_in_time.source_cluster_identifier",
  DBClusterIdentifier: "cluster_identifier",
  DBClusterParameterGroupName: "db_cluster_parameter_group_name",
  DBSubnetGroupName: "db_subnet_group_name",
  EnableCloudwatchLogsExports: "enabled_cloudwatch_logs_exports",
  EnableIAMDatabaseAuthentication: "iam_database_authentication_enabled",
  MasterUserPassword: "master_password",
};

/** Relational and graph databases: RDS, Aurora, DocumentDB, Neptune. */
export const rds: Mappings = {
  "AWS::RDS::DBInstance": {
    type: "aws_db_instance",
    fields: {
      DBInstanceIdentifier: "identifier",
      DBInstanceClass: "instance_class",
      DBName: "db_name",
      DBClusterIdentifier: "cluster_identifier",
      DBParameterGroupName: "parameter_group_name",
      DBSubnetGroupName: "db_subnet_group_name",
      DBSnapshotIdentifier: "snapshot_identifier",
      DBClusterSnapshotIdentifier: "snapshot_identifier",
      SourceDBInstanceIdentifier: "replicate_source_db",
      SourceDBInstanceAutomatedBackupsArn: "restore_to_point_in_time.source_db_instance_automated_backups_arn",
      SourceDbiResourceId: "restore_to_point_in_time.source_dbi_resource_id",
      EnableCloudwatchLogsExports: "enabled_cloudwatch_logs_exports",
      EnableIAMDatabaseAuthentication: "iam_database_authentication_enabled",
      EnablePerformanceInsights: "performance_insights_enabled",
      PerformanceInsightsKMSKeyId: "performance_insights_kms_key_id",
      MasterUsername: "username",
      MasterUserPassword: "password",
      MultiAZ: "multi_az",
      VPCSecurityGroups: "vpc_security_group_ids",
      PreferredBackupWindow: "backup_window",
      PreferredMaintenanceWindow: "maintenance_window",
      CACertificateIdentifier: "ca_cert_identifier",
    },
  },
  "AWS::RDS::DBCluster": {
    type: "aws_rds_cluster",
    fields: {
      ...cluster,
      DatabaseName: "database_name",
      ReplicationSourceIdentifier: "replication_source_identifier",
      VpcSecurityGroupIds: "vpc_security_group_ids",
    },
  },
  "AWS::RDS::GlobalCluster": { type: "aws_rds_global_cluster" },
  "AWS::RDS::DBParameterGroup": {
    type: "aws_db_parameter_group",
    fields: { DBParameterGroupName: "name", Parameters: nameValueBlocks("parameter") },
  },
  "AWS::RDS::DBClusterParameterGroup": {
    type: "aws_rds_cluster_parameter_group",
    fields: { DBClusterParameterGroupName: "name", Parameters: nameValueBlocks("parameter") },
  },
  "AWS::RDS::DBSecurityGroup": {
    type: "aws_db_security_group",
    fields: { GroupDescription: "description", DBSecurityGroupIngress: { to: "ingress", fields: { CIDRIP: "cidr" } } },
  },
  "AWS::DocDB::DBCluster": {
    type: "aws_docdb_cluster",
    fields: cluster,
  },
  "AWS::DocDB::DBInstance": { type: "aws_docdb_cluster_instance" },
  "AWS::DocDB::DBClusterParameterGroup": {
    type: "aws_docdb_cluster_parameter_group",
    fields: { Parameters: nameValueBlocks("parameter") },
  },
  "AWS::Neptune::DBCluster": {
    type: "aws_neptune_cluster",
    fields: {
      ...cluster,
      EnableCloudwatchLogsExports: "enable_cloudwatch_logs_exports",
      KmsKeyId: "kms_key_arn",
      IamAuthEnabled: "iam_database_authentication_enabled",
    },
  },
  "AWS::Neptune::DBInstance": { type: "aws_neptune_cluster_instance" },
};
