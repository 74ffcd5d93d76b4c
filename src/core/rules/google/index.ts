/** Every rule for Google Cloud. A service's file exports its rules and nothing else, so that adding one touches one file. */
import type { Rule } from "../rule.ts";
import * as compute from "./compute.ts";
import * as firewall from "./firewall.ts";
import * as loadBalancing from "./load-balancing.ts";
import * as network from "./network.ts";
import * as sql from "./sql.ts";
import * as sqlFlags from "./sql-flags.ts";
import * as storage from "./storage.ts";

type Service = { readonly [name: string]: Rule };

const SERVICES: readonly Service[] = [firewall, network, loadBalancing, storage, sql, sqlFlags, compute];

export const googleRules: readonly Rule[] = SERVICES.flatMap((service) => Object.values(service));
