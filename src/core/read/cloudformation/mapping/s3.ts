import { json, type Mappings, words } from "../shape.ts";

const cannedAcl = words("acl", {
  Private: "private",
  PublicRead: "public-read",
  PublicReadWrite: "public-read-write",
  AuthenticatedRead: "authenticated-read",
  LogDeliveryWrite: "log-delivery-write",
  BucketOwnerRead: "bucket-owner-read",
  BucketOwnerFullControl: "bucket-owner-full-control",
  AwsExecRead: "aws-exec-read",
});

/** Buckets keep the provider's inline blocks; rules read those and the split-out resources alike. */
export const s3: Mappings = {
  "AWS::S3::Bucket": {
    type: "aws_s3_bucket",
    fields: {
      BucketName: "bucket",
      AccessControl: cannedAcl,
      BucketEncryption: {
        to: "server_side_encryption_configuration",
        fields: {
          ServerSideEncryptionConfiguration: {
            to: "rule",
            fields: {
              ServerSideEncryptionByDefault: {
                to: "apply_server_side_encryption_by_default",
                fields: { SSEAlgorithm: "sse_algorithm", KMSMasterKeyID: "kms_master_key_id" },
              },
              BucketKeyEnabled: "bucket_key_enabled",
            },
          },
        },
      },
      CorsConfiguration: { up: { CorsRules: "cors_rule" } },
      LifecycleConfiguration: {
        up: {
          Rules: {
            to: "lifecycle_rule",
            fields: {
              Status: words("enabled", { Enabled: true, Disabled: false }),
              AbortIncompleteMultipartUpload: {
                up: { DaysAfterInitiation: "abort_incomplete_multipart_upload_days" },
              },
              ExpirationInDays: "expiration.days",
              NoncurrentVersionExpirationInDays: "noncurrent_version_expiration.days",
              NoncurrentVersionExpiration: { to: "noncurrent_version_expiration", fields: { NoncurrentDays: "days" } },
              Transitions: { to: "transition", fields: { TransitionInDays: "days" } },
            },
          },
        },
      },
      LoggingConfiguration: {
        to: "logging",
        fields: { DestinationBucketName: "target_bucket", LogFilePrefix: "target_prefix" },
      },
      ObjectLockEnabled: "object_lock_enabled",
      ObjectLockConfiguration: "object_lock_configuration",
      ReplicationConfiguration: {
        to: "replication_configuration",
        fields: { Rules: { to: "rules", fields: { Destination: "destination" } } },
      },
      VersioningConfiguration: {
        to: "versioning",
        fields: { Status: words("enabled", { Enabled: true, Suspended: false }) },
      },
      WebsiteConfiguration: "website",
      PublicAccessBlockConfiguration: null,
      OwnershipControls: null,
    },
    also: [
      {
        type: "aws_s3_bucket_public_access_block",
        when: "PublicAccessBlockConfiguration",
        link: "bucket",
        fields: {
          PublicAccessBlockConfiguration: {
            up: {
              BlockPublicAcls: "block_public_acls",
              BlockPublicPolicy: "block_public_policy",
              IgnorePublicAcls: "ignore_public_acls",
              RestrictPublicBuckets: "restrict_public_buckets",
            },
          },
        },
      },
      {
        type: "aws_s3_bucket_ownership_controls",
        when: "OwnershipControls",
        link: "bucket",
        fields: { OwnershipControls: { up: { Rules: "rule" } } },
      },
    ],
  },
  "AWS::S3::BucketPolicy": { type: "aws_s3_bucket_policy", fields: { PolicyDocument: json("policy") } },
  "AWS::S3::AccessPoint": {
    type: "aws_s3_access_point",
    fields: { Policy: json("policy"), VpcConfiguration: { to: "vpc_configuration", fields: { VpcId: "vpc_id" } } },
  },
};
