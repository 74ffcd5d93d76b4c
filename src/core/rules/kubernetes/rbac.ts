/** What roles allow, and to whom they are given. Aggregated roles are judged by what is written in them. */
import type { Severity } from "../../model/finding.ts";
import { controls } from "../compliance.ts";
import { type Compliance, type Example, type Rule, rule } from "../rule.ts";
import { fail, notApplicable, pass, type Verdict } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import { kinds, manifest } from "./workload.ts";

const ROLES = kinds("Role", "ClusterRole");
const BINDINGS = kinds("RoleBinding", "ClusterRoleBinding");

/** A kind of access: all of group, resource and verb must be covered by one rule of a role. */
interface Access {
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const listed = (item: Block, field: string): readonly string[] => item.strings(field).items;

const coversResource = (given: string, wanted: string): boolean =>
  given === "*" || given === wanted || (given.startsWith("*/") && wanted.endsWith(given.slice(1)));

function grants(item: Block, access: Access): boolean {
  const groups = listed(item, "apiGroups");
  return (
    (groups.includes("*") || groups.includes(access.group)) &&
    listed(item, "resources").some((given) => access.resources.some((wanted) => coversResource(given, wanted))) &&
    listed(item, "verbs").some((verb) => verb === "*" || access.verbs.includes(verb))
  );
}

/** The rule of a role that grants this access. */
const granting = (role: View, access: Access): Block | undefined =>
  role.blocks("rules").items.find((item) => grants(item, access));

interface RoleRule {
  readonly id: string;
  readonly alias: string;
  readonly title: string;
  readonly severity: Severity;
  readonly why: string;
  readonly remedy: string;
  readonly compliance?: readonly Compliance[];
  readonly message: string;
  /** The role must not grant all of these. */
  readonly together: readonly Access[];
}

const roleRule = ({ alias, message, together, ...source }: RoleRule): Rule =>
  rule({
    ...source,
    aliases: [alias],
    category: "security",
    on: ROLES,
    check: (role) => {
      const found = together.map((access) => granting(role, access));
      const last = found.at(-1);
      return last && found.every((item) => item !== undefined) ? fail(last.path, message) : pass("rules");
    },
    bad: roleExample(together),
    good: roleExample(together.map((access) => ({ ...access, verbs: ["get"] }))),
  });

function roleExample(rules: readonly Access[]): Example {
  return manifest(
    `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: helper\nrules:\n${rules
      .map(
        ({ group, resources, verbs }) =>
          `  - apiGroups: ["${group}"]\n    resources: ${JSON.stringify(resources)}\n    verbs: ${JSON.stringify(verbs)}`,
      )
      .join("\n")}`,
  );
}

interface BindingRule extends Omit<RoleRule, "together"> {
  /** The bound role must grant none of these. */
  readonly any: readonly Access[];
}

/** A program's account, or a node: what an attacker gets hold of without stealing from a person. */
function machineSubject(binding: View): Block | undefined {
  return binding.blocks("subjects").items.find((subject) => {
    const [kind, name] = [subject.text("kind"), subject.text("name") ?? ""];
    return kind === "ServiceAccount" || kind === "Node" || /^system:(?:nodes?|serviceaccounts?)(?::|$)/.test(name);
  });
}

const bindingRule = ({ alias, message, any, ...source }: BindingRule): Rule =>
  rule({
    ...source,
    aliases: [alias],
    category: "security",
    on: BINDINGS,
    check: (binding) => {
      const subject = machineSubject(binding);
      if (!subject) return pass("subjects");
      const role = binding.joined(ROLES, "roleRef")[0];
      if (!role) return notApplicable; // the role is written elsewhere
      const name = `${subject.text("kind")} ${subject.text("name")}`;
      return any.some((access) => granting(role, access)) ? fail("roleRef", `${name} ${message}`) : pass("roleRef");
    },
    bad: bindingExample(any[0]),
    good: bindingExample({ group: "", resources: ["configmaps"], verbs: ["get"] }),
  });

function bindingExample(access: Access | undefined): Example {
  const role = roleExample(access ? [access] : []);
  const text = typeof role === "string" ? role : (Object.values(role.files)[0] ?? "");
  const binding =
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: helper\nsubjects:\n  - kind: ServiceAccount\n    name: app\n    namespace: shop\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: helper";
  return { files: { "role.yaml": text, "binding.yaml": `${binding}\n` } };
}

const RBAC = "rbac.authorization.k8s.io";

function wildcards(role: View): Verdict {
  for (const item of role.blocks("rules").items) {
    for (const field of ["apiGroups", "resources", "verbs"]) {
      if (listed(item, field).includes("*"))
        return fail(item.get(field).path, `${role.resource.name} grants everything in ${field}.`);
    }
  }
  return pass("rules");
}

export const rbac: readonly Rule[] = [
  rule({
    id: "kubernetes-role-wildcard",
    aliases: ["CKV_K8S_49", "KSV-0046", "AVD-KSV-0046"],
    title: "Role grants a wildcard",
    severity: "critical",
    category: "security",
    on: ROLES,
    why: "A wildcard grants what exists today and whatever is installed tomorrow. One compromised account with it can usually take the cluster.",
    remedy: "Name the API groups, resources and verbs that are needed.",
    compliance: [{ framework: "CIS Kubernetes 1.9", control: "5.1.3" }],
    check: wildcards,
    bad: roleExample([{ group: "", resources: ["*"], verbs: ["get"] }]),
    good: roleExample([{ group: "", resources: ["pods"], verbs: ["get"] }]),
  }),
  rule({
    id: "kubernetes-default-service-account-bound",
    aliases: ["CKV_K8S_42"],
    title: "Role is given to a default service account",
    severity: "medium",
    category: "security",
    on: BINDINGS,
    why: "Every pod that names no account runs as the default one. A right given to it is given to all of them.",
    remedy: "Give the program a service account of its own and bind that.",
    compliance: [{ framework: "CIS Kubernetes 1.9", control: "5.1.5" }],
    check: (binding) => {
      const subject = binding
        .blocks("subjects")
        .items.find((item) => item.text("kind") === "ServiceAccount" && item.text("name") === "default");
      return subject
        ? fail(`${subject.path}.name`, "A role is given to the default service account.")
        : pass("subjects");
    },
    bad: manifest(
      `apiVersion: ${RBAC}/v1\nkind: RoleBinding\nmetadata:\n  name: reader\n  namespace: shop\nsubjects:\n  - kind: ServiceAccount\n    name: default\nroleRef:\n  kind: Role\n  name: reader\n  apiGroup: ${RBAC}`,
    ),
    good: manifest(
      `apiVersion: ${RBAC}/v1\nkind: RoleBinding\nmetadata:\n  name: reader\n  namespace: shop\nsubjects:\n  - kind: ServiceAccount\n    name: app\nroleRef:\n  kind: Role\n  name: reader\n  apiGroup: ${RBAC}`,
    ),
  }),
  roleRule({
    id: "kubernetes-role-controls-webhooks",
    alias: "CKV_K8S_155",
    compliance: controls({ cisKubernetes: ["5.1.12"] }),
    title: "Role may change admission webhooks",
    severity: "high",
    why: "An admission webhook sees and may rewrite every object that is created. Whoever configures one reads secrets and injects containers at will.",
    remedy: "Take create, update and patch on webhook configurations out of the role.",
    message: "The role may change admission webhooks.",
    together: [
      {
        group: "admissionregistration.k8s.io",
        resources: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
        verbs: ["create", "update", "patch"],
      },
    ],
  }),
  roleRule({
    id: "kubernetes-role-approves-certificates",
    alias: "CKV_K8S_156",
    compliance: controls({ cisKubernetes: ["5.1.11"] }),
    title: "Role may approve certificate signing requests",
    severity: "high",
    why: "Whoever approves a signing request can have a certificate for any user of the cluster. That includes its administrators.",
    remedy: "Leave approval to the controller that is made for it.",
    message: "The role may approve certificate signing requests.",
    together: [
      {
        group: "certificates.k8s.io",
        resources: ["certificatesigningrequests/approval"],
        verbs: ["update", "patch"],
      },
      { group: "certificates.k8s.io", resources: ["signers"], verbs: ["approve"] },
    ],
  }),
  roleRule({
    id: "kubernetes-role-binds-roles",
    alias: "CKV_K8S_157",
    compliance: controls({ cisKubernetes: ["5.1.8"] }),
    title: "Role may bind any role",
    severity: "high",
    why: "The verb bind allows giving out roles with more rights than one's own. With it an account makes itself administrator.",
    remedy: "Take the verb bind out of the role.",
    message: "The role may give out rights that its holder does not have.",
    together: [{ group: RBAC, resources: ["rolebindings", "clusterrolebindings"], verbs: ["bind"] }],
  }),
  roleRule({
    id: "kubernetes-role-escalates",
    alias: "CKV_K8S_158",
    compliance: controls({ cisKubernetes: ["5.1.8"] }),
    title: "Role may escalate roles",
    severity: "high",
    why: "The verb escalate allows writing roles with more rights than one's own. With it an account makes itself administrator.",
    remedy: "Take the verb escalate out of the role.",
    message: "The role may write roles with more rights than its holder has.",
    together: [{ group: RBAC, resources: ["roles", "clusterroles"], verbs: ["escalate"] }],
  }),
  bindingRule({
    id: "kubernetes-account-escalates",
    alias: "CKV2_K8S_1",
    compliance: controls({ cisKubernetes: ["5.1.8"] }),
    title: "Service account or node may raise its own rights",
    severity: "high",
    why: "A program that may write bindings or roles can make itself administrator. Taking over that program is then taking over the cluster.",
    remedy: "Bind a role without bind, escalate, and writing of roles and bindings.",
    message: "may raise its own rights.",
    any: [
      {
        group: RBAC,
        resources: ["rolebindings", "clusterrolebindings", "roles", "clusterroles"],
        verbs: ["bind", "escalate", "update", "patch"],
      },
    ],
  }),
  bindingRule({
    id: "kubernetes-account-runs-in-pods",
    alias: "CKV2_K8S_2",
    title: "Service account or node may run commands in pods",
    severity: "high",
    why: "With create on pods/exec or nodes/proxy a program can run commands in any container. That reaches every secret that any of them holds.",
    remedy: "Bind a role without create on pods/exec and nodes/proxy.",
    message: "may run commands in other pods.",
    any: [
      { group: "", resources: ["pods/exec", "nodes/proxy"], verbs: ["create"] },
      // Writing and binding any role comes to the same.
      { group: RBAC, resources: ["clusterrolebindings"], verbs: ["create", "bind"] },
    ],
  }),
  bindingRule({
    id: "kubernetes-account-impersonates",
    alias: "CKV2_K8S_3",
    compliance: controls({ cisKubernetes: ["5.1.8"] }),
    title: "Service account or node may impersonate others",
    severity: "high",
    why: "An account that may impersonate acts as any user or group, administrators too. The log then names the wrong one.",
    remedy: "Bind a role without the verb impersonate.",
    message: "may act as somebody else.",
    any: [
      { group: "", resources: ["users", "groups", "serviceaccounts", "uids", "userextras"], verbs: ["impersonate"] },
    ],
  }),
  bindingRule({
    id: "kubernetes-account-sets-service-status",
    alias: "CKV2_K8S_4",
    title: "Service account or node may set a service's external address",
    severity: "medium",
    why: "Whoever may write services/status can claim any address for a service (CVE-2020-8554). Traffic of other pods to that address is then intercepted.",
    remedy: "Bind a role without update and patch on services/status.",
    message: "may claim addresses for a service.",
    any: [{ group: "", resources: ["services/status"], verbs: ["update", "patch"] }],
  }),
  bindingRule({
    id: "kubernetes-account-reads-secrets",
    alias: "CKV2_K8S_5",
    compliance: controls({ cisKubernetes: ["5.1.2"] }),
    title: "Service account or node may read all secrets",
    severity: "high",
    why: "A program that may read secrets holds the tokens of every other program. Taking it over is taking over all of them.",
    remedy: "Name the secrets that are needed with resourceNames, in a role of their namespace.",
    message: "may read every secret.",
    any: [{ group: "", resources: ["secrets"], verbs: ["get", "list", "watch"] }],
  }),
];
