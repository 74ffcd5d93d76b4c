/** Services that are to be reached through a private endpoint: each needs one that points at it. */

import { type Rule, type RuleSource, rule } from "../rule.ts";
import { fail, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import { block, resource } from "./example.ts";

const ENDPOINT = "azurerm_private_endpoint";
const CONNECTION = "private_service_connection";

function requireEndpoint(view: View): Verdict {
  if (view.joined(ENDPOINT, CONNECTION).length > 0) return pass();
  const open = view.estate
    .ofType(ENDPOINT)
    .flatMap((endpoint) => endpoint.blocks(CONNECTION).items)
    .map((connection) => connection.get("private_connection_resource_id"))
    .some((target) => target.kind === "unknown" && target.value.from.length === 0);
  return open ? undecided() : fail(undefined, "No private endpoint leads to it");
}

type Words = Pick<RuleSource, "id" | "aliases" | "title" | "severity" | "why" | "references">;

function endpointRule(type: string, subresource: string, words: Words): Rule {
  const endpoint = resource(
    ENDPOINT,
    "subnet_id = azurerm_subnet.s.id",
    block(
      CONNECTION,
      `private_connection_resource_id = ${type}.r.id`,
      `subresource_names              = ["${subresource}"]`,
      "is_manual_connection           = false",
    ),
  );
  return rule({
    ...words,
    category: "security",
    profile: "strict",
    on: type,
    remedy: `Add an azurerm_private_endpoint with a private_service_connection to it (subresource "${subresource}").`,
    check: requireEndpoint,
    bad: resource(type, 'name = "x"'),
    good: `${resource(type, 'name = "x"')}\n${endpoint}`,
  });
}

export const keyVaultEndpoint = endpointRule("azurerm_key_vault", "vault", {
  id: "azure-key-vault-private-endpoint",
  aliases: ["CKV2_AZURE_32"],
  title: "Key vault has no private endpoint",
  severity: "low",
  why: "Secrets travel over the vault's public address, which everyone can reach. A private endpoint keeps them in your network.",
  references: ["https://learn.microsoft.com/azure/key-vault/general/private-link-service"],
});

export const storageEndpoint = endpointRule("azurerm_storage_account", "blob", {
  id: "azure-storage-private-endpoint",
  aliases: ["CKV2_AZURE_33"],
  title: "Storage account has no private endpoint",
  severity: "low",
  why: "Data travels over the account's public address, which everyone can reach. A private endpoint keeps it in your network.",
  references: ["https://learn.microsoft.com/azure/storage/common/storage-private-endpoints"],
});

const DATABASE_WHY =
  "Queries travel to an address that others can reach as well. A private endpoint keeps the database in your network.";

export const postgresqlEndpoint = endpointRule("azurerm_postgresql_server", "postgresqlServer", {
  id: "azure-postgresql-private-endpoint",
  aliases: ["CKV2_AZURE_42"],
  title: "PostgreSQL server has no private endpoint",
  severity: "low",
  why: DATABASE_WHY,
});

export const mariadbEndpoint = endpointRule("azurerm_mariadb_server", "mariadbServer", {
  id: "azure-mariadb-private-endpoint",
  aliases: ["CKV2_AZURE_43"],
  title: "MariaDB server has no private endpoint",
  severity: "low",
  why: DATABASE_WHY,
});

export const mysqlEndpoint = endpointRule("azurerm_mysql_server", "mysqlServer", {
  id: "azure-mysql-private-endpoint",
  aliases: ["CKV2_AZURE_44"],
  title: "MySQL server has no private endpoint",
  severity: "low",
  why: DATABASE_WHY,
});

export const mssqlEndpoint = endpointRule("azurerm_mssql_server", "sqlServer", {
  id: "azure-mssql-private-endpoint",
  aliases: ["CKV2_AZURE_45"],
  title: "SQL server has no private endpoint",
  severity: "low",
  why: DATABASE_WHY,
});

export const mysqlFlexibleEndpoint = endpointRule("azurerm_mysql_flexible_server", "mysqlServer", {
  id: "azure-mysql-flexible-private-endpoint",
  aliases: ["CKV2_AZURE_56"],
  title: "MySQL flexible server has no private endpoint",
  severity: "low",
  why: DATABASE_WHY,
});

export const postgresqlFlexibleEndpoint = endpointRule("azurerm_postgresql_flexible_server", "postgresqlServer", {
  id: "azure-postgresql-flexible-private-endpoint",
  aliases: ["CKV2_AZURE_57"],
  title: "PostgreSQL flexible server has no private endpoint",
  severity: "low",
  why: DATABASE_WHY,
});
