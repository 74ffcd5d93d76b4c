import type { Mappings } from "../shape.ts";

/** Logs, trails and configuration history. */
export const observability: Mappings = {
  "AWS::CloudTrail::Trail": {
    type: "aws_cloudtrail",
    fields: {
      TrailName: "name",
      KMSKeyId: "kms_key_id",
      IsLogging: "enable_logging",
      EnableLogFileValidation: "enable_log_file_validation",
      CloudWatchLogsLogGroupArn: "cloud_watch_logs_group_arn",
      EventSelectors: { to: "event_selector", fields: { DataResources: "data_resource" } },
    },
  },
  "AWS::Logs::LogGroup": {
    type: "aws_cloudwatch_log_group",
    fields: { LogGroupName: "name", RetentionInDays: "retention_in_days" },
  },
  "AWS::CloudWatch::Alarm": { type: "aws_cloudwatch_metric_alarm" },
  "AWS::Config::ConfigurationRecorder": { type: "aws_config_configuration_recorder" },
  "AWS::Config::ConfigurationAggregator": {
    type: "aws_config_configuration_aggregator",
    fields: {
      AccountAggregationSources: {
        to: "account_aggregation_source",
        fields: { AllAwsRegions: "all_regions", AwsRegions: "regions" },
      },
      OrganizationAggregationSource: {
        to: "organization_aggregation_source",
        fields: { AllAwsRegions: "all_regions", AwsRegions: "regions" },
      },
    },
  },
  "AWS::CloudTrail::EventDataStore": { type: "aws_cloudtrail_event_data_store" },
  "AWS::GuardDuty::Detector": { type: "aws_guardduty_detector" },
};
