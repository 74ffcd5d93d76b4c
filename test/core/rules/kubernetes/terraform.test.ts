/** Objects of Kubernetes in Terraform: judged as the manifests they become, told and mended where they are written. */
import { describe, expect, it } from "@jest/globals";
import { parse as parseYamlText } from "yaml";
import { planFix } from "../../../../src/core/fix/fix.ts";
import { proveFix } from "../../../../src/core/fix/prove.ts";
import { readFiles } from "../../../../src/core/read/read-files.ts";
import { runRules } from "../../../../src/core/rules/engine.ts";
import { kubernetesRules } from "../../../../src/core/rules/kubernetes/index.ts";
import type { Example, Rule } from "../../../../src/core/rules/rule.ts";

const fileOf = (text: string, path = "main.tf") => [{ path, bytes: new TextEncoder().encode(text) }];

async function judge(text: string, rules: readonly Rule[] = kubernetesRules) {
  const reading = await readFiles(fileOf(text));
  const { results, diagnostics } = runRules({ stacks: reading.stacks, rules, keep: "all" });
  expect(diagnostics).toEqual([]);
  return { reading, results };
}

const rulesOf = (alias: string): readonly Rule[] => kubernetesRules.filter((rule) => rule.aliases.includes(alias));

/** Outcome of a rule, by its alias, for each resource it has something to say about. */
async function verdicts(alias: string, text: string): Promise<{ readonly [address: string]: string }> {
  const { results } = await judge(text, rulesOf(alias));
  return Object.fromEntries(results.map((r) => [r.resource.address, r.status]));
}

const pod = (container: string, spec = "", name = "a") => `
resource "kubernetes_pod_v1" "${name}" {
  metadata {
    name      = "${name}"
    namespace = "shop"
  }
  spec {
    ${spec}
    container {
      name  = "app"
      image = "registry.example.com/app:1.4.2"
      ${container}
    }
  }
}
`;

describe("a rule's own examples, written in Terraform", () => {
  const own = kubernetesRules.filter(
    ({ id, on }) => !id.includes("-terraform-") && on.some((type) => /^kubernetes_(?!manifest$)/.test(type)),
  );

  it("are those of most rules", () => {
    expect(own.length).toBeGreaterThan(110);
  });

  it.each(own.map((rule) => [rule.id, rule] as const))("%s fails and passes alike", async (_id, rule) => {
    for (const print of [asBlocks, asManifests]) {
      for (const example of rule.bad) {
        const { results } = await judge(print(example), [rule]);
        expect(results.map((r) => r.status)).toContain("fail");
      }
      for (const example of rule.good) {
        const { results } = await judge(print(example), [rule]);
        expect(new Set(results.map((r) => r.status))).toEqual(new Set(["pass"]));
      }
    }
  });

  const mended = own.filter((rule) => rule.fix && rule.fix.risk !== "needs-value");
  it.each(mended.map((rule) => [rule.id, rule] as const))("%s is mended in Terraform", async (_id, rule) => {
    for (const print of [asBlocks, asManifests]) {
      for (const example of rule.bad) {
        const text = print(example);
        const before = await judge(text, [rule]);
        const finding = before.results.find((r) => r.status === "fail");
        if (!finding) throw new Error("the example does not fail");
        const plan = planFix(finding, rule, fileOf(text));
        if (!plan.ok) throw new Error(plan.why);
        const after = await readFiles(plan.files.all());
        const proof = proveFix({
          findings: [finding],
          rules: [rule],
          before: before.reading,
          after,
          files: plan.files.all(),
        });
        expect(proof).toMatchObject({ ok: true, problems: [] });
      }
    }
  });
});

