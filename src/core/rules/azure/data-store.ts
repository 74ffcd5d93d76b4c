/** Stores of data: Cosmos DB, Redis, Data Lake, Data Factory, Data Explorer. */
import { requireSet, someJoined } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { and, anyOf, or, pass, truthOf, verdictOf } from "../verdict.ts";
import { block, resource, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const COSMOS = "azurerm_cosmosdb_account";
const REDIS = "azurerm_redis_cache";
const FACTORY = "azurerm_data_factory";
const cosmos = written(COSMOS);
const redis = written(REDIS);

export const cosmosPublic = setting({
  id: "azure-cosmos-public-network",
  aliases: ["CKV_AZURE_101"],
  title: "Cosmos DB is reachable from public networks",
  severity: "high",
  on: COSMOS,
  why: "Only keys stand between the internet and the data. With a private endpoint a leaked key is useless from outside.",
  remedy: "Set public_network_access_enabled = false and use a private endpoint.",
  references: ["https://learn.microsoft.com/azure/cosmos-db/how-to-configure-private-endpoints"],
  at: "public_network_access_enabled",
  wanted: false,
  risk: "disruptive",
  bad: [cosmos(), cosmos("public_network_access_enabled = true")],
  good: cosmos("public_network_access_enabled = false"),
});

export const cosmosRestricted = rule({
  id: "azure-cosmos-restricted-access",
  aliases: ["CKV_AZURE_99"],
  title: "Cosmos DB does not limit the networks that reach it",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: COSMOS,
  why: "Whoever has a leaked key can use it from anywhere. A filter leaves the networks and addresses that you name.",
  remedy:
    "Set public_network_access_enabled = false, or is_virtual_network_filter_enabled = true with virtual_network_rule or ip_range_filter.",
  references: ["https://learn.microsoft.com/azure/cosmos-db/how-to-configure-vnet-service-endpoint"],
  check(view) {
    const closed = truthOf(expect(view, { at: "public_network_access_enabled", wanted: false }));
    const filtered = and(
      view.is("is_virtual_network_filter_enabled"),
      or(truthOf(requireSet(view, "virtual_network_rule")), truthOf(requireSet(view, "ip_range_filter"))),
    );
    return verdictOf(or(closed, filtered), "public_network_access_enabled", "No filter limits who reaches it");
  },
  fix: { risk: "disruptive", edit: () => [set("public_network_access_enabled", false)] },
  bad: [cosmos(), cosmos("is_virtual_network_filter_enabled = true")],
  good: [
    cosmos("public_network_access_enabled = false"),
    cosmos("is_virtual_network_filter_enabled = true", 'ip_range_filter = ["198.51.100.0/24"]'),
  ],
});

export const cosmosKeyWrites = setting({
  id: "azure-cosmos-key-writes",
  aliases: ["CKV_AZURE_132"],
  title: "Keys of Cosmos DB may change its structure",
  severity: "medium",
  profile: "strict",
  on: COSMOS,
  why: "An application's key may delete whole databases and change their throughput. Administration belongs to roles that can be limited.",
  remedy: "Set access_key_metadata_writes_enabled = false.",
  references: ["https://learn.microsoft.com/azure/cosmos-db/role-based-access-control"],
  at: "access_key_metadata_writes_enabled",
  wanted: false,
  risk: "disruptive",
  bad: [cosmos(), cosmos("access_key_metadata_writes_enabled = true")],
  good: cosmos("access_key_metadata_writes_enabled = false"),
});

export const cosmosLocalAuth = setting({
  id: "azure-cosmos-local-authentication",
  aliases: ["CKV_AZURE_140"],
  title: "Cosmos DB accepts access keys",
  severity: "medium",
  profile: "strict",
  on: COSMOS,
  why: "Whoever has a key may read and change everything, and nobody can tell who it was. Identities of Entra ID can be limited and withdrawn one by one.",
  remedy: "Set local_authentication_disabled = true, after moving clients to Entra ID.",
  references: ["https://learn.microsoft.com/azure/cosmos-db/how-to-setup-rbac"],
  at: "local_authentication_disabled",
  wanted: true,
  risk: "disruptive",
  bad: [cosmos(), cosmos("local_authentication_disabled = false")],
  good: cosmos("local_authentication_disabled = true"),
});

export const redisTls = setting({
  id: "azure-redis-minimum-tls",
  aliases: ["CKV_AZURE_148"],
  title: "Redis accepts old versions of TLS",
  severity: "medium",
  on: REDIS,
  why: "TLS 1.0 and 1.1 have known flaws, and a downgraded connection can be read. Only a minimum of 1.2 keeps clients from using them.",
  remedy: 'Set minimum_tls_version = "1.2".',
  references: ["https://learn.microsoft.com/azure/azure-cache-for-redis/cache-remove-tls-10-11"],
  at: "minimum_tls_version",
  wanted: "1.2",
  risk: "disruptive",
  bad: [redis(), redis('minimum_tls_version = "1.1"')],
  good: redis('minimum_tls_version = "1.2"'),
});

export const redisPlainPort = setting({
  id: "azure-redis-plain-port",
  aliases: ["CKV_AZURE_91"],
  title: "Redis listens on its port without TLS",
  severity: "high",
  on: REDIS,
  why: "Data and the access key travel in the clear to whoever uses the plain port. Every client can speak TLS.",
  remedy: "Set non_ssl_port_enabled = false (enable_non_ssl_port before azurerm 4).",
  references: ["https://learn.microsoft.com/azure/azure-cache-for-redis/cache-configure"],
  at: ["non_ssl_port_enabled", "enable_non_ssl_port"],
  wanted: false,
  absent: "pass",
  risk: "disruptive",
  bad: [redis("non_ssl_port_enabled = true"), redis("enable_non_ssl_port = true")],
  good: [redis(), redis("non_ssl_port_enabled = false"), redis("enable_non_ssl_port = false")],
});

export const redisPublic = setting({
  id: "azure-redis-public-network",
  aliases: ["CKV_AZURE_89"],
  title: "Redis is reachable from public networks",
  severity: "medium",
  profile: "strict",
  on: REDIS,
  why: "Only the access key stands between the internet and what is cached: often sessions and tokens. With a private endpoint a leaked key is useless from outside.",
  remedy: "Set public_network_access_enabled = false and use a private endpoint.",
  references: ["https://learn.microsoft.com/azure/azure-cache-for-redis/cache-private-link"],
  at: "public_network_access_enabled",
  wanted: false,
  risk: "disruptive",
  bad: [redis(), redis("public_network_access_enabled = true")],
  good: redis("public_network_access_enabled = false"),
});

export const lakeEncryption = setting({
  id: "azure-data-lake-encryption",
  aliases: ["CKV_AZURE_105", "AZU-0036", "AVD-AZU-0036"],
  title: "Data Lake store is not encrypted",
  severity: "high",
  profile: "strict",
  on: "azurerm_data_lake_store",
  why: "Whoever gets hold of the storage reads the data. Encryption is on unless it is switched off when the store is made.",
  remedy: 'Remove encryption_state = "Disabled"; the store is made anew.',
  at: "encryption_state",
  wanted: "Enabled",
  absent: "pass",
  risk: "replaces",
  bad: resource("azurerm_data_lake_store", 'encryption_state = "Disabled"'),
  good: [resource("azurerm_data_lake_store"), resource("azurerm_data_lake_store", 'encryption_state = "Enabled"')],
});

export const factoryKey = rule({
  id: "azure-data-factory-customer-key",
  aliases: ["CKV2_AZURE_15"],
  title: "Data factory does not use a key vault",
  severity: "low",
  category: "security",
  profile: "strict",
  on: FACTORY,
  why: "Credentials of the stores that it copies lie in the factory, under a key that is not yours. A vault of your own keeps both.",
  remedy: "Add an azurerm_data_factory_linked_service_key_vault, or set customer_managed_key_id.",
  references: ["https://learn.microsoft.com/azure/data-factory/enable-customer-managed-key"],
  check: (view) =>
    anyOf([
      requireSet(view, "customer_managed_key_id", { message: "No key vault is linked to it" }),
      ...["data_factory_id", "data_factory_name"].map((link) =>
        someJoined(
          view,
          ["azurerm_data_factory_linked_service_key_vault", "azurerm_data_factory_customer_managed_key"],
          link,
          () => pass(),
          "No key vault is linked to it",
        ),
      ),
    ]),
  bad: resource(FACTORY),
  good: [
    resource(FACTORY, 'customer_managed_key_id = "id"'),
    `${resource(FACTORY)}\n${resource("azurerm_data_factory_linked_service_key_vault", `data_factory_id = ${FACTORY}.r.id`)}`,
  ],
});

export const factoryPublic = setting({
  id: "azure-data-factory-public-network",
  aliases: ["CKV_AZURE_104"],
  title: "Data factory is reachable from public networks",
  severity: "medium",
  profile: "strict",
  on: FACTORY,
  why: "Everyone can talk to what moves your data. With a private endpoint nobody outside can.",
  remedy: "Set public_network_enabled = false.",
  references: ["https://learn.microsoft.com/azure/data-factory/data-factory-private-link"],
  at: "public_network_enabled",
  wanted: false,
  risk: "disruptive",
  bad: [resource(FACTORY), resource(FACTORY, "public_network_enabled = true")],
  good: resource(FACTORY, "public_network_enabled = false"),
});

export const explorerIdentity = rule({
  id: "azure-data-explorer-identity",
  aliases: ["CKV_AZURE_181"],
  title: "Data Explorer cluster has no identity of its own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "azurerm_kusto_cluster",
  why: "Without an identity it needs keys to reach other services, and they end up in settings. A managed identity has none to leak.",
  remedy: 'Add identity with type = "SystemAssigned".',
  references: ["https://learn.microsoft.com/azure/data-explorer/configure-managed-identities-cluster"],
  check: (view) => requireSet(view, "identity.type", { message: "It has no managed identity" }),
  fix: { risk: "in-place", edit: () => [set("identity.0.type", "SystemAssigned")] },
  bad: resource("azurerm_kusto_cluster"),
  good: resource("azurerm_kusto_cluster", block("identity", 'type = "SystemAssigned"')),
});

export const explorerEncryption = setting({
  id: "azure-data-explorer-disk-encryption",
  aliases: ["CKV_AZURE_74"],
  title: "Data Explorer cluster does not encrypt its disks",
  severity: "medium",
  profile: "strict",
  on: "azurerm_kusto_cluster",
  why: "Disks of the cluster's machines hold your data in the clear. Encryption costs little.",
  remedy: "Set disk_encryption_enabled = true (enable_disk_encryption in old versions).",
  references: ["https://learn.microsoft.com/azure/data-explorer/cluster-encryption-overview"],
  at: ["disk_encryption_enabled", "enable_disk_encryption"],
  wanted: true,
  risk: "disruptive",
  bad: [resource("azurerm_kusto_cluster"), resource("azurerm_kusto_cluster", "disk_encryption_enabled = false")],
  good: resource("azurerm_kusto_cluster", "disk_encryption_enabled = true"),
});

export const explorerDoubleEncryption = setting({
  id: "azure-data-explorer-double-encryption",
  aliases: ["CKV_AZURE_75"],
  title: "Data Explorer encrypts its storage only once",
  severity: "low",
  profile: "strict",
  on: "azurerm_kusto_cluster",
  why: "One flaw or one lost key then opens the storage. Double encryption adds a second layer with a second key.",
  remedy: "Set double_encryption_enabled = true (enable_double_encryption in old versions); the cluster is made anew.",
  references: ["https://learn.microsoft.com/azure/data-explorer/cluster-encryption-double"],
  at: ["double_encryption_enabled", "enable_double_encryption"],
  wanted: true,
  risk: "replaces",
  bad: [resource("azurerm_kusto_cluster"), resource("azurerm_kusto_cluster", "double_encryption_enabled = false")],
  good: resource("azurerm_kusto_cluster", "double_encryption_enabled = true"),
});

export const factoryRepository = rule({
  id: "azure-data-factory-repository",
  aliases: ["CKV_AZURE_103"],
  title: "Data factory is not kept in a repository",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: FACTORY,
  why: "Pipelines are changed in place, and nobody can tell what they were before. A repository keeps every version.",
  remedy: "Add github_configuration or vsts_configuration.",
  references: ["https://learn.microsoft.com/azure/data-factory/source-control"],
  check: (view) =>
    anyOf([
      requireSet(view, "github_configuration", { message: "No repository is configured" }),
      requireSet(view, "vsts_configuration", { message: "No repository is configured" }),
    ]),
  bad: resource(FACTORY),
  good: resource(FACTORY, block("github_configuration", 'repository_name = "pipelines"')),
});
