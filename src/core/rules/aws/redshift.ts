/** Redshift: encryption, reachability, logs, upgrades, backups. */

import { requireBetween, requireOneOf, requireSet, requireThat, someBlock } from "../checks.ts";
import { controls } from "../compliance.ts";
import { defaultOf } from "../evaluators/provider-defaults.ts";
import { addBlock, set } from "../operations.ts";
import { rule } from "../rule.ts";
import { and, anyOf, fail, notApplicable, pass, undecided, verdictOf } from "../verdict.ts";
import { alias, block, example, ownKey, switchedTo } from "./shapes.ts";

const CLUSTER = "aws_redshift_cluster";
const DOCS = "https://docs.aws.amazon.com/redshift/latest/mgmt/";
const cluster = (...lines: readonly string[]): string =>
  example(CLUSTER, 'cluster_identifier = "c"', 'node_type          = "ra3.large"', ...lines);

export const encryption = switchedTo({
  id: "aws-redshift-encryption",
  aliases: alias("CKV_AWS_64"),
  title: "Redshift cluster is not encrypted",
  severity: "high",
  on: CLUSTER,
  why: "Whoever gets hold of the storage or a snapshot reads the whole warehouse. Provider versions before 6 leave it off where nothing is said.",
  remedy: "Set encrypted = true; the cluster is read-only while its data is moved.",
  references: [`${DOCS}working-with-db-encryption.html`],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  path: "encrypted",
  risk: "disruptive",
  message: "Storage is not encrypted",
  // From version 6 the provider's default is true.
  unless: (view) =>
    view.get("encrypted").kind === "absent" && defaultOf(view, "encrypted") === true ? pass("encrypted") : undefined,
  bad: [cluster(), cluster("encrypted          = false")],
  good: cluster("encrypted          = true"),
});

const LOGGING = "aws_redshift_logging";

export const auditLogs = rule({
  id: "aws-redshift-audit-logs",
  aliases: alias("CKV_AWS_71"),
  title: "Redshift keeps no audit log",
  severity: "medium",
  category: "security",
  on: CLUSTER,
  why: "Who connected, and what they asked for, is recorded nowhere. After an incident nobody can say what was read.",
  remedy: "Add an aws_redshift_logging resource (or logging.enable = true with provider versions before 6).",
  references: [`${DOCS}db-auditing.html`],
  compliance: controls({ nist: ["AU-2", "AU-3", "AU-12"], pci: ["10.2.1"], soc2: ["CC7.2"] }),
  check(view) {
    const inline = requireOneOf(view, "logging.enable", ["true", "1"], {
      message: "Connections and queries are not logged",
    });
    if (inline.status !== "fail") return inline;
    if (view.joined(LOGGING, "cluster_identifier").length > 0) return pass();
    return view.mayJoin(LOGGING, "cluster_identifier") ? undecided() : inline;
  },
  bad: [cluster(), cluster(block("logging", "enable = false"))],
  good: [
    cluster(block("logging", "enable      = true", 'bucket_name = "logs"')),
    `${cluster()}
resource "${LOGGING}" "x" {
  cluster_identifier   = aws_redshift_cluster.x.id
  log_destination_type = "cloudwatch"
}
`,
  ],
});

export const publiclyAccessible = rule({
  id: "aws-redshift-public",
  aliases: alias("CKV_AWS_87"),
  title: "Redshift cluster is publicly accessible",
  severity: "high",
  category: "security",
  on: CLUSTER,
  why: "The warehouse has a public address, and anyone can try passwords on it. Provider versions before 6 make it public where nothing is said.",
  remedy: "Set publicly_accessible = false.",
  references: [`${DOCS}managing-clusters-vpc.html`],
  compliance: controls({ nist: ["AC-3", "AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.1", "CC6.6"] }),
  check(view) {
    const absent = defaultOf(view, "publicly_accessible") === false ? "pass" : "fail";
    return requireThat(view, "publicly_accessible", (v) => v === false || v === "false", {
      absent,
      message: "The warehouse has a public address",
    });
  },
  fix: { risk: "disruptive", edit: () => [set("publicly_accessible", false)] },
  bad: [cluster(), cluster("publicly_accessible = true")],
  good: cluster("publicly_accessible = false"),
});

