/** Compute Engine instances and templates: addresses, accounts, keys to log in with, and what boots. */
import type { FixOperation } from "../../model/patch.ts";
import { isObject, isUnknown } from "../../model/value.ts";
import { eachBlock } from "../checks.ts";
import { textsAt } from "../evaluators/texts.ts";
import { set } from "../operations.ts";
import { type Rule, type RuleSource, rule } from "../rule.ts";
import { alias, block, example, present, setting } from "../shapes.ts";
import { allOf, and, fail, notApplicable, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";

const INSTANCE = "google_compute_instance";
const FROM_TEMPLATE = "google_compute_instance_from_template";
const INSTANCES = [
  INSTANCE,
  "google_compute_instance_template",
  "google_compute_region_instance_template",
  FROM_TEMPLATE,
];

const LINES = ['name         = "i"', 'machine_type = "e2-medium"', 'zone         = "europe-west1-b"'];
const instance = (...lines: readonly string[]): string => example(INSTANCE, ...LINES, ...lines);
const fromTemplate = (...lines: readonly string[]): string =>
  example(FROM_TEMPLATE, 'name = "i"', 'source_instance_template = "t"', ...lines);

/** What an instance made from a template does not say, the template says; that is judged where it is written. */
const leftToTemplate = (view: View, path: string): Verdict | undefined =>
  view.type === FROM_TEMPLATE && view.get(path).kind === "absent" ? notApplicable : undefined;

/** Nodes of GKE, imported into the code: their settings are the node pool's. */
const isGkeNode = (view: View): boolean => (view.text("name") ?? "").startsWith("gke-");

export const ipForwarding = setting({
  id: "google-compute-ip-forwarding",
  aliases: alias("CKV_GCP_36", "GCP-0043"),
  title: "Instance forwards packets of others",
  severity: "high",
  on: INSTANCES,
  at: "can_ip_forward",
  wanted: false,
  absent: "pass",
  risk: "replaces",
  unless: (view) => (isGkeNode(view) ? pass("can_ip_forward") : leftToTemplate(view, "can_ip_forward")),
  like: LINES,
  message: "The instance may send packets under any address",
  why: "Whoever takes the machine over can send packets under others' addresses and read what passes. Only routers and firewalls need it.",
  references: ["https://cloud.google.com/vpc/docs/using-routes#canipforward"],
});

const nic = (...lines: readonly string[]): string => block("network_interface", 'network = "n"', ...lines);

export const externalAddress = rule({
  id: "google-compute-public-address",
  aliases: alias("CKV_GCP_40", "GCP-0031"),
  title: "Instance has a public address",
  severity: "high",
  category: "security",
  on: INSTANCES,
  why: "The machine can be reached from the internet, and only firewall rules stand before it. Load balancers, Cloud NAT and Identity-Aware Proxy serve machines without one.",
  remedy: "Take access_config out of every network_interface.",
  references: ["https://cloud.google.com/compute/docs/ip-addresses"],
  check: (view) =>
    eachBlock(
      view,
      "network_interface",
      (face) =>
        allOf(
          ["access_config", "ipv6_access_config"].map((path) => {
            const found = face.blocks(path);
            if (found.items.some((item) => !isUnknown(item.value)))
              return fail(`${face.path}.${path}`, "It has a public address");
            return found.complete ? pass(face.path) : undecided(`${face.path}.${path}`);
          }),
        ),
      view.type === FROM_TEMPLATE ? notApplicable : pass(),
    ),
  bad: [instance(nic(block("access_config"))), instance(nic(), nic(block("access_config", 'nat_ip = "203.0.113.7"')))],
  good: [instance(nic()), fromTemplate()],
});

const DEFAULT_ACCOUNT = /^\d+-compute@developer\.gserviceaccount\.com$/;
const account = (...lines: readonly string[]): string =>
  block("service_account", 'scopes = ["logging-write"]', ...lines);

/** Whether a service_account block means the project's default account: it does where it names none. */
function isDefaultAccount(view: View): boolean | "unknown" {
  const email = view.get("service_account.email");
  if (email.kind === "absent") return true;
  if (email.kind === "unknown")
    return (
      view.joined("data.google_compute_default_service_account", "service_account").length > 0 ||
      (email.value.from.length === 0 ? "unknown" : false)
    );
  return email.value === "default" || DEFAULT_ACCOUNT.test(String(email.value));
}

export const defaultAccount = rule({
  id: "google-compute-default-account",
  aliases: alias("CKV_GCP_30", "GCP-0044"),
  title: "Instance runs as the default service account",
  severity: "critical",
  category: "security",
  on: INSTANCES,
  why: "The default account may edit the whole project: whoever takes over one machine has all. An account of its own has only what the machine needs.",
  remedy: "Make a service account for the machine and name it in service_account.email.",
  references: ["https://cloud.google.com/compute/docs/access/service-accounts"],
  check(view) {
    if (isGkeNode(view)) return pass();
    const blocks = view.blocks("service_account");
    // No block: no account at all.
    if (blocks.items.length === 0) return blocks.complete ? notApplicable : undecided("service_account");
    const standard = isDefaultAccount(view);
    const path = view.get("service_account.email").path;
    return verdictOf(standard === "unknown" ? standard : !standard, path, "It is the project's default account");
  },
  bad: [instance(account()), instance(account('email  = "123456789-compute@developer.gserviceaccount.com"'))],
  good: [
    instance(account('email  = "web@p.iam.gserviceaccount.com"')),
    fromTemplate(account('email = "web@p.iam.gserviceaccount.com"')),
  ],
});

const FULL_ACCESS = ["https://www.googleapis.com/auth/cloud-platform", "cloud-platform"];

export const defaultAccountFullAccess = rule({
  id: "google-compute-default-account-full-access",
  aliases: alias("CKV_GCP_31"),
  title: "Instance runs as the default service account with access to everything",
  severity: "high",
  category: "security",
  profile: "strict",
  on: INSTANCES,
  why: "With the default account and the scope cloud-platform the machine may do whatever an editor of the project may. Whoever takes it over may, too.",
  remedy: "Name an account of its own in service_account.email, or narrow the scopes.",
  references: ["https://cloud.google.com/compute/docs/access/service-accounts#accesscopesiam"],
  check(view) {
    const blocks = view.blocks("service_account");
    if (isGkeNode(view) || (blocks.items.length === 0 && blocks.complete)) return pass();
    const scopes = textsAt(view, "service_account.scopes");
    const full = scopes.items.some((scope) => FULL_ACCESS.includes(scope)) ? true : scopes.complete ? false : "unknown";
    const both = and(isDefaultAccount(view), full);
    const path = view.get("service_account.scopes").path;
    return verdictOf(both === "unknown" ? both : !both, path, "The default account may do everything");
  },
  bad: instance(block("service_account", 'scopes = ["cloud-platform"]')),
  good: [
    instance(account()),
    instance(block("service_account", 'email  = "web@p.iam.gserviceaccount.com"', 'scopes = ["cloud-platform"]')),
  ],
});

interface Metadata extends Pick<RuleSource, "id" | "aliases" | "title" | "severity" | "why" | "profile"> {
  readonly on?: readonly string[];
  readonly key: string;
  /** Whether the key must be on, or must not be. */
  readonly must: "on" | "not-on" | "not-off";
  readonly writes: string;
  readonly risk: "in-place" | "disruptive";
  readonly like?: readonly string[];
}

const isOn = (text: string): boolean => /^(?:true|1|y|yes)$/i.test(text);

/** A key of an instance's metadata, which holds texts: "TRUE", "true" and "1" are all on. */
function metadata({ key, must, writes, risk, on = INSTANCES, like = LINES, ...said }: Metadata): Rule {
  const wrong = must === "not-on" ? "true" : "false";
  const shown = (value: string): string => example(on[0] ?? "", ...like, `metadata = {\n  ${key} = "${value}"\n}`);
  return rule({
    category: "security",
    ...said,
    on,
    remedy: `Set metadata["${key}"] = "${writes}".`,
    references: ["https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys"],
    check(view) {
      const path = `metadata.${key}`;
      const found = view.get(path);
      if (found.kind === "unknown") return undecided(path);
      if (found.kind === "absent")
        return leftToTemplate(view, path) ?? (must === "on" ? fail(path, `${key} is not set`) : pass(path));
      const value = isOn(String(found.value));
      return value === (must !== "not-on") ? pass(path) : fail(path, `${key} is "${String(found.value)}"`);
    },
    fix: { risk, edit: (view) => setMetadata(view, key, writes) },
    bad: [shown(wrong), ...(must === "on" ? [example(on[0] ?? "", ...like)] : [])],
    good: [shown(writes), ...(must === "on" ? [] : [example(on[0] ?? "", ...like)])],
  });
}

const setMetadata = (view: View, key: string, value: string): readonly FixOperation[] => {
  const held = view.get("metadata");
  return [
    held.kind === "value" && isObject(held.value) ? set(`metadata.${key}`, value) : set("metadata", { [key]: value }),
  ];
};

export const projectKeys = metadata({
  id: "google-compute-project-ssh-keys",
  aliases: alias("CKV_GCP_32", "GCP-0030"),
  title: "Instance accepts SSH keys of the whole project",
  severity: "medium",
  key: "block-project-ssh-keys",
  must: "on",
  writes: "true",
  risk: "in-place",
  why: "Every key of the project opens this machine, also those of people who left. Blocked, only keys meant for it do.",
});
export const serialPort = metadata({
  id: "google-compute-serial-port",
  aliases: alias("CKV_GCP_35", "GCP-0032"),
  title: "Instance has its serial console open",
  severity: "medium",
  key: "serial-port-enable",
  must: "not-on",
  writes: "false",
  risk: "in-place",
  why: "The console can be reached from any address, past every firewall rule. It is needed only while a machine does not boot.",
});
export const instanceOsLogin = metadata({
  id: "google-compute-instance-os-login",
  aliases: alias("CKV_GCP_34", "GCP-0036"),
  title: "Instance turns OS Login off",
  severity: "medium",
  profile: "strict",
  key: "enable-oslogin",
  must: "not-off",
  writes: "TRUE",
  risk: "disruptive",
  why: "Keys in metadata stay when people leave, and nobody sees who logged in. OS Login ties access to IAM.",
});
export const projectOsLogin = metadata({
  id: "google-compute-project-os-login",
  aliases: alias("CKV_GCP_33", "GCP-0042"),
  title: "Project does not use OS Login",
  severity: "medium",
  profile: "strict",
  on: ["google_compute_project_metadata"],
  like: [],
  key: "enable-oslogin",
  must: "on",
  writes: "TRUE",
  risk: "disruptive",
  why: "Keys in metadata stay when people leave, and nobody sees who logged in. OS Login ties access to IAM.",
});

const SHIELD = "shielded_instance_config";

export const shielded = rule({
  id: "google-compute-shielded",
  aliases: alias("CKV_GCP_39", "GCP-0041"),
  title: "Instance is not a shielded machine",
  severity: "medium",
  category: "security",
  on: INSTANCES,
  why: "A changed boot loader or kernel starts unnoticed, and stays through every reboot. The virtual TPM and integrity monitoring show it.",
  remedy: "Add shielded_instance_config with enable_vtpm and enable_integrity_monitoring true.",
  references: ["https://cloud.google.com/compute/shielded-vm/docs/shielded-vm"],
  check(view) {
    const blocks = view.blocks(SHIELD);
    if (blocks.items.length === 0) {
      if (!blocks.complete) return undecided(SHIELD);
      return leftToTemplate(view, SHIELD) ?? fail(SHIELD, "It is not shielded");
    }
    return allOf(
      ["enable_vtpm", "enable_integrity_monitoring"].map((flag) =>
        verdictOf(view.is(`${SHIELD}.${flag}`, true), view.get(`${SHIELD}.${flag}`).path, `${flag} is off`),
      ),
    );
  },
  fix: {
    risk: "disruptive",
    edit: () => [set(`${SHIELD}.0.enable_vtpm`, true), set(`${SHIELD}.0.enable_integrity_monitoring`, true)],
  },
  bad: [instance(), instance(block(SHIELD, "enable_integrity_monitoring = false"))],
  good: [
    instance(block(SHIELD)),
    instance(block(SHIELD, "enable_vtpm                 = true", "enable_integrity_monitoring = true")),
  ],
});

export const diskKey = present({
  id: "google-compute-disk-own-key",
  aliases: alias("CKV_GCP_37", "GCP-0034"),
  title: "Disk does not use a key of your own",
  severity: "low",
  profile: "strict",
  on: "google_compute_disk",
  at: ["disk_encryption_key.kms_key_self_link", "disk_encryption_key.raw_key"],
  such: "projects/p/locations/l/keyRings/r/cryptoKeys/k",
  like: ['name = "d"', 'zone = "europe-west1-b"'],
  why: "The key that Google manages cannot be limited or withdrawn by you. With a key of your own you decide who may decrypt, and can stop it.",
});

export const bootDiskKey = present({
  id: "google-compute-boot-disk-own-key",
  aliases: alias("CKV_GCP_38", "GCP-0033"),
  title: "Boot disk does not use a key of your own",
  severity: "low",
  profile: "strict",
  on: INSTANCE,
  at: ["boot_disk.kms_key_self_link", "boot_disk.disk_encryption_key_raw"],
  such: "projects/p/locations/l/keyRings/r/cryptoKeys/k",
  like: LINES,
  why: "The key that Google manages cannot be limited or withdrawn by you. With a key of your own you decide who may decrypt, and can stop it.",
});