describe("objects in Terraform", () => {
  it("are found in every form of a workload, under Terraform's address and type", async () => {
    const body = 'spec {\n container {\n name = "c"\n security_context {\n privileged = true\n }\n }\n }';
    const template = `metadata {\n name = "x"\n }\n spec {\n template {\n ${body}\n }\n }`;
    const text = [
      `resource "kubernetes_deployment" "a" {\n ${template}\n}`,
      `resource "kubernetes_daemon_set_v1" "b" {\n ${template}\n}`,
      `resource "kubernetes_cron_job_v1" "c" {\n spec {\n job_template {\n ${template}\n }\n }\n}`,
      `resource "kubernetes_stateful_set" "d" {\n ${template}\n}`,
    ].join("\n");
    expect(await verdicts("CKV_K8S_16", text)).toEqual({
      "kubernetes_deployment.a": "fail",
      "kubernetes_daemon_set_v1.b": "fail",
      "kubernetes_cron_job_v1.c": "fail",
      "kubernetes_stateful_set.d": "fail",
    });
    const { results } = await judge(text, rulesOf("CKV_K8S_16"));
    expect(results[0]?.resource.type).toBe("kubernetes_deployment");
    expect(results[0]?.format).toBe("terraform");
  });

  it("are pointed at where they are written", async () => {
    const { results } = await judge(
      pod("security_context {\n        privileged = true\n      }"),
      rulesOf("CKV_K8S_16"),
    );
    expect(results[0]).toMatchObject({
      at: { file: "main.tf", line: 13 },
      evidence: { path: "spec.0.container.0.security_context.0.privileged", value: "true" },
    });
  });

  it("are looked at in init containers, and one by one", async () => {
    const init = 'init_container {\n name = "i"\n port {\n container_port = 1\n host_port = 1\n }\n }';
    const { results } = await judge(pod("", init), rulesOf("CKV_K8S_26"));
    expect(results.map((r) => [r.status, r.evidence.path])).toEqual([
      ["fail", "spec.0.init_container.0.port.0.host_port"],
    ]);
  });

  it("leave open what is known only when they are applied", async () => {
    const text = `variable "flag" {}\nvariable "drop" {}\n${pod("security_context {\n privileged = var.flag\n run_as_user = var.flag\n capabilities {\n drop = [var.drop]\n add = [var.drop]\n }\n }")}`;
    for (const alias of ["CKV_K8S_16", "CKV_K8S_23", "CKV_K8S_25", "CKV_K8S_28", "CKV_K8S_39", "CKV_K8S_40"])
      expect([alias, await verdicts(alias, text)]).toEqual([alias, { "kubernetes_pod_v1.a": "unknown" }]);
    const namespace = `resource "kubernetes_secret" "s" {\n metadata {\n namespace = kubernetes_namespace.n.id\n }\n}`;
    expect(await verdicts("CKV_K8S_21", namespace)).toEqual({ "kubernetes_secret.s": "unknown" });
  });

  it("leave open blocks that may not be there", async () => {
    const text = `variable "on" {}\n${pod('dynamic "security_context" {\n for_each = var.on\n content {\n privileged = true\n }\n }')}`;
    expect(await verdicts("CKV_K8S_16", text)).toEqual({ "kubernetes_pod_v1.a": "unknown" });
  });

  it("take numbers and flags that the provider wants as text", async () => {
    const text = pod('security_context {\n run_as_user = "10001"\n run_as_non_root = "true"\n }');
    expect(await verdicts("CKV_K8S_40", text)).toEqual({ "kubernetes_pod_v1.a": "pass" });
    expect(await verdicts("CKV_K8S_23", text)).toEqual({ "kubernetes_pod_v1.a": "pass" });
  });

  it("are joined with each other: bindings with roles, pods with accounts and policies", async () => {
    const role = `resource "kubernetes_cluster_role" "r" {
      metadata { name = "reader" }
      rule {
        api_groups = [""]
        resources  = ["secrets"]
        verbs      = ["get"]
      }
    }
    resource "kubernetes_cluster_role_binding" "b" {
      metadata { name = "b" }
      role_ref {
        api_group = "rbac.authorization.k8s.io"
        kind      = "ClusterRole"
        name      = kubernetes_cluster_role.r.metadata[0].name
      }
      subject {
        kind      = "ServiceAccount"
        name      = "app"
        namespace = "shop"
      }
    }`;
    expect(await verdicts("CKV2_K8S_5", role.replaceAll(/\{ (name = "\w+") \}/g, "{\n$1\n}"))).toEqual({
      "kubernetes_cluster_role_binding.b": "fail",
    });
    const account = `resource "kubernetes_service_account_v1" "s" {
      metadata {
        name      = "app"
        namespace = "shop"
      }
      automount_service_account_token = false
    }
    ${pod("", 'service_account_name = "app"')}`;
    // The provider writes true into every pod that does not say, which the account's setting does not change.
    expect(await verdicts("CKV_K8S_38", account)).toEqual({ "kubernetes_pod_v1.a": "fail" });
    const policy = `resource "kubernetes_network_policy" "p" {
      metadata {
        name      = "p"
        namespace = "shop"
      }
      spec {
        pod_selector {}
        policy_types = ["Ingress"]
      }
    }
    ${pod("")}`;
    expect(await verdicts("CKV2_K8S_6", policy)).toEqual({ "kubernetes_pod_v1.a": "pass" });
    expect(await verdicts("CKV2_K8S_6", pod(""))).toEqual({ "kubernetes_pod_v1.a": "fail" });
  });

  it("have annotations and labels of the user's own words", async () => {
    const ingress = (annotation: string) => `resource "kubernetes_ingress_v1" "i" {
      metadata {
        name        = "i"
        annotations = { "nginx.ingress.kubernetes.io/${annotation}" = "return 200;" }
      }
    }`;
    expect(await verdicts("CKV_K8S_153", ingress("server-snippet"))).toEqual({ "kubernetes_ingress_v1.i": "fail" });
    expect(await verdicts("CKV_K8S_153", ingress("app-root"))).toEqual({ "kubernetes_ingress_v1.i": "pass" });
  });

  it("may gain privileges where it is written, and, as another finding, by default", async () => {
    const second = "security_context {\n allow_privilege_escalation = true\n }";
    const text = pod("", `container {\n name = "first"\n }\n container {\n name = "second"\n ${second}\n }`);
    expect(await verdicts("CKV_K8S_20", text)).toEqual({ "kubernetes_pod_v1.a": "fail" });
    expect(await verdicts("CKV_K8S_20", pod(""))).toEqual({ "kubernetes_pod_v1.a": "pass" });
    const byDefault = kubernetesRules.filter((rule) => rule.id.endsWith("privilege-escalation-default"));
    expect((await judge(pod(""), byDefault)).results.map((r) => r.status)).toEqual(["fail"]);
    expect((await judge(pod(second), byDefault)).results.map((r) => r.status)).toEqual(["pass"]);
  });

  it("are not offered a fix where the pod is not written at all", async () => {
    const text = 'resource "kubernetes_pod" "a" {\n  metadata {\n    name = "a"\n  }\n}\n';
    const { results } = await judge(text, rulesOf("CKV_K8S_22"));
    const [finding] = results;
    const [rule] = rulesOf("CKV_K8S_22");
    expect(finding?.status).toBe("fail");
    if (finding && rule) expect(planFix(finding, rule, fileOf(text))).toMatchObject({ ok: false });
  });

  it("say nothing of a manifest that is known only when it is applied, and of other providers' objects", async () => {
    const { results } = await judge(
      'variable "m" {}\nresource "kubernetes_manifest" "m" {\n  manifest = var.m\n}\nresource "kubernetes_annotations" "x" {\n  kind = "Pod"\n}\n',
    );
    expect(results).toEqual([]);
  });
});

