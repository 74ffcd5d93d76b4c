/** VPC firewall rules that let the internet in. */
import type { Severity } from "../../model/finding.ts";
import { firewallOpensEverything, firewallOpensPort } from "../evaluators/network/google.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, block, example } from "../shapes.ts";
import { not, verdictOf } from "../verdict.ts";

const TYPE = "google_compute_firewall";
const DOCS = "https://cloud.google.com/firewall/docs/firewalls";

const firewall = (source: string, ...allow: readonly string[]): string =>
  example(
    TYPE,
    'name          = "f"',
    'network       = "n"',
    `source_ranges = ["${source}"]`,
    block("allow", ...allow),
  );

interface OpenPort {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly port: number;
  /** What listens there. */
  readonly service: string;
  readonly severity: Severity;
  readonly profile?: "strict";
  readonly why: string;
}

const openPort = ({ port, service, ...said }: OpenPort): Rule =>
  rule({
    ...said,
    title: `Firewall opens ${service} to the internet`,
    category: "security",
    on: TYPE,
    remedy: `Limit source_ranges to the addresses that need port ${port}, or take the port out of the rule.`,
    references: [DOCS],
    check: (view) => {
      const at = view.get("source_ranges").kind === "absent" ? undefined : "source_ranges";
      return verdictOf(not(firewallOpensPort(view, "tcp", port)), at, `The internet reaches port ${port}`);
    },
    bad: [
      firewall("0.0.0.0/0", 'protocol = "tcp"', `ports    = ["${port}"]`),
      firewall("::/0", 'protocol = "all"'),
      firewall("0.0.0.0/0", 'protocol = "tcp"'),
    ],
    good: [
      firewall("10.0.0.0/8", 'protocol = "tcp"', `ports    = ["${port}"]`),
      firewall("0.0.0.0/0", 'protocol = "tcp"', 'ports    = ["443"]'),
    ],
  });

export const openSsh = openPort({
  id: "google-firewall-ssh-open",
  aliases: alias("CKV_GCP_2", "GCP-0071"),
  port: 22,
  service: "SSH",
  severity: "high",
  why: "Anyone can try keys and passwords on every machine behind the rule. Identity-Aware Proxy reaches them without an open port.",
});
export const openRdp = openPort({
  id: "google-firewall-rdp-open",
  aliases: alias("CKV_GCP_3", "GCP-0070"),
  port: 3389,
  service: "RDP",
  severity: "high",
  why: "Remote desktops that face the internet are found within minutes, and are how much ransomware gets in. Identity-Aware Proxy reaches them without an open port.",
});
export const openHttp = openPort({
  id: "google-firewall-http-open",
  aliases: alias("CKV_GCP_106", "GCP-0027"),
  port: 80,
  service: "HTTP",
  severity: "medium",
  profile: "strict",
  why: "What is sent over plain HTTP can be read and changed on the way. A load balancer with a certificate can stand in front.",
});
export const openFtpData = openPort({
  id: "google-firewall-ftp-data-open",
  aliases: alias("CKV_GCP_77"),
  port: 20,
  service: "FTP data",
  severity: "medium",
  profile: "strict",
  why: "FTP sends files and passwords in plain text. Anyone on the way can read them.",
});
export const openFtp = openPort({
  id: "google-firewall-ftp-open",
  aliases: alias("CKV_GCP_75"),
  port: 21,
  service: "FTP",
  severity: "medium",
  profile: "strict",
  why: "FTP sends passwords in plain text, and anyone can try some. SFTP over a narrow SSH rule does the same safely.",
});
export const openMysql = openPort({
  id: "google-firewall-mysql-open",
  aliases: alias("CKV_GCP_88"),
  port: 3306,
  service: "MySQL",
  severity: "high",
  profile: "strict",
  why: "Anyone can try passwords and flaws on the database. Applications reach it inside the network.",
});

export const openEverything = rule({
  id: "google-firewall-all-open",
  aliases: alias("CKV2_GCP_12", "GCP-0072"),
  title: "Firewall lets the internet reach every port",
  severity: "critical",
  category: "security",
  on: TYPE,
  why: "Every service on every machine behind the rule is open to everyone, meant or not. The firewall then protects nothing.",
  remedy: "Name the protocols and ports that are needed, and the addresses that need them.",
  references: [DOCS],
  check: (view) => {
    const at = view.get("source_ranges").kind === "absent" ? undefined : "source_ranges";
    return verdictOf(not(firewallOpensEverything(view)), at, "The internet reaches every port");
  },
  bad: [firewall("0.0.0.0/0", 'protocol = "all"'), firewall("::/0", 'protocol = "all"')],
  good: [
    firewall("10.0.0.0/8", 'protocol = "all"'),
    firewall("0.0.0.0/0", 'protocol = "tcp"', 'ports    = ["443"]'),
    example(TYPE, 'name      = "f"', 'network   = "n"', 'direction = "EGRESS"', block("allow", 'protocol = "all"')),
  ],
});
