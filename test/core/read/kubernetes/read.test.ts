import { describe, expect, it } from "@jest/globals";
import type { Resource } from "../../../../src/core/model/resource.ts";
import { containers, podSpec } from "../../../../src/core/read/kubernetes/pod-spec.ts";
import { readKubernetes } from "../../../../src/core/read/kubernetes/read.ts";
import { Estate } from "../../../../src/core/rules/estate.ts";

const read = (files: { readonly [path: string]: string }) =>
  readKubernetes(Object.entries(files).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) })));
const resourcesIn = (text: string): readonly Resource[] => read({ "a.yaml": text }).stacks.flatMap((s) => s.resources);

const workload = (kind: string, spec: string) =>
  `apiVersion: x/v1\nkind: ${kind}\nmetadata:\n  name: app\nspec:\n${spec.replace(/^/gm, "  ")}\n`;

describe("readKubernetes", () => {
  it("names objects by kind, namespace and name, over documents and lists", () => {
    const found = resourcesIn(
      "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  namespace: kube-system\n---\n---\napiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: { name: b }\n- apiVersion: v1\n  kind: SecretList\n  items:\n  - {apiVersion: v1, kind: Secret, metadata: {generateName: c-}}\n",
    );
    expect(found.map((r) => [r.type, r.address])).toEqual([
      ["kubernetes.Pod", "Pod.kube-system.a"],
      ["kubernetes.ConfigMap", "ConfigMap.default.b"],
      ["kubernetes.Secret", "Secret.default.c-"],
    ]);
    expect(found[2]?.sensitive).toContain("data");
  });

  it("gives each object of a file its own lines", () => {
    const [, second] = resourcesIn(
      "apiVersion: v1\nkind: A\nmetadata: {name: a}\n---\napiVersion: v1\nkind: B\nspec:\n  x: [1, 2]\n",
    );
    const { origin } = second ?? {};
    if (origin?.kind !== "code") throw new Error("not from code");
    expect([origin.range.line, origin.range.endLine, origin.header.line]).toEqual([5, 8, 6]);
    expect(origin.locate("spec.x.1")?.range).toMatchObject({ line: 8 });
    expect(origin.locate("spec.y")).toBeUndefined();
  });

  it("leaves out Helm templates and says so, but not manifests that hold braces", () => {
    const { stacks, skipped } = read({
      "chart/templates/a.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n",
      "chart/templates/b.yaml": "{{- if .Values.on }}\napiVersion: v1\nkind: Pod\n{{- end }}\n",
      "rules.yaml":
        'apiVersion: v1\nkind: PrometheusRule\nmetadata:\n  name: r\nspec:\n  text: "{{ $labels.instance }} is down"\n',
    });
    expect(skipped.map((s) => s.path)).toEqual(["chart/templates/a.yaml", "chart/templates/b.yaml"]);
    expect(skipped[0]?.reason).toMatch(/Helm/);
    expect(stacks.flatMap((s) => s.resources.map((r) => r.address))).toEqual(["PrometheusRule.default.r"]);
  });

  it("joins a binding to the role it grants, across the files of a directory only", () => {
    const role = "apiVersion: r/v1\nkind: ClusterRole\nmetadata: {name: admin}\n";
    const binding =
      "apiVersion: r/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: x}\nroleRef: {kind: ClusterRole, name: admin}\n";
    const together = read({ "a/role.yaml": role, "a/binding.yaml": binding, "b/binding.yaml": binding });
    const references = together.stacks.map((s) => [
      s.path,
      s.resources.flatMap((r) => r.references.map((ref) => ref.to)),
    ]);
    expect(references).toEqual([
      ["a", ["ClusterRole.default.admin"]],
      ["b", []],
    ]);
  });

  it("hands on skip annotations as comments", () => {
    const { comments } = read({
      "a.yaml":
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n    checkov.io/skip1: CKV_K8S_20=known\n",
    });
    expect(comments).toEqual([expect.objectContaining({ text: "checkov:skip=CKV_K8S_20:known" })]);
    expect(comments[0]?.range.line).toBe(6);
  });
});

describe("podSpec and containers", () => {
  const view = (text: string) => {
    const [found] = new Estate(resourcesIn(text)).views;
    if (!found) throw new Error("nothing was read");
    return found;
  };
  const pod = "containers:\n- name: c\ninitContainers:\n- name: i\nephemeralContainers:\n- name: e";
  const indented = (depth: number) => pod.replace(/^/gm, " ".repeat(depth));

  it.each([
    ["Pod", pod, "spec"],
    ["Deployment", `template:\n  spec:\n${indented(4)}`, "spec.template.spec"],
    ["Rollout", `template:\n  spec:\n${indented(4)}`, "spec.template.spec"],
    [
      "CronJob",
      `jobTemplate:\n  spec:\n    template:\n      spec:\n${indented(8)}`,
      "spec.jobTemplate.spec.template.spec",
    ],
  ])("finds the pod of a %s with all its containers", (kind, spec, path) => {
    const found = view(workload(kind, spec));
    expect(podSpec(found)?.path).toBe(path);
    expect(containers(found)?.all.map((c) => [c.text("name"), c.path])).toEqual([
      ["i", `${path}.initContainers.0`],
      ["c", `${path}.containers.0`],
      ["e", `${path}.ephemeralContainers.0`],
    ]);
  });

  it("finds none where nothing runs", () => {
    expect(podSpec(view(workload("Service", "ports:\n- port: 80")))).toBeUndefined();
  });
});
