import type { Fields, Mappings } from "../shape.ts";

const behaviour: Fields = {
  MinTTL: "min_ttl",
  MaxTTL: "max_ttl",
  DefaultTTL: "default_ttl",
  LambdaFunctionAssociations: { to: "lambda_function_association", fields: { LambdaFunctionARN: "lambda_arn" } },
};

export const cloudfront: Mappings = {
  "AWS::CloudFront::Distribution": {
    type: "aws_cloudfront_distribution",
    fields: {
      DistributionConfig: {
        up: {
          CacheBehaviors: { to: "ordered_cache_behavior", fields: behaviour },
          DefaultCacheBehavior: { to: "default_cache_behavior", fields: behaviour },
          WebACLId: "web_acl_id",
          IPV6Enabled: "is_ipv6_enabled",
          Logging: { to: "logging_config", fields: {} },
          OriginGroups: {
            up: {
              Items: {
                to: "origin_group",
                fields: { Id: "origin_id", Members: { up: { Items: "member", Quantity: null } } },
              },
              Quantity: null,
            },
          },
          Restrictions: {
            to: "restrictions",
            fields: { GeoRestriction: { to: "geo_restriction", fields: {} } },
          },
          Origins: {
            to: "origin",
            fields: {
              Id: "origin_id",
              CustomOriginConfig: {
                to: "custom_origin_config",
                fields: { OriginSSLProtocols: "origin_ssl_protocols", HTTPPort: "http_port", HTTPSPort: "https_port" },
              },
              S3OriginConfig: { to: "s3_origin_config", fields: {} },
            },
          },
          ViewerCertificate: {
            to: "viewer_certificate",
            fields: {
              CloudFrontDefaultCertificate: "cloudfront_default_certificate",
              IamCertificateId: "iam_certificate_id",
            },
          },
        },
      },
    },
  },
  "AWS::CloudFront::ResponseHeadersPolicy": {
    type: "aws_cloudfront_response_headers_policy",
    fields: { ResponseHeadersPolicyConfig: { up: {} } },
  },
  "AWS::WAFv2::WebACL": {
    type: "aws_wafv2_web_acl",
    fields: {
      Rules: {
        to: "rule",
        fields: {
          Statement: {
            to: "statement",
            fields: {
              ManagedRuleGroupStatement: {
                to: "managed_rule_group_statement",
                fields: { ExcludedRules: "excluded_rule", RuleActionOverrides: "rule_action_override" },
              },
            },
          },
        },
      },
    },
  },
  "AWS::WAFv2::WebACLAssociation": { type: "aws_wafv2_web_acl_association", fields: { WebACLArn: "web_acl_arn" } },
  "AWS::WAFv2::LoggingConfiguration": { type: "aws_wafv2_web_acl_logging_configuration" },
};
