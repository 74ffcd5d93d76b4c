/** OpenSearch and Elasticsearch domains: encryption, reachability, logs, and who may do what inside. */

import { requireSet, requireThat, someBlock } from "../checks.ts";
import { controls } from "../compliance.ts";
import { rule } from "../rule.ts";
import { allOf, and, fail, or, pass, undecided, verdictOf } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import { alias, block, example, ownKey, setAt, switchedTo } from "./shapes.ts";

const DOMAINS = ["aws_elasticsearch_domain", "aws_opensearch_domain"] as const;
const DOCS = "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/";
const domain = (...lines: readonly string[]): string =>
  example("aws_opensearch_domain", 'domain_name = "logs"', ...lines);

export const encryptionAtRest = switchedTo({
  id: "aws-opensearch-encryption-at-rest",
  aliases: alias("CKV_AWS_5", "AWS-0048"),
  title: "OpenSearch domain does not encrypt what it stores",
  severity: "high",
  on: DOMAINS,
  why: "Indexes, logs and swap files can be read by whoever gets hold of the storage or a snapshot. Domains often hold copies of everything that users do.",
  remedy: "Set encrypt_at_rest.enabled = true; on versions before 6.7 the domain is made anew.",
  references: [`${DOCS}encryption-at-rest.html`],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  path: "encrypt_at_rest.enabled",
  risk: "replaces",
  message: "Encryption at rest is off",
  bad: [domain(), domain(block("encrypt_at_rest", "enabled = false"))],
  good: domain(block("encrypt_at_rest", "enabled = true")),
});

export const nodeEncryption = switchedTo({
  id: "aws-opensearch-node-encryption",
  aliases: alias("CKV_AWS_6", "AWS-0043"),
  title: "OpenSearch nodes speak to one another in plain text",
  severity: "high",
  on: DOMAINS,
  why: "Documents and queries cross the network between nodes unencrypted. Fine-grained access control needs this encryption too.",
  remedy: "Set node_to_node_encryption.enabled = true; on old versions the domain is made anew.",
  references: [`${DOCS}ntn.html`],
  compliance: controls({ nist: ["SC-8", "SC-13"], soc2: ["CC6.7"] }),
  path: "node_to_node_encryption.enabled",
  risk: "replaces",
  message: "Traffic between nodes is not encrypted",
  unless(view) {
    if (view.get("cluster_config.instance_count").kind === "unknown") {
      return view.is("node_to_node_encryption.enabled") === true ? undefined : undecided("cluster_config");
    }
    return (view.number("cluster_config.instance_count") ?? 1) <= 1 ? pass("cluster_config") : undefined;
  },
  bad: [
    domain(block("cluster_config", "instance_count = 3")),
    domain(block("cluster_config", "instance_count = 3"), block("node_to_node_encryption", "enabled = false")),
  ],
  good: [
    domain(block("cluster_config", "instance_count = 1")),
    domain(block("cluster_config", "instance_count = 3"), block("node_to_node_encryption", "enabled = true")),
  ],
});

export const https = switchedTo({
  id: "aws-opensearch-https",
  aliases: alias("CKV_AWS_83", "AWS-0046"),
  title: "OpenSearch domain answers over plain HTTP",
  severity: "critical",
  on: DOMAINS,
  why: "Queries, documents and the credentials that come with them can be read and changed on the way. Every client of the domain can use HTTPS.",
  remedy: "Set domain_endpoint_options.enforce_https = true.",
  references: [`${DOCS}infrastructure-security.html`],
  compliance: controls({ nist: ["SC-8", "SC-13"], pci: ["4.2.1"], soc2: ["CC6.7"] }),
  path: "domain_endpoint_options.enforce_https",
  absent: "pass",
  risk: "disruptive",
  message: "HTTPS is not enforced",
  bad: domain(block("domain_endpoint_options", "enforce_https = false")),
  good: [domain(), domain(block("domain_endpoint_options", "enforce_https = true"))],
});

const publishes = (options: Block): boolean | "unknown" =>
  and(options.has("cloudwatch_log_group_arn") !== false, options.is("enabled", true));

