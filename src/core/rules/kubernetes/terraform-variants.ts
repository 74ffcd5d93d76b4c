/** Rules that say something else of Terraform than of manifests: other numbers at the peers, other defaults of the provider. */
import { splitImage } from "../../read/dockerfile/image.ts";
import { containers } from "../../read/kubernetes/pod-spec.ts";
import { dedent, type Rule } from "../rule.ts";
import { fail, pass, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import { onlyInTerraform } from "./terraform.ts";
import { named } from "./workload.ts";

interface Variant {
  readonly id: string;
  readonly aliases: readonly string[];
  /** What the rule's verdict on the manifest comes to in Terraform. */
  readonly adjust?: (manifest: View, verdict: Verdict) => Verdict;
  readonly bad: string;
  readonly good: string;
}

/** Peers hear only what is written: nobody writes what is the default. */
const onlyWhereWritten = (manifest: View, verdict: Verdict): Verdict =>
  verdict.status === "fail" && verdict.path !== undefined && manifest.get(verdict.path).kind === "absent"
    ? pass(verdict.path)
    : verdict;

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
const VARIANTS: { readonly [id: string]: Variant } = {
  // Checkov's numbers for memory stand the other way round in its Terraform checks.
  "kubernetes-memory-request": {
    id: "kubernetes-terraform-memory-request",
    aliases: ["CKV_K8S_13"],
    bad: amounts("limits"),
    good: amounts("requests"),
  },
  "kubernetes-memory-limit": {
    id: "kubernetes-terraform-memory-limit",
    aliases: ["CKV_K8S_12"],
    bad: amounts("requests"),
    good: amounts("limits"),
  },
  "kubernetes-privilege-escalation": {
    id: "kubernetes-terraform-privilege-escalation",
    aliases: ["CKV_K8S_20"],
    adjust: onlyWhereWritten,
    bad: escalation(true),
    good: escalation(false),
  },
  "kubernetes-pod-security-policy-escalation": {
    id: "kubernetes-terraform-pod-security-policy-escalation",
    aliases: ["CKV_K8S_5"],
    adjust: onlyWhereWritten,
    bad: policy(true),
    good: policy(false),
  },
  "kubernetes-image-pull-policy": {
    id: "kubernetes-terraform-image-pull-policy",
    aliases: ["CKV_K8S_15"],
    adjust: pullsUntagged,
    bad: pod(`image = "registry.example.com/app"`),
    good: pod(`image = "registry.example.com/app:latest"`),
  },
};

/** The rule's own form for Terraform, where it has one. */
export function terraformVariant(rule: Rule): Rule | undefined {
  const variant = Object.hasOwn(VARIANTS, rule.id) ? VARIANTS[rule.id] : undefined;
  if (!variant) return undefined;
  const { id, aliases, adjust } = variant;
  const check = adjust ? (manifest: View): Verdict => adjust(manifest, rule.check(manifest)) : rule.check;
  return onlyInTerraform({ ...rule, id, aliases, check, bad: [dedent(variant.bad)], good: [dedent(variant.good)] });
}
