/** Every mapping table. A type that is in none keeps its CloudFormation name, with attributes in snake_case. */
import type { Mappings } from "../shape.ts";
import { analytics } from "./analytics.ts";
import { apiGateway } from "./api-gateway.ts";
import { cloudfront } from "./cloudfront.ts";
import { containers } from "./containers.ts";
import { dataStores } from "./data-stores.ts";
import { ec2 } from "./ec2.ts";
import { iam } from "./iam.ts";
import { keys } from "./keys.ts";
import { lambda } from "./lambda.ts";
import { loadBalancing } from "./load-balancing.ts";
import { messaging } from "./messaging.ts";
import { observability } from "./observability.ts";
import { rds } from "./rds.ts";
import { redshift } from "./redshift.ts";
import { s3 } from "./s3.ts";

export const MAPPINGS: Mappings = {
  ...analytics,
  ...apiGateway,
  ...cloudfront,
  ...containers,
  ...dataStores,
  ...ec2,
  ...iam,
  ...keys,
  ...lambda,
  ...loadBalancing,
  ...messaging,
  ...observability,
  ...rds,
  ...redshift,
  ...s3,
};