export const logs = rule({
  id: "aws-opensearch-logs",
  aliases: alias("CKV_AWS_84", "AWS-0042"),
  title: "OpenSearch domain publishes no logs",
  severity: "medium",
  category: "security",
  on: DOMAINS,
  why: "Slow queries, errors and who asked for what leave no trace. After an incident there is nothing to look at.",
  remedy: "Add log_publishing_options with a CloudWatch log group.",
  references: [`${DOCS}createdomain-configure-slow-logs.html`],
  compliance: controls({ nist: ["AU-2", "AU-3", "AU-12"], pci: ["10.2.1"], soc2: ["CC7.2"] }),
  check: (view) =>
    someBlock(
      view,
      "log_publishing_options",
      (options) => verdictOf(publishes(options), options.path),
      "No log is published to CloudWatch",
    ),
  bad: [
    domain(),
    domain(
      block(
        "log_publishing_options",
        'cloudwatch_log_group_arn = "arn:aws:logs:eu-west-1:123456789012:log-group:x"',
        'log_type = "INDEX_SLOW_LOGS"',
        "enabled = false",
      ),
    ),
  ],
  good: domain(
    block(
      "log_publishing_options",
      'cloudwatch_log_group_arn = "arn:aws:logs:eu-west-1:123456789012:log-group:x"',
      'log_type = "INDEX_SLOW_LOGS"',
    ),
  ),
});

export const inVpc = rule({
  id: "aws-opensearch-in-vpc",
  aliases: alias("CKV_AWS_137"),
  title: "OpenSearch domain has a public endpoint",
  severity: "high",
  category: "security",
  on: DOMAINS,
  why: "The domain is reachable from the internet, and only its access policy stands before the data. In a VPC, security groups limit who can even try.",
  remedy: "Add vpc_options with subnets and security groups; the domain is made anew.",
  references: [`${DOCS}vpc.html`],
  compliance: controls({ nist: ["AC-3", "AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.1", "CC6.6"] }),
  check(view) {
    const { items, complete } = view.blocks("vpc_options");
    if (items.length > 0) return pass("vpc_options");
    return complete ? fail("vpc_options", "The domain is not in a VPC") : undecided("vpc_options");
  },
  bad: domain(),
  good: domain(block("vpc_options", 'subnet_ids = ["subnet-1"]', 'security_group_ids = ["sg-1"]')),
});

const MODERN_TLS = /^Policy-Min-TLS-1-[23]-/;

export const tlsPolicy = rule({
  id: "aws-opensearch-tls-policy",
  aliases: alias("CKV_AWS_228", "AWS-0126"),
  title: "OpenSearch domain accepts TLS before 1.2",
  severity: "high",
  category: "security",
  on: DOMAINS,
  why: "TLS 1.0 and 1.1 have known flaws, and whoever sits on the way can make a client fall back to them. What is not set means TLS 1.0.",
  remedy: 'Set domain_endpoint_options.tls_security_policy = "Policy-Min-TLS-1-2-PFS-2023-10".',
  references: [`${DOCS}infrastructure-security.html`],
  compliance: controls({ nist: ["SC-8", "SC-13"], pci: ["4.2.1"], soc2: ["CC6.7"] }),
  check: (view) =>
    requireThat(view, "domain_endpoint_options.tls_security_policy", (v) => MODERN_TLS.test(String(v)), {
      message: "TLS 1.0 is accepted",
    }),
  fix: {
    risk: "disruptive",
    edit: (view) => setAt(view, "domain_endpoint_options.tls_security_policy", "Policy-Min-TLS-1-2-PFS-2023-10"),
  },
  bad: [
    domain(),
    domain(
      block(
        "domain_endpoint_options",
        "enforce_https       = true",
        'tls_security_policy = "Policy-Min-TLS-1-0-2019-07"',
      ),
    ),
  ],
  good: domain(block("domain_endpoint_options", 'tls_security_policy = "Policy-Min-TLS-1-2-2019-07"')),
});

export const securityGroup = rule({
  id: "aws-opensearch-security-group",
  aliases: alias("CKV_AWS_248"),
  title: "OpenSearch domain uses the VPC's default security group",
  severity: "low",
  category: "security",
  profile: "strict",
  on: DOMAINS,
  why: "Where none is named the default group is used, which everything else without a group is in as well. All of that then reaches the domain.",
  remedy: "Name a security group of its own in vpc_options.security_group_ids.",
  references: [`${DOCS}vpc.html`],
  check: (view) => requireSet(view, "vpc_options.security_group_ids"),
  bad: domain(block("vpc_options", 'subnet_ids = ["subnet-1"]')),
  good: domain(block("vpc_options", 'subnet_ids = ["subnet-1"]', 'security_group_ids = ["sg-1"]')),
});

