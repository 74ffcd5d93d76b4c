/** Admission plugins of the API server (CIS Kubernetes Benchmark 1.2). */
import { apiServer, type FlagRule, listHas, listLacks } from "./flag-rule.ts";

/** An API server's admission plugin that must be named. */
const plugin = (number: number, name: string, id: string, why: string, profile?: "strict", cis?: string): FlagRule =>
  apiServer(number, {
    id: `kubernetes-api-server-admission-${id}`,
    flags: ["enable-admission-plugins"],
    title: `API server does not run the admission plugin ${name}`,
    ...(profile && { profile }),
    ...(cis && { cis }),
    why,
    remedy: `Add ${name} to --enable-admission-plugins.`,
    message: `should name ${name} in --enable-admission-plugins`,
    holds: listHas(name),
    bad: "--enable-admission-plugins=AlwaysAdmit",
    good: `--enable-admission-plugins=NamespaceExists,${name}`,
  });

/** A plugin that runs by default: it must not be left out of an explicit list, nor switched off. */
const defaultPlugin = (number: number, name: string, id: string, why: string): FlagRule =>
  apiServer(number, {
    id: `kubernetes-api-server-admission-${id}`,
    flags: ["disable-admission-plugins", "enable-admission-plugins"],
    title: `API server's admission plugins leave out ${name}`,
    profile: "strict",
    why,
    remedy: `Take ${name} out of --disable-admission-plugins, and name it where others are named.`,
    message: `should keep the admission plugin ${name}`,
    holds: (value, all) =>
      value === undefined ||
      (value === all.get("disable-admission-plugins") ? listLacks(name)(value) : listHas(name)(value)),
    bad: `--disable-admission-plugins=${name}`,
    good: `--enable-admission-plugins=NodeRestriction,${name}`,
  });

export const apiServerAdmission: readonly FlagRule[] = [
  plugin(
    78,
    "EventRateLimit",
    "event-rate-limit",
    "One misbehaving program can flood the API server with events. A rate limit keeps it answering the others.",
    "strict",
    "1.2.9",
  ),
  apiServer(79, {
    id: "kubernetes-api-server-admission-always-admit",
    flags: ["enable-admission-plugins"],
    title: "API server admits everything",
    severity: "high",
    cis: "1.2.10",
    why: "AlwaysAdmit switches off all admission control. Policies are then written and not heeded.",
    remedy: "Remove AlwaysAdmit from --enable-admission-plugins.",
    message: "should not have AlwaysAdmit in --enable-admission-plugins",
    holds: (value) => value !== "" && listLacks("AlwaysAdmit")(value),
    bad: "--enable-admission-plugins=AlwaysAdmit",
    good: "--enable-admission-plugins=NodeRestriction",
  }),
  plugin(
    80,
    "AlwaysPullImages",
    "always-pull",
    "Without it a pod can run an image that lies on the node, without the right to pull it. Private images leak that way between tenants.",
    "strict",
    "1.2.11",
  ),
  apiServer(81, {
    id: "kubernetes-api-server-admission-security-context",
    flags: ["enable-admission-plugins"],
    title: "API server lets pods choose any security context",
    profile: "strict",
    why: "Where no pod security policy is enforced, a pod may choose to be privileged. SecurityContextDeny is the coarse way to forbid it.",
    remedy: "Enforce pod security, or add SecurityContextDeny to --enable-admission-plugins.",
    message: "should have SecurityContextDeny or PodSecurityPolicy in --enable-admission-plugins",
    holds: (value) => listHas("PodSecurityPolicy")(value) || listHas("SecurityContextDeny")(value),
    bad: "--enable-admission-plugins=NodeRestriction",
    good: "--enable-admission-plugins=SecurityContextDeny",
  }),
  defaultPlugin(
    82,
    "ServiceAccount",
    "service-account",
    "The plugin gives each pod its account and checks its token. Without it pods run with none, or with one that is not theirs.",
  ),
  defaultPlugin(
    83,
    "NamespaceLifecycle",
    "namespace-lifecycle",
    "The plugin refuses objects in namespaces that are gone or going. Without it what was deleted can be brought back half.",
  ),
  plugin(
    84,
    "PodSecurityPolicy",
    "pod-security-policy",
    "Before Kubernetes 1.25, pod security policies were what kept pods from being privileged. Without the plugin they are not heeded.",
    "strict",
  ),
  plugin(
    85,
    "NodeRestriction",
    "node-restriction",
    "Without it a kubelet may change the labels and pods of other nodes. One node taken over then attracts the pods of all.",
    undefined,
    "1.2.15",
  ),
];
