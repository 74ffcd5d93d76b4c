/** Azure SQL servers and databases: transport, reachability, auditing, administrators. */
import { asSeenFrom, requireBetween, requireThat } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { anyOf, fail, notApplicable, or, pass, undecided, type Verdict } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import { block, resource, written } from "./example.ts";
import { setting } from "./setting.ts";

const SERVER = "azurerm_mssql_server";
const SERVERS = [SERVER, "azurerm_sql_server"];
const AUDITING = "azurerm_mssql_server_extended_auditing_policy";
const server = written(SERVER);

export const sqlTls = setting({
  id: "azure-mssql-minimum-tls",
  aliases: ["CKV_AZURE_52", "AZU-0026", "AVD-AZU-0026"],
  title: "SQL server accepts old versions of TLS",
  severity: "medium",
  on: SERVER,
  why: "TLS 1.0 and 1.1 have known flaws, and a downgraded connection can be read. Only a minimum of 1.2 keeps clients from using them.",
  remedy: 'Set minimum_tls_version = "1.2".',
  references: ["https://learn.microsoft.com/azure/azure-sql/database/connectivity-settings"],
  at: "minimum_tls_version",
  wanted: "1.2",
  also: ["1.3"],
  risk: "in-place",
  bad: [server(), server('minimum_tls_version = "1.1"'), server('minimum_tls_version = "Disabled"')],
  good: server('minimum_tls_version = "1.2"'),
});

export const sqlPublicNetwork = setting({
  id: "azure-mssql-public-network",
  aliases: ["CKV_AZURE_113", "AZU-0022", "AVD-AZU-0022"],
  title: "SQL server is reachable from public networks",
  severity: "medium",
  on: SERVER,
  why: "Everyone can try passwords and flaws on the server, wherever its firewall has a hole. With a private endpoint nobody outside can.",
  remedy: "Set public_network_access_enabled = false and use a private endpoint.",
  references: ["https://learn.microsoft.com/azure/azure-sql/database/private-endpoint-overview"],
  at: "public_network_access_enabled",
  wanted: false,
  risk: "disruptive",
  bad: [server(), server("public_network_access_enabled = true")],
  good: server("public_network_access_enabled = false"),
});

/** What is audited of a server: inline in old versions, else a policy that points at it. The policy must satisfy `check`. */
function audited(view: View, check: (policy: Block) => Verdict): Verdict {
  const inline = view.blocks("extended_auditing_policy");
  const policies = [...view.joined(AUDITING, "server_id"), ...view.joined("azurerm_sql_server_auditing_policy")];
  const verdicts = [
    ...inline.items.map(check),
    ...policies.map((policy) =>
      asSeenFrom(policy, policy.is("enabled", true) === false ? fail("enabled", "Auditing is off") : check(policy)),
    ),
  ];
  if (verdicts.length > 0) return anyOf(verdicts);
  if (!inline.complete || view.mayJoin(AUDITING, "server_id")) return undecided();
  return fail(undefined, "Nothing audits the server");
}

const auditedBy = (...lines: readonly string[]): string =>
  `${server()}\n${resource(AUDITING, `server_id = ${SERVER}.r.id`, ...lines)}`;

export const auditing = rule({
  id: "azure-sql-auditing",
  aliases: ["CKV_AZURE_23", "AZU-0027", "AVD-AZU-0027"],
  title: "SQL server is not audited",
  severity: "medium",
  category: "security",
  on: SERVERS,
  why: "Nobody can tell who read or changed what. After a breach you can neither name the damage nor prove there was none.",
  remedy: "Add an azurerm_mssql_server_extended_auditing_policy for the server.",
  references: ["https://learn.microsoft.com/azure/azure-sql/database/auditing-overview"],
  check: (view) => audited(view, () => pass()),
  bad: [server(), auditedBy("enabled = false")],
  good: [auditedBy(), server(block("extended_auditing_policy", "retention_in_days = 90"))],
});

/** Days that audit logs are kept; 0 keeps them for ever. */
const keeps90Days = (policy: Block): Verdict =>
  policy.number("retention_in_days") === 0
    ? pass("retention_in_days")
    : requireBetween(policy, "retention_in_days", 90, Number.MAX_SAFE_INTEGER, {
        absent: "pass",
        message: "Audit logs are gone before 90 days",
      });

export const auditRetention = rule({
  id: "azure-sql-audit-retention",
  aliases: ["CKV_AZURE_24", "AZU-0025", "AVD-AZU-0025"],
  title: "SQL audit logs are kept for less than 90 days",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: SERVERS,
  why: "Most breaches are found after months. By then the logs that would tell the story are gone.",
  remedy: "Set retention_in_days to 90 or more, or to 0 to keep the logs for ever.",
  references: ["https://learn.microsoft.com/azure/azure-sql/database/auditing-overview"],
  check: (view) => audited(view, keeps90Days),
  fix: {
    risk: "in-place",
    edit(view) {
      const inline = view
        .blocks("extended_auditing_policy")
        .items.filter((policy) => keeps90Days(policy).status === "fail");
      const separate = view.joined(AUDITING, "server_id").filter((policy) => keeps90Days(policy).status === "fail");
      if (inline.length + separate.length === 0) return "Nothing audits the server yet: say first where logs go.";
      return [
        ...inline.map((policy) => set(`${policy.path}.retention_in_days`, 90)),
        ...separate.map((policy) => set("retention_in_days", 90, policy)),
      ];
    },
  },
  bad: [
    server(),
    server(block("extended_auditing_policy", "retention_in_days = 6")),
    auditedBy("retention_in_days = 6"),
  ],
  good: [auditedBy("retention_in_days = 90"), server(block("extended_auditing_policy", "retention_in_days = 120"))],
});

