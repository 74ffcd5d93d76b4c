import { type Fields, type Mappings, map } from "../shape.ts";

const lambdaFunction: Fields = {
  FunctionName: "function_name",
  KmsKeyArn: "kms_key_arn",
  Environment: { to: "environment", fields: { Variables: map("variables") } },
  DeadLetterConfig: { to: "dead_letter_config", fields: {} },
  VpcConfig: { to: "vpc_config", fields: {} },
  TracingConfig: { to: "tracing_config", fields: {} },
  Code: { up: { ImageUri: "image_uri", S3Bucket: "s3_bucket", S3Key: "s3_key", ZipFile: null } },
  ReservedConcurrentExecutions: "reserved_concurrent_executions",
};

const url: Fields = {
  AuthType: "authorization_type",
  TargetFunctionArn: "function_name",
  Cors: { to: "cors", fields: {} },
};

export const lambda: Mappings = {
  "AWS::Lambda::Function": { type: "aws_lambda_function", fields: lambdaFunction },
  "AWS::Serverless::Function": {
    type: "aws_lambda_function",
    fields: {
      ...lambdaFunction,
      Tags: map("tags"),
      Tracing: "tracing_config.mode",
      DeadLetterQueue: { to: "dead_letter_config", fields: {} },
      CodeUri: null,
      Events: null,
      Policies: null,
      FunctionUrlConfig: null,
    },
    also: [
      {
        type: "aws_lambda_function_url",
        when: "FunctionUrlConfig",
        link: "function_name",
        fields: { FunctionUrlConfig: { up: url } },
      },
    ],
  },
  "AWS::Lambda::Url": { type: "aws_lambda_function_url", fields: url },
  "AWS::Lambda::Permission": {
    type: "aws_lambda_permission",
    fields: { PrincipalOrgID: "principal_org_id", FunctionUrlAuthType: "function_url_auth_type" },
  },
  "AWS::StepFunctions::StateMachine": {
    type: "aws_sfn_state_machine",
    fields: { TracingConfiguration: { to: "tracing_configuration", fields: {} } },
  },
  "AWS::Serverless::StateMachine": {
    type: "aws_sfn_state_machine",
    fields: {
      Tracing: { to: "tracing_configuration", fields: {} },
      Logging: { to: "logging_configuration", fields: {} },
      Events: null,
      Policies: null,
      Tags: map("tags"),
    },
  },
  "AWS::Serverless::LayerVersion": { type: "aws_lambda_layer_version" },
};
