/** Sets of actions that are dangerous together or alone, and whether a policy gives them without limits. */
import type { Truth } from "../../../model/value.ts";
import { and, not, or } from "../../verdict.ts";
import { allowsAction, deniesAction, onEverything } from "./access.ts";
import type { Policy, Statement } from "./document.ts";

/**
 * Combinations by which a principal can give itself more than it has (Rhino Security Labs' methods, as collected by
 * Cloudsplaining and Pathfinding.cloud). Every action of a combination is needed.
 */
export const ESCALATIONS: { readonly [name: string]: readonly string[] } = {
  "a new default version of a policy": ["iam:CreatePolicyVersion"],
  "an older, wider version of a policy": ["iam:SetDefaultPolicyVersion"],
  "access keys of other users": ["iam:CreateAccessKey"],
  "console passwords for other users": ["iam:CreateLoginProfile"],
  "changed passwords of other users": ["iam:UpdateLoginProfile"],
  "any policy attached to a user": ["iam:AttachUserPolicy"],
  "any policy attached to a group": ["iam:AttachGroupPolicy"],
  "any policy attached to a role": ["iam:AttachRolePolicy", "sts:AssumeRole"],
  "an inline policy on a user": ["iam:PutUserPolicy"],
  "an inline policy on a group": ["iam:PutGroupPolicy"],
  "an inline policy on a role": ["iam:PutRolePolicy", "sts:AssumeRole"],
  "membership in any group": ["iam:AddUserToGroup"],
  "trust of any role": ["iam:UpdateAssumeRolePolicy", "sts:AssumeRole"],
  "an EC2 instance with any role": ["iam:PassRole", "ec2:RunInstances"],
  "a Lambda function with any role": ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
  "a Lambda function with any role, triggered by a stream": [
    "iam:PassRole",
    "lambda:CreateFunction",
    "lambda:CreateEventSourceMapping",
  ],
  "the code of functions that have a role": ["lambda:UpdateFunctionCode"],
  "a Glue endpoint with any role": ["iam:PassRole", "glue:CreateDevEndpoint"],
  "a Glue endpoint that has a role": ["glue:UpdateDevEndpoint"],
  "a CloudFormation stack with any role": ["iam:PassRole", "cloudformation:CreateStack"],
  "a data pipeline with any role": [
    "iam:PassRole",
    "datapipeline:CreatePipeline",
    "datapipeline:PutPipelineDefinition",
    "datapipeline:ActivatePipeline",
  ],
  "a CodeStar project with any role": ["iam:PassRole", "codestar:CreateProject"],
};

/** Actions that hand out credentials. */
export const CREDENTIALS: readonly string[] = [
  "chime:CreateApiKey",
  "codepipeline:PollForJobs",
  "cognito-identity:GetOpenIdToken",
  "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
  "cognito-identity:GetCredentialsForIdentity",
  "connect:GetFederationToken",
  "connect:GetFederationTokens",
  "ec2:GetPasswordData",
  "gamelift:RequestUploadCredentials",
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:CreateServiceSpecificCredential",
  "iam:ResetServiceSpecificCredential",
  "iam:UpdateAccessKey",
  "lightsail:DownloadDefaultKeyPair",
  "lightsail:GetBucketAccessKeys",
  "lightsail:GetInstanceAccessDetails",
  "lightsail:GetKeyPair",
  "lightsail:GetKeyPairs",
  "lightsail:GetRelationalDatabaseMasterUserPassword",
  "mediapackage:RotateChannelCredentials",
  "mediapackage:RotateIngestEndpointCredentials",
  "rds-db:connect",
  "redshift:CreateClusterUser",
  "redshift:GetClusterCredentials",
  "redshift:GetClusterCredentialsWithIAM",
  "redshift-serverless:GetCredentials",
  "snowball:GetJobUnlockCode",
  "sso:GetRoleCredentials",
  "storagegateway:DescribeChapCredentials",
  "sts:AssumeRole",
  "sts:AssumeRoleWithSAML",
  "sts:AssumeRoleWithWebIdentity",
  "sts:GetFederationToken",
  "sts:GetSessionToken",
];

/** Actions that read data in bulk or secrets. */
export const EXFILTRATION: readonly string[] = [
  "s3:GetObject",
  "ssm:GetParameter",
  "ssm:GetParameters",
  "ssm:GetParametersByPath",
  "secretsmanager:GetSecretValue",
  "rds:CopyDBSnapshot",
  "rds:CreateDBSnapshot",
];

