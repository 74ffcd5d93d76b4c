/** What the rules about pods share: the kinds that run pods, walking their containers, and examples to write. */
import type { Category, Severity } from "../../model/finding.ts";
import type { FixOperation, FixRisk } from "../../model/patch.ts";
import { containers, podSpec } from "../../read/kubernetes/pod-spec.ts";
import { type Example, type Rule, rule } from "../rule.ts";
import { allOf, notApplicable, type Verdict } from "../verdict.ts";
import type { Block, View } from "../view.ts";

/** Kinds that run pods, built in and of the CRDs met most. */
export const WORKLOADS: readonly string[] = [
  "Pod",
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "ReplicationController",
  "Job",
  "CronJob",
  "PodTemplate",
  "Rollout",
  "Service",
  "Configuration",
  "Revision",
  "DeploymentConfig",
  "CloneSet",
  "AdvancedStatefulSet",
  "AdvancedDaemonSet",
  "ScaledJob",
].map((kind) => `kubernetes.${kind}`);

export const kinds = (...names: readonly string[]): readonly string[] => names.map((name) => `kubernetes.${name}`);

/** What tells one rule about pods from another. */
export interface PodRule {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly severity: Severity;
  readonly category?: Category;
  readonly profile?: "default" | "strict";
  readonly why: string;
  readonly remedy: string;
  readonly cis?: string;
  readonly risk?: FixRisk;
}

interface Setting {
  readonly path: string;
  readonly value: boolean | number | string | readonly string[];
}

export interface ContainerRule extends PodRule {
  /** "main" leaves out init and ephemeral containers, which have no probes and no requests of their own. */
  readonly among?: "all" | "main";
  readonly kinds?: readonly string[];
  check(container: Block, pod: Block): Verdict;
  /** Set in each container that fails, below the container. */
  readonly set?: readonly Setting[] | ((container: Block, pod: Block) => readonly Setting[]);
  /** Lines below the container in the examples. */
  readonly bad: string;
  readonly good: string;
  /** Lines below the pod spec in the good example, where it is mended there. */
  readonly goodPod?: string;
}

/** A rule that every container must pass. */
export function containerRule(source: ContainerRule): Rule {
  const listed = (view: View): readonly Block[] => containers(view)?.[source.among ?? "all"] ?? [];
  const { set } = source;
  return rule({
    ...common(source),
    on: source.kinds ?? WORKLOADS,
    check: (view) => {
      const pod = podSpec(view);
      return pod ? allOf(listed(view).map((container) => source.check(container, pod))) : notApplicable;
    },
    ...(set && {
      fix: {
        risk: source.risk ?? "disruptive",
        edit: (view: View) => {
          const pod = podSpec(view);
          if (!pod) return "It runs no pods.";
          const failing = listed(view).filter((container) => source.check(container, pod).status === "fail");
          return failing.flatMap((container) =>
            (typeof set === "function" ? set(container, pod) : set).map(
              ({ path, value }): FixOperation => ({ op: "set", path: `${container.path}.${path}`, value }),
            ),
          );
        },
      },
    }),
    bad: pod(source.bad),
    good: pod(source.good, source.goodPod),
  });
}

export interface SpecRule extends PodRule {
  check(pod: Block, view: View): Verdict;
  /** Set below the pod spec. */
  readonly set?: readonly { readonly path: string; readonly value: boolean | number | string }[];
  /** Lines below the pod spec in the examples. */
  readonly bad: string;
  readonly good: string;
}

/** A rule about the pod as a whole. */
export function specRule(source: SpecRule): Rule {
  const { set } = source;
  return rule({
    ...common(source),
    on: WORKLOADS,
    check: (view) => {
      const pod = podSpec(view);
      return pod ? source.check(pod, view) : notApplicable;
    },
    ...(set && {
      fix: {
        risk: source.risk ?? "disruptive",
        edit: (view: View) => {
          const pod = podSpec(view);
          if (!pod) return "It runs no pods.";
          return set.map(({ path, value }): FixOperation => ({ op: "set", path: `${pod.path}.${path}`, value }));
        },
      },
    }),
    bad: pod("", source.bad),
    good: pod("", source.good),
  });
}

const common = (source: PodRule) => ({
  id: source.id,
  aliases: source.aliases,
  title: source.title,
  severity: source.severity,
  category: source.category ?? ("security" as const),
  profile: source.profile ?? ("default" as const),
  why: source.why,
  remedy: source.remedy,
  ...(source.cis !== undefined && {
    compliance: [{ framework: "CIS Kubernetes 1.9" as const, control: source.cis }],
  }),
});

/** A pod with one container; what is given is put below the container, and below the pod's spec. */
export function pod(container: string, spec = ""): Example {
  return {
    files: {
      "pod.yaml": [
        "apiVersion: v1",
        "kind: Pod",
        "metadata:",
        "  name: app",
        "  namespace: shop",
        "spec:",
        ...indent(spec, 2),
        "  containers:",
        "    - name: app",
        ...(/^image:/m.test(container) ? [] : ["      image: registry.example.com/app:1.4.2"]),
        ...indent(container, 6),
        "",
      ].join("\n"),
    },
  };
}

export const manifest = (text: string): Example => ({ files: { "manifest.yaml": `${text.trim()}\n` } });

/** "Container web" for messages. */
export const named = (container: Block): string => `Container ${container.text("name") ?? container.path}`;

const indent = (text: string, depth: number): readonly string[] =>
  text.trim() === "" ? [] : text.split("\n").map((line) => `${" ".repeat(depth)}${line}`);