export const subnetGroup = rule({
  id: "aws-redshift-in-vpc",
  aliases: alias("CKV_AWS_154"),
  title: "Redshift cluster is not in a network of yours",
  severity: "high",
  category: "security",
  profile: "strict",
  on: CLUSTER,
  why: "Without a subnet group the cluster sits in the default network, or in EC2-Classic. Neither was made with a warehouse in mind.",
  remedy: "Name a subnet group in cluster_subnet_group_name; the cluster is made anew.",
  references: [`${DOCS}working-with-cluster-subnet-groups.html`],
  check: (view) => requireSet(view, "cluster_subnet_group_name", { message: "No subnet group is named" }),
  bad: cluster(),
  good: cluster('cluster_subnet_group_name = "private"'),
});

export const upgrades = switchedTo({
  id: "aws-redshift-version-upgrade",
  aliases: alias("CKV_AWS_141"),
  title: "Redshift cluster is not upgraded",
  severity: "low",
  profile: "strict",
  on: CLUSTER,
  why: "Fixes of the engine, security fixes too, do not arrive. The longer it stays behind, the larger the step.",
  remedy: "Set allow_version_upgrade = true.",
  references: [`${DOCS}cluster-versions.html`],
  path: "allow_version_upgrade",
  absent: "pass",
  risk: "in-place",
  message: "Upgrades are held back",
  bad: cluster("allow_version_upgrade = false"),
  good: [cluster(), cluster("allow_version_upgrade = true")],
});

export const enhancedRouting = switchedTo({
  id: "aws-redshift-enhanced-vpc-routing",
  aliases: alias("CKV_AWS_321"),
  title: "Redshift copies data over the public network",
  severity: "low",
  profile: "strict",
  on: CLUSTER,
  why: "COPY and UNLOAD leave the VPC, past its endpoints, flow logs and rules. With enhanced routing they stay inside.",
  remedy: "Set enhanced_vpc_routing = true, with endpoints or routes for what it needs.",
  references: [`${DOCS}enhanced-vpc-routing.html`],
  path: "enhanced_vpc_routing",
  risk: "disruptive",
  message: "Data leaves the VPC",
  bad: cluster(),
  good: cluster("enhanced_vpc_routing = true"),
});

export const snapshots = rule({
  id: "aws-redshift-snapshots",
  aliases: alias("CKV_AWS_343"),
  title: "Redshift makes no snapshots",
  severity: "medium",
  category: "reliability",
  profile: "strict",
  on: CLUSTER,
  why: "With a retention of 0 days there is nothing to restore from after a mistake or an attack. Snapshots are made by default.",
  remedy: "Set automated_snapshot_retention_period to 7 days or more.",
  references: [`${DOCS}working-with-snapshots.html`],
  check: (view) =>
    requireBetween(view, "automated_snapshot_retention_period", 1, 35, {
      absent: "pass",
      message: "There are no snapshots",
    }),
  fix: { risk: "in-place", edit: () => [set("automated_snapshot_retention_period", 7)] },
  bad: cluster("automated_snapshot_retention_period = 0"),
  good: [cluster(), cluster("automated_snapshot_retention_period = 7")],
});

/** Names that are tried first. */
const GUESSED = ["admin", "administrator", "awsuser", "master", "postgres", "root", "user", "administrator1", "admin1"];

export const guessableAdministrator = rule({
  id: "aws-redshift-public-with-common-user",
  aliases: alias("CKV_AWS_391"),
  title: "Public Redshift cluster has an administrator whose name is guessed",
  severity: "high",
  category: "security",
  profile: "strict",
  on: CLUSTER,
  why: "Half of the log-in is known, and anyone on the internet can try the other half. Such names are the first that are tried.",
  remedy: "Set publicly_accessible = false, and choose another master_username.",
  references: [`${DOCS}managing-clusters-vpc.html`],
  check(view) {
    const name = view.text("master_username");
    if (name === undefined)
      return view.get("master_username").kind === "unknown" ? undecided("master_username") : notApplicable;
    if (!GUESSED.includes(name.toLowerCase())) return pass("master_username");
    const open = view.is("publicly_accessible");
    return open === "unknown"
      ? undecided("publicly_accessible")
      : verdictOf(!open, "publicly_accessible", `Anyone can try passwords of ${name}`);
  },
  fix: { risk: "disruptive", edit: () => [set("publicly_accessible", false)] },
  bad: cluster('master_username    = "administrator"', "publicly_accessible = true"),
  good: cluster('master_username    = "administrator"', "publicly_accessible = false"),
});

