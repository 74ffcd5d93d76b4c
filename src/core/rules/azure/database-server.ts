import { written } from "./example.ts";
import { setting } from "./setting.ts";

const POSTGRESQL = "azurerm_postgresql_server";
const MYSQL = "azurerm_mysql_server";
const MARIADB = "azurerm_mariadb_server";
const postgresql = written(POSTGRESQL);
const mysql = written(MYSQL);
const mariadb = written(MARIADB);

const TLS = {
  severity: "medium",
  profile: "strict",
  why: "Passwords and data travel in the clear where a client does not ask for TLS. The server can insist on it.",
  remedy: "Set ssl_enforcement_enabled = true.",
  at: "ssl_enforcement_enabled",
  wanted: true,
  risk: "disruptive",
} as const;

export const postgresqlTls = setting({
  ...TLS,
  id: "azure-postgresql-tls",
  aliases: ["CKV_AZURE_29", "AZU-0020", "AVD-AZU-0020"],
  title: "PostgreSQL server accepts connections without TLS",
  on: POSTGRESQL,
  bad: [postgresql(), postgresql("ssl_enforcement_enabled = false")],
  good: postgresql("ssl_enforcement_enabled = true"),
});

export const mysqlTls = setting({
  ...TLS,
  id: "azure-mysql-tls",
  aliases: ["CKV_AZURE_28", "AZU-0020", "AVD-AZU-0020"],
  title: "MySQL server accepts connections without TLS",
  on: MYSQL,
  bad: [mysql(), mysql("ssl_enforcement_enabled = false")],
  good: mysql("ssl_enforcement_enabled = true"),
});

export const mariadbTls = setting({
  ...TLS,
  id: "azure-mariadb-tls",
  aliases: ["CKV_AZURE_47", "AZU-0020", "AVD-AZU-0020"],
  title: "MariaDB server accepts connections without TLS",
  on: MARIADB,
  bad: [mariadb(), mariadb("ssl_enforcement_enabled = false")],
  good: mariadb("ssl_enforcement_enabled = true"),
});

const VERSION = {
  severity: "medium",
  profile: "strict",
  why: "TLS 1.0 and 1.1 have known flaws, and a downgraded connection can be read. Only a minimum of 1.2 keeps clients from using them.",
  remedy: 'Set ssl_minimal_tls_version_enforced = "TLS1_2".',
  at: "ssl_minimal_tls_version_enforced",
  wanted: "TLS1_2",
  absent: "pass",
  risk: "disruptive",
} as const;

export const mysqlTlsVersion = setting({
  ...VERSION,
  id: "azure-mysql-minimum-tls",
  aliases: ["CKV_AZURE_54", "AZU-0026", "AVD-AZU-0026"],
  title: "MySQL server accepts old versions of TLS",
  on: MYSQL,
  bad: mysql('ssl_minimal_tls_version_enforced = "TLS1_1"'),
  good: [mysql(), mysql('ssl_minimal_tls_version_enforced = "TLS1_2"')],
});

export const postgresqlTlsVersion = setting({
  ...VERSION,
  id: "azure-postgresql-minimum-tls",
  aliases: ["CKV_AZURE_147", "AZU-0026", "AVD-AZU-0026"],
  title: "PostgreSQL server accepts old versions of TLS",
  on: POSTGRESQL,
  bad: postgresql('ssl_minimal_tls_version_enforced = "TLS1_0"'),
  good: [postgresql(), postgresql('ssl_minimal_tls_version_enforced = "TLS1_2"')],
});

export const mariadbTlsVersion = setting({
  ...VERSION,
  id: "azure-mariadb-minimum-tls",
  aliases: ["CKV2_AZURE_37"],
  title: "MariaDB server accepts old versions of TLS",
  on: MARIADB,
  bad: mariadb('ssl_minimal_tls_version_enforced = "TLS1_1"'),
  good: [mariadb(), mariadb('ssl_minimal_tls_version_enforced = "TLS1_2"')],
});

const PUBLIC = {
  severity: "medium",
  profile: "strict",
  why: "Everyone can try passwords and flaws on the server, wherever its firewall has a hole. With a private endpoint nobody outside can.",
  remedy: "Set public_network_access_enabled = false and use a private endpoint.",
  at: "public_network_access_enabled",
  wanted: false,
  risk: "disruptive",
} as const;

export const postgresqlPublic = setting({
  ...PUBLIC,
  id: "azure-postgresql-public-network",
  aliases: ["CKV_AZURE_68", "AZU-0022", "AVD-AZU-0022"],
  title: "PostgreSQL server is reachable from public networks",
  on: POSTGRESQL,
  bad: [postgresql(), postgresql("public_network_access_enabled = true")],
  good: postgresql("public_network_access_enabled = false"),
});

export const mysqlPublic = setting({
  ...PUBLIC,
  id: "azure-mysql-public-network",
  aliases: ["CKV_AZURE_53", "AZU-0022", "AVD-AZU-0022"],
  title: "MySQL server is reachable from public networks",
  on: MYSQL,
  bad: [mysql(), mysql("public_network_access_enabled = true")],
  good: mysql("public_network_access_enabled = false"),
});

export const mariadbPublic = setting({
  ...PUBLIC,
  id: "azure-mariadb-public-network",
  aliases: ["CKV_AZURE_48", "AZU-0022", "AVD-AZU-0022"],
  title: "MariaDB server is reachable from public networks",
  on: MARIADB,
  bad: [mariadb(), mariadb("public_network_access_enabled = true")],
  good: mariadb("public_network_access_enabled = false"),
});
