/** Policies of the cluster: pod security policies (until Kubernetes 1.25), network policies, and ingress annotations. */
import { isObject, type Value } from "../../model/value.ts";
import { podSpec } from "../../read/kubernetes/pod-spec.ts";
import { type Rule, rule } from "../rule.ts";
import { fail, notApplicable, pass, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import { kinds, manifest } from "./workload.ts";

const psp = (spec: string, annotations?: string) =>
  manifest(
    `apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata:\n  name: strict${annotations ? `\n  annotations:\n    ${annotations}` : ""}\nspec:\n${spec.replace(/^/gm, "  ")}`,
  );

interface PolicyRule {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly message: string;
  readonly check: (policy: View) => Verdict;
  readonly bad: string;
  readonly good: string;
  /** Below metadata.annotations of the good example. */
  readonly annotations?: string;
}

const policyRule = ({ id, number, title, check, message, bad, good, annotations }: PolicyRule): Rule =>
  rule({
    id: `kubernetes-pod-security-policy-${id}`,
    aliases: [`CKV_K8S_${number}`],
    title,
    severity: "medium",
    category: "security",
    on: kinds("PodSecurityPolicy"),
    why: "A pod security policy is the limit of what pods may ask for. What it admits, an attacker who may create pods will ask for.",
    remedy: "Tighten the policy, and move to pod security admission: policies went away in Kubernetes 1.25.",
    check: (policy) => {
      const verdict = check(policy);
      return verdict.status === "fail" ? fail(verdict.path, message) : verdict;
    },
    bad: psp(bad),
    good: psp(good, annotations),
  });

const notTrue =
  (path: string) =>
  (policy: View): Verdict =>
    policy.is(path) === true ? fail(path) : pass(path);

const drops =
  (...names: readonly string[]) =>
  (policy: View): Verdict => {
    const dropped = policy.strings("spec.requiredDropCapabilities").items;
    return names.some((name) => dropped.includes(name))
      ? pass("spec.requiredDropCapabilities")
      : fail("spec.requiredDropCapabilities");
  };

function runsAsRoot(policy: View): Verdict {
  const path = "spec.runAsUser.rule";
  const chosen = policy.text(path);
  if (chosen === "MustRunAsNonRoot") return pass(path);
  const ranges = policy.blocks("spec.runAsUser.ranges").items;
  const above = ranges.length > 0 && ranges.every((range) => (range.number("min") ?? 0) > 0);
  return chosen === "MustRunAs" && above ? pass(path) : fail(path);
}

const annotationsOf = (view: View): { readonly [key: string]: Value } => {
  const found = view.get("metadata.annotations");
  return found.kind === "value" && isObject(found.value) ? found.value : {};
};

const snippetRule = (id: string, number: number, title: string, matches: RegExp, sample: string): Rule =>
  rule({
    id: `kubernetes-ingress-${id}`,
    aliases: [`CKV_K8S_${number}`],
    title,
    severity: "high",
    category: "security",
    on: kinds("Ingress"),
    why: "A snippet becomes part of nginx's configuration as it is (CVE-2021-25742). Whoever may write an ingress can then read the secrets of the whole cluster.",
    remedy: "Remove the snippet annotation, and set allow-snippet-annotations to false in the controller.",
    references: ["https://github.com/kubernetes/ingress-nginx/issues/7837"],
    check: (ingress) => {
      const found = Object.entries(annotationsOf(ingress)).find(
        ([key, value]) => /snippet$/.test(key) && matches.test(String(value)),
      );
      return found
        ? fail(`metadata.annotations.${found[0]}`, `The annotation ${found[0]} writes into nginx's configuration.`)
        : pass("metadata.annotations");
    },
    bad: manifest(
      `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: shop\n  namespace: shop\n  annotations:\n    nginx.ingress.kubernetes.io/server-snippet: |\n      ${sample}`,
    ),
    good: manifest("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: shop\n  namespace: shop"),
  });

function selects(policy: View, labels: { readonly [key: string]: Value }): boolean {
  const found = policy.get("spec.podSelector");
  if (found.kind !== "value" || !isObject(found.value)) return false;
  if (found.value.matchExpressions !== undefined) return true; // may select: what is not worked out is not held against the pod
  const wanted = found.value.matchLabels;
  return (
    !isObject(wanted ?? null) ||
    Object.entries(wanted as { [key: string]: Value }).every(([key, value]) => labels[key] === value)
  );
}

function podLabels(view: View): { readonly [key: string]: Value } {
  const spec = podSpec(view)?.path ?? "";
  const path = spec === "spec" ? "metadata.labels" : spec.replace(/spec$/, "metadata.labels");
  const found = view.get(path);
  return found.kind === "value" && isObject(found.value) ? found.value : {};
}

export const policies: readonly Rule[] = [
  policyRule({
    id: "host-pid",
    number: 1,
    title: "Policy admits pods in the host's process namespace",
    message: "The policy admits pods that see the host's processes.",
    check: notTrue("spec.hostPID"),
    bad: "hostPID: true",
    good: "hostPID: false",
  }),
  policyRule({
    id: "privileged",
    number: 2,
    title: "Policy admits privileged pods",
    message: "The policy admits privileged pods.",
    check: notTrue("spec.privileged"),
    bad: "privileged: true",
    good: "privileged: false",
  }),
  policyRule({
    id: "host-ipc",
    number: 3,
    title: "Policy admits pods in the host's IPC namespace",
    message: "The policy admits pods that share the host's memory.",
    check: notTrue("spec.hostIPC"),
    bad: "hostIPC: true",
    good: "hostIPC: false",
  }),
  policyRule({
    id: "host-network",
    number: 4,
    title: "Policy admits pods on the host's network",
    message: "The policy admits pods on the host's network.",
    check: notTrue("spec.hostNetwork"),
    bad: "hostNetwork: true",
    good: "hostNetwork: false",
  }),
  policyRule({
    id: "escalation",
    number: 5,
    title: "Policy admits privilege escalation",
    message: "The policy does not forbid gaining privileges.",
    check: (policy) =>
      policy.is("spec.allowPrivilegeEscalation", true) === false
        ? pass("spec.allowPrivilegeEscalation")
        : fail("spec.allowPrivilegeEscalation"),
    bad: "allowPrivilegeEscalation: true",
    good: "allowPrivilegeEscalation: false",
  }),
  policyRule({
    id: "root",
    number: 6,
    title: "Policy admits root",
    message: "The policy admits containers that run as root.",
    check: runsAsRoot,
    bad: "runAsUser:\n  rule: RunAsAny",
    good: "runAsUser:\n  rule: MustRunAsNonRoot",
  }),
  policyRule({
    id: "net-raw",
    number: 7,
    title: "Policy does not drop NET_RAW",
    message: "The policy does not drop NET_RAW.",
    check: drops("ALL", "NET_RAW"),
    bad: "requiredDropCapabilities: []",
    good: "requiredDropCapabilities: [ALL]",
  }),
  policyRule({
    id: "added-capabilities",
    number: 24,
    title: "Policy admits added capabilities",
    message: "The policy admits added capabilities.",
    check: (policy) =>
      policy.has("spec.allowedCapabilities") === false
        ? pass("spec.allowedCapabilities")
        : fail("spec.allowedCapabilities"),
    bad: "allowedCapabilities: [NET_ADMIN]",
    good: "allowedCapabilities: []",
  }),
  policyRule({
    id: "seccomp",
    number: 32,
    title: "Policy sets no seccomp profile",
    message: "The policy sets no seccomp profile.",
    check: (policy) =>
      /(?:docker|runtime)\/default/.test(
        String(annotationsOf(policy)["seccomp.security.alpha.kubernetes.io/defaultProfileName"] ?? ""),
      )
        ? pass("metadata.annotations")
        : fail("metadata.annotations"),
    bad: "privileged: false",
    good: "privileged: false",
    annotations: "seccomp.security.alpha.kubernetes.io/defaultProfileName: runtime/default",
  }),
  policyRule({
    id: "capabilities",
    number: 36,
    title: "Policy does not drop capabilities",
    message: "The policy does not require that capabilities are dropped.",
    check: (policy) =>
      policy.has("spec.requiredDropCapabilities") === true
        ? pass("spec.requiredDropCapabilities")
        : fail("spec.requiredDropCapabilities"),
    bad: "requiredDropCapabilities: []",
    good: "requiredDropCapabilities: [ALL]",
  }),
  snippetRule(
    "lua-snippet",
    152,
    "Ingress runs Lua from an annotation",
    /\b(?:access|content|log|header_filter|body_filter|rewrite|set|init|balancer|ssl_certificate)_by_lua|lua_package_path|\blua_/,
    "access_by_lua_block { os.execute('id') }",
  ),
  snippetRule("snippet", 153, "Ingress writes nginx configuration from an annotation", /[\s\S]/, "return 200;"),
  snippetRule(
    "alias-snippet",
    154,
    "Ingress serves files from an annotation",
    /\b(?:alias|root)\s+\S/,
    "location /t { alias /run/secrets/; }",
  ),
  rule({
    id: "kubernetes-network-policy",
    aliases: ["CKV2_K8S_6"],
    title: "No network policy applies to the pod",
    severity: "low",
    category: "security",
    profile: "strict",
    on: kinds("Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"),
    why: "Without a policy any pod may talk to any other. One that is taken over reaches everything.",
    remedy: "Write a NetworkPolicy whose podSelector selects it.",
    compliance: [{ framework: "CIS Kubernetes 1.9", control: "5.3.2" }],
    check: (view) => {
      if (!podSpec(view)) return notApplicable;
      const namespace = view.address.split(".")[1];
      const labels = podLabels(view);
      const found = view.estate
        .ofType("kubernetes.NetworkPolicy")
        .some((policy) => policy.address.split(".")[1] === namespace && selects(policy, labels));
      return found
        ? pass()
        : fail("metadata.name", `No network policy of its directory applies to ${view.resource.name}.`);
    },
    bad: manifest(
      "apiVersion: v1\nkind: Pod\nmetadata:\n  name: app\n  namespace: shop\nspec:\n  containers:\n    - name: app\n      image: registry.example.com/app:1.4.2",
    ),
    good: manifest(
      "apiVersion: v1\nkind: Pod\nmetadata:\n  name: app\n  namespace: shop\n  labels:\n    app: web\nspec:\n  containers:\n    - name: app\n      image: registry.example.com/app:1.4.2\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  podSelector:\n    matchLabels:\n      app: web",
    ),
  }),
];
