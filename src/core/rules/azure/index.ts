/** Every rule for Azure. A service's file exports its rules and nothing else, so that adding one touches one file. */
import type { Rule } from "../rule.ts";
import * as networkSecurityGroup from "./network-security-group.ts";
import * as storage from "./storage.ts";
import * as storageProtection from "./storage-protection.ts";

type Service = { readonly [name: string]: Rule };

const SERVICES: readonly Service[] = [storage, storageProtection, networkSecurityGroup];

export const azureRules: readonly Rule[] = SERVICES.flatMap((service) => Object.values(service));
