/** What a container asks of its node, whether it says when it is well, and which image it runs. */
import { splitImage } from "../../read/dockerfile/image.ts";
import { requireSet, requireThat } from "../checks.ts";
import type { Rule } from "../rule.ts";
import { fail, pass, type Verdict } from "../verdict.ts";
import type { Block } from "../view.ts";
import { containerRule, named, WORKLOADS } from "./workload.ts";

interface Amount {
  readonly id: string;
  readonly number: string;
  readonly ksv: string;
  readonly path: string;
  readonly title: string;
  readonly why: string;
  readonly example: string;
  readonly profile?: "strict";
}

const amount = ({ id, number, ksv, path, title, why, example, profile }: Amount): Rule =>
  containerRule({
    id,
    aliases: [`CKV_K8S_${number}`, ksv, `AVD-${ksv}`],
    title,
    severity: "low",
    category: "reliability",
    ...(profile && { profile }),
    why,
    remedy: `Set resources.${path} to what the container was measured to need.`,
    check: (container) =>
      requireSet(container, `resources.${path}`, { message: `${named(container)} sets no resources.${path}.` }),
    bad: "resources: {}",
    good: `resources:\n  ${path.replace(".", ":\n    ")}: ${example}`,
  });

const probe = (name: "livenessProbe" | "readinessProbe", number: string, why: string): Rule =>
  containerRule({
    id: `kubernetes-${name === "livenessProbe" ? "liveness" : "readiness"}-probe`,
    aliases: [`CKV_K8S_${number}`],
    title: `No ${name === "livenessProbe" ? "liveness" : "readiness"} probe`,
    severity: "low",
    category: "reliability",
    among: "main",
    kinds: WORKLOADS.filter((kind) => !/\.(?:Job|CronJob|ScaledJob)$/.test(kind)),
    why,
    remedy: `Add a ${name} to the container.`,
    check: (container) => requireSet(container, name, { message: `${named(container)} has no ${name}.` }),
    bad: "ports:\n  - containerPort: 8080",
    good: `${name}:\n  httpGet:\n    path: /healthz\n    port: 8080`,
  });

function checkTag(container: Block): Verdict {
  const found = container.get("image");
  if (found.kind !== "value" || typeof found.value !== "string") return pass(found.path);
  const { tag, digest } = splitImage(found.value);
  if (digest !== undefined) return pass(found.path);
  if (tag === undefined) return fail(found.path, `${named(container)} runs ${found.value}, which names no version.`);
  return tag === "latest" ? fail(found.path, `${named(container)} runs whatever is latest.`) : pass(found.path);
}

export const resources: readonly Rule[] = [
  amount({
    id: "kubernetes-cpu-request",
    number: "10",
    ksv: "KSV-0015",
    path: "requests.cpu",
    title: "No CPU request",
    why: "The scheduler packs pods by their requests. Without one the pod lands on a node that is full, and starves first.",
    example: "100m",
  }),
  amount({
    id: "kubernetes-cpu-limit",
    number: "11",
    ksv: "KSV-0011",
    path: "limits.cpu",
    title: "No CPU limit",
    why: "Without a limit one pod can take all of a node's idle time. Some prefer it so: throttling hurts latency.",
    example: "500m",
    profile: "strict",
  }),
  amount({
    id: "kubernetes-memory-request",
    number: "12",
    ksv: "KSV-0016",
    path: "requests.memory",
    title: "No memory request",
    why: "The scheduler packs pods by their requests. Without one the pod is the first to be evicted when memory runs short.",
    example: "128Mi",
  }),
  amount({
    id: "kubernetes-memory-limit",
    number: "13",
    ksv: "KSV-0018",
    path: "limits.memory",
    title: "No memory limit",
    why: "A leak in one container takes the memory of the whole node. Its neighbours are killed with it.",
    example: "256Mi",
  }),
  containerRule({
    id: "kubernetes-latest-tag",
    aliases: ["CKV_K8S_14", "KSV-0013", "AVD-KSV-0013"],
    title: "Image tag is latest or missing",
    severity: "medium",
    category: "reliability",
    why: "What latest means changes under a running system. Two pods of one deployment can run different code, and a rollback is no rollback.",
    remedy: "Name a version, or better a digest.",
    check: checkTag,
    bad: "image: registry.example.com/app:latest",
    good: "image: registry.example.com/app:1.4.2",
  }),
  containerRule({
    id: "kubernetes-image-digest",
    aliases: ["CKV_K8S_43"],
    title: "Image is not pinned by digest",
    severity: "low",
    profile: "strict",
    why: "A tag can be moved to another image by whoever may push. A digest always means the same bytes.",
    remedy: "Add @sha256:… to the image.",
    check: (container) =>
      requireThat(container, "image", (value) => typeof value === "string" && value.includes("@sha256:"), {
        message: `${named(container)} names its image by tag, not by digest.`,
      }),
    bad: "image: registry.example.com/app:1.4.2",
    good: `image: registry.example.com/app@sha256:${"0123456789abcdef".repeat(4)}`,
  }),
  containerRule({
    id: "kubernetes-image-pull-policy",
    aliases: ["CKV_K8S_15"],
    title: "Image is not pulled each time",
    severity: "low",
    profile: "strict",
    why: "With another policy a pod can run an image that lies on the node, without proving that it may pull it. A moved tag is not noticed either.",
    remedy: "Set imagePullPolicy to Always, or name the image by digest.",
    check: (container) => {
      const policy = container.get("imagePullPolicy");
      const { tag, digest } = splitImage(container.text("image") ?? "");
      if (policy.kind === "value" ? policy.value === "Always" : tag === undefined || tag === "latest")
        return pass(policy.path);
      return digest !== undefined
        ? pass(policy.path)
        : fail(policy.path, `${named(container)} may run an image from the node's cache.`);
    },
    bad: "imagePullPolicy: IfNotPresent",
    good: "imagePullPolicy: Always",
  }),
  probe(
    "livenessProbe",
    "8",
    "A program that hangs is still running as far as Kubernetes can see. A liveness probe is what gets it restarted.",
  ),
  probe(
    "readinessProbe",
    "9",
    "Traffic is sent to a pod as soon as its process starts. A readiness probe holds it back until the pod can answer.",
  ),
  containerRule({
    id: "kubernetes-secrets-in-environment",
    aliases: ["CKV_K8S_35"],
    title: "Secret is passed as an environment variable",
    severity: "low",
    profile: "strict",
    cis: "5.4.1",
    why: "The environment of a process ends up in crash reports, logs and child processes. A mounted file is read by who needs it.",
    remedy: "Mount the secret as a file.",
    check: (container) => {
      for (const variable of container.blocks("env").items) {
        const found = variable.get("valueFrom.secretKeyRef");
        if (found.kind === "value") return fail(found.path, `${named(container)} takes a secret from its environment.`);
      }
      for (const source of container.blocks("envFrom").items) {
        const found = source.get("secretRef");
        if (found.kind === "value") return fail(found.path, `${named(container)} takes a secret from its environment.`);
      }
      return pass(container.get("env").path);
    },
    bad: "envFrom:\n  - secretRef:\n      name: database",
    good: "volumeMounts:\n  - name: database\n    mountPath: /secrets",
  }),
];
