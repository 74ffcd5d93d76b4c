/** Finds the pod spec of anything that runs pods, and its containers: built-in workloads and CRDs with pod templates. */
import { isObject, isUnknown } from "../../model/value.ts";
import { Block, type View } from "../../rules/view.ts";

/** Where a kind keeps its pod spec. Any kind not named here that has spec.template.spec.containers is found as well. */
const POD_SPEC_PATHS: readonly string[] = [
  "spec.template.spec", // Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, Rollout, Knative Service, CloneSet…
  "spec.jobTemplate.spec.template.spec", // CronJob, ScaledJob's relatives
  "spec.jobTargetRef.template.spec", // KEDA ScaledJob
  "template.spec", // PodTemplate
  "spec.podTemplate.spec",
  "spec.workloadTemplate.spec.template.spec",
];

const CONTAINER_LISTS = ["initContainers", "containers", "ephemeralContainers"] as const;

/** The pod spec as a block whose path is relative to the resource; undefined where it runs no pods. */
export function podSpec(view: View): Block | undefined {
  if (view.type === "kubernetes.Pod") return blockAt(view, "spec");
  for (const path of POD_SPEC_PATHS) {
    const found = blockAt(view, path);
    if (found && CONTAINER_LISTS.some((list) => found.get(list).kind !== "absent")) return found;
  }
  return undefined;
}

export interface Containers {
  readonly main: readonly Block[];
  readonly init: readonly Block[];
  readonly ephemeral: readonly Block[];
  /** All of them: init containers first, as they run. */
  readonly all: readonly Block[];
  /** The pod-level security context applies to each of them. */
  readonly pod: Block;
}

/** The containers of a workload; undefined where it runs no pods. */
export function containers(view: View): Containers | undefined {
  const pod = podSpec(view);
  if (!pod) return undefined;
  const listed = (name: (typeof CONTAINER_LISTS)[number]): readonly Block[] =>
    pod.blocks(name).items.filter((item) => isObject(item.value) || isUnknown(item.value));
  const [init, main, ephemeral] = [listed("initContainers"), listed("containers"), listed("ephemeralContainers")];
  return { main, init, ephemeral, all: [...init, ...main, ...ephemeral], pod };
}

function blockAt(view: View, path: string): Block | undefined {
  const found = view.get(path);
  return found.kind === "value" && isObject(found.value) ? new Block(found.value, found.path) : undefined;
}