export const ownKeyOfCluster = ownKey({
  id: "aws-redshift-customer-key",
  aliases: ["CKV_AWS_142", "CKV_AWS_188"],
  title: "Redshift cluster does not use a key of your own",
  on: CLUSTER,
  why: "The warehouse and its snapshots are encrypted with a key that AWS manages. With a key of your own you decide who may decrypt them.",
  remedy: "Name a key in kms_key_id.",
  path: "kms_key_id",
  bad: cluster("encrypted          = true"),
  good: cluster("encrypted          = true", 'kms_key_id         = "arn:aws:kms:eu-west-1:123456789012:key/1"'),
});

export const defaultDatabase = rule({
  id: "aws-redshift-database-name",
  aliases: alias("CKV_AWS_320"),
  title: "Redshift cluster uses the default database name",
  severity: "low",
  category: "security",
  profile: "strict",
  on: CLUSTER,
  why: "What is not named is called dev, and everybody knows. It is one thing less to find out before trying passwords.",
  remedy: "Set database_name; the cluster is made anew.",
  references: [`${DOCS}working-with-clusters.html`],
  check: (view) => requireThat(view, "database_name", (v) => v !== "dev", { message: "The database is called dev" }),
  bad: cluster(),
  good: cluster('database_name      = "sales"'),
});

const NAMESPACE = "aws_redshiftserverless_namespace";

export const namespaceKey = ownKey({
  id: "aws-redshift-serverless-customer-key",
  aliases: alias("CKV_AWS_282"),
  title: "Redshift Serverless does not use a key of your own",
  on: NAMESPACE,
  why: "The namespace is encrypted with a key that AWS owns. With a key of your own you decide who may decrypt it.",
  remedy: "Name a key in kms_key_id.",
  path: "kms_key_id",
  bad: example(NAMESPACE, 'namespace_name = "n"'),
  good: example(NAMESPACE, 'namespace_name = "n"', 'kms_key_id     = "arn:aws:kms:eu-west-1:123456789012:key/1"'),
});

const PARAMETERS = "aws_redshift_parameter_group";
const REQUIRE_SSL = "require_ssl";
const parameters = (...lines: readonly string[]): string =>
  example(PARAMETERS, 'name   = "p"', 'family = "redshift-1.0"', ...lines);

export const plainConnections = rule({
  id: "aws-redshift-require-ssl",
  aliases: alias("CKV_AWS_105"),
  title: "Redshift lets clients connect in plain text",
  severity: "high",
  category: "security",
  profile: "strict",
  on: PARAMETERS,
  why: "Passwords and results cross the network unencrypted when a client forgets to ask for TLS. The parameter makes the cluster refuse it.",
  remedy: 'Add parameter { name = "require_ssl" value = "true" }.',
  references: [`${DOCS}connecting-ssl-support.html`],
  check: (view) =>
    someBlock(
      view,
      "parameter",
      (item) =>
        anyOf([
          verdictOf(and(item.text("name")?.toLowerCase() === REQUIRE_SSL, item.is("value")), `${item.path}.value`),
          item.get("name").kind === "unknown" ? undecided(item.path) : fail(item.path),
        ]),
      "Connections without TLS are accepted",
    ),
  fix: {
    risk: "disruptive",
    edit(view) {
      const given = view.blocks("parameter").items.find((item) => item.text("name")?.toLowerCase() === REQUIRE_SSL);
      return given
        ? [set(`${given.path}.value`, "true")]
        : [addBlock("parameter", { attributes: { name: REQUIRE_SSL, value: "true" } })];
    },
  },
  bad: [parameters(), parameters(block("parameter", 'name  = "require_ssl"', 'value = "false"'))],
  good: parameters(block("parameter", 'name  = "require_ssl"', 'value = "true"')),
});
