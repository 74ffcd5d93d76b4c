/** Rules that say something else of Terraform than of manifests: other numbers at the peers, other defaults of the provider. */
import type { Value } from "../../model/value.ts";
import { splitImage } from "../../read/dockerfile/image.ts";
import { containers } from "../../read/kubernetes/pod-spec.ts";
import { forbidTrue, requireThat } from "../checks.ts";
import { dedent, type Rule } from "../rule.ts";
import { allOf, fail, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import { onlyInTerraform } from "./terraform.ts";
import { named } from "./workload.ts";

interface Variant {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title?: string;
  /** What is asked of the manifest, if it is not what the rule asks; `verdict` is the rule's own answer. */
  readonly check?: (manifest: View, verdict: Verdict) => Verdict;
  readonly bad: string;
  readonly good: string;
}

const ESCALATION = "securityContext.allowPrivilegeEscalation";

/** Checkov hears only what is written; that it is the default is told by a rule of its own. */
const escalates =
  (where: "written" | "by default") =>
  (manifest: View): Verdict =>
    allOf(
      (containers(manifest)?.all ?? []).map((container) => {
        const absent = where === "written" ? "pass" : "fail";
        const message = `${named(container)} ${where === "written" ? "may gain privileges" : "may gain privileges by default"}.`;
        const holds = (value: Value): boolean => where === "by default" || value === false;
        return requireThat(container, ESCALATION, holds, { absent, message });
      }),
    );

const policyEscalates = (policy: View): Verdict =>
  forbidTrue(policy, "spec.allowPrivilegeEscalation", { message: "The policy admits privilege escalation." });

/** The provider's documentation: Always if the tag latest is written, IfNotPresent otherwise. */
function pullsUntagged(manifest: View, verdict: Verdict): Verdict {
  if (verdict.status !== "pass") return verdict;
  const untagged = containers(manifest)?.all.find((container) => {
    const { tag, digest } = splitImage(container.text("image") ?? "");
    const isNamed = container.get("image").kind === "value" && container.get("imagePullPolicy").kind === "absent";
    return isNamed && tag === undefined && digest === undefined;
  });
  return untagged
    ? fail(`${untagged.path}.imagePullPolicy`, `${named(untagged)} may run an image from the node's cache.`)
    : verdict;
}

const pod = (container: string): string => `
  resource "kubernetes_pod_v1" "app" {
    metadata {
      name      = "app"
      namespace = "shop"
    }
    spec {
      container {
        name  = "app"
        ${container}
      }
    }
  }
`;

const amounts = (kind: "limits" | "requests"): string =>
  pod(`image = "registry.example.com/app:1.4.2"
        resources {
          ${kind} = {
            memory = "128Mi"
          }
        }`);

const escalation = (value: boolean): string =>
  pod(`image = "registry.example.com/app:1.4.2"
        security_context {
          allow_privilege_escalation = ${value}
        }`);

const policy = (value: boolean): string => `
  resource "kubernetes_pod_security_policy_v1beta1" "strict" {
    metadata {
      name = "strict"
    }
    spec {
      allow_privilege_escalation = ${value}
    }
  }
`;

/** By the id of the rule about manifests. */
const VARIANTS: { readonly [id: string]: readonly Variant[] } = {
  // Checkov's numbers for memory stand the other way round in its Terraform checks.
  "kubernetes-memory-request": [
    {
      id: "kubernetes-terraform-memory-request",
      aliases: ["CKV_K8S_13"],
      bad: amounts("limits"),
      good: amounts("requests"),
    },
  ],
  "kubernetes-memory-limit": [
    {
      id: "kubernetes-terraform-memory-limit",
      aliases: ["CKV_K8S_12"],
      bad: amounts("requests"),
      good: amounts("limits"),
    },
  ],
  "kubernetes-privilege-escalation": [
    {
      id: "kubernetes-terraform-privilege-escalation",
      aliases: ["CKV_K8S_20"],
      check: escalates("written"),
      bad: escalation(true),
      good: escalation(false),
    },
    {
      id: "kubernetes-terraform-privilege-escalation-default",
      aliases: [],
      title: "Container may gain more privileges by default",
      check: escalates("by default"),
      bad: pod('image = "registry.example.com/app:1.4.2"'),
      good: escalation(false),
    },
  ],
  "kubernetes-pod-security-policy-escalation": [
    {
      id: "kubernetes-terraform-pod-security-policy-escalation",
      aliases: ["CKV_K8S_5"],
      check: policyEscalates,
      bad: policy(true),
      good: policy(false),
    },
  ],
  "kubernetes-image-pull-policy": [
    {
      id: "kubernetes-terraform-image-pull-policy",
      aliases: ["CKV_K8S_15"],
      check: pullsUntagged,
      bad: pod(`image = "registry.example.com/app"`),
      good: pod(`image = "registry.example.com/app:latest"`),
    },
  ],
};

/** The rule's own forms for Terraform; none where it says the same there. */
export function terraformVariants(rule: Rule): readonly Rule[] {
  const variants = Object.hasOwn(VARIANTS, rule.id) ? (VARIANTS[rule.id] ?? []) : [];
  return variants.map(({ id, aliases, title = rule.title, check, bad, good }) =>
    onlyInTerraform({
      ...rule,
      id,
      aliases,
      title,
      check: check ? (manifest) => check(manifest, rule.check(manifest)) : rule.check,
      bad: [dedent(bad)],
      good: [dedent(good)],
    }),
  );
}
