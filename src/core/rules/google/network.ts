/** Networks and subnetworks, DNS zones, and the project that holds them. */
import { eachBlock, forbidOneOf, requireOneOf, requireSet, someJoined } from "../checks.ts";
import { addBlock, set } from "../operations.ts";
import { rule } from "../rule.ts";
import { alias, block, example, setting } from "../shapes.ts";
import { allOf, fail, notApplicable, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";

const SUBNET = "google_compute_subnetwork";
const SUBNET_LINES = ['name          = "s"', 'network       = "n"', 'ip_cidr_range = "10.0.0.0/16"'];
const subnet = (...lines: readonly string[]): string => example(SUBNET, ...SUBNET_LINES, ...lines);

/** Subnets that hold proxies of load balancers have no machines of yours, and refuse these settings. */
const PROXY_PURPOSES = ["INTERNAL_HTTPS_LOAD_BALANCER", "REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY"];

function holdsProxies(view: View): Verdict | undefined {
  const purpose = view.get("purpose");
  if (purpose.kind === "unknown") return undecided("purpose");
  return purpose.kind === "value" && PROXY_PURPOSES.includes(String(purpose.value)) ? notApplicable : undefined;
}

export const flowLogs = rule({
  id: "google-subnetwork-flow-logs",
  aliases: alias("CKV_GCP_26", "GCP-0076"),
  title: "Subnetwork keeps no flow logs",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: SUBNET,
  why: "After a break-in nobody can say which machine spoke to whom. Flow logs also show what a firewall rule would cut off.",
  remedy: "Add a log_config block.",
  references: ["https://cloud.google.com/vpc/docs/using-flow-logs"],
  check: (view) => holdsProxies(view) ?? requireSet(view, "log_config", { message: "Flow logs are off" }),
  fix: {
    risk: "in-place",
    edit: () => [
      addBlock("log_config", {
        attributes: { aggregation_interval: "INTERVAL_10_MIN", flow_sampling: 0.5, metadata: "INCLUDE_ALL_METADATA" },
      }),
    ],
  },
  bad: subnet(),
  good: subnet(block("log_config", 'aggregation_interval = "INTERVAL_10_MIN"')),
});

export const privateGoogleAccess = setting({
  id: "google-subnetwork-private-google-access",
  aliases: alias("CKV_GCP_74", "GCP-0075"),
  title: "Subnetwork reaches Google's APIs only over the internet",
  severity: "low",
  profile: "strict",
  on: SUBNET,
  at: "private_ip_google_access",
  wanted: true,
  risk: "in-place",
  unless: holdsProxies,
  like: SUBNET_LINES,
  why: "Machines need public addresses to use Google's APIs, and public addresses can be attacked. With private access they need none.",
});

export const privateGoogleAccessIpv6 = setting({
  id: "google-subnetwork-private-google-access-ipv6",
  aliases: alias("CKV_GCP_76"),
  title: "Dual-stack subnetwork reaches Google's APIs over IPv6 only through the internet",
  severity: "low",
  profile: "strict",
  on: SUBNET,
  at: "private_ipv6_google_access",
  wanted: "ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE",
  also: ["ENABLE_BIDIRECTIONAL_ACCESS_TO_GOOGLE"],
  wrong: "DISABLE_GOOGLE_ACCESS",
  risk: "in-place",
  unless: (view) => holdsProxies(view) ?? unlessDualStack(view),
  like: [...SUBNET_LINES, 'stack_type    = "IPV4_IPV6"'],
  why: "Machines need public addresses to use Google's APIs, and public addresses can be attacked. With private access they need none.",
});

function unlessDualStack(view: View): Verdict | undefined {
  const stack = view.get("stack_type");
  if (stack.kind === "unknown") return undecided("stack_type");
  return stack.kind === "value" && stack.value === "IPV4_IPV6" ? undefined : notApplicable;
}

export const defaultNetwork = setting({
  id: "google-project-default-network",
  aliases: alias("CKV_GCP_27", "GCP-0010"),
  title: "Project keeps the default network",
  severity: "high",
  on: "google_project",
  at: "auto_create_network",
  wanted: false,
  risk: "disruptive",
  like: ['name       = "p"', 'project_id = "p-1"'],
  why: "The default network lets SSH and RDP in from everywhere, and every machine that names no network lands in it. A network of your own holds only what you wrote.",
  references: ["https://cloud.google.com/vpc/docs/vpc#default-network"],
});

const NETWORK = "google_compute_network";
const network = (line: string): string =>
  `${example("google_project", 'name       = "p"', 'project_id = "p-1"', "auto_create_network = false")}
${example(NETWORK, 'name    = "n"', "project = google_project.x.project_id", line)}`;

export const automaticSubnetworks = rule({
  id: "google-project-automatic-subnetworks",
  aliases: alias("CKV2_GCP_2"),
  title: "Project has a network that makes its own subnetworks",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "google_project",
  why: "Such a network reaches into every region, with address ranges that nobody chose and that overlap with other such networks. What is not used still routes.",
  remedy: "Set auto_create_subnetworks = false in the network, and write the subnetworks that are needed.",
  references: ["https://cloud.google.com/vpc/docs/vpc#auto-mode-considerations"],
  check: (project) =>
    allOf([
      pass(),
      ...project.joined(NETWORK, "project").map((net) => {
        const automatic = net.is("auto_create_subnetworks");
        if (automatic === "unknown") return undecided();
        return automatic ? fail(undefined, `${net.address} makes its own subnetworks`) : pass();
      }),
    ]),
  fix: {
    risk: "replaces",
    edit: (project) =>
      project
        .joined(NETWORK, "project")
        .filter((net) => net.is("auto_create_subnetworks") === true)
        .map((net) => set("auto_create_subnetworks", false, net)),
  },
  bad: network("auto_create_subnetworks = true"),
  good: network("auto_create_subnetworks = false"),
});

export const ownFirewall = rule({
  id: "google-network-firewall",
  aliases: alias("CKV2_GCP_18"),
  title: "Network has no firewall rule of its own",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: NETWORK,
  why: "Nothing says what may reach the machines, so that somebody opens what is missing by hand, too wide. Rules in the code can be read and reviewed.",
  remedy: "Add a google_compute_firewall for the network.",
  references: ["https://cloud.google.com/firewall/docs/firewalls"],
  check: (net) =>
    someJoined(net, ["google_compute_firewall"], "network", () => pass(), "No firewall rule belongs to this network"),
  bad: example(NETWORK, 'name = "n"'),
  good: `${example(NETWORK, 'name = "n"')}
${example("google_compute_firewall", 'name          = "f"', "network       = google_compute_network.x.name", 'source_ranges = ["10.0.0.0/8"]', block("allow", 'protocol = "tcp"'))}`,
});

const ZONE_LINES = ['name     = "z"', 'dns_name = "example.com."'];
const zone = (...lines: readonly string[]): string => example("google_dns_managed_zone", ...ZONE_LINES, ...lines);

export const dnssec = rule({
  id: "google-dns-dnssec",
  aliases: alias("CKV_GCP_16", "GCP-0013"),
  title: "DNS zone is not signed",
  severity: "medium",
  category: "security",
  on: "google_dns_managed_zone",
  why: "Forged answers lead users to other servers, and nobody notices. DNSSEC lets resolvers throw forged answers away.",
  remedy: 'Set dnssec_config.state = "on", and give the registrar the DS record.',
  references: ["https://cloud.google.com/dns/docs/dnssec"],
  check(view) {
    const visibility = view.get("visibility");
    if (visibility.kind === "unknown") return undecided("visibility");
    if (visibility.kind === "value" && visibility.value === "private") return notApplicable;
    return requireOneOf(view, "dnssec_config.state", ["on", "transfer"], { message: "The zone is not signed" });
  },
  fix: {
    risk: "disruptive",
    edit: (view) => [
      view.blocks("dnssec_config").items.length > 0
        ? set("dnssec_config.0.state", "on")
        : addBlock("dnssec_config", { attributes: { state: "on" } }),
    ],
  },
  bad: [zone(), zone(block("dnssec_config", 'state = "off"'))],
  good: [zone(block("dnssec_config", 'state = "on"')), zone('visibility = "private"').replace("example.com", "in")],
});

const keySpecs = (algorithm: string): string =>
  zone(
    block(
      "dnssec_config",
      'state = "on"',
      block("default_key_specs", 'key_type   = "keySigning"', 'algorithm  = "rsasha256"', "key_length = 2048"),
      block("default_key_specs", 'key_type   = "zoneSigning"', `algorithm  = "${algorithm}"`, "key_length = 2048"),
    ),
  );

export const weakDnssec = rule({
  id: "google-dns-weak-keys",
  aliases: alias("CKV_GCP_17", "GCP-0012"),
  title: "DNS zone is signed with RSASHA1",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "google_dns_managed_zone",
  why: "SHA-1 can be forged, and resolvers have begun to ignore it: the zone then counts as unsigned. Newer algorithms cost nothing more.",
  remedy: 'Use "rsasha256" or "ecdsap256sha256" in every default_key_specs.',
  references: ["https://cloud.google.com/dns/docs/dnssec-advanced"],
  check: (view) =>
    eachBlock(
      view,
      "dnssec_config.default_key_specs",
      (spec) => forbidOneOf(spec, "algorithm", ["rsasha1"], { message: "RSASHA1 can be forged" }),
      pass(),
    ),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      view
        .blocks("dnssec_config.default_key_specs")
        .items.filter((spec) => spec.text("algorithm") === "rsasha1")
        .map((spec) => set(`${spec.path}.algorithm`, "rsasha256")),
  },
  bad: keySpecs("rsasha1"),
  good: [keySpecs("rsasha256"), zone(block("dnssec_config", 'state = "on"'))],
});
