/** Rules about Terraform's own language, whatever the cloud. */
import type { Rule } from "../rule.ts";
import * as module from "./module.ts";

export const terraformRules: readonly Rule[] = Object.values(module);
