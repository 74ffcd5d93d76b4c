/** Every rule about GitHub Actions. */
import type { Rule } from "../rule.ts";
import { injection } from "./injection.ts";
import { permissions } from "./permissions.ts";
import { supplyChain } from "./supply-chain.ts";

export const workflowRules: readonly Rule[] = [...injection, ...permissions, ...supplyChain];
