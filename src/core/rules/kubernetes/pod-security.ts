/** What a container may do to the node it runs on. */
import { isList, isObject, isUnknown, type Value } from "../../model/value.ts";
import { containers } from "../../read/kubernetes/pod-spec.ts";
import { forbidTrue, requireThat } from "../checks.ts";
import type { Rule } from "../rule.ts";
import { allOf, fail, pass, undecided, type Verdict } from "../verdict.ts";
import type { Block } from "../view.ts";
import { containerRule, named, specRule } from "./workload.ts";

/** A setting of the container, else of the pod. */
function effective(container: Block, pod: Block, setting: string): { readonly value?: Value; readonly path: string } {
  for (const block of [container, pod]) {
    const found = block.get(`securityContext.${setting}`);
    if (found.kind !== "absent") return { value: found.value, path: found.path };
  }
  return { path: container.get(`securityContext.${setting}`).path };
}

const isOpenEnded = (container: Block): boolean => !container.strings("securityContext.capabilities.add").complete;

const capabilities = (container: Block, list: "add" | "drop"): readonly string[] =>
  container
    .strings(`securityContext.capabilities.${list}`)
    .items.map((name) => name.toUpperCase().replace(/^CAP_/, ""));

function requireDropped(container: Block, names: readonly string[], message: string): Verdict {
  const path = container.get("securityContext.capabilities.drop").path;
  const dropped = capabilities(container, "drop");
  return names.some((name) => dropped.includes(name)) ? pass(path) : fail(path, message);
}

const hostNamespace = (
  setting: "hostPID" | "hostIPC" | "hostNetwork",
  cis: string,
  number: string,
  ksv: string,
  what: string,
  why: string,
): Rule =>
  specRule({
    id: `kubernetes-${setting.replace(/[A-Z]+[a-z]*/, (part) => `-${part.toLowerCase()}`)}`,
    aliases: [`CKV_K8S_${number}`, ksv, `AVD-${ksv}`],
    title: `Pod shares the host's ${what}`,
    severity: "high",
    cis,
    why,
    remedy: `Remove ${setting} from the pod spec, or set it to false.`,
    check: (pod) => forbidTrue(pod, setting, { message: `The pod shares the ${what} of its node.` }),
    set: [{ path: setting, value: false }],
    bad: `${setting}: true`,
    good: `${setting}: false`,
  });

const SOCKETS =
  /^\/(?:var\/)?run\/(?:docker\.sock|containerd\/containerd\.sock|crio\/crio\.sock|podman\/podman\.sock)\/?$/;

