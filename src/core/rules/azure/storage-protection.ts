/** Storage accounts: what is logged, kept and copied. */
import { forbidOneOf, requireSet } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, and, fail, notApplicable, or, pass, undecided, verdictOf } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import { block, resource, written } from "./example.ts";
import { setting } from "./setting.ts";

const ACCOUNT = "azurerm_storage_account";
const account = written(ACCOUNT);

export const softDelete = rule({
  id: "azure-storage-blob-soft-delete",
  aliases: ["CKV2_AZURE_38", "AZU-0056", "AVD-AZU-0056"],
  title: "Deleted blobs are gone at once",
  severity: "medium",
  category: "reliability",
  on: ACCOUNT,
  why: "A mistake, a script or an attacker who deletes blobs leaves nothing to restore. Soft delete keeps them for some days.",
  remedy:
    "Add blob_properties with a delete_retention_policy of 7 days or more; accounts for files alone cannot have one.",
  references: ["https://learn.microsoft.com/azure/storage/blobs/soft-delete-blob-overview"],
  check: (view) =>
    allOf([
      forbidOneOf(view, "account_kind", ["FileStorage"], { message: "An account for files keeps no deleted blobs" }),
      view.has("blob_properties.delete_retention_policy") === "unknown"
        ? undecided("blob_properties")
        : requireSet(view, "blob_properties.delete_retention_policy", { message: "Deleted blobs are not kept" }),
    ]),
  fix: {
    risk: "in-place",
    edit: (view) =>
      view.text("account_kind") === "FileStorage"
        ? "An account for files alone keeps no deleted blobs: choose another account_kind, or protect the shares."
        : [set("blob_properties.0.delete_retention_policy.0.days", 7)],
  },
  bad: [account(), account(block("blob_properties", "versioning_enabled = true"))],
  good: [
    account(block("blob_properties", block("delete_retention_policy", "days = 7"))),
    account(block("blob_properties", block("delete_retention_policy"))),
  ],
});

const LOGGED = ["read", "write", "delete"] as const;
const QUEUES = "azurerm_storage_account_queue_properties";

/** The logging of an account's queues: inline, or in a resource of its own since azurerm 4. */
const queueLogs = (account: View): readonly Block[] => [
  ...account.blocks("queue_properties.logging").items,
  ...account.joined(QUEUES, "storage_account_id").flatMap((queues) => queues.blocks("logging").items),
];

const LOGGING = ["read = true", "write = true", "delete = true", 'version = "1.0"'];

export const queueLogging = rule({
  id: "azure-storage-queue-logging",
  aliases: ["CKV_AZURE_33", "AZU-0009", "AVD-AZU-0009"],
  title: "Requests to storage queues are not logged",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: ACCOUNT,
  why: "Nobody can tell later who read, wrote or deleted messages. An investigation then ends before it starts.",
  remedy: "Add queue_properties.logging with read, write and delete true.",
  references: ["https://learn.microsoft.com/azure/storage/queues/monitor-queue-storage"],
  check(view) {
    const kind = view.get("account_kind");
    if (kind.kind === "unknown") return undecided("account_kind");
    if (kind.kind === "value" && kind.value !== "Storage" && kind.value !== "StorageV2") return notApplicable;
    const logged = or(...queueLogs(view).map((logs) => and(...LOGGED.map((name) => logs.is(name)))));
    const open = !view.blocks("queue_properties.logging").complete || view.mayJoin(QUEUES, "storage_account_id");
    if (logged === false && open) return undecided("queue_properties");
    return verdictOf(logged, "queue_properties", "Reading, writing and deleting are not all logged");
  },
  fix: {
    risk: "in-place",
    edit(view) {
      const [separate] = view.joined(QUEUES, "storage_account_id");
      const place = separate ? "logging.0" : "queue_properties.0.logging.0";
      return [
        ...(queueLogs(view).length > 0 ? [] : [set(`${place}.version`, "1.0", separate)]),
        ...LOGGED.map((name) => set(`${place}.${name}`, true, separate)),
      ];
    },
  },
  bad: [
    account(),
    account(block("queue_properties", block("logging", "read = true", "delete = false", 'version = "1.0"'))),
    `${account()}\n${resource(QUEUES, `storage_account_id = ${ACCOUNT}.r.id`)}`,
  ],
  good: [
    account(block("queue_properties", block("logging", ...LOGGING))),
    `${account()}\n${resource(QUEUES, `storage_account_id = ${ACCOUNT}.r.id`, block("logging", ...LOGGING))}`,
  ],
});

