import { type Fields, json, type Mapping, type Mappings, map } from "../shape.ts";

const stage: Fields = {
  TracingEnabled: "xray_tracing_enabled",
  AccessLogSetting: { to: "access_log_settings", fields: {} },
  CacheClusterEnabled: "cache_cluster_enabled",
  Variables: map("variables"),
  MethodSettings: { to: "method_settings", fields: {} },
};

const settings: Fields = {
  CacheDataEncrypted: "settings.cache_data_encrypted",
  CacheTtlInSeconds: "settings.cache_ttl_in_seconds",
  CachingEnabled: "settings.caching_enabled",
  DataTraceEnabled: "settings.data_trace_enabled",
  LoggingLevel: "settings.logging_level",
  MetricsEnabled: "settings.metrics_enabled",
  ThrottlingBurstLimit: "settings.throttling_burst_limit",
  ThrottlingRateLimit: "settings.throttling_rate_limit",
};

/** Terraform has a resource of its own for the settings of each method. */
const also: Mapping["also"] = [
  {
    type: "aws_api_gateway_method_settings",
    when: "MethodSettings",
    each: true,
    link: "stage_name",
    fields: settings,
  },
];

const accessLogs: Fields = {
  AccessLogSettings: { to: "access_log_settings", fields: {} },
  AccessLogSetting: { to: "access_log_settings", fields: {} },
  StageVariables: map("stage_variables"),
};

export const apiGateway: Mappings = {
  "AWS::ApiGateway::RestApi": { type: "aws_api_gateway_rest_api", fields: { Policy: json("policy"), Body: null } },
  "AWS::ApiGateway::Stage": { type: "aws_api_gateway_stage", fields: stage, also },
  "AWS::Serverless::Api": {
    type: "aws_api_gateway_stage",
    fields: { ...stage, DefinitionBody: null, Tags: map("tags") },
    also,
  },
  "AWS::ApiGateway::Method": {
    type: "aws_api_gateway_method",
    fields: { AuthorizationType: "authorization", ApiKeyRequired: "api_key_required" },
  },
  "AWS::ApiGateway::DomainName": { type: "aws_api_gateway_domain_name" },
  "AWS::ApiGatewayV2::Api": { type: "aws_apigatewayv2_api", fields: { Tags: map("tags"), Body: null } },
  "AWS::ApiGatewayV2::Stage": { type: "aws_apigatewayv2_stage", fields: { ...accessLogs, Tags: map("tags") } },
  "AWS::ApiGatewayV2::Route": { type: "aws_apigatewayv2_route" },
  "AWS::Serverless::HttpApi": {
    type: "aws_apigatewayv2_stage",
    fields: { ...accessLogs, DefinitionBody: null, Tags: map("tags") },
  },
  "AWS::AppSync::GraphQLApi": {
    type: "aws_appsync_graphql_api",
    fields: { LogConfig: { to: "log_config", fields: { CloudWatchLogsRoleArn: "cloudwatch_logs_role_arn" } } },
  },
  "AWS::AppSync::ApiCache": { type: "aws_appsync_api_cache" },
};