export const podSecurity: readonly Rule[] = [
  containerRule({
    id: "kubernetes-privileged-container",
    aliases: ["CKV_K8S_16", "KSV-0017", "AVD-KSV-0017"],
    title: "Privileged container",
    severity: "high",
    cis: "5.2.2",
    why: "A privileged container has every capability and every device of its node. Whoever breaks out of the application owns the node, and from there often the cluster.",
    remedy: "Set securityContext.privileged to false and add only the capabilities that are needed.",
    check: (container) =>
      forbidTrue(container, "securityContext.privileged", { message: `${named(container)} runs privileged.` }),
    set: [{ path: "securityContext.privileged", value: false }],
    bad: "securityContext:\n  privileged: true",
    good: "securityContext:\n  privileged: false",
  }),
  hostNamespace(
    "hostPID",
    "5.2.3",
    "17",
    "KSV-0010",
    "process ids",
    "A pod in the host's process namespace sees every process of the node, with its environment. It can signal them, and with a little more privilege enter them.",
  ),
  hostNamespace(
    "hostIPC",
    "5.2.4",
    "18",
    "KSV-0008",
    "interprocess communication",
    "A pod in the host's IPC namespace reads the shared memory of every process of the node. Secrets that another workload holds there are its for the taking.",
  ),
  hostNamespace(
    "hostNetwork",
    "5.2.5",
    "19",
    "KSV-0009",
    "network",
    "A pod on the host's network passes by every network policy. It can listen on the node's interfaces and reach services that trust localhost, the kubelet among them.",
  ),
  containerRule({
    id: "kubernetes-privilege-escalation",
    aliases: ["CKV_K8S_20", "KSV-0001", "AVD-KSV-0001"],
    title: "Container may gain more privileges",
    severity: "medium",
    cis: "5.2.6",
    why: "Unless forbidden, a process can gain privileges through setuid programs. An attacker inside the container becomes root with one of them.",
    remedy: "Set securityContext.allowPrivilegeEscalation to false.",
    check: (container) =>
      requireThat(container, "securityContext.allowPrivilegeEscalation", (value) => value === false, {
        message: `${named(container)} does not forbid gaining privileges.`,
      }),
    set: [{ path: "securityContext.allowPrivilegeEscalation", value: false }],
    bad: "securityContext:\n  allowPrivilegeEscalation: true",
    good: "securityContext:\n  allowPrivilegeEscalation: false",
  }),
  containerRule({
    id: "kubernetes-writable-root-filesystem",
    aliases: ["CKV_K8S_22", "KSV-0014", "AVD-KSV-0014"],
    title: "Container's root file system is writable",
    severity: "high",
    why: "An intruder can put tools into a writable root file system and change the program that runs. A read-only one takes away the place to stay.",
    remedy: "Set securityContext.readOnlyRootFilesystem to true, and mount an emptyDir where the program writes.",
    check: (container) =>
      requireThat(container, "securityContext.readOnlyRootFilesystem", (value) => value === true, {
        message: `${named(container)} can write to its own root file system.`,
      }),
    set: [{ path: "securityContext.readOnlyRootFilesystem", value: true }],
    bad: "securityContext:\n  readOnlyRootFilesystem: false",
    good: "securityContext:\n  readOnlyRootFilesystem: true",
  }),
  containerRule({
    id: "kubernetes-root-user",
    aliases: ["CKV_K8S_23", "KSV-0012", "AVD-KSV-0012"],
    title: "Container may run as root",
    severity: "medium",
    cis: "5.2.7",
    why: "Root in the container is root on the node once a kernel or runtime flaw is found. As another user, the same flaw is worth much less.",
    remedy: "Set securityContext.runAsNonRoot to true, and give the image a user with a number.",
    check: (container, pod) => {
      const nonRoot = effective(container, pod, "runAsNonRoot");
      if (nonRoot.value === true) return pass(nonRoot.path);
      const user = effective(container, pod, "runAsUser");
      if (typeof user.value === "number" && user.value >= 1) return pass(user.path);
      if (isUnknown(user.value)) return undecided(user.path);
      return fail(nonRoot.path, `${named(container)} may run as root.`);
    },
    // A pod that must not be root and names user 0 would never start.
    set: (container, pod) => [
      { path: "securityContext.runAsNonRoot", value: true },
      ...(effective(container, pod, "runAsUser").value === 0
        ? [{ path: "securityContext.runAsUser", value: 10_001 }]
        : []),
    ],
    bad: "securityContext:\n  runAsUser: 0",
    good: "securityContext:\n  runAsNonRoot: true",
  }),
  containerRule({
    id: "kubernetes-low-user-id",
    aliases: ["CKV_K8S_40", "KSV-0020", "AVD-KSV-0020"],
    title: "Container runs with a user id that the host may use",
    severity: "low",
    why: "Low user ids belong to accounts of the node as well. A process that leaves its container then acts as that account.",
    remedy: "Set securityContext.runAsUser to 10000 or more, or hostUsers to false.",
    check: (container, pod) => {
      if (pod.is("hostUsers", true) === false) return pass(pod.get("hostUsers").path);
      const { value, path } = effective(container, pod, "runAsUser");
      return typeof value === "number" && value >= 10_000
        ? pass(path)
        : fail(path, `${named(container)} does not run with a user id of 10000 or more.`);
    },
    set: [{ path: "securityContext.runAsUser", value: 10_001 }],
    bad: "securityContext:\n  runAsUser: 1000",
    good: "securityContext:\n  runAsUser: 10001",
  }),
  containerRule({
    id: "kubernetes-added-capabilities",
    aliases: ["CKV_K8S_25", "KSV-0022", "AVD-KSV-0022"],
    title: "Container adds capabilities",
    severity: "medium",
    cis: "5.2.9",
    why: "Each added capability is a piece of root's power. Several of them are enough to leave the container.",
    remedy: "Remove securityContext.capabilities.add, or replace it by the one narrow capability that is needed.",
    check: (container) => {
      const added = capabilities(container, "add");
      const { path } = container.get("securityContext.capabilities.add");
      if (added.length > 0) return fail(path, `${named(container)} adds ${added.join(", ")}.`);
      return isOpenEnded(container) ? undecided(path) : pass(path);
    },
    bad: 'securityContext:\n  capabilities:\n    add: ["NET_ADMIN"]',
    good: 'securityContext:\n  capabilities:\n    drop: ["ALL"]',
  }),
  containerRule({
    id: "kubernetes-sys-admin-capability",
    aliases: ["CKV_K8S_39", "KSV-0005", "AVD-KSV-0005"],
    title: "Container adds SYS_ADMIN",
    severity: "high",
    why: "SYS_ADMIN lets a process mount file systems and enter namespaces. It is all but the same as running privileged.",
    remedy: "Remove SYS_ADMIN from securityContext.capabilities.add.",
    check: (container) => {
      const { path } = container.get("securityContext.capabilities.add");
      const added = capabilities(container, "add");
      if (added.includes("SYS_ADMIN") || added.includes("ALL"))
        return fail(path, `${named(container)} adds the capability SYS_ADMIN.`);
      return isOpenEnded(container) ? undecided(path) : pass(path);
    },
    bad: 'securityContext:\n  capabilities:\n    add: ["SYS_ADMIN"]',
    good: 'securityContext:\n  capabilities:\n    add: ["NET_BIND_SERVICE"]',
  }),
  containerRule({
    id: "kubernetes-net-raw-capability",
    aliases: ["CKV_K8S_28", "KSV-0119", "AVD-KSV-0119"],
    title: "Container keeps NET_RAW",
    severity: "high",
    cis: "5.2.8",
    why: "With NET_RAW, which containers have by default, a process can forge packets of its neighbours. Traffic of other pods on the node can be redirected and read.",
    remedy: 'Set securityContext.capabilities.drop to ["ALL"].',
    check: (container) =>
      requireDropped(container, ["ALL", "NET_RAW"], `${named(container)} keeps the capability NET_RAW.`),
    set: [{ path: "securityContext.capabilities.drop", value: ["ALL"] }],
    bad: "securityContext:\n  capabilities: {}",
    good: 'securityContext:\n  capabilities:\n    drop: ["ALL"]',
  }),
  containerRule({
    id: "kubernetes-capabilities-not-dropped",
    aliases: ["CKV_K8S_37", "KSV-0003", "AVD-KSV-0003"],
    title: "Container does not drop all capabilities",
    severity: "low",
    cis: "5.2.10",
    why: "A container starts with some fifteen capabilities, of which most programs need none. What is not there cannot be misused.",
    remedy: 'Set securityContext.capabilities.drop to ["ALL"] and add back what is needed.',
    check: (container) => requireDropped(container, ["ALL"], `${named(container)} does not drop all capabilities.`),
    set: [{ path: "securityContext.capabilities.drop", value: ["ALL"] }],
    bad: 'securityContext:\n  capabilities:\n    drop: ["NET_RAW"]',
    good: 'securityContext:\n  capabilities:\n    drop: ["ALL"]',
  }),
  specRule({
    id: "kubernetes-container-runtime-socket",
    aliases: ["CKV_K8S_27", "KSV-0006", "AVD-KSV-0006"],
    title: "Pod mounts the container runtime's socket",
    severity: "high",
    why: "Whoever can talk to the runtime's socket can start a privileged container. That is root on the node, with one request.",
    remedy: "Remove the hostPath volume; build images with a tool that needs no daemon.",
    check: (pod) => {
      const { items, complete } = pod.blocks("volumes");
      const mounted = items.find((volume) => SOCKETS.test(volume.text("hostPath.path") ?? ""));
      if (mounted) {
        return fail(`${mounted.path}.hostPath.path`, `The pod mounts ${mounted.text("hostPath.path")} of its node.`);
      }
      return complete ? pass("volumes") : undecided("volumes");
    },
    bad: "volumes:\n  - name: docker\n    hostPath:\n      path: /var/run/docker.sock",
    good: "volumes:\n  - name: cache\n    emptyDir: {}",
  }),
  containerRule({
    id: "kubernetes-host-port",
    aliases: ["CKV_K8S_26", "KSV-0024", "AVD-KSV-0024"],
    title: "Container binds a port of the host",
    severity: "high",
    cis: "5.2.13",
    why: "A host port is open on the node's own address, past services and network policies. It also ties the pod to nodes where the port is free.",
    remedy: "Remove hostPort and expose the container through a Service.",
    check: (container) =>
      allOf([
        pass(container.get("ports").path),
        ...container.blocks("ports").items.map((port): Verdict => {
          const found = port.get("hostPort");
          if (found.kind === "absent" || found.value === 0) return pass(found.path);
          return fail(found.path, `${named(container)} binds port ${String(found.value)} of its node.`);
        }),
      ]),
    bad: "ports:\n  - containerPort: 8080\n    hostPort: 8080",
    good: "ports:\n  - containerPort: 8080",
  }),
  containerRule({
    id: "kubernetes-seccomp-profile",
    aliases: ["CKV_K8S_31", "KSV-0030", "AVD-KSV-0030"],
    title: "No seccomp profile",
    severity: "low",
    cis: "5.7.2",
    why: "Without a seccomp profile the container may use every system call. Many kernel flaws are reached through calls that no ordinary program makes.",
    remedy: "Set securityContext.seccompProfile.type to RuntimeDefault.",
    check: (container, pod) => {
      const { value, path } = effective(container, pod, "seccompProfile.type");
      return value === "RuntimeDefault" || value === "Localhost"
        ? pass(path)
        : fail(path, `${named(container)} runs without a seccomp profile.`);
    },
    set: [{ path: "securityContext.seccompProfile.type", value: "RuntimeDefault" }],
    bad: "securityContext:\n  seccompProfile:\n    type: Unconfined",
    good: "securityContext:\n  seccompProfile:\n    type: RuntimeDefault",
  }),
  specRule({
    id: "kubernetes-pod-security-context",
    aliases: ["CKV_K8S_29"],
    title: "Pod has no security context",
    severity: "low",
    profile: "strict",
    cis: "5.7.3",
    why: "Without a security context, everything that Kubernetes allows by default is allowed. One has to be written for any of it to be taken away.",
    remedy: "Write a securityContext for the pod, or for each of its containers.",
    check: (pod, view) => {
      const own = pod.get("securityContext");
      const all = containers(view)?.all ?? [];
      const each = all.length > 0 && all.every((container) => container.get("securityContext").kind === "value");
      return own.kind === "value" || each
        ? pass(own.path)
        : fail(own.path, "Neither the pod nor all of its containers have a security context.");
    },
    bad: "restartPolicy: Always",
    good: "securityContext:\n  runAsNonRoot: true",
  }),
  containerRule({
    id: "kubernetes-container-security-context",
    aliases: ["CKV_K8S_30"],
    title: "Container has no security context",
    severity: "low",
    profile: "strict",
    cis: "5.7.3",
    why: "Without a security context, everything that Kubernetes allows by default is allowed. Capabilities and privilege escalation can be limited only there.",
    remedy: "Write a securityContext for the container.",
    check: (container) => {
      const found = container.get("securityContext");
      const isWritten = found.kind === "value" && (isObject(found.value) || isList(found.value));
      return isWritten ? pass(found.path) : fail(found.path, `${named(container)} has no security context.`);
    },
    bad: "stdin: false",
    good: "securityContext:\n  runAsNonRoot: true",
  }),
];
