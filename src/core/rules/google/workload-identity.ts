/** Workload identity federation: who outside of Google may come in. */
import { requireSet } from "../checks.ts";
import { rule } from "../rule.ts";
import { alias, example } from "../shapes.ts";
import { fail, notApplicable, pass, undecided } from "../verdict.ts";

const PROVIDER = "google_iam_workload_identity_pool_provider";
const provider = (...lines: readonly string[]): string =>
  example(
    PROVIDER,
    'workload_identity_pool_id          = "p"',
    'workload_identity_pool_provider_id = "github"',
    'attribute_mapping = {\n  "google.subject" = "assertion.sub"\n}',
    ...lines,
    'oidc {\n  issuer_uri = "https://token.actions.githubusercontent.com"\n}',
  );

export const workloadCondition = rule({
  id: "google-workload-identity-condition",
  aliases: alias("CKV_GCP_118"),
  title: "Workload identity provider lets every identity of the issuer in",
  severity: "high",
  category: "security",
  profile: "strict",
  on: PROVIDER,
  why: "The issuer gives tokens to everyone who uses it, not only to you. Without a condition each of them can get in.",
  remedy: "Set attribute_condition to what only your identities have, such as the owner of the repository.",
  references: ["https://cloud.google.com/iam/docs/workload-identity-federation#conditions"],
  check: (view) => requireSet(view, "attribute_condition", { message: "Every identity of the issuer is let in" }),
  bad: provider(),
  good: provider(`attribute_condition = "assertion.repository_owner == 'acme'"`),
});

const GITHUB = "token.actions.githubusercontent.com";
/** A condition that only repositories of one owner can meet. Claims such as actor or workflow are anybody's to choose. */
const PINS =
  /assertion\.(?:repository|repository_id|repository_owner|repository_owner_id)\s*(?:==|in\b)|assertion\.sub\s*==\s*['"](?:repo|repository_owner):(?!\*)[^'"*:/]+|assertion\.sub\.startsWith\(\s*['"](?:repo|repository_owner):[^'"*:/]+[:/]/;

export const githubTrust = rule({
  id: "google-workload-identity-github",
  aliases: alias("CKV_GCP_125"),
  title: "Workload identity provider trusts more of GitHub than your repositories",
  severity: "high",
  category: "security",
  profile: "strict",
  on: PROVIDER,
  why: "Anyone's workflow on GitHub gets a token from the same issuer. Only a condition on the repository or its owner tells yours from others.",
  remedy:
    "Set attribute_condition to a comparison of assertion.repository, assertion.repository_owner_id or assertion.sub with your own.",
  references: ["https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines"],
  check(view) {
    const issuer = view.text("oidc.issuer_uri") ?? view.text("issuer_uri");
    if (!issuer?.includes(GITHUB)) return notApplicable;
    const condition = view.get("attribute_condition");
    if (condition.kind === "unknown") return undecided("attribute_condition");
    if (condition.kind === "absent") return fail("attribute_condition", "Every workflow on GitHub is let in");
    return PINS.test(String(condition.value))
      ? pass("attribute_condition")
      : fail("attribute_condition", "The condition does not say whose repository");
  },
  bad: [
    provider(),
    provider(`attribute_condition = "assertion.actor == 'ann'"`),
    provider(`attribute_condition = "assertion.sub == 'repo:*'"`),
  ],
  good: [
    provider(`attribute_condition = "assertion.repository_owner == 'acme'"`),
    provider(`attribute_condition = "assertion.sub == 'repo:acme/shop:ref:refs/heads/main'"`),
  ],
});
