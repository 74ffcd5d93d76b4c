/** Palo Alto Networks PAN-OS. */
import type { Severity } from "../../model/finding.ts";
import { eachBlock, forbidOneOf, forbidTrue, requireThat } from "../checks.ts";
import { textsAt } from "../evaluators/texts.ts";
import { set } from "../operations.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, block, example, present } from "../shapes.ts";
import { fail, notApplicable, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { Block } from "../view.ts";

const POLICIES = [
  "panos_security_policy",
  "panos_security_rule_group",
  "panos_panorama_security_policy",
  "panos_panorama_security_rule_group",
];

const SHOWN: { readonly [name: string]: string } = {
  name: '"web"',
  source_zones: '["any"]',
  source_addresses: '["10.0.0.0/24"]',
  source_users: '["any"]',
  destination_zones: '["any"]',
  destination_addresses: '["192.0.2.7/32"]',
  applications: '["web-browsing"]',
  categories: '["any"]',
  services: '["application-default"]',
  action: '"allow"',
  description: '"What it is for"',
  log_setting: '"forward"',
};

/** A policy with one rule, as usual but for the changes; undefined leaves a setting out. */
const policy = (changes: { readonly [name: string]: string | undefined } = {}): string =>
  example(
    "panos_security_policy",
    block(
      "rule",
      ...Object.entries({ ...SHOWN, ...changes }).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name} = ${value}`],
      ),
    ),
  );

interface Said {
  readonly id: string;
  readonly checkov: string;
  readonly title: string;
  readonly severity: Severity;
  readonly why: string;
  readonly remedy: string;
  readonly check: (entry: Block) => Verdict;
  /** Sets a switch in the rules that fail. */
  readonly switch?: readonly [name: string, value: boolean];
  readonly bad: readonly { readonly [name: string]: string | undefined }[];
  readonly good?: readonly { readonly [name: string]: string | undefined }[];
}

/** Something that every rule of a security policy must have. */
const everyRule = ({ checkov, check, switch: toggle, bad, good = [{}], ...said }: Said): Rule =>
  rule({
    ...said,
    aliases: alias(checkov),
    category: "security",
    profile: "strict",
    on: POLICIES,
    check: (view) => eachBlock(view, "rule", check),
    ...(toggle && {
      fix: {
        risk: "in-place" as const,
        edit: (view) =>
          view
            .blocks("rule")
            .items.filter((entry) => check(entry).status === "fail")
            .map((entry) => set(`${entry.path}.${toggle[0]}`, toggle[1])),
      },
    }),
    bad: bad.map(policy),
    good: good.map(policy),
  });

const anyOfThem = (entry: Block, path: string): boolean => textsAt(entry, path).items.includes("any");

function notAny(entry: Block, path: string): Verdict {
  if (anyOfThem(entry, path)) return fail(`${entry.path}.${path}`, `${path} is any`);
  return textsAt(entry, path).complete ? pass(`${entry.path}.${path}`) : undecided(`${entry.path}.${path}`);
}

const isText = (entry: Block, path: string, message: string): Verdict => {
  const found = entry.get(path);
  return found.kind === "unknown"
    ? pass(found.path)
    : requireThat(entry, path, (value) => String(value).trim() !== "", { message });
};

export const inspection = everyRule({
  id: "panos-rule-server-inspection",
  checkov: "CKV_PAN_4",
  title: "Security rule does not look at what servers answer",
  severity: "medium",
  why: "What comes back from a server is let through unseen, also when it attacks the client. The setting is meant for servers that one trusts and that are very busy.",
  remedy: "Set disable_server_response_inspection = false.",
  check: (entry) => forbidTrue(entry, "disable_server_response_inspection", { message: "Answers are not inspected" }),
  switch: ["disable_server_response_inspection", false],
  bad: [{ disable_server_response_inspection: "true" }],
  good: [{}, { disable_server_response_inspection: "false" }],
});
export const application = everyRule({
  id: "panos-rule-any-application",
  checkov: "CKV_PAN_5",
  title: "Security rule lets any application through",
  severity: "medium",
  why: "Tunnels and remote control pass as well as what was meant. Named applications are what the firewall is for.",
  remedy: "Name the applications.",
  check: (entry) => notAny(entry, "applications"),
  bad: [{ applications: '["any"]' }],
});
export const service = everyRule({
  id: "panos-rule-any-service",
  checkov: "CKV_PAN_6",
  title: "Security rule lets any port through",
  severity: "medium",
  why: "An application on a port that is not its own is often something else. application-default lets each through on its own.",
  remedy: 'Set services = ["application-default"], or name the services.',
  check: (entry) => notAny(entry, "services"),
  bad: [{ services: '["any"]' }],
});
export const anyToAny = everyRule({
  id: "panos-rule-any-to-any",
  checkov: "CKV_PAN_7",
  title: "Security rule lets everyone reach everything",
  severity: "high",
  why: "With neither source nor destination named the firewall is only a router. Whoever takes over one machine reaches all.",
  remedy: "Name the source addresses, or the destination addresses, or both.",
  check: (entry) =>
    anyOfThem(entry, "source_addresses") && anyOfThem(entry, "destination_addresses")
      ? fail(`${entry.path}.source_addresses`, "Everyone reaches everything")
      : pass(entry.path),
  bad: [{ source_addresses: '["any"]', destination_addresses: '["any"]' }],
  good: [{}, { source_addresses: '["any"]' }],
});
export const description = everyRule({
  id: "panos-rule-description",
  checkov: "CKV_PAN_8",
  title: "Security rule says nothing of its purpose",
  severity: "low",
  why: "Nobody dares to remove a rule whose purpose is not known. So the policy grows, and lets in more than is needed.",
  remedy: "Write a description.",
  check: (entry) => isText(entry, "description", "It has no description"),
  bad: [{ description: undefined }, { description: '"  "' }],
});
export const logForwarding = everyRule({
  id: "panos-rule-log-forwarding",
  checkov: "CKV_PAN_9",
  title: "Security rule sends its logs nowhere",
  severity: "low",
  why: "Logs on the firewall itself are short-lived, and gone with it. Forwarded, they are there when an incident is looked into.",
  remedy: "Name a log forwarding profile in log_setting.",
  check: (entry) => isText(entry, "log_setting", "Its logs are sent nowhere"),
  bad: [{ log_setting: undefined }, { log_setting: '""' }],
});
export const sessionLog = everyRule({
  id: "panos-rule-log-end",
  checkov: "CKV_PAN_10",
  title: "Security rule does not log the end of sessions",
  severity: "low",
  why: "How long a session lasted, and how much it carried, cannot be told. It is what shows a long, quiet copy of the data.",
  remedy: "Set log_end = true.",
  check: (entry) => verdictOf(entry.is("log_end", true), `${entry.path}.log_end`, "The end of sessions is not logged"),
  switch: ["log_end", true],
  bad: [{ log_end: "false" }],
  good: [{}, { log_end: "true" }],
});

const PROFILES = ["panos_management_profile", "panos_panorama_management_profile"];

const plainManagement = (protocol: "http" | "telnet", checkov: string): Rule =>
  rule({
    id: `panos-management-${protocol}`,
    aliases: alias(checkov),
    title: `Firewall is managed over ${protocol === "http" ? "plain HTTP" : "Telnet"}`,
    severity: "high",
    category: "security",
    profile: "strict",
    on: PROFILES,
    why: "The administrator's password passes in plain text, and anyone on the way can read it. HTTPS and SSH do the same safely.",
    remedy: `Set ${protocol} = false.`,
    check: (view) => forbidTrue(view, protocol, { message: `${protocol} is on` }),
    fix: { risk: "disruptive", edit: () => [set(protocol, false)] },
    bad: example("panos_management_profile", 'name = "m"', `${protocol} = true`),
    good: [
      example("panos_management_profile", 'name = "m"', `${protocol} = false`),
      example("panos_management_profile", 'name = "m"'),
    ],
  });

export const managementHttp = plainManagement("http", "CKV_PAN_2");
export const managementTelnet = plainManagement("telnet", "CKV_PAN_3");

const IPSEC = ["panos_ipsec_crypto_profile", "panos_panorama_ipsec_crypto_profile"];
const ipsec = (changes: { readonly [name: string]: string } = {}): string =>
  example(
    "panos_ipsec_crypto_profile",
    ...Object.entries({
      name: '"p"',
      authentications: '["sha256"]',
      encryptions: '["aes-256-gcm"]',
      dh_group: '"group14"',
      ...changes,
    }).map(([name, value]) => `${name} = ${value}`),
  );

const weak = (said: {
  readonly id: string;
  readonly checkov: string;
  readonly title: string;
  readonly at: string;
  readonly values: readonly string[];
  readonly remedy: string;
}): Rule => {
  const { checkov, at, values, ...rest } = said;
  return rule({
    ...rest,
    aliases: alias(checkov),
    severity: "medium",
    category: "security",
    profile: "strict",
    on: IPSEC,
    why: "The other end may choose the weakest that is offered, and so may somebody in between. What is weak can be broken, or is no protection at all.",
    check(view) {
      const texts = textsAt(view, at);
      const found = texts.items.find((item) => values.includes(item));
      if (found !== undefined) return fail(at, `${found} is weak`);
      return texts.complete ? pass(at) : undecided(at);
    },
    bad: [
      ipsec({ [at]: `["${values[0]}"]` }),
      ipsec({ [at]: `["${at === "authentications" ? "sha512" : "aes-256-gcm"}", "${values[1]}"]` }),
    ],
    good: ipsec(),
  });
};

export const weakEncryption = weak({
  id: "panos-ipsec-weak-encryption",
  checkov: "CKV_PAN_11",
  title: "IPsec offers weak encryption",
  at: "encryptions",
  values: ["des", "3des", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "null"],
  remedy: 'Offer "aes-256-gcm" or "aes-128-gcm" only.',
});
export const weakAuthentication = weak({
  id: "panos-ipsec-weak-authentication",
  checkov: "CKV_PAN_12",
  title: "IPsec offers weak authentication",
  at: "authentications",
  values: ["none", "md5", "sha1"],
  remedy: 'Offer "sha256", "sha384" or "sha512" only.',
});
export const headerOnly = rule({
  id: "panos-ipsec-without-encryption",
  aliases: alias("CKV_PAN_13"),
  title: "IPsec does not encrypt",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: IPSEC,
  why: "AH signs packets but leaves them readable for everyone on the way. ESP encrypts and signs.",
  remedy: 'Set protocol = "esp".',
  check: (view) => forbidOneOf(view, "protocol", ["ah"], { message: "AH does not encrypt" }),
  fix: { risk: "disruptive", edit: () => [set("protocol", "esp")] },
  bad: ipsec({ protocol: '"ah"' }),
  good: [ipsec(), ipsec({ protocol: '"esp"' })],
});

const ZONES = ["panos_zone", "panos_panorama_zone"];
const ZONE_LINES = ['name = "z"', 'mode = "layer3"'];

export const zoneProtection = present({
  id: "panos-zone-protection",
  aliases: alias("CKV_PAN_14"),
  title: "Zone has no protection profile",
  severity: "low",
  profile: "strict",
  on: ZONES,
  at: "zone_profile",
  such: "p",
  like: ZONE_LINES,
  why: "Floods and scans reach the firewall unhindered, and can use it up. A profile drops them at the zone.",
});
export const zoneUsers = present({
  id: "panos-zone-user-id-networks",
  aliases: alias("CKV_PAN_15"),
  title: "Zone asks everyone for who they are",
  severity: "low",
  profile: "strict",
  on: ZONES,
  at: "include_acls",
  such: "x",
  unless: (view) => (view.is("enable_user_id") === false ? notApplicable : undefined),
  why: "User-ID probes every address that it sees, also strangers', and sends them the probe's credentials. A list of your networks keeps it to them.",
  bad: example("panos_zone", ...ZONE_LINES, "enable_user_id = true"),
  good: example("panos_zone", ...ZONE_LINES, "enable_user_id = true", 'include_acls   = ["10.0.0.0/8"]'),
});
