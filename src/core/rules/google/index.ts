/** Every rule for Google Cloud. A service's file exports its rules and nothing else, so that adding one touches one file. */
import type { Rule } from "../rule.ts";
import * as ai from "./ai.ts";
import * as bigquery from "./bigquery.ts";
import * as compute from "./compute.ts";
import * as data from "./data.ts";
import * as firewall from "./firewall.ts";
import * as gke from "./gke.ts";
import * as gkeNodes from "./gke-nodes.ts";
import * as gkeOperations from "./gke-operations.ts";
import * as iam from "./iam.ts";
import * as kms from "./kms.ts";
import * as loadBalancing from "./load-balancing.ts";
import * as network from "./network.ts";
import * as publicAccess from "./public-access.ts";
import * as serverless from "./serverless.ts";
import * as sql from "./sql.ts";
import * as sqlFlags from "./sql-flags.ts";
import * as storage from "./storage.ts";
import * as workloadIdentity from "./workload-identity.ts";

type Service = { readonly [name: string]: Rule };

const SERVICES: readonly Service[] = [
  firewall,
  network,
  loadBalancing,
  storage,
  publicAccess,
  iam,
  workloadIdentity,
  kms,
  compute,
  gke,
  gkeOperations,
  gkeNodes,
  sql,
  sqlFlags,
  bigquery,
  data,
  serverless,
  ai,
];

export const googleRules: readonly Rule[] = SERVICES.flatMap((service) => Object.values(service));