export const auditLogs = rule({
  id: "aws-opensearch-audit-logs",
  aliases: alias("CKV_AWS_317"),
  title: "OpenSearch domain keeps no audit log",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: DOMAINS,
  why: "Failed log-ins and access to indexes are recorded nowhere. An audit log is the only place that says which user read which index.",
  remedy: 'Add log_publishing_options with log_type = "AUDIT_LOGS" (needs fine-grained access control).',
  references: [`${DOCS}audit-logs.html`],
  check: (view) =>
    someBlock(view, "log_publishing_options", (options) => {
      const type = options.get("log_type");
      if (type.kind === "unknown") return undecided(type.path);
      return verdictOf(and(options.text("log_type") === "AUDIT_LOGS", publishes(options)), options.path);
    }),
  bad: domain(),
  good: domain(
    block(
      "log_publishing_options",
      'cloudwatch_log_group_arn = "arn:aws:logs:eu-west-1:123456789012:log-group:x"',
      'log_type = "AUDIT_LOGS"',
    ),
  ),
});

export const highAvailability = rule({
  id: "aws-opensearch-high-availability",
  aliases: alias("CKV_AWS_318"),
  title: "OpenSearch domain does not survive the loss of a zone",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: DOMAINS,
  why: "Without three dedicated masters a lost node can leave the cluster without a leader. Without zone awareness all copies of a shard may be in the zone that fails.",
  remedy: "Set cluster_config.dedicated_master_count = 3 (or more) and zone_awareness_enabled = true.",
  references: [`${DOCS}managedomains-dedicatedmasternodes.html`],
  check: (view) =>
    allOf([
      requireThat(view, "cluster_config.dedicated_master_count", (v) => Number(v) >= 3, {
        message: "Fewer than three dedicated masters",
      }),
      requireThat(view, "cluster_config.zone_awareness_enabled", (v) => String(v) === "true", {
        message: "Shards are not spread over zones",
      }),
    ]),
  bad: [domain(), domain(block("cluster_config", "dedicated_master_count = 3"))],
  good: domain(block("cluster_config", "dedicated_master_count = 3", "zone_awareness_enabled = true")),
});

export const dedicatedMaster = switchedTo({
  id: "aws-opensearch-dedicated-master",
  aliases: alias("CKV2_AWS_59"),
  title: "OpenSearch domain has no dedicated masters",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: DOMAINS,
  why: "Nodes that hold data also lead the cluster, so that heavy queries can make it lose its leader. Dedicated masters do nothing else.",
  remedy: "Set cluster_config.dedicated_master_enabled = true.",
  references: [`${DOCS}managedomains-dedicatedmasternodes.html`],
  path: "cluster_config.dedicated_master_enabled",
  risk: "disruptive",
  message: "There are no dedicated masters",
  bad: domain(),
  good: domain(block("cluster_config", "dedicated_master_enabled = true")),
});

export const ownKeyAtRest = ownKey({
  id: "aws-opensearch-customer-key",
  aliases: alias("CKV_AWS_247"),
  title: "OpenSearch domain does not use a key of your own",
  on: DOMAINS,
  why: "The domain's data is encrypted with a key that AWS manages for the account. With a key of your own you decide who may decrypt it.",
  remedy: "Name a key in encrypt_at_rest.kms_key_id; the domain is made anew.",
  path: "encrypt_at_rest.kms_key_id",
  bad: domain(block("encrypt_at_rest", "enabled = true")),
  good: domain(block("encrypt_at_rest", "enabled = true", 'kms_key_id = "arn:aws:kms:eu-west-1:123456789012:key/1"')),
});

const signsIn = (view: View): boolean | "unknown" =>
  or(view.is("advanced_security_options.enabled"), view.is("advanced_security_options.internal_user_database_enabled"));

export const fineGrained = rule({
  id: "aws-opensearch-fine-grained-access",
  aliases: alias("CKV2_AWS_52"),
  title: "OpenSearch domain has no fine-grained access control",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: DOMAINS,
  why: "Whoever may call the domain may read and write every index. Fine-grained access control gives users roles of their own, down to fields.",
  remedy: "Set advanced_security_options.enabled = true with a master user.",
  references: [`${DOCS}fgac.html`],
  check: (view) => verdictOf(signsIn(view), "advanced_security_options", "Every caller may do everything"),
  intent: signsIn,
  bad: [domain(), domain(block("advanced_security_options", "enabled = false"))],
  good: domain(block("advanced_security_options", "enabled = true")),
});
