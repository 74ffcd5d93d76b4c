/** IAM on projects, folders and organisations: roles that are too wide, and accounts that should not have them. */
import type { Severity } from "../../model/finding.ts";
import type { Truth } from "../../model/value.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, example } from "../shapes.ts";
import { allOf, and, fail, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import { forbidGrant, type Grant, someText } from "./grants.ts";

type Level = "project" | "folder" | "organization";
const LINKS: { readonly [level in Level]: string } = {
  project: 'project = "p"',
  folder: 'folder = "folders/1"',
  organization: 'org_id = "1"',
};
const typesOf = (level: Level): readonly string[] =>
  ["member", "binding", "policy"].map((kind) => `google_${level}_iam_${kind}`);

const member = (level: Level, role: string, who: string): string =>
  example(`google_${level}_iam_member`, LINKS[level], `role   = "${role}"`, `member = "${who}"`);
const binding = (level: Level, role: string, who: string): string =>
  example(
    `google_${level}_iam_binding`,
    LINKS[level],
    `role    = "${role}"`,
    `members = ["user:ann@example.com", "${who}"]`,
  );

interface Forbidden {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly severity: Severity;
  readonly profile?: "strict";
  readonly level: Level;
  readonly why: string;
  readonly remedy: string;
}

const ROLE_DOCS = "https://cloud.google.com/iam/docs/roles-overview";

/** Roles that nobody should have at this level. */
function forbiddenRoles(said: Forbidden, roles: readonly string[], message: string): Rule {
  const { level, ...rest } = said;
  const [first = ""] = roles;
  return rule({
    ...rest,
    category: "security",
    on: typesOf(level),
    references: [ROLE_DOCS],
    check: (view) =>
      forbidGrant(
        view,
        (grant) => someText(grant.role, (role) => roles.includes(role), roles),
        (grant) => grant.rolePath,
        message,
      ),
    bad: [member(level, first, "user:ann@example.com"), binding(level, first, "group:ops@example.com")],
    good: [
      member(level, "roles/logging.viewer", "user:ann@example.com"),
      binding(level, "roles/logging.viewer", "group:ops@example.com"),
    ],
  });
}

const BASIC = ["roles/owner", "roles/editor", "roles/viewer"];
const basicRoles = (level: Level, checkov: string, where: string, profile?: "strict"): Rule =>
  forbiddenRoles(
    {
      id: `google-${level}-basic-role`,
      aliases: alias(checkov),
      title: `Basic role is granted on ${where}`,
      severity: "high",
      ...(profile && { profile }),
      level,
      why: "Owner, editor and viewer reach nearly every service, whatever the work needs: whoever takes over one such account has all of it. Predefined roles hold what one kind of work needs.",
      remedy: "Grant the predefined roles that the work needs.",
    },
    BASIC,
    "The role reaches nearly every service",
  );

export const organizationBasicRole = basicRoles("organization", "CKV_GCP_115", "the whole organisation", "strict");
export const folderBasicRole = basicRoles("folder", "CKV_GCP_116", "a folder", "strict");
export const projectBasicRole = basicRoles("project", "CKV_GCP_117", "the project");

export const projectServiceAccountUser = forbiddenRoles(
  {
    id: "google-project-service-account-user",
    aliases: alias("CKV_GCP_41", "GCP-0011"),
    title: "Every service account of the project may be used by one grant",
    severity: "medium",
    profile: "strict",
    level: "project",
    why: "Whoever holds the role on the project may act as any of its service accounts, also those with more rights. Granted on one account, it reaches only that one.",
    remedy: "Grant the role on the service account that is needed (google_service_account_iam_member).",
  },
  ["roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator"],
  "The role reaches every service account of the project",
);

/** Roles with which one can act as a service account, or give oneself the right to. */
const IMPERSONATING = [
  "roles/iam.serviceAccountTokenCreator",
  "roles/iam.serviceAccountUser",
  "roles/iam.serviceAccountAdmin",
  "roles/iam.serviceAccountKeyAdmin",
  "roles/iam.workloadIdentityUser",
  "roles/iam.securityAdmin",
  "roles/owner",
  "roles/editor",
  "roles/dataproc.editor",
  "roles/dataproc.admin",
  "roles/dataproc.serviceAgent",
  "roles/dataflow.developer",
  "roles/resourcemanager.folderAdmin",
  "roles/resourcemanager.folderIamAdmin",
  "roles/resourcemanager.projectIamAdmin",
  "roles/resourcemanager.organizationAdmin",
  "roles/serverless.serviceAgent",
];

const impersonation = (level: Level, checkov: string, where: string, trivy?: string): Rule =>
  forbiddenRoles(
    {
      id: `google-${level}-impersonation`,
      aliases: alias(checkov, trivy),
      title: `Role lets its holder act as any service account of ${where}`,
      severity: "high",
      profile: "strict",
      level,
      why: "Whoever holds the role may act as any service account below, and so has the rights of all of them. Granted on one account, it reaches only that one.",
      remedy: "Grant the role on the service account that is needed, or a role that cannot act as others.",
    },
    IMPERSONATING,
    "The role lets its holder act as service accounts",
  );

export const folderImpersonation = impersonation("folder", "CKV_GCP_44", "a folder", "GCP-0005");
export const organizationImpersonation = impersonation("organization", "CKV_GCP_45", "the organisation", "GCP-0009");
export const projectImpersonation = impersonation("project", "CKV_GCP_49", "the project");

/** Accounts that Google makes by itself for Compute Engine and App Engine. */
const DEFAULT_ACCOUNT = /-compute@developer\.gserviceaccount\.com$|@appspot\.gserviceaccount\.com$/;
const isDefaultAccount = (grant: Grant): Truth =>
  someText(grant.members, (who) => DEFAULT_ACCOUNT.test(who), [
    "serviceAccount:1-compute@developer.gserviceaccount.com",
    "serviceAccount:p@appspot.gserviceaccount.com",
  ]);

function defaultAccount(level: Level, checkov: string, where: string, trivy: string): Rule {
  const account = "serviceAccount:1-compute@developer.gserviceaccount.com";
  return rule({
    id: `google-${level}-default-account`,
    aliases: alias(checkov, trivy),
    title: `Default service account has a role on ${where}`,
    severity: "high",
    category: "security",
    profile: "strict",
    on: typesOf(level),
    why: "Every machine and job that names no account runs as the default one, and gets this role with it. An account of its own has only what one job needs.",
    remedy: "Make a service account for the job and grant it the role.",
    references: ["https://cloud.google.com/iam/docs/service-account-types#default"],
    check: (view) =>
      forbidGrant(view, isDefaultAccount, (grant) => grant.memberPath, "It is a default service account"),
    bad: [member(level, "roles/logging.viewer", account), binding(level, "roles/logging.viewer", account)],
    good: [
      member(level, "roles/logging.viewer", "serviceAccount:a@p.iam.gserviceaccount.com"),
      binding(level, "roles/logging.viewer", "group:ops@example.com"),
    ],
  });
}

export const projectDefaultAccount = defaultAccount("project", "CKV_GCP_46", "the project", "GCP-0006");
export const organizationDefaultAccount = defaultAccount("organization", "CKV_GCP_47", "the organisation", "GCP-0008");
export const folderDefaultAccount = defaultAccount("folder", "CKV_GCP_48", "a folder", "GCP-0004");

const ADMIN_ROLES = ["roles/owner", "roles/editor", "roles/storage.admin"];
const isAdmin = (role: string): boolean => /admin$/i.test(role) || /^roles\/(?:owner|editor)$/.test(role);
/** Accounts that Google makes and uses by itself: default ones and service agents. */
const GOOGLES_OWN =
  /@(?:appspot|developer|cloudservices)\.gserviceaccount\.com$|@gcp-sa-[\w-]+\.iam\.|@[\w-]+-robot\.iam\./;
const isUserManaged = (who: string): boolean =>
  /@[^@]+\.iam\.gserviceaccount\.com$/.test(who) && !GOOGLES_OWN.test(who);

/** A member that comes from a google_service_account of this code is one, whatever its address will be. */
const isServiceAccount = (grant: Grant): Truth =>
  grant.members.items.some((who) => who.includes("google_service_account.") || isNamedSo(who))
    ? true
    : someText(grant.members, isUserManaged, ["serviceAccount:a@p.iam.gserviceaccount.com"]);

const isNamedSo = (who: string): boolean => who.startsWith("serviceAccount:") && !GOOGLES_OWN.test(who);

export const adminAccount = rule({
  id: "google-project-service-account-admin",
  aliases: alias("CKV_GCP_42", "GCP-0007"),
  title: "Service account may administer the project",
  severity: "high",
  category: "security",
  on: typesOf("project"),
  why: "Whoever gets hold of the account's key, or of a machine that runs as it, owns the project or one of its services. Jobs need a few actions, not administration.",
  remedy: "Grant the account the predefined roles that its job needs.",
  references: ["https://cloud.google.com/iam/docs/best-practices-service-accounts"],
  check: (view) =>
    forbidGrant(
      view,
      (grant) => and(someText(grant.role, isAdmin, ADMIN_ROLES), isServiceAccount(grant)),
      (grant) => grant.rolePath,
      "A service account administers the project",
    ),
  bad: [
    member("project", "roles/owner", "serviceAccount:a@p.iam.gserviceaccount.com"),
    binding("project", "roles/storage.admin", "serviceAccount:a@p.iam.gserviceaccount.com"),
  ],
  good: [
    member("project", "roles/storage.objectViewer", "serviceAccount:a@p.iam.gserviceaccount.com"),
    member("project", "roles/storage.admin", "user:ann@example.com"),
  ],
});

const AUDIT = "google_project_iam_audit_config";
const audited = (service: string, ...lines: readonly string[]): string =>
  `${example("google_project", 'name                = "p"', 'project_id          = "p-1"', "auto_create_network = false")}
resource "${AUDIT}" "a" {
  project = google_project.x.project_id
  service = "${service}"

  audit_log_config {
    log_type = "DATA_READ"
${lines.map((line) => `    ${line}\n`).join("")}  }
}
`;

function auditsEverything(config: View): Verdict {
  const service = config.get("service");
  if (service.kind === "unknown") return undecided();
  if (service.kind === "absent" || service.value !== "allServices")
    return fail(undefined, `Only some services are audited (${config.address})`);
  const exempt = config.blocks("audit_log_config").items.some((item) => item.has("exempted_members") === true);
  return exempt ? fail(undefined, `Some members are exempt (${config.address})`) : pass();
}

export const auditLogs = rule({
  id: "google-project-audit-logs",
  aliases: alias("CKV2_GCP_5"),
  title: "Project does not audit who reads data",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "google_project",
  why: "Who read or changed data is not written down unless it is asked for. After a leak nobody can say what was taken.",
  remedy: 'Add a google_project_iam_audit_config with service = "allServices" and no exempted members.',
  references: ["https://cloud.google.com/logging/docs/audit/configure-data-access"],
  check(project) {
    const configs = project.joined(AUDIT, "project");
    if (configs.length === 0)
      return project.mayJoin(AUDIT, "project") ? undecided() : fail(undefined, "Nothing is audited");
    return allOf(configs.map(auditsEverything));
  },
  bad: [
    example(
      "google_project",
      'name                = "p"',
      'project_id          = "p-1"',
      "auto_create_network = false",
    ),
    audited("storage.googleapis.com"),
    audited("allServices", 'exempted_members = ["user:ann@example.com"]'),
  ],
  good: audited("allServices"),
});

const KEY = "google_service_account_key";

export const uploadedKey = rule({
  id: "google-service-account-uploaded-key",
  aliases: alias("CKV2_GCP_3"),
  title: "Service account has a key that was made elsewhere",
  severity: "low",
  category: "security",
  profile: "strict",
  on: KEY,
  why: "Google can neither say where the private half is nor rotate it. Workload identity needs no key at all.",
  remedy: "Remove public_key_data, or better use workload identity instead of a key.",
  references: ["https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys"],
  check(view) {
    const has = view.get("public_key_data");
    return has.kind === "absent" ? pass() : fail("public_key_data", "The key was made elsewhere");
  },
  bad: example(KEY, 'service_account_id = "a"', 'public_key_data    = "Zm9v"'),
  good: example(KEY, 'service_account_id = "a"'),
});