/** Actions that change who may do what (the access level "Permissions management" of the service reference). */
export const PERMISSIONS: readonly string[] = [
  "apigateway:UpdateRestApiPolicy",
  "backup:DeleteBackupVaultAccessPolicy",
  "backup:PutBackupVaultAccessPolicy",
  "cloudformation:SetStackPolicy",
  "codeartifact:PutDomainPermissionsPolicy",
  "codeartifact:PutRepositoryPermissionsPolicy",
  "codebuild:DeleteResourcePolicy",
  "codebuild:PutResourcePolicy",
  "dynamodb:PutResourcePolicy",
  "ec2:CreateNetworkInterfacePermission",
  "ec2:ModifySnapshotAttribute",
  "ec2:ModifyImageAttribute",
  "ec2:ModifyVpcEndpointServicePermissions",
  "ec2:ResetSnapshotAttribute",
  "ecr:DeleteRepositoryPolicy",
  "ecr:SetRepositoryPolicy",
  "elasticfilesystem:PutFileSystemPolicy",
  "elasticfilesystem:DeleteFileSystemPolicy",
  "elasticmapreduce:PutBlockPublicAccessConfiguration",
  "es:CreateElasticsearchDomain",
  "es:UpdateElasticsearchDomainConfig",
  "glacier:AbortVaultLock",
  "glacier:SetVaultAccessPolicy",
  "glue:PutResourcePolicy",
  "glue:DeleteResourcePolicy",
  "iam:AddRoleToInstanceProfile",
  "iam:AddUserToGroup",
  "iam:AttachGroupPolicy",
  "iam:AttachRolePolicy",
  "iam:AttachUserPolicy",
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:CreateOpenIDConnectProvider",
  "iam:CreatePolicy",
  "iam:CreatePolicyVersion",
  "iam:CreateSAMLProvider",
  "iam:DeleteRolePermissionsBoundary",
  "iam:DeleteRolePolicy",
  "iam:DeleteUserPermissionsBoundary",
  "iam:DetachRolePolicy",
  "iam:PassRole",
  "iam:PutGroupPolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:PutUserPermissionsBoundary",
  "iam:PutUserPolicy",
  "iam:SetDefaultPolicyVersion",
  "iam:UpdateAccessKey",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateLoginProfile",
  "kms:CreateGrant",
  "kms:PutKeyPolicy",
  "kms:RevokeGrant",
  "lakeformation:BatchGrantPermissions",
  "lakeformation:GrantPermissions",
  "lakeformation:PutDataLakeSettings",
  "lambda:AddLayerVersionPermission",
  "lambda:AddPermission",
  "lambda:RemovePermission",
  "logs:PutResourcePolicy",
  "opsworks:SetPermission",
  "organizations:CreatePolicy",
  "ram:CreateResourceShare",
  "rds:AuthorizeDBSecurityGroupIngress",
  "redshift:AuthorizeSnapshotAccess",
  "s3:BypassGovernanceRetention",
  "s3:DeleteAccessPointPolicy",
  "s3:DeleteBucketPolicy",
  "s3:ObjectOwnerOverrideToBucketOwner",
  "s3:PutAccessPointPolicy",
  "s3:PutAccountPublicAccessBlock",
  "s3:PutBucketAcl",
  "s3:PutBucketPolicy",
  "s3:PutBucketPublicAccessBlock",
  "s3:PutObjectAcl",
  "s3:PutObjectVersionAcl",
  "secretsmanager:DeleteResourcePolicy",
  "secretsmanager:PutResourcePolicy",
  "secretsmanager:ValidateResourcePolicy",
  "sns:AddPermission",
  "sns:CreateTopic",
  "sns:RemovePermission",
  "sns:SetTopicAttributes",
  "sqs:AddPermission",
  "sqs:CreateQueue",
  "sqs:RemovePermission",
  "sqs:SetQueueAttributes",
  "ssm:ModifyDocumentPermission",
  "sso:CreatePermissionSet",
  "sso:PutInlinePolicyToPermissionSet",
];

/**
 * Works on every resource, and no condition limits it. A statement with principals belongs to a resource, whose policy
 * it is: there "*" means that resource.
 */
export function isUnconstrained(statement: Statement): Truth {
  if (statement.conditions.length > 0 || statement.principals || statement.notPrincipals) return false;
  return and(onEverything(statement), statement.conditionsComplete ? true : "unknown");
}

/** Whether the policy gives this action on everything, without conditions, and takes it back nowhere. */
export function givesFreely(policy: Policy, action: string): Truth {
  if (deniesAction(policy, action)) return false;
  return or(
    ...policy.statements.map((s) => and(allowsAction(s, action), isUnconstrained(s))),
    policy.complete ? false : "unknown",
  );
}

export interface Danger {
  readonly truth: Truth;
  /** What it allows, for people. */
  readonly what?: string;
}

/** The first way in which the policy's holder can give itself more. */
export function escalates(policy: Policy): Danger {
  return firstOf(Object.entries(ESCALATIONS), ([what, actions]) => ({
    truth: and(...actions.map((action) => givesFreely(policy, action))),
    what: `${actions.join(" with ")} gives ${what}`,
  }));
}

/** The first of these actions that the policy gives on everything without conditions. */
export function givesAny(policy: Policy, actions: readonly string[]): Danger {
  return firstOf(actions, (action) => ({ truth: givesFreely(policy, action), what: action }));
}

function firstOf<T>(items: readonly T[], ask: (item: T) => Danger): Danger {
  let open: Danger | undefined;
  for (const item of items) {
    const danger = ask(item);
    if (danger.truth === true) return danger;
    if (danger.truth === "unknown") open ??= danger;
  }
  return open ?? { truth: not(true) };
}
