/** Which account, namespace and volumes a workload uses, and workloads that should not be there. */
import { isObject } from "../../model/value.ts";
import { containers } from "../../read/kubernetes/pod-spec.ts";
import { type Rule, rule } from "../rule.ts";
import { fail, notApplicable, pass } from "../verdict.ts";
import type { View } from "../view.ts";
import { containerRule, kinds, manifest, named, pod, specRule, WORKLOADS } from "./workload.ts";

const NAMESPACED = kinds(
  "Pod",
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "ReplicationController",
  "Job",
  "CronJob",
  "Rollout",
  "Service",
  "Secret",
  "ServiceAccount",
  "Role",
  "RoleBinding",
  "ConfigMap",
  "Ingress",
);

/** Objects that Kubernetes itself keeps in the default namespace. */
const isBuiltIn = (view: View): boolean =>
  (view.type === "kubernetes.Service" && view.resource.name === "kubernetes") ||
  (view.type === "kubernetes.ServiceAccount" && view.resource.name === "default");

function accountForbidsToken(view: View, account: string): boolean {
  const namespace = view.text("metadata.namespace") ?? "default";
  return view.estate.get(`ServiceAccount.${namespace}.${account}`)?.is("automountServiceAccountToken", true) === false;
}

const labelled = (view: View, label: string, value: string): boolean => {
  const labels = view.get("metadata.labels");
  return labels.kind === "value" && isObject(labels.value) && labels.value[label] === value;
};

const images = (view: View): readonly string[] => (containers(view)?.all ?? []).map((c) => c.text("image") ?? "");

