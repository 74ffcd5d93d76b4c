/** Every rule about Kubernetes objects. */
import type { Rule } from "../rule.ts";
import { controlPlane } from "./control-plane.ts";
import { podSecurity } from "./pod-security.ts";
import { policies } from "./policies.ts";
import { rbac } from "./rbac.ts";
import { resources } from "./resources.ts";
import { workloads } from "./workloads.ts";

export const kubernetesRules: readonly Rule[] = [
  ...podSecurity,
  ...resources,
  ...workloads,
  ...rbac,
  ...policies,
  ...controlPlane,
];
