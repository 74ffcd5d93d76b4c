/** Identities that trust tokens of others: which workflows of GitHub may become them. */
import { namesOwner } from "../evaluators/policy/github-oidc.ts";
import { textsAt } from "../evaluators/texts.ts";
import { rule } from "../rule.ts";
import { fail, notApplicable, undecided, verdictOf } from "../verdict.ts";
import { resource } from "./example.ts";

const CREDENTIAL = "azuread_application_federated_identity_credential";
const GITHUB = "token.actions.githubusercontent.com";
const trusting = (subject: string, issuer = `https://${GITHUB}`): string =>
  resource(CREDENTIAL, `issuer  = "${issuer}"`, `subject = "${subject}"`);

export const githubTrust = rule({
  id: "azure-github-trust",
  aliases: ["CKV_AZURE_249"],
  title: "Workflows of strangers may become this identity",
  severity: "high",
  category: "security",
  profile: "strict",
  on: [CREDENTIAL, "azurerm_federated_identity_credential"],
  why: "The subject names no repository of yours, so a workflow in anyone's repository can carry it. It then acts with all rights of the identity.",
  remedy: 'Name the repository and the branch or environment: subject = "repo:owner/name:environment:production".',
  references: ["https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-azure"],
  check(view) {
    const issuer = textsAt(view, "issuer");
    if (!issuer.complete) return undecided("issuer");
    if (issuer.items.length > 0 && !issuer.items.some((item) => item.includes(GITHUB))) return notApplicable;
    const [subject] = textsAt(view, "subject").items;
    if (subject === undefined) return fail("subject", "No subject is named");
    return verdictOf(namesOwner(subject), "subject", "The subject names no repository of yours");
  },
  bad: [trusting("repo:*"), trusting("workflow:deploy")],
  good: trusting("repo:octo-org/octo-repo:ref:refs/heads/main"),
});
