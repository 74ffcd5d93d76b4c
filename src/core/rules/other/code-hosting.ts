/** GitHub and GitLab as Terraform manages them: who may change code, and how. */
import { eachBlock, requireBetween } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { alias, block, example, setting } from "../shapes.ts";
import { fail, not, pass, undecided, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";

const STRICT = { severity: "low", profile: "strict" } as const;
const REPOSITORY = "github_repository";
const repository = (...lines: readonly string[]): string => example(REPOSITORY, 'name = "r"', ...lines);

/** Public unless it is said to be something else; the older attribute counts too. */
function isPublic(view: View): boolean | "unknown" {
  const visibility = view.get("visibility");
  if (visibility.kind === "unknown") return "unknown";
  if (visibility.kind === "value") return visibility.value === "public";
  const hidden = view.is("private");
  return hidden === "unknown" ? hidden : !hidden;
}

export const privateRepository = rule({
  ...STRICT,
  id: "github-repository-public",
  aliases: ["CKV_GIT_1", "GIT-0001", "AVD-GIT-0001"],
  title: "Repository is public",
  severity: "medium",
  category: "security",
  on: REPOSITORY,
  why: "Everyone can read the code and its history, with whatever was ever committed by mistake. What is meant to be public can be named in a suppression.",
  remedy: 'Set visibility = "private".',
  check: (view) =>
    verdictOf(
      not(isPublic(view)),
      view.get("visibility").kind === "absent" ? undefined : "visibility",
      "Everyone can read it",
    ),
  fix: {
    risk: "disruptive",
    // GitHub gives alerts by itself only in public repositories.
    edit: (view) => [
      set("visibility", "private"),
      ...(view.get("vulnerability_alerts").kind === "absent" ? [set("vulnerability_alerts", true)] : []),
    ],
  },
  bad: [repository(), repository('visibility = "public"', "vulnerability_alerts = true")],
  good: [
    repository('visibility = "private"', "vulnerability_alerts = true"),
    repository('visibility = "internal"', "vulnerability_alerts = true"),
  ],
});

const HOOKS = ["github_repository_webhook", "github_organization_webhook"];
const hook = (...lines: readonly string[]): string =>
  example(
    "github_repository_webhook",
    'events = ["push"]',
    block("configuration", 'url = "https://ci.example.com"', ...lines),
  );

export const webhookTls = rule({
  ...STRICT,
  id: "github-webhook-insecure-tls",
  aliases: alias("CKV_GIT_2"),
  title: "Webhook does not check certificates",
  severity: "medium",
  category: "security",
  on: HOOKS,
  why: "Somebody in between can read what is sent, and answer in the receiver's name. A certificate that is checked keeps them out.",
  remedy: "Set configuration.insecure_ssl = false.",
  check: (view) =>
    eachBlock(
      view,
      "configuration",
      (configuration) =>
        forbidTrueOrOne(
          configuration.text("insecure_ssl"),
          `${configuration.path}.insecure_ssl`,
          configuration.get("insecure_ssl").kind === "unknown",
        ),
      pass(),
    ),
  fix: { risk: "in-place", edit: () => [set("configuration.0.insecure_ssl", false)] },
  bad: hook("insecure_ssl = true"),
  good: [hook("insecure_ssl = false"), hook()],
});

const forbidTrueOrOne = (text: string | undefined, path: string, unknown: boolean) =>
  unknown ? undecided(path) : text === "true" || text === "1" ? fail(path, "Certificates are not checked") : pass(path);

export const vulnerabilityAlerts = rule({
  ...STRICT,
  id: "github-repository-vulnerability-alerts",
  aliases: ["CKV_GIT_3", "GIT-0003", "AVD-GIT-0003"],
  title: "Repository gives no alarm of vulnerable dependencies",
  severity: "medium",
  category: "security",
  on: REPOSITORY,
  why: "A flaw in a dependency is known to everyone but its users. Dependabot tells them.",
  remedy: "Set vulnerability_alerts = true.",
  check(view) {
    if (view.is("archived") === true) return pass("archived");
    const alerts = view.get("vulnerability_alerts");
    if (alerts.kind === "unknown") return undecided("vulnerability_alerts");
    if (alerts.kind === "value")
      return verdictOf(view.is("vulnerability_alerts"), "vulnerability_alerts", "Alerts are off");
    // GitHub turns them on by itself only in public repositories.
    return verdictOf(isPublic(view), undefined, "Alerts are off");
  },
  fix: { risk: "in-place", edit: () => [set("vulnerability_alerts", true)] },
  bad: [repository('visibility = "private"'), repository('visibility = "public"', "vulnerability_alerts = false")],
  good: [
    repository('visibility = "private"', "vulnerability_alerts = true"),
    repository('visibility = "private"', "archived = true"),
  ],
});

const SECRETS = ["github_actions_environment_secret", "github_actions_organization_secret", "github_actions_secret"];

export const plainSecret = rule({
  ...STRICT,
  id: "github-actions-plain-secret",
  aliases: ["CKV_GIT_4", "GIT-0002", "AVD-GIT-0002"],
  title: "Secret of a workflow is in plain text",
  severity: "high",
  category: "security",
  on: SECRETS,
  why: "The value is in the state, and perhaps in the code, for everyone who reads them. Encrypted with the repository's public key only GitHub can read it.",
  remedy: "Set encrypted_value instead of plaintext_value.",
  check: (view) => (view.has("plaintext_value") === false ? pass() : fail("plaintext_value", "It is in plain text")),
  bad: example(
    "github_actions_secret",
    'repository      = "r"',
    'secret_name     = "s"',
    'plaintext_value = "not-a-real-one-4711"',
  ),
  good: example(
    "github_actions_secret",
    'repository      = "r"',
    'secret_name     = "s"',
    'encrypted_value = "bm90LWEtcmVhbC1vbmU="',
  ),
});

const PROTECTIONS = ["github_branch_protection", "github_branch_protection_v3"];
const PROTECTION_LINES = ['repository_id = "r"', 'pattern       = "main"'];
const REVIEWS = "required_pull_request_reviews.required_approving_review_count";
const reviews = (count: number): string =>
  example(
    "github_branch_protection",
    ...PROTECTION_LINES,
    "require_signed_commits = true",
    block("required_pull_request_reviews", `required_approving_review_count = ${count}`),
  );

export const twoReviews = rule({
  ...STRICT,
  id: "github-branch-two-reviews",
  aliases: alias("CKV_GIT_5"),
  title: "Branch takes changes that fewer than two people have approved",
  category: "security",
  on: PROTECTIONS,
  why: "One account that is taken over is enough to bring code in. Two people see more, and both must be fooled.",
  remedy: `Set ${REVIEWS} = 2.`,
  check: (view) => requireBetween(view, REVIEWS, 2, 6, { message: "Fewer than two approvals are asked for" }),
  fix: { risk: "in-place", edit: () => [set("required_pull_request_reviews.0.required_approving_review_count", 2)] },
  bad: [reviews(1), example("github_branch_protection", ...PROTECTION_LINES, "require_signed_commits = true")],
  good: reviews(2),
});
export const signedCommits = setting({
  ...STRICT,
  id: "github-branch-signed-commits",
  aliases: ["CKV_GIT_6", "GIT-0004", "AVD-GIT-0004"],
  title: "Branch takes commits that nobody has signed",
  on: PROTECTIONS,
  at: "require_signed_commits",
  wanted: true,
  risk: "disruptive",
  like: [...PROTECTION_LINES, block("required_pull_request_reviews", "required_approving_review_count = 2")],
  why: "Anyone who may push can write another's name on a commit. A signature shows whose it is.",
});

const PROJECT = "gitlab_project";
const APPROVALS = "approvals_before_merge";
const RULES = block("push_rules", "prevent_secrets         = true", "reject_unsigned_commits = true");
const project = (...lines: readonly string[]): string => example(PROJECT, 'name = "p"', RULES, ...lines);

export const approvals = rule({
  ...STRICT,
  id: "gitlab-project-two-approvals",
  aliases: alias("CKV_GLB_1"),
  title: "Project takes changes that fewer than two people have approved",
  category: "security",
  on: PROJECT,
  why: "One account that is taken over is enough to bring code in. Two people see more, and both must be fooled.",
  remedy: `Set ${APPROVALS} = 2.`,
  check: (view) =>
    requireBetween(view, APPROVALS, 2, Number.MAX_SAFE_INTEGER, { message: "Fewer than two approvals are asked for" }),
  fix: { risk: "in-place", edit: () => [set(APPROVALS, 2)] },
  bad: [project(), project(`${APPROVALS} = 1`)],
  good: project(`${APPROVALS} = 2`),
});
export const forcePush = setting({
  ...STRICT,
  id: "gitlab-branch-force-push",
  aliases: alias("CKV_GLB_2"),
  title: "Protected branch lets its history be rewritten",
  severity: "medium",
  on: "gitlab_branch_protection",
  at: "allow_force_push",
  wanted: false,
  absent: "pass",
  risk: "disruptive",
  like: ['project = "1"', 'branch  = "main"'],
  why: "A commit that was reviewed can be replaced by another, and nobody sees it. Without force pushes history only grows.",
});
const pushRule = (id: string, checkov: string, name: string, title: string, why: string) =>
  setting({
    ...STRICT,
    id,
    aliases: alias(checkov),
    title,
    on: PROJECT,
    at: `push_rules.${name}`,
    wanted: true,
    risk: "in-place",
    why,
    bad: [
      example(
        PROJECT,
        'name = "p"',
        `${APPROVALS} = 2`,
        RULES.replace(new RegExp(`${name}( *)= true`), `${name}$1= false`),
      ),
      example(PROJECT, 'name = "p"', `${APPROVALS} = 2`),
    ],
    good: example(PROJECT, 'name = "p"', `${APPROVALS} = 2`, RULES),
  });
export const preventSecrets = pushRule(
  "gitlab-project-prevent-secrets",
  "CKV_GLB_3",
  "prevent_secrets",
  "Project takes files that hold secrets",
  "A key that is pushed stays in the history, and must be revoked. The push rule stops files that look like keys.",
);
export const rejectUnsigned = pushRule(
  "gitlab-project-signed-commits",
  "CKV_GLB_4",
  "reject_unsigned_commits",
  "Project takes commits that nobody has signed",
  "Anyone who may push can write another's name on a commit. A signature shows whose it is.",
);
