/** Every rule about Kubernetes objects, in manifests and in Terraform. */
import type { Rule } from "../rule.ts";
import { controlPlane } from "./control-plane.ts";
import { podSecurity } from "./pod-security.ts";
import { policies } from "./policies.ts";
import { rbac } from "./rbac.ts";
import { resources } from "./resources.ts";
import { alsoInTerraform } from "./terraform.ts";
import { terraformVariant } from "./terraform-variants.ts";
import { workloads } from "./workloads.ts";

export const kubernetesRules: readonly Rule[] = [
  ...podSecurity,
  ...resources,
  ...workloads,
  ...rbac,
  ...policies,
  ...controlPlane,
].flatMap((rule) => {
  const variant = terraformVariant(rule);
  return variant ? [alsoInTerraform(rule, "manifests"), variant] : [alsoInTerraform(rule)];
});
