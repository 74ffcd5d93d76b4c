/** Tencent Cloud. */
import { eachBlock, forbidOneOf, requireSet } from "../checks.ts";
import { findSecrets } from "../evaluators/secrets.ts";
import { textsAt } from "../evaluators/texts.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { alias, block, example, setting } from "../shapes.ts";
import { allOf, fail, not, notApplicable, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";
import { fromInternet, isAllProtocols, rangesAt, sourcesAt } from "./traffic.ts";

const STRICT = { severity: "medium", profile: "strict" } as const;
const INSTANCE = "tencentcloud_instance";
const INSTANCE_LINES = ['instance_name     = "i"', 'availability_zone = "ap-guangzhou-3"'];
const instance = (...lines: readonly string[]): string => example(INSTANCE, ...INSTANCE_LINES, ...lines);

export const diskEncryption = setting({
  ...STRICT,
  id: "tencent-cbs-encryption",
  aliases: alias("CKV_TC_1"),
  title: "Disk is not encrypted",
  on: "tencentcloud_cbs_storage",
  at: "encrypt",
  wanted: true,
  risk: "replaces",
  like: ['storage_name = "s"', "storage_size = 50"],
  why: "Whoever gets hold of the disk or a snapshot reads the data. Encryption can only be chosen when the disk is made.",
});
export const publicAddress = setting({
  ...STRICT,
  id: "tencent-cvm-public-address",
  aliases: alias("CKV_TC_2"),
  title: "Instance has a public address",
  on: INSTANCE,
  at: "allocate_public_ip",
  wanted: false,
  absent: "pass",
  risk: "disruptive",
  like: INSTANCE_LINES,
  why: "The machine can be reached from the internet, and only rules stand before it. A load balancer or a NAT gateway serves one without a public address.",
});
export const monitoring = setting({
  ...STRICT,
  severity: "low",
  id: "tencent-cvm-monitoring",
  aliases: alias("CKV_TC_3"),
  title: "Instance is not monitored",
  on: INSTANCE,
  at: "disable_monitor_service",
  wanted: false,
  absent: "pass",
  risk: "disruptive",
  like: INSTANCE_LINES,
  why: "Nobody sees a machine that mines coins, or one that is about to fail. Monitoring costs nothing more.",
});

/** Whether an attribute names something called "default", which is what the account was given, open as it is. */
function namesDefault(view: View, path: string): Verdict {
  const written = textsAt(view, path);
  const refers = view.resource.references.some(
    ({ path: at, to }) => (at === path || at.startsWith(`${path}.`)) && isDefault(to),
  );
  if (refers || written.items.some(isDefault)) return fail(path, "It is the default one");
  return view.get(path).kind === "absent" || written.complete ? pass(path) : undecided(path);
}

const isDefault = (text: string): boolean => /(?:^|[.<])default(?:$|[.>[])/.test(text);

export const defaultGroup = rule({
  ...STRICT,
  id: "tencent-cvm-default-security-group",
  aliases: alias("CKV_TC_4"),
  title: "Instance uses the default security group",
  category: "security",
  on: INSTANCE,
  why: "The default group lets more in than a machine needs, and everything else is in it too. A group of its own says what this one needs.",
  remedy: "Name a security group of its own.",
  check: (view) => allOf(["orderly_security_groups", "security_groups"].map((path) => namesDefault(view, path))),
  bad: instance('orderly_security_groups = ["tencentcloud_security_group.default.id"]'),
  good: [instance('orderly_security_groups = ["sg-1"]'), instance()],
});
export const defaultNetwork = rule({
  ...STRICT,
  id: "tencent-cvm-default-vpc",
  aliases: alias("CKV_TC_5"),
  title: "Instance is in the default network",
  category: "security",
  on: INSTANCE,
  why: "Everything that names no network is in the default one, so that machines that have nothing to do with one another meet. A network of your own holds only what you put there.",
  remedy: "Name a VPC and a subnet of your own.",
  check: (view) => allOf(["vpc_id", "subnet_id"].map((path) => namesDefault(view, path))),
  bad: `resource "tencentcloud_vpc" "default" {
  name       = "default"
  cidr_block = "10.0.0.0/16"
}

${instance("vpc_id = tencentcloud_vpc.default.id")}`,
  good: [instance('vpc_id    = "vpc-1"', 'subnet_id = "subnet-1"'), instance()],
});

const CLUSTER = "tencentcloud_kubernetes_cluster";

export const clusterLogs = setting({
  ...STRICT,
  severity: "low",
  id: "tencent-kubernetes-logs",
  aliases: alias("CKV_TC_6"),
  title: "Kubernetes sends no logs",
  on: CLUSTER,
  at: "log_agent.enabled",
  wanted: true,
  risk: "in-place",
  like: ['cluster_name = "c"'],
  why: "After an incident there is nothing to read: logs die with their pods. The agent keeps them outside of the cluster.",
});

const nodes = (assigned: boolean): string =>
  example(
    CLUSTER,
    'cluster_name = "c"',
    block("log_agent", "enabled = true"),
    block("worker_config", `public_ip_assigned = ${assigned}`),
  );

export const nodeAddress = rule({
  ...STRICT,
  id: "tencent-kubernetes-public-address",
  aliases: alias("CKV_TC_7"),
  title: "Kubernetes nodes have public addresses",
  category: "security",
  on: CLUSTER,
  why: "Every node can be reached from the internet, and only rules stand before it. Private nodes get out through a NAT gateway.",
  remedy: "Set public_ip_assigned = false in master_config and worker_config.",
  check: (view) =>
    allOf([
      pass(),
      ...["master_config", "worker_config"].map((path) =>
        eachBlock(
          view,
          path,
          (node) =>
            verdictOf(
              not(node.is("public_ip_assigned")),
              `${node.path}.public_ip_assigned`,
              "Nodes have public addresses",
            ),
          notApplicable,
        ),
      ),
    ]),
  fix: {
    risk: "replaces",
    edit: (view) =>
      ["master_config", "worker_config"].flatMap((path) =>
        view
          .blocks(path)
          .items.filter((node) => node.is("public_ip_assigned") === true)
          .map((node) => set(`${node.path}.public_ip_assigned`, false)),
      ),
  },
  bad: nodes(true),
  good: nodes(false),
});

const RULES = "tencentcloud_security_group_rule_set";
const ingress = (...lines: readonly string[]): string =>
  example(RULES, 'security_group_id = "sg-1"', block("ingress", ...lines));

export const openGroup = rule({
  ...STRICT,
  id: "tencent-security-group-all-open",
  aliases: alias("CKV_TC_8"),
  title: "Security group lets the internet reach every port",
  severity: "high",
  category: "security",
  on: RULES,
  why: "Every service on every machine of the group is open to everyone, meant or not. The group then protects nothing.",
  remedy: "Name the ports and the addresses that are needed.",
  check: (view) =>
    eachBlock(
      view,
      "ingress",
      (entry) => {
        if (entry.text("action")?.toUpperCase() === "DROP") return notApplicable;
        const opening = {
          protocol: entry.text("protocol") ?? "ALL",
          ranges: rangesAt(entry, "port"),
          sources: sourcesAt(entry, "cidr_block", "ipv6_cidr_block"),
        };
        const everything =
          isAllProtocols(opening) && opening.ranges.some(({ from, to }) => from === 0 && to === 65_535);
        const path = entry.get("cidr_block").kind === "absent" ? "ipv6_cidr_block" : "cidr_block";
        return everything
          ? verdictOf(not(fromInternet(opening)), `${entry.path}.${path}`, "The internet reaches every port")
          : pass(entry.path);
      },
      pass(),
    ),
  bad: [
    ingress('action     = "ACCEPT"', 'cidr_block = "0.0.0.0/0"', 'protocol   = "ALL"', 'port       = "ALL"'),
    ingress(
      'action          = "ACCEPT"',
      'ipv6_cidr_block = "0::0/0"',
      'protocol        = "ALL"',
      'port            = "ALL"',
    ),
  ],
  good: ingress('action     = "ACCEPT"', 'cidr_block = "0.0.0.0/0"', 'protocol   = "TCP"', 'port       = "443"'),
});

const MYSQL = "tencentcloud_mysql_instance";
const MYSQL_LINES = ['instance_name = "d"', "mem_size      = 1000", "volume_size   = 50"];
const mysql = (...lines: readonly string[]): string => example(MYSQL, ...MYSQL_LINES, ...lines);

export const databaseAddress = setting({
  ...STRICT,
  severity: "high",
  id: "tencent-mysql-public",
  aliases: alias("CKV_TC_9"),
  title: "MySQL is open to the internet",
  on: MYSQL,
  at: "internet_service",
  wanted: 0,
  wrong: 1,
  absent: "pass",
  risk: "disruptive",
  like: MYSQL_LINES,
  why: "Anyone can try passwords and flaws on the database. Applications reach it inside the network.",
});
export const databasePort = rule({
  ...STRICT,
  severity: "low",
  id: "tencent-mysql-default-port",
  aliases: alias("CKV_TC_10"),
  title: "MySQL listens on its usual port",
  category: "security",
  on: MYSQL,
  why: "Programs that look for databases try port 3306 first. Another port keeps the crudest of them away, though nobody else.",
  remedy: "Set intranet_port to another number.",
  check: (view) => forbidOneOf(view, "intranet_port", [3306], { message: "It is the usual port" }),
  bad: mysql("intranet_port = 3306"),
  good: mysql("intranet_port = 3307"),
});

const BALANCER = "tencentcloud_clb_instance";
const BALANCER_LINES = ['network_type = "INTERNAL"', 'clb_name     = "b"'];

export const balancerLogs = rule({
  ...STRICT,
  severity: "low",
  id: "tencent-clb-logs",
  aliases: alias("CKV_TC_11"),
  title: "Load balancer keeps no access logs",
  category: "security",
  on: BALANCER,
  why: "After an attack nobody can say who asked for what. Access logs tell.",
  remedy: "Set log_set_id and log_topic_id.",
  check: (view) =>
    allOf(["log_set_id", "log_topic_id"].map((path) => requireSet(view, path, { message: "No access logs are kept" }))),
  bad: example(BALANCER, ...BALANCER_LINES),
  good: example(BALANCER, ...BALANCER_LINES, 'log_set_id   = "s"', 'log_topic_id = "t"'),
});

const LISTENER = "tencentcloud_clb_listener";

export const listenerProtocol = rule({
  ...STRICT,
  id: "tencent-clb-plain-protocol",
  aliases: alias("CKV_TC_12"),
  title: "Load balancer listens without encryption",
  category: "security",
  on: LISTENER,
  why: "What passes can be read and changed by anyone on the way. HTTPS or TCP_SSL keeps it between the two ends.",
  remedy: 'Set protocol to "HTTPS", "TCP_SSL" or "QUIC".',
  check: (view) => forbidOneOf(view, "protocol", ["HTTP", "TCP", "UDP"], { message: "It listens without encryption" }),
  bad: example(LISTENER, 'clb_id        = "b"', 'listener_name = "l"', 'protocol      = "HTTP"'),
  good: example(LISTENER, 'clb_id        = "b"', 'listener_name = "l"', 'protocol      = "HTTPS"'),
});

/** The text behind base64, "" where it is none. */
function decoded(text: string): string {
  const plain = text.replace(/\s/g, "");
  return plain.length >= 16 && /^[A-Za-z0-9+/]+={0,2}$/.test(plain)
    ? Buffer.from(plain, "base64").toString("utf8")
    : "";
}

function holdsSecret(view: View, path: string): Verdict {
  const found = view.get(path);
  if (found.kind === "absent") return pass(path);
  const text = found.kind === "unknown" ? (found.value.outline ?? found.value.prefix) : String(found.value);
  const secret = [text, decoded(text)].some((part) => findSecrets(part).length > 0);
  return secret ? fail(path, "It holds a secret") : found.kind === "unknown" ? undecided(path) : pass(path);
}

export const userData = rule({
  ...STRICT,
  severity: "high",
  id: "tencent-cvm-user-data-secrets",
  aliases: alias("CKV_TC_13"),
  title: "User data holds a secret",
  category: "security",
  on: INSTANCE,
  why: "Every process on the machine can read user data, and so can everyone with the right to describe it. Base64 hides nothing.",
  remedy: "Revoke the secret, and let the machine take a new one from a secret store.",
  check: (view) => allOf(["user_data", "user_data_raw"].map((path) => holdsSecret(view, path))),
  bad: instance('user_data_raw = "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE"'),
  good: instance('user_data_raw = "apt-get update"'),
});

export const flowLogs = setting({
  ...STRICT,
  severity: "low",
  id: "tencent-vpc-flow-logs",
  aliases: alias("CKV_TC_14"),
  title: "Flow log is switched off",
  on: "tencentcloud_vpc_flow_log_config",
  at: "enable",
  wanted: true,
  risk: "in-place",
  like: ['flow_log_id = "f"'],
  why: "After a break-in nobody can say which machine spoke to whom. Flow logs tell.",
});
