/** A manifest's every value is where `terraformPath` says it is in the Terraform resource. */
import { describe, expect, it } from "@jest/globals";
import { isList, isObject, type ObjectValue, Unknown, type Value } from "../../../../src/core/model/value.ts";
import { manifestOf, terraformPath } from "../../../../src/core/read/terraform-kubernetes/manifest.ts";
import { fieldOf, kindOfType, nameOfField, typesOfKind } from "../../../../src/core/read/terraform-kubernetes/names.ts";
import { valueAt } from "../../../../src/core/rules/evidence.ts";
import { resource } from "../../../support/resources.ts";

const container = {
  name: "app",
  image: "app:1",
  args: ["--a", "--b"],
  port: [{ container_port: 80, host_port: 8080 }],
  env: [{ name: "A", value_from: [{ secret_key_ref: [{ name: "s", key: "k" }] }] }],
  resources: [{ limits: { memory: "1Gi" }, requests: { "nvidia.com/gpu": "1" } }],
  liveness_probe: [{ http_get: [{ path: "/", port: "80", http_header: [{ name: "h", value: "v" }] }] }],
  security_context: [{ run_as_user: "1000", capabilities: [{ drop: ["ALL"], add: [] }], seccomp_profile: [] }],
};

const deployment = resource({
  address: "kubernetes_deployment_v1.a",
  attributes: {
    metadata: [{ name: "a", namespace: null, labels: { "app.kubernetes.io/name": "a" } }],
    spec: [
      {
        replicas: "2",
        selector: [{ match_labels: { app: "a" } }],
        template: [
          {
            metadata: [{ labels: { app: "a" } }],
            spec: [
              {
                host_pid: true,
                container: [container, { ...container, name: "other" }],
                init_container: [container],
                volume: [{ name: "v", host_path: [{ path: "/run" }] }],
                node_selector: { host_pid: "x" },
              },
            ],
          },
        ],
      },
    ],
  },
});

const ingress = resource({
  address: "kubernetes_ingress_v1.i",
  attributes: {
    metadata: [{ name: "i", annotations: { a: "b" } }],
    spec: [
      {
        rule: [{ http: [{ path: [{ path: "/", backend: [{ service: [{ name: "s", port: [{ number: 80 }] }] }] }] }] }],
      },
    ],
  },
});

function* leaves(value: Value, path: readonly string[] = []): Generator<readonly [string, Value]> {
  if (isList(value)) for (const [i, item] of value.entries()) yield* leaves(item, [...path, String(i)]);
  else if (isObject(value)) for (const [key, item] of Object.entries(value)) yield* leaves(item, [...path, key]);
  // Keys with dots are the user's own words: their paths are not told apart by anyone.
  else if (!path.some((part) => part.includes("."))) yield [path.join("."), value];
}

const manifestOfKnown = (of: typeof deployment): ObjectValue => {
  const manifest = manifestOf(of);
  if (!manifest) throw new Error("no manifest");
  return manifest.attributes;
};

