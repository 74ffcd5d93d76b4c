/** Synapse: audits, assessments, and what its firewall lets in. */
import { requireTrue, someJoined } from "../checks.ts";
import { type Rule, type RuleSource, rule } from "../rule.ts";
import { fail, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import { block, resource } from "./example.ts";
import { setting } from "./setting.ts";

const WORKSPACE = "azurerm_synapse_workspace";
const FIREWALL = "azurerm_synapse_firewall_rule";
const ALERTS = "azurerm_synapse_workspace_security_alert_policy";
const ASSESSMENT = "azurerm_synapse_workspace_vulnerability_assessment";

export const synapseFirewall = rule({
  id: "azure-synapse-firewall-rules",
  aliases: ["CKV2_AZURE_19"],
  title: "Synapse lets in addresses of the internet",
  severity: "low",
  category: "security",
  profile: "strict",
  on: WORKSPACE,
  why: "Each rule is a hole in the firewall that someone forgets to close. Private endpoints need no holes.",
  remedy: "Remove the azurerm_synapse_firewall_rule resources and use private endpoints.",
  references: ["https://learn.microsoft.com/azure/synapse-analytics/security/synapse-workspace-ip-firewall"],
  check(view) {
    const [first] = view.joined(FIREWALL, "synapse_workspace_id");
    if (first) return fail(undefined, `Addresses are let in (${first.address})`);
    return view.mayJoin(FIREWALL, "synapse_workspace_id") ? undecided() : pass();
  },
  bad: `${resource(WORKSPACE)}\n${resource(FIREWALL, `synapse_workspace_id = ${WORKSPACE}.r.id`, 'start_ip_address     = "0.0.0.0"')}`,
  good: resource(WORKSPACE),
});

const assessed = (enabled: boolean): string =>
  `${resource(WORKSPACE)}
${resource(ALERTS, `synapse_workspace_id = ${WORKSPACE}.r.id`)}
${resource(
  ASSESSMENT,
  `workspace_security_alert_policy_id = ${ALERTS}.r.id`,
  block("recurring_scans", `enabled = ${enabled}`),
)}`;

export const synapseAssessment = rule({
  id: "azure-synapse-assessment",
  aliases: ["CKV2_AZURE_46"],
  title: "Nothing looks for weak settings in Synapse",
  severity: "low",
  category: "security",
  profile: "strict",
  on: WORKSPACE,
  why: "Weak settings and too many rights pile up unseen. Recurring scans list them.",
  remedy: "Add an azurerm_synapse_workspace_vulnerability_assessment with recurring_scans.enabled = true.",
  check: (view) =>
    someJoined(
      view,
      ALERTS,
      "synapse_workspace_id",
      (policy) =>
        someJoined(
          policy,
          ASSESSMENT,
          "workspace_security_alert_policy_id",
          (assessment) => requireTrue(assessment, "recurring_scans.enabled", { message: "Recurring scans are off" }),
          "No assessment belongs to its policy",
        ),
      "No security alert policy, and so no assessment, watches it",
    ),
  bad: [resource(WORKSPACE), assessed(false)],
  good: assessed(true),
});

interface Audit extends Pick<RuleSource, "id" | "aliases" | "title"> {
  readonly on: string;
  readonly policy: string;
  readonly link: string;
}

/** A rule that something is audited by a policy that points at it. */
function audited({ on, policy, link, ...words }: Audit): Rule {
  const check = (view: View): Verdict => someJoined(view, policy, link, () => pass(), "Nothing audits it");
  return rule({
    ...words,
    severity: "low",
    category: "security",
    profile: "strict",
    on,
    why: "Nobody can tell who read or changed what. After a breach you can neither name the damage nor prove there was none.",
    remedy: `Add an ${policy} for it.`,
    references: ["https://learn.microsoft.com/azure/azure-sql/database/auditing-overview"],
    check,
    bad: resource(on),
    good: `${resource(on)}\n${resource(policy, `${link} = ${on}.r.id`)}`,
  });
}

export const workspaceAudit = audited({
  id: "azure-synapse-audit",
  aliases: ["CKV2_AZURE_53"],
  title: "Synapse workspace is not audited",
  on: WORKSPACE,
  policy: "azurerm_synapse_workspace_extended_auditing_policy",
  link: "synapse_workspace_id",
});

export const poolAuditLogs = setting({
  id: "azure-synapse-pool-audit-monitor",
  aliases: ["CKV2_AZURE_54"],
  title: "Audit events of a Synapse SQL pool do not reach Azure Monitor",
  severity: "low",
  profile: "strict",
  on: "azurerm_synapse_sql_pool_extended_auditing_policy",
  why: "Events that lie in a storage account alert nobody. In Azure Monitor they can be searched and watched.",
  remedy: "Remove log_monitoring_enabled = false.",
  at: "log_monitoring_enabled",
  wanted: true,
  absent: "pass",
  risk: "in-place",
  bad: resource("azurerm_synapse_sql_pool_extended_auditing_policy", "log_monitoring_enabled = false"),
  good: [
    resource("azurerm_synapse_sql_pool_extended_auditing_policy"),
    resource("azurerm_synapse_sql_pool_extended_auditing_policy", "log_monitoring_enabled = true"),
  ],
});
