/** Every rule for AWS. A service's file exports its rules and nothing else, so that adding one touches one file. */
import type { Rule } from "../rule.ts";
import * as ami from "./ami.ts";
import * as autoscaling from "./autoscaling.ts";
import * as cloudtrail from "./cloudtrail.ts";
import * as ebs from "./ebs.ts";
import * as ec2 from "./ec2.ts";
import * as ec2Metadata from "./ec2-metadata.ts";
import * as ec2UserData from "./ec2-user-data.ts";
import * as eks from "./eks.ts";
import * as iam from "./iam.ts";
import * as iamDanger from "./iam-danger.ts";
import * as iamIdentities from "./iam-identities.ts";
import * as iamManaged from "./iam-managed.ts";
import * as iamTrust from "./iam-trust.ts";
import * as kms from "./kms.ts";
import * as networkAcl from "./network-acl.ts";
import * as provider from "./provider.ts";
import * as rds from "./rds.ts";
import * as rdsOperations from "./rds-operations.ts";
import * as rdsSnapshots from "./rds-snapshots.ts";
import * as s3 from "./s3.ts";
import * as s3Acl from "./s3-acl.ts";
import * as s3Encryption from "./s3-encryption.ts";
import * as s3Policy from "./s3-policy.ts";
import * as s3Protection from "./s3-protection.ts";
import * as s3PublicAccess from "./s3-public-access.ts";
import * as securityGroup from "./security-group.ts";
import * as securityGroupUnused from "./security-group-unused.ts";
import * as vpc from "./vpc.ts";

type Service = { readonly [name: string]: Rule };

const SERVICES: readonly Service[] = [
  s3,
  s3Acl,
  s3Encryption,
  s3Policy,
  s3PublicAccess,
  s3Protection,
  securityGroup,
  securityGroupUnused,
  networkAcl,
  vpc,
  ebs,
  ec2,
  ec2Metadata,
  ec2UserData,
  autoscaling,
  ami,
  iam,
  iamDanger,
  iamTrust,
  iamIdentities,
  iamManaged,
  kms,
  cloudtrail,
  rds,
  rdsOperations,
  rdsSnapshots,
  eks,
  provider,
];

export const awsRules: readonly Rule[] = SERVICES.flatMap((service) => Object.values(service));
