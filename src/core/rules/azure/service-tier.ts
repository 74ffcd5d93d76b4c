/** Services whose tier or number of copies decides whether they come with a promise. */
import { forbidOneOf, requireBetween, requireThat } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { block, resource, written } from "./example.ts";
import { setting } from "./setting.ts";

const search = written("azurerm_search_service");
const SLA = "Microsoft promises nothing for it as it is: it may be slow, full or gone.";

const TIER = { severity: "low", category: "reliability", profile: "strict" } as const;

export const searchIndexing = rule({
  ...TIER,
  id: "azure-search-index-replicas",
  aliases: ["CKV_AZURE_208"],
  title: "Search service has fewer than three replicas for its updates",
  on: "azurerm_search_service",
  why: `${SLA} With three replicas updates of the index go on while one is down.`,
  remedy: "Set replica_count to 3 or more.",
  references: ["https://learn.microsoft.com/azure/search/search-reliability"],
  check: (view) => requireBetween(view, "replica_count", 3, 12, { message: "There are fewer than three replicas" }),
  fix: { risk: "disruptive", edit: () => [set("replica_count", 3)] },
  bad: [search(), search("replica_count = 2")],
  good: search("replica_count = 3"),
});

export const searchQueries = rule({
  ...TIER,
  id: "azure-search-query-replicas",
  aliases: ["CKV_AZURE_209"],
  title: "Search service has one replica",
  on: "azurerm_search_service",
  why: `${SLA} With two replicas queries are answered while one is down.`,
  remedy: "Set replica_count to 2 or more.",
  references: ["https://learn.microsoft.com/azure/search/search-reliability"],
  check: (view) => requireBetween(view, "replica_count", 2, 12, { message: "There is one replica" }),
  fix: { risk: "disruptive", edit: () => [set("replica_count", 2)] },
  bad: [search(), search("replica_count = 1")],
  good: search("replica_count = 2"),
});

export const redisReplication = setting({
  ...TIER,
  id: "azure-redis-replication",
  aliases: ["CKV_AZURE_230"],
  title: "Redis runs on one machine",
  on: "azurerm_redis_cache",
  why: `${SLA} Standard and premium caches have a second machine that takes over.`,
  remedy: 'Set sku_name = "Standard" or "Premium".',
  references: ["https://learn.microsoft.com/azure/azure-cache-for-redis/cache-high-availability"],
  at: "sku_name",
  wanted: "Standard",
  also: ["Premium"],
  risk: "disruptive",
  bad: resource("azurerm_redis_cache", 'sku_name = "Basic"'),
  good: [
    resource("azurerm_redis_cache", 'sku_name = "Standard"'),
    resource("azurerm_redis_cache", 'sku_name = "Premium"'),
  ],
});

export const explorerSku = rule({
  ...TIER,
  id: "azure-data-explorer-sku",
  aliases: ["CKV_AZURE_180"],
  title: "Data Explorer runs on a developer's tier",
  on: "azurerm_kusto_cluster",
  why: `${SLA} Tiers that are not for development come with an agreement.`,
  remedy: "Set sku.name to a production size.",
  references: ["https://learn.microsoft.com/azure/data-explorer/manage-cluster-choose-sku"],
  check: (view) =>
    requireThat(view, "sku.name", (v) => !String(v).startsWith("Dev"), { message: "It is a developer's tier" }),
  bad: resource("azurerm_kusto_cluster", block("sku", 'name = "Dev(No SLA)_Standard_D11_v2"')),
  good: resource("azurerm_kusto_cluster", block("sku", 'name = "Standard_D13_v2"')),
});

export const configurationSku = setting({
  ...TIER,
  id: "azure-app-configuration-sku",
  aliases: ["CKV_AZURE_188"],
  title: "App Configuration runs on the free tier",
  on: "azurerm_app_configuration",
  why: `${SLA} The standard tier also has encryption with your key, and private endpoints.`,
  remedy: 'Set sku = "standard".',
  at: "sku",
  wanted: "standard",
  also: ["premium"],
  risk: "disruptive",
  bad: [resource("azurerm_app_configuration"), resource("azurerm_app_configuration", 'sku = "free"')],
  good: resource("azurerm_app_configuration", 'sku = "standard"'),
});

export const signalrSku = rule({
  ...TIER,
  id: "azure-signalr-sku",
  aliases: ["CKV_AZURE_196"],
  title: "SignalR runs on the free tier",
  on: "azurerm_signalr_service",
  why: `${SLA} Paid tiers come with an agreement.`,
  remedy: 'Set sku.name = "Standard_S1".',
  check: (view) => forbidOneOf(view, "sku.name", ["Free_F1"], { message: "It is the free tier" }),
  fix: { risk: "disruptive", edit: () => [set("sku.0.name", "Standard_S1")] },
  bad: resource("azurerm_signalr_service", block("sku", 'name     = "Free_F1"', "capacity = 1")),
  good: resource("azurerm_signalr_service", block("sku", 'name     = "Standard_S1"', "capacity = 1")),
});
