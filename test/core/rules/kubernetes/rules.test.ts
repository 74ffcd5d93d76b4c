/** What the rules' own examples do not show: pods of every kind, overrides, joins, command lines. */
import { describe, expect, it } from "@jest/globals";
import { readKubernetes } from "../../../../src/core/read/kubernetes/read.ts";
import { runRules } from "../../../../src/core/rules/engine.ts";
import { flagsOf } from "../../../../src/core/rules/kubernetes/control-plane.ts";
import { kubernetesRules } from "../../../../src/core/rules/kubernetes/index.ts";
import { Block } from "../../../../src/core/rules/view.ts";

/** Outcome of one rule for each object it has something to say about. */
function verdicts(alias: string, text: string): { readonly [address: string]: string } {
  const { stacks } = readKubernetes([{ path: "a.yaml", bytes: new TextEncoder().encode(text) }]);
  const rules = kubernetesRules.filter((rule) => rule.aliases.includes(alias));
  expect(rules).toHaveLength(1);
  const { results, diagnostics } = runRules({ stacks, rules, keep: "all" });
  expect(diagnostics).toEqual([]);
  return Object.fromEntries(results.map((r) => [r.resource.address, r.status]));
}

const spec = (lines: string, depth = 2) => lines.trim().replace(/^/gm, " ".repeat(depth));
const pod = (lines: string, name = "a") =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: n}\nspec:\n${spec(lines)}\n`;

describe("pods", () => {
  it("looks at init and ephemeral containers, and into CRDs with pod templates", () => {
    expect(
      verdicts(
        "CKV_K8S_16",
        pod("containers: [{name: c}]\ninitContainers: [{name: i, securityContext: {privileged: true}}]"),
      ),
    ).toEqual({ "Pod.n.a": "fail" });
    const rollout = `apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: r}\nspec:\n  template:\n    spec:\n      containers: [{name: c, securityContext: {privileged: true}}]\n`;
    expect(verdicts("CKV_K8S_16", rollout)).toEqual({ "Rollout.default.r": "fail" });
    const service = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80}]}\n";
    expect(verdicts("CKV_K8S_16", service)).toEqual({});
  });

  it.each([
    ["the pod says so", "securityContext: {runAsNonRoot: true}\ncontainers: [{name: c}]", "pass"],
    [
      "a container overrides the pod",
      "securityContext: {runAsNonRoot: true}\ncontainers: [{name: c, securityContext: {runAsNonRoot: false}}]",
      "fail",
    ],
    [
      "every container has a user",
      "containers: [{name: c, securityContext: {runAsUser: 1}}, {name: d, securityContext: {runAsUser: 2}}]",
      "pass",
    ],
    ["one container has none", "containers: [{name: c, securityContext: {runAsUser: 1}}, {name: d}]", "fail"],
  ])("decides on root where %s", (_name, lines, status) => {
    expect(verdicts("CKV_K8S_23", pod(lines))).toEqual({ "Pod.n.a": status });
  });

  it("reads yes as true, as Kubernetes does", () => {
    expect(verdicts("CKV_K8S_17", pod("hostPID: yes\ncontainers: [{name: c}]"))).toEqual({ "Pod.n.a": "fail" });
  });

  it("lets a service account say that its token is not mounted", () => {
    const account =
      "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: s, namespace: n}\nautomountServiceAccountToken: false\n---\n";
    expect(verdicts("CKV_K8S_38", account + pod("serviceAccountName: s\ncontainers: [{name: c}]"))).toEqual({
      "Pod.n.a": "pass",
    });
    expect(verdicts("CKV_K8S_38", account + pod("serviceAccountName: other\ncontainers: [{name: c}]"))).toEqual({
      "Pod.n.a": "fail",
    });
  });

  it.each([
    ["localhost:5000/app", "fail"],
    ["localhost:5000/app:1", "pass"],
    ["app:latest", "fail"],
    ["app:latest@sha256:00", "pass"],
  ])("judges the tag of %s", (image, status) => {
    expect(verdicts("CKV_K8S_14", pod(`containers: [{name: c, image: "${image}"}]`))).toEqual({ "Pod.n.a": status });
  });

  it("asks no probes of jobs and init containers", () => {
    const job =
      "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {template: {spec: {containers: [{name: c}]}}}\n";
    expect(verdicts("CKV_K8S_8", job)).toEqual({});
    expect(
      verdicts("CKV_K8S_8", pod("containers: [{name: c, livenessProbe: {exec: {}}}]\ninitContainers: [{name: i}]")),
    ).toEqual({ "Pod.n.a": "pass" });
  });
});

describe("roles", () => {
  const role = (rules: string) =>
    `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\nrules: ${rules}\n`;

  it("looks at every rule of a role, not the first alone", () => {
    expect(
      verdicts(
        "CKV_K8S_49",
        role(
          '[{apiGroups: [""], resources: [pods], verbs: [get]}, {apiGroups: [""], resources: [pods], verbs: ["*"]}]',
        ),
      ),
    ).toEqual({ "ClusterRole.default.r": "fail" });
  });

  it("takes wildcards and subresource wildcards for what they cover, and nothing more", () => {
    const alias = "CKV_K8S_158";
    expect(verdicts(alias, role('[{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]'))).toEqual({
      "ClusterRole.default.r": "fail",
    });
    expect(verdicts(alias, role('[{apiGroups: [apps], resources: ["*"], verbs: ["*"]}]'))).toEqual({
      "ClusterRole.default.r": "pass",
    });
    expect(
      verdicts(alias, role("[{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [get]}]")),
    ).toEqual({ "ClusterRole.default.r": "pass" });
  });

  it("judges a binding by the role it grants, for programs and nodes only", () => {
    const reader = role('[{apiGroups: [""], resources: [secrets], verbs: [list]}]');
    const binding = (subject: string) =>
      `---\napiVersion: r/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\nsubjects: [${subject}]\nroleRef: {kind: ClusterRole, name: r}\n`;
    expect(verdicts("CKV2_K8S_5", reader + binding("{kind: ServiceAccount, name: s, namespace: n}"))).toEqual({
      "ClusterRoleBinding.default.b": "fail",
    });
    expect(verdicts("CKV2_K8S_5", reader + binding("{kind: Group, name: 'system:nodes'}"))).toEqual({
      "ClusterRoleBinding.default.b": "fail",
    });
    expect(verdicts("CKV2_K8S_5", reader + binding("{kind: User, name: ada}"))).toEqual({
      "ClusterRoleBinding.default.b": "pass",
    });
    expect(verdicts("CKV2_K8S_5", binding("{kind: ServiceAccount, name: s}"))).toEqual({});
  });
});

describe("command lines", () => {
  const flags = (...words: readonly string[]) => flagsOf(new Block({ command: [...words] }, ""), "kube-apiserver");

  it("reads flags however they are written", () => {
    expect(flags("/usr/bin/kube-apiserver", "--a=1", "--b", "2", " --c=x=y", "--d")).toEqual(
      new Map([
        ["a", "1"],
        ["b", "2"],
        ["c", "x=y"],
        ["d", ""],
      ]),
    );
    expect(flags("sh", "--a=1")).toBeUndefined();
  });

  it("points at the flag that decided", () => {
    const text = pod("containers:\n- name: c\n  command: [kube-apiserver, --a=1]\n  args: [--profiling=true]");
    const { stacks } = readKubernetes([{ path: "a.yaml", bytes: new TextEncoder().encode(text) }]);
    const rules = kubernetesRules.filter((rule) => rule.aliases.includes("CKV_K8S_90"));
    const [result] = runRules({ stacks, rules }).results;
    expect(result?.evidence).toEqual({ path: "spec.containers.0.args.0", value: '"--profiling=true"' });
  });
});