const BLOCKS: { readonly [list: string]: string } = {
  containers: "container",
  initContainers: "init_container",
  ports: "port",
  volumes: "volume",
  volumeMounts: "volume_mount",
  subjects: "subject",
  rules: "rule",
  ranges: "range",
};
const MAPS = new Set(["labels", "annotations", "limits", "requests", "matchLabels", "data"]);
const snake = (field: string) => field.replace(/[A-Z]+/g, (word) => `_${word.toLowerCase()}`);

function* documents(example: Example): Generator<{ readonly [key: string]: unknown }> {
  const texts = typeof example === "string" ? [example] : Object.values(example.files);
  for (const text of texts.flatMap((t) => t.split(/^---$/m))) yield parseYamlText(text);
}

/** Printed by hand, without the tables under test. */
function asBlocks(example: Example): string {
  return [...documents(example)]
    .map(({ apiVersion: _version, kind, ...rest }, index) => {
      const type = `kubernetes_${snake(String(kind)).slice(1)}`;
      return `resource "${type}" "r${index}" {\n${body(rest)}}\n`;
    })
    .join("\n");
}

const asManifests = (example: Example): string =>
  [...documents(example)]
    .map((object, index) => `resource "kubernetes_manifest" "r${index}" {\n  manifest = ${literal(object)}\n}\n`)
    .join("\n");

function body(object: object): string {
  let text = "";
  for (const [field, value] of Object.entries(object)) {
    const name = Array.isArray(value) ? (BLOCKS[field] ?? snake(field)) : snake(field);
    const blocks = (Array.isArray(value) ? value : [value]).filter((v) => typeof v === "object" && v !== null);
    if (blocks.length > 0 && !MAPS.has(field)) for (const block of blocks) text += `${name} {\n${body(block)}}\n`;
    else text += `${name} = ${literal(value)}\n`;
  }
  return text;
}

/** JSON's objects are HCL's, but for templates, of which the examples have none. */
const literal = (value: unknown): string => JSON.stringify(value, null, 2);