export const replication = setting({
  id: "azure-storage-replication",
  aliases: ["CKV_AZURE_206"],
  title: "Storage account keeps its data in one region",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: ACCOUNT,
  why: "When the region is lost so is the data. Geo-redundant replication keeps a copy in a second region.",
  remedy: 'Set account_replication_type to "GRS", "RAGRS", "GZRS" or "RAGZRS".',
  references: ["https://learn.microsoft.com/azure/storage/common/storage-redundancy"],
  at: "account_replication_type",
  wanted: "GRS",
  also: ["RAGRS", "GZRS", "RAGZRS"],
  risk: "disruptive",
  bad: account('account_replication_type = "LRS"'),
  good: [account('account_replication_type = "GRS"'), account('account_replication_type = "RAGZRS"')],
});

export const sasExpiry = rule({
  id: "azure-storage-sas-expiry",
  aliases: ["CKV2_AZURE_41"],
  title: "Shared access signatures have no limit of time",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: ACCOUNT,
  why: "A signature that is good for years is a password for years, and nobody sees it leak. A policy says how long one may live.",
  remedy: "Add sas_policy with an expiration_period, or set shared_access_key_enabled = false.",
  references: ["https://learn.microsoft.com/azure/storage/common/sas-expiration-policy"],
  check(view) {
    const keys = view.is("shared_access_key_enabled", true);
    if (keys === false) return pass("shared_access_key_enabled");
    const policy = requireSet(view, "sas_policy.expiration_period", { message: "Signatures may live for ever" });
    return keys === "unknown" && policy.status === "fail" ? undecided("shared_access_key_enabled") : policy;
  },
  fix: { risk: "in-place", edit: () => [set("sas_policy.0.expiration_period", "01.00:00:00")] },
  bad: [account(), account("shared_access_key_enabled = true", block("sas_policy", 'expiration_period = ""'))],
  good: [
    account("shared_access_key_enabled = false"),
    account(block("sas_policy", 'expiration_period = "90.00:00:00"')),
  ],
});

/** Accounts of a container, by any of the ways to name one. */
const CONTAINER_LINKS = ["storage_account_name", "storage_account_id"] as const;

const container = (access: string, ...others: readonly string[]): string =>
  `${resource(ACCOUNT, 'name = "a"')}
${resource(
  "azurerm_storage_container",
  "storage_account_name  = azurerm_storage_account.r.name",
  `container_access_type = "${access}"`,
)}${others.map((other) => `\n${other}`).join("")}`;

const ALERT = resource(
  "azurerm_monitor_activity_log_alert",
  block("criteria", 'category    = "Administrative"', "resource_id = azurerm_storage_account.r.id"),
);

export const activityLogPublic = rule({
  id: "azure-storage-activity-log-public",
  aliases: ["CKV2_AZURE_8"],
  title: "Container of a watched storage account is public",
  severity: "high",
  category: "security",
  profile: "strict",
  on: "azurerm_storage_container",
  why: "An activity log alert watches the account, so what is in it matters, and yet anyone can read this container. Logs tell an attacker how your estate is built.",
  remedy: 'Set container_access_type = "private".',
  check(view) {
    const accounts = CONTAINER_LINKS.flatMap((link) => view.joined(ACCOUNT, link));
    const alerts = accounts
      .flatMap((owner) => owner.joined("azurerm_monitor_activity_log_alert"))
      .filter((alert) => alert.is("enabled", true) !== false);
    if (alerts.length === 0) return notApplicable;
    return forbidOneOf(view, "container_access_type", ["blob", "container"], { message: "Anyone can read it" });
  },
  fix: { risk: "disruptive", edit: () => [set("container_access_type", "private")] },
  bad: container("blob", ALERT),
  good: container("private", ALERT),
});

const INSIGHTS = "azurerm_log_analytics_storage_insights";
const insights = (...lines: readonly string[]): string =>
  resource(INSIGHTS, "storage_account_id = azurerm_storage_account.r.id", ...lines);

export const blobLogging = rule({
  id: "azure-storage-blob-logging",
  aliases: ["CKV2_AZURE_21"],
  title: "Log Analytics does not collect the blobs of a storage account",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "azurerm_storage_container",
  why: "Reads of a container leave no trace where people look for traces. Storage insights bring them into the workspace.",
  remedy: "Name the container in blob_container_names of an azurerm_log_analytics_storage_insights for the account.",
  check(view) {
    const accounts = CONTAINER_LINKS.flatMap((link) => view.joined(ACCOUNT, link));
    if (accounts.length === 0) return notApplicable;
    const collectors = accounts.flatMap((owner) => owner.joined(INSIGHTS, "storage_account_id"));
    if (collectors.some((collector) => collector.has("blob_container_names") === true)) return pass();
    if (collectors.some((collector) => collector.has("blob_container_names") === "unknown")) return undecided();
    return accounts.some((owner) => owner.mayJoin(INSIGHTS, "storage_account_id"))
      ? undecided()
      : fail(undefined, "No storage insights name the containers of its account");
  },
  bad: [container("private"), container("private", insights())],
  good: container("private", insights('blob_container_names = ["c"]')),
});