describe("the manifest of a Terraform resource", () => {
  it("has the shape that Kubernetes wants", () => {
    const { spec, metadata } = manifestOfKnown(deployment);
    expect(metadata).toEqual({ name: "a", labels: { "app.kubernetes.io/name": "a" } });
    const expected = {
      name: "app",
      image: "app:1",
      args: ["--a", "--b"],
      ports: [{ containerPort: 80, hostPort: 8080 }],
      env: [{ name: "A", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }],
      resources: { limits: { memory: "1Gi" }, requests: { "nvidia.com/gpu": "1" } },
      livenessProbe: { httpGet: { path: "/", port: "80", httpHeaders: [{ name: "h", value: "v" }] } },
      securityContext: { runAsUser: 1000, capabilities: { drop: ["ALL"] } },
    };
    expect(spec).toEqual({
      replicas: "2",
      selector: { matchLabels: { app: "a" } },
      template: {
        metadata: { labels: { app: "a" } },
        spec: {
          automountServiceAccountToken: true,
          hostPID: true,
          containers: [expected, { ...expected, name: "other" }],
          initContainers: [expected],
          volumes: [{ name: "v", hostPath: { path: "/run" } }],
          nodeSelector: { host_pid: "x" },
        },
      },
    });
    expect(manifestOfKnown(ingress).spec).toEqual({
      rules: [{ http: { paths: [{ path: "/", backend: { service: { name: "s", port: { number: 80 } } } }] } }],
    });
  });

  it.each([deployment, ingress].map((r) => [r.type, r] as const))(
    "%s is where its paths lead back to",
    (_type, from) => {
      const found = [...leaves(manifestOfKnown(from))];
      expect(found.length).toBeGreaterThan(3);
      for (const [path, value] of found.filter(([at]) => !at.endsWith(".automountServiceAccountToken")))
        expect([path, String(valueAt(from, terraformPath(from, path)))]).toEqual([path, String(value)]);
    },
  );

  it.each([
    [
      "spec.template.spec.containers.1.securityContext.runAsNonRoot",
      "spec.0.template.0.spec.0.container.1.security_context.0.run_as_non_root",
    ],
    ["spec.template.spec.securityContext.runAsNonRoot", "spec.0.template.0.spec.0.security_context.0.run_as_non_root"],
    ["spec.template.spec.automountServiceAccountToken", "spec.0.template.0.spec.0.automount_service_account_token"],
    ["spec.template.spec.hostIPC", "spec.0.template.0.spec.0.host_ipc"],
    [
      "spec.template.spec.containers.0.resources.requests.cpu",
      "spec.0.template.0.spec.0.container.0.resources.0.requests.cpu",
    ],
    [
      "spec.template.spec.containers.0.securityContext.seccompProfile.type",
      "spec.0.template.0.spec.0.container.0.security_context.0.seccomp_profile.0.type",
    ],
    ["metadata.namespace", "metadata.0.namespace"],
  ])("has a place for %s, which is not written yet", (path, expected) => {
    expect(terraformPath(deployment, path)).toBe(expected);
  });

  it("keeps what is unknown, and blocks that may not be there", () => {
    const open = new Unknown();
    const pod = resource({
      address: "kubernetes_pod.a",
      attributes: { spec: [{ host_pid: open, container: [open, { name: "x" }], security_context: [open, { a: 1 }] }] },
    });
    expect(manifestOfKnown(pod).spec).toEqual({
      automountServiceAccountToken: true,
      hostPID: open,
      containers: [open, { name: "x" }],
      securityContext: new Unknown(),
    });
  });

  it("is judged as an empty container where no pod is written", () => {
    const bare = resource({ address: "kubernetes_job.a", attributes: { metadata: [{ name: "a" }] } });
    expect(manifestOf(bare)).toMatchObject({
      isPodWritten: false,
      attributes: { spec: { template: { spec: { containers: [{}] } } } },
    });
  });

  it("names the default account, whose name Terraform knows without being told", () => {
    const account = resource({
      address: "kubernetes_default_service_account_v1.a",
      attributes: { metadata: [{ namespace: "n" }] },
    });
    expect(manifestOf(account)).toMatchObject({
      kind: "ServiceAccount",
      attributes: { metadata: { name: "default", namespace: "n" } },
    });
  });
});

describe("names", () => {
  it.each([
    "run_as_non_root",
    "host_pid",
    "cluster_ip",
    "external_ips",
    "load_balancer_ip",
    "volume_id",
    "non_resource_urls",
    "se_linux_options",
  ])("%s comes back from its field", (name) => expect(nameOfField(fieldOf(name))).toBe(name));

  it("finds kinds by type and types by kind", () => {
    expect(
      [
        "kubernetes_pod",
        "kubernetes_daemon_set_v1",
        "kubernetes_horizontal_pod_autoscaler_v2beta2",
        "aws_instance",
        "kubernetes_constructor",
      ].map(kindOfType),
    ).toEqual(["Pod", "DaemonSet", undefined, undefined, undefined]);
    expect(typesOfKind("DaemonSet")).toEqual(
      expect.arrayContaining(["kubernetes_daemonset", "kubernetes_daemon_set_v1"]),
    );
    for (const type of typesOfKind("CronJob")) expect(kindOfType(type)).toBe("CronJob");
  });
});