export const databaseAuditLogs = setting({
  id: "azure-mssql-database-audit-monitor",
  aliases: ["CKV_AZURE_156"],
  title: "Audit events of a database do not reach Azure Monitor",
  severity: "low",
  profile: "strict",
  on: "azurerm_mssql_database_extended_auditing_policy",
  why: "Events that lie in a storage account alert nobody. In Azure Monitor they can be searched and watched.",
  remedy: "Set log_monitoring_enabled = true.",
  references: ["https://learn.microsoft.com/azure/azure-sql/database/auditing-overview"],
  at: "log_monitoring_enabled",
  wanted: true,
  risk: "in-place",
  bad: [
    resource("azurerm_mssql_database_extended_auditing_policy", "retention_in_days = 90"),
    resource("azurerm_mssql_database_extended_auditing_policy", "log_monitoring_enabled = false"),
  ],
  good: resource("azurerm_mssql_database_extended_auditing_policy", "log_monitoring_enabled = true"),
});

export const entraAdministrator = rule({
  id: "azure-mssql-entra-administrator",
  aliases: ["CKV2_AZURE_27"],
  title: "SQL server has no administrator from Entra ID",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: SERVER,
  why: "The only administrator is a password that people share. Accounts of Entra ID can be limited, watched and withdrawn one by one.",
  remedy: "Add azuread_administrator with the login_username and object_id of a group.",
  references: ["https://learn.microsoft.com/azure/azure-sql/database/authentication-aad-overview"],
  check: (view) =>
    requireThat(view, "azuread_administrator.login_username", (v) => String(v).trim() !== "", {
      message: "Only the SQL login administers it",
    }),
  bad: [server(), server(block("azuread_administrator", 'login_username = " "'))],
  good: server(block("azuread_administrator", 'login_username = "dba"', 'object_id      = "id"')),
});

export const ledger = setting({
  id: "azure-mssql-ledger",
  aliases: ["CKV_AZURE_224"],
  title: "SQL database does not record changes as a ledger",
  severity: "low",
  profile: "strict",
  on: "azurerm_mssql_database",
  why: "Whoever gets the rights of an administrator can change data without a trace. A ledger proves that nobody did.",
  remedy: "Set ledger_enabled = true; the database is made anew.",
  references: ["https://learn.microsoft.com/sql/relational-databases/security/ledger/ledger-overview"],
  at: "ledger_enabled",
  wanted: true,
  risk: "replaces",
  bad: [resource("azurerm_mssql_database"), resource("azurerm_mssql_database", "ledger_enabled = false")],
  good: resource("azurerm_mssql_database", "ledger_enabled = true"),
});

/** Firewall rules by the type of their server, and the attribute that names it. */
const SERVICE_RULES: { readonly [server: string]: { readonly rule: string; readonly link: string } } = {
  azurerm_sql_server: { rule: "azurerm_sql_firewall_rule", link: "server_name" },
  azurerm_mssql_server: { rule: "azurerm_mssql_firewall_rule", link: "server_id" },
  azurerm_postgresql_server: { rule: "azurerm_postgresql_firewall_rule", link: "server_name" },
};

const letsAzureIn = (firewall: View) =>
  firewall.text("start_ip_address") === "0.0.0.0" && firewall.text("end_ip_address") === "0.0.0.0";

const withRule = (address: string): string =>
  `${resource("azurerm_postgresql_server")}
${resource(
  "azurerm_postgresql_firewall_rule",
  "server_name      = azurerm_postgresql_server.r.name",
  `start_ip_address = "${address}"`,
  `end_ip_address   = "${address}"`,
)}`;

export const azureServices = rule({
  id: "azure-database-azure-services",
  aliases: ["CKV2_AZURE_6"],
  title: "Database server lets in all of Azure",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: Object.keys(SERVICE_RULES),
  why: "The rule from 0.0.0.0 to 0.0.0.0 admits machines of every Azure customer. An attacker rents one for cents.",
  remedy: "Remove the rule, and use a private endpoint or a virtual network rule instead.",
  references: ["https://learn.microsoft.com/azure/azure-sql/database/network-access-controls-overview"],
  check(view) {
    const names = SERVICE_RULES[view.type];
    const rules = names ? view.joined(names.rule, names.link) : [];
    if (rules.length === 0) return notApplicable;
    const open = rules.find(letsAzureIn);
    if (open) return fail(undefined, `Every Azure customer is let in (${open.address})`);
    const unsure = or(...rules.map((r) => (r.text("start_ip_address") === undefined ? "unknown" : false)));
    return unsure === "unknown" ? undecided() : pass();
  },
  bad: withRule("0.0.0.0"),
  good: withRule("198.51.100.7"),
});
