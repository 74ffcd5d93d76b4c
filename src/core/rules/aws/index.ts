/** Every rule for AWS. A service's file exports its rules and nothing else, so that adding one touches one file. */
import type { Rule } from "../rule.ts";
import * as ami from "./ami.ts";
import * as apiGateway from "./api-gateway.ts";
import * as apiGatewaySettings from "./api-gateway-settings.ts";
import * as appsync from "./appsync.ts";
import * as athena from "./athena.ts";
import * as attachments from "./attachments.ts";
import * as aurora from "./aurora.ts";
import * as autoscaling from "./autoscaling.ts";
import * as bedrock from "./bedrock.ts";
import * as certificates from "./certificates.ts";
import * as classicLoadBalancer from "./classic-load-balancer.ts";
import * as cloudfront from "./cloudfront.ts";
import * as cloudfrontOrigins from "./cloudfront-origins.ts";
import * as cloudtrail from "./cloudtrail.ts";
import * as containerDefinitions from "./container-definitions.ts";
import * as deployment from "./deployment.ts";
import * as developerTools from "./developer-tools.ts";
import * as dms from "./dms.ts";
import * as dns from "./dns.ts";
import * as docdb from "./docdb.ts";
import * as dynamodb from "./dynamodb.ts";
import * as ebs from "./ebs.ts";
import * as ec2 from "./ec2.ts";
import * as ec2Classic from "./ec2-classic.ts";
import * as ec2Metadata from "./ec2-metadata.ts";
import * as ec2UserData from "./ec2-user-data.ts";
import * as ecr from "./ecr.ts";
import * as ecs from "./ecs.ts";
import * as eks from "./eks.ts";
import * as elasticache from "./elasticache.ts";
import * as emr from "./emr.ts";
import * as endUsers from "./end-users.ts";
import * as fileSystems from "./file-systems.ts";
import * as glue from "./glue.ts";
import * as iam from "./iam.ts";
import * as iamDanger from "./iam-danger.ts";
import * as iamIdentities from "./iam-identities.ts";
import * as iamManaged from "./iam-managed.ts";
import * as iamTrust from "./iam-trust.ts";
import * as iamUsers from "./iam-users.ts";
import * as kms from "./kms.ts";
import * as lambda from "./lambda.ts";
import * as lambdaAccess from "./lambda-access.ts";
import * as ledgers from "./ledgers.ts";
import * as lifecycleManager from "./lifecycle-manager.ts";
import * as loadBalancer from "./load-balancer.ts";
import * as loadBalancerListener from "./load-balancer-listener.ts";
import * as messaging from "./messaging.ts";
import * as mq from "./mq.ts";
import * as neptune from "./neptune.ts";
import * as networkAcl from "./network-acl.ts";
import * as networking from "./networking.ts";
import * as observability from "./observability.ts";
import * as opensearch from "./opensearch.ts";
import * as orchestration from "./orchestration.ts";
import * as ownKeys from "./own-keys.ts";
import * as passwordPolicy from "./password-policy.ts";
import * as provider from "./provider.ts";
import * as rds from "./rds.ts";
import * as rdsOperations from "./rds-operations.ts";
import * as rdsQueryLogging from "./rds-query-logging.ts";
import * as rdsSnapshots from "./rds-snapshots.ts";
import * as redshift from "./redshift.ts";
import * as s3 from "./s3.ts";
import * as s3Acl from "./s3-acl.ts";
import * as s3Encryption from "./s3-encryption.ts";
import * as s3Events from "./s3-events.ts";
import * as s3Policy from "./s3-policy.ts";
import * as s3Protection from "./s3-protection.ts";
import * as s3PublicAccess from "./s3-public-access.ts";
import * as s3Transport from "./s3-transport.ts";
import * as sagemaker from "./sagemaker.ts";
import * as search from "./search.ts";
import * as secretsManager from "./secrets-manager.ts";
import * as securityGroup from "./security-group.ts";
import * as securityGroupUnused from "./security-group-unused.ts";
import * as streams from "./streams.ts";
import * as systemsManager from "./systems-manager.ts";
import * as vpc from "./vpc.ts";
import * as waf from "./waf.ts";
import * as wafAssociations from "./waf-associations.ts";

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
  apiGateway,
  appsync,
  athena,
  certificates,
  cloudfront,
  cloudfrontOrigins,
  containerDefinitions,
  developerTools,
  dms,
  docdb,
  dynamodb,
  ecr,
  ecs,
  elasticache,
  emr,
  endUsers,
  fileSystems,
  lambda,
  ledgers,
  loadBalancer,
  loadBalancerListener,
  messaging,
  mq,
  neptune,
  networking,
  observability,
  opensearch,
  orchestration,
  redshift,
  sagemaker,
  search,
  secretsManager,
  streams,
  systemsManager,
  waf,
  apiGatewaySettings,
  attachments,
  classicLoadBalancer,
  iamUsers,
  lambdaAccess,
  s3Transport,
  aurora,
  bedrock,
  deployment,
  dns,
  glue,
  lifecycleManager,
  ownKeys,
  wafAssociations,
  s3Events,
  ec2Classic,
  passwordPolicy,
  rdsQueryLogging,
];

export const awsRules: readonly Rule[] = SERVICES.flatMap((service) => Object.values(service));