export const workloads: readonly Rule[] = [
  rule({
    id: "kubernetes-default-namespace",
    aliases: ["CKV_K8S_21", "KSV-0110", "AVD-KSV-0110"],
    title: "Object lives in the default namespace",
    severity: "low",
    category: "security",
    on: NAMESPACED,
    why: "Quotas, network policies and roles are set per namespace. In the default one everything that forgot to name a namespace meets.",
    remedy: "Set metadata.namespace to a namespace of the application's own.",
    compliance: [{ framework: "CIS Kubernetes 1.9", control: "5.7.4" }],
    check: (view) => {
      if (isBuiltIn(view)) return notApplicable;
      const found = view.get("metadata.namespace");
      return found.kind === "value" && found.value !== "default" && found.value !== ""
        ? pass(found.path)
        : fail(found.path, `${view.resource.name} lives in the default namespace.`);
    },
    bad: manifest("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\ndata: {}"),
    good: manifest("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\n  namespace: shop\ndata: {}"),
  }),
  specRule({
    id: "kubernetes-service-account-token",
    aliases: ["CKV_K8S_38", "CKV_K8S_50", "KSV-0036", "AVD-KSV-0036"],
    title: "Service account token is mounted",
    severity: "medium",
    cis: "5.1.6",
    why: "By default every container holds a token for the cluster's API. Whoever takes over the application may use it.",
    remedy: "Set automountServiceAccountToken to false where the program does not talk to the API.",
    check: (pod, view) => {
      const own = pod.get("automountServiceAccountToken");
      if (own.kind === "value")
        return own.value === false ? pass(own.path) : fail(own.path, "The pod mounts a token for the cluster's API.");
      const account = pod.text("serviceAccountName") ?? pod.text("serviceAccount") ?? "default";
      return accountForbidsToken(view, account)
        ? pass(own.path)
        : fail(own.path, "The pod mounts a token for the cluster's API by default.");
    },
    set: [{ path: "automountServiceAccountToken", value: false }],
    bad: "automountServiceAccountToken: true",
    good: "automountServiceAccountToken: false",
  }),
  rule({
    id: "kubernetes-default-service-account-token",
    aliases: ["CKV_K8S_41"],
    title: "Default service account hands out its token",
    severity: "low",
    category: "security",
    profile: "strict",
    on: kinds("ServiceAccount"),
    why: "Every pod that names no account runs as the default one. Its token should not be given to all of them.",
    remedy: "Set automountServiceAccountToken to false on the default service account.",
    compliance: [{ framework: "CIS Kubernetes 1.9", control: "5.1.5" }],
    check: (view) => {
      if (view.resource.name !== "default") return notApplicable;
      const found = view.get("automountServiceAccountToken");
      return found.kind === "value" && found.value === false
        ? pass(found.path)
        : fail(found.path, "The default service account hands its token to every pod.");
    },
    bad: manifest("apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: default\n  namespace: shop"),
    good: manifest(
      "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: default\n  namespace: shop\nautomountServiceAccountToken: false",
    ),
  }),
  rule({
    id: "kubernetes-dashboard",
    aliases: ["CKV_K8S_33"],
    title: "Kubernetes dashboard is deployed",
    severity: "medium",
    category: "security",
    on: WORKLOADS,
    why: "The dashboard is a web page with the cluster's rights. Left open, it has been the way into well-known companies.",
    remedy: "Remove the dashboard, and use kubectl or a tool outside of the cluster.",
    check: (view) => {
      const all = images(view);
      if (all.length === 0) return notApplicable;
      const isDashboard =
        all.some((image) => /kubernetes-?dashboard/.test(image)) ||
        labelled(view, "app", "kubernetes-dashboard") ||
        labelled(view, "k8s-app", "kubernetes-dashboard");
      return isDashboard ? fail("metadata.name", "This is the Kubernetes dashboard.") : pass();
    },
    bad: pod("image: kubernetesui/kubernetes-dashboard:v2.7.0".replace("kubernetesui/", "registry.example.com/")),
    good: pod(""),
  }),
  rule({
    id: "kubernetes-tiller",
    aliases: ["CKV_K8S_34"],
    title: "Tiller (Helm 2) is deployed",
    severity: "high",
    category: "security",
    on: WORKLOADS,
    why: "Tiller takes commands from anyone who can reach it, and usually has all rights. Helm 3 does without it.",
    remedy: "Move to Helm 3 and remove Tiller.",
    check: (view) => {
      const all = images(view);
      if (all.length === 0) return notApplicable;
      const isTiller =
        all.some((image) => /(?:^|\/)tiller(?:[:@-]|$)/.test(image)) ||
        (labelled(view, "app", "helm") && labelled(view, "name", "tiller"));
      return isTiller ? fail("metadata.name", "This is Tiller, the server side of Helm 2.") : pass();
    },
    bad: pod("image: registry.example.com/kubernetes-helm/tiller:v2.17.0"),
    good: pod(""),
  }),
  rule({
    id: "kubernetes-tiller-service",
    aliases: ["CKV_K8S_44"],
    title: "Service of Tiller (Helm 2) exists",
    severity: "medium",
    category: "security",
    on: kinds("Service"),
    why: "Through its service every pod can reach Tiller. Tiller asks nobody who they are.",
    remedy: "Delete the service, and move to Helm 3.",
    check: (view) => {
      const selector = view.get("spec.selector");
      const selects = selector.kind === "value" && isObject(selector.value) && selector.value.name === "tiller";
      const isTiller =
        /tiller/.test(view.resource.name) ||
        selects ||
        (labelled(view, "app", "helm") && labelled(view, "name", "tiller"));
      return isTiller ? fail("metadata.name", "This service leads to Tiller.") : pass();
    },
    bad: manifest(
      "apiVersion: v1\nkind: Service\nmetadata:\n  name: tiller-deploy\n  namespace: kube-system\nspec:\n  selector:\n    app: helm\n    name: tiller",
    ),
    good: manifest(
      "apiVersion: v1\nkind: Service\nmetadata:\n  name: app\n  namespace: shop\nspec:\n  selector:\n    app: web",
    ),
  }),
  containerRule({
    id: "kubernetes-tiller-listens",
    aliases: ["CKV_K8S_45"],
    title: "Tiller listens beyond localhost",
    severity: "medium",
    why: "Tiller asks nobody who they are. Listening on the pod's address, it takes commands from the whole cluster.",
    remedy: "Start Tiller with --listen=localhost:44134, or move to Helm 3.",
    check: (container) => {
      if (!/(?:^|\/)tiller(?:[:@-]|$)/.test(container.text("image") ?? "")) return pass();
      const args = container.strings("args");
      const { path } = container.get("args");
      return args.items.some((arg) => /^--listen=(?:localhost|127\.0\.0\.1)\b/.test(arg))
        ? pass(path)
        : fail(path, `${named(container)} listens beyond localhost.`);
    },
    bad: 'image: registry.example.com/tiller:v2.17.0\nargs: ["--listen=0.0.0.0:44134"]',
    good: 'image: registry.example.com/tiller:v2.17.0\nargs: ["--listen=localhost:44134"]',
  }),
  containerRule({
    id: "kubernetes-git-sync-command",
    aliases: ["CKV_K8S_159"],
    title: "git-sync runs a program that the environment names",
    severity: "high",
    why: "git-sync runs whatever GITSYNC_GIT names in place of git. A file that came with the repository, or from another container, is then run.",
    remedy: "Remove GITSYNC_GIT and GIT_SYNC_GIT from the environment, and --git from the arguments.",
    check: (container) => {
      const isGitSync = /git-sync/.test(container.text("image") ?? "");
      for (const variable of container.blocks("env").items) {
        // Images are mirrored under other names; the variable is nobody else's.
        if ((isGitSync ? /^GIT_?SYNC_GIT$/ : /^GITSYNC_GIT$/).test(variable.text("name") ?? ""))
          return fail(variable.path, `${named(container)} runs the program that ${variable.text("name")} names.`);
      }
      for (const list of isGitSync ? (["args", "command"] as const) : []) {
        if (container.strings(list).items.some((arg) => /^--git(?:=|$)/.test(arg)))
          return fail(container.get(list).path, `${named(container)} runs the program that --git names.`);
      }
      return pass(container.get("env").path);
    },
    bad: "image: registry.example.com/git-sync:v4.2.1\nenv:\n  - name: GITSYNC_GIT\n    value: /tmp/payload",
    good: "image: registry.example.com/git-sync:v4.2.1\nenv:\n  - name: GITSYNC_REPO\n    value: https://git.example.com/site.git",
  }),
];
