/** Every rule about Kubernetes objects, in manifests and in Terraform. */
import type { Rule } from "../rule.ts";
import { controlPlane } from "./control-plane.ts";
import { podSecurity } from "./pod-security.ts";
import { policies } from "./policies.ts";
import { rbac } from "./rbac.ts";
import { resources } from "./resources.ts";
import { alsoInTerraform } from "./terraform.ts";
import { terraformVariants } from "./terraform-variants.ts";
import { workloads } from "./workloads.ts";

export const kubernetesRules: readonly Rule[] = [
  ...podSecurity,
  ...resources,
  ...workloads,
  ...rbac,
  ...policies,
  ...controlPlane,
].flatMap((rule) => {
  const variants = terraformVariants(rule);
  return [alsoInTerraform(rule, variants.length > 0 ? "manifests" : "all"), ...variants];
});
