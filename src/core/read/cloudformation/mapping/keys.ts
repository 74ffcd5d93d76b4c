import { json, type Mappings } from "../shape.ts";

/** Keys, secrets, parameters and certificates. */
export const keys: Mappings = {
  "AWS::KMS::Key": {
    type: "aws_kms_key",
    fields: { KeyPolicy: json("policy"), KeySpec: "customer_master_key_spec", Enabled: "is_enabled" },
  },
  "AWS::SecretsManager::Secret": { type: "aws_secretsmanager_secret" },
  "AWS::SecretsManager::RotationSchedule": { type: "aws_secretsmanager_secret_rotation" },
  "AWS::SecretsManager::ResourcePolicy": {
    type: "aws_secretsmanager_secret_policy",
    fields: { SecretId: "secret_arn", ResourcePolicy: json("policy") },
  },
  "AWS::SSM::Parameter": { type: "aws_ssm_parameter" },
  "AWS::SSM::Document": { type: "aws_ssm_document", fields: { Content: json("content") } },
  "AWS::CertificateManager::Certificate": {
    type: "aws_acm_certificate",
    fields: {
      DomainValidationOptions: "validation_option",
      CertificateTransparencyLoggingPreference: "options.certificate_transparency_logging_preference",
    },
  },
  "AWS::ACMPCA::CertificateAuthority": { type: "aws_acmpca_certificate_authority" },
};
