/** Linode, DigitalOcean and Okta. */
import { eachBlock, forbidOneOf } from "../checks.ts";
import { isEverywhere } from "../evaluators/network/addresses.ts";
import { HOLE, textsAt } from "../evaluators/texts.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { alias, block, example, present, setting } from "../shapes.ts";
import { fail, pass, undecided } from "../verdict.ts";

const STRICT = { severity: "low", profile: "strict" } as const;

export const linodeKeys = present({
  ...STRICT,
  id: "linode-instance-ssh-keys",
  aliases: alias("CKV_LIN_2"),
  title: "Linode is logged in to with a password",
  severity: "medium",
  on: "linode_instance",
  at: ["authorized_keys", "authorized_users"],
  such: "x",
  why: "Passwords are guessed by programs, day and night. Keys cannot be.",
  bad: example("linode_instance", 'label = "i"', 'region = "eu-west"'),
  good: example("linode_instance", 'label = "i"', 'region = "eu-west"', 'authorized_keys = ["ssh-ed25519 AAAA"]'),
});
export const linodeMail = present({
  ...STRICT,
  id: "linode-user-email",
  aliases: alias("CKV_LIN_3"),
  title: "Linode user has no e-mail address",
  on: "linode_user",
  at: "email",
  such: "ann@example.com",
  like: ['username = "ann"'],
  why: "Warnings about the account reach nobody. Lost access cannot be won back.",
});
export const linodeName = present({
  ...STRICT,
  id: "linode-user-name",
  aliases: alias("CKV_LIN_4"),
  title: "Linode user has no name",
  on: "linode_user",
  at: "username",
  such: "ann",
  like: ['email = "ann@example.com"'],
  why: "Nobody can tell whose account it is. Accounts without a person stay when people leave.",
});

const policy = (direction: "inbound" | "outbound", checkov: string) =>
  setting({
    ...STRICT,
    id: `linode-firewall-${direction}-policy`,
    aliases: alias(checkov),
    title: `Linode firewall lets ${direction} traffic through unless a rule stops it`,
    severity: "medium",
    on: "linode_firewall",
    at: `${direction}_policy`,
    wanted: "DROP",
    wrong: "ACCEPT",
    risk: "disruptive",
    like: ['label = "f"', direction === "inbound" ? 'outbound_policy = "DROP"' : 'inbound_policy = "DROP"'],
    why: "What nobody thought of is let through. With DROP only what is written down passes.",
  });
export const linodeInbound = policy("inbound", "CKV_LIN_5");
export const linodeOutbound = policy("outbound", "CKV_LIN_6");

const SPACE = "digitalocean_spaces_bucket";
const SPACE_LINES = ['name   = "b"', 'region = "ams3"'];

export const spaceVersioning = setting({
  ...STRICT,
  id: "digitalocean-spaces-versioning",
  aliases: ["CKV_DIO_1", "DIG-0007", "AVD-DIG-0007"],
  title: "Spaces bucket keeps no old versions",
  category: "reliability",
  on: SPACE,
  at: "versioning.enabled",
  wanted: true,
  risk: "in-place",
  like: SPACE_LINES,
  why: "What somebody overwrites or deletes, by mistake or on purpose, is gone. Old versions can be brought back.",
});
export const dropletKeys = present({
  ...STRICT,
  id: "digitalocean-droplet-ssh-keys",
  aliases: ["CKV_DIO_2", "DIG-0004", "AVD-DIG-0004"],
  title: "Droplet is logged in to with a password",
  severity: "high",
  on: "digitalocean_droplet",
  at: "ssh_keys",
  such: "x",
  why: "Passwords are guessed by programs, day and night. Keys cannot be.",
  bad: example("digitalocean_droplet", 'name = "d"', 'image = "ubuntu-24-04-x64"'),
  good: example("digitalocean_droplet", 'name = "d"', 'image = "ubuntu-24-04-x64"', "ssh_keys = [12345]"),
});
export const publicSpace = rule({
  ...STRICT,
  id: "digitalocean-spaces-public",
  aliases: ["CKV_DIO_3", "DIG-0006", "AVD-DIG-0006"],
  title: "Spaces bucket is public",
  severity: "high",
  category: "security",
  on: [SPACE, "digitalocean_spaces_bucket_object"],
  why: "Anyone on the internet can list or read the bucket. Public buckets are found by scanners within hours.",
  remedy: 'Set acl = "private".',
  check: (view) => forbidOneOf(view, "acl", ["public-read", "public-read-write"], { message: "Everyone may read it" }),
  fix: { risk: "disruptive", edit: () => [set("acl", "private")] },
  bad: example(SPACE, ...SPACE_LINES, 'acl    = "public-read"'),
  good: [example(SPACE, ...SPACE_LINES, 'acl    = "private"'), example(SPACE, ...SPACE_LINES)],
});

const FIREWALL = "digitalocean_firewall";
const firewall = (line: string): string =>
  example(FIREWALL, 'name = "f"', block("inbound_rule", 'protocol         = "tcp"', 'port_range       = "22"', line));

export const openFirewall = rule({
  ...STRICT,
  id: "digitalocean-firewall-open",
  aliases: ["CKV_DIO_4", "DIG-0001", "AVD-DIG-0001"],
  title: "Firewall lets the internet in",
  severity: "high",
  category: "security",
  on: FIREWALL,
  why: "Anyone can try passwords and flaws on what listens there. A load balancer serves visitors without an open droplet.",
  remedy: "Name the addresses, droplets or load balancers that need it.",
  check: (view) =>
    eachBlock(
      view,
      "inbound_rule",
      (entry) => {
        const { items, complete } = textsAt(entry, "source_addresses");
        const path = `${entry.path}.source_addresses`;
        if (isEverywhere(items.filter((item) => !item.includes(HOLE)))) return fail(path, "The internet is let in");
        return complete ? pass(path) : undecided(path);
      },
      pass(),
    ),
  bad: [
    firewall('source_addresses = ["0.0.0.0/0", "::/0"]'),
    firewall('source_addresses = ["0.0.0.0/1", "128.0.0.0/1"]'),
  ],
  good: [firewall('source_addresses = ["10.0.0.0/16"]'), firewall("source_droplet_ids = [1]")],
});

export const signOn = setting({
  ...STRICT,
  id: "okta-sign-on-second-factor",
  aliases: alias("CKV_OKTA_1"),
  title: "Application asks for one factor only",
  severity: "medium",
  on: "okta_app_signon_policy_rule",
  at: "factor_mode",
  wanted: "2FA",
  wrong: "1FA",
  absent: "pass",
  risk: "disruptive",
  like: ['policy_id = "p"', 'name      = "r"'],
  why: "A password that leaked is enough to get in. A second factor stops most of such attempts.",
});
