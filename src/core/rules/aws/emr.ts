/** EMR: encryption that a security configuration asks for, and the account's guard against public clusters. */
import { requireSet, requireTrue } from "../checks.ts";
import { jsonAt, toldOf } from "../evaluators/json-text.ts";
import { rule } from "../rule.ts";
import { allOf, fail, notApplicable, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import { alias, block, example, switchedTo } from "./shapes.ts";

const CONFIGURATION = "aws_emr_security_configuration";
const DOCS = "https://docs.aws.amazon.com/emr/latest/ManagementGuide/";
const PATH = "configuration";
const AT_REST = "AtRestEncryptionConfiguration";
const DISK = `${AT_REST}.LocalDiskEncryptionConfiguration`;

const configuration = (...lines: readonly string[]): string =>
  example(
    CONFIGURATION,
    'name          = "e"',
    `configuration = jsonencode({\n  EncryptionConfiguration = {\n${lines.map((line) => `    ${line}\n`).join("")}  }\n})`,
  );
const S3 = (mode: string): string => `S3EncryptionConfiguration = { EncryptionMode = "${mode}" }`;
const LOCAL = (provider: string): string =>
  `LocalDiskEncryptionConfiguration = { EnableEbsEncryption = true, EncryptionKeyProviderType = "${provider}", AwsKmsKey = "k" }`;
const rest = (...parts: readonly string[]): readonly string[] => [
  "EnableAtRestEncryption    = true",
  "EnableInTransitEncryption = false",
  `${AT_REST} = {`,
  ...parts.map((part) => `  ${part}`),
  "}",
];

/** Judges the EncryptionConfiguration inside the JSON text. */
function ofEncryption(view: View, check: (encryption: Block) => Verdict): Verdict {
  const found = jsonAt(view, PATH);
  if (found === "unknown") return undecided(PATH);
  if (!found) return notApplicable;
  const [encryption] = found.blocks("EncryptionConfiguration").items;
  return encryption ? toldOf(PATH, check(encryption)) : fail(PATH, "Nothing is said of encryption");
}

const isText = (encryption: Block, path: string, ...wanted: readonly string[]): boolean | "unknown" => {
  const found = encryption.get(path);
  return found.kind === "unknown" ? "unknown" : found.kind === "value" && wanted.includes(String(found.value));
};

export const ownKeys = rule({
  id: "aws-emr-customer-key",
  aliases: alias("CKV_AWS_171"),
  title: "EMR does not encrypt what it stores with KMS",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: CONFIGURATION,
  why: "Results in S3 are encrypted with a key that nobody can limit or withdraw. With KMS the use of the key can be limited and is recorded.",
  remedy: 'Set the encryption mode of S3 to "SSE-KMS" (or CSE-KMS) with a key.',
  references: [`${DOCS}emr-create-security-configuration.html`],
  check: (view) =>
    ofEncryption(view, (encryption) =>
      allOf([
        requireTrue(encryption, "EnableAtRestEncryption", { message: "Encryption at rest is off" }),
        verdictOf(
          isText(encryption, `${AT_REST}.S3EncryptionConfiguration.EncryptionMode`, "SSE-KMS", "CSE-KMS"),
          undefined,
          "Results in S3 are not encrypted with KMS",
        ),
      ]),
    ),
  bad: configuration(...rest(S3("SSE-S3"))),
  good: configuration(...rest(S3("SSE-KMS"), LOCAL("AwsKms"))),
});

export const localDisks = rule({
  id: "aws-emr-local-disk-encryption",
  aliases: alias("CKV_AWS_349"),
  title: "EMR does not encrypt its local disks",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: CONFIGURATION,
  why: "What a job works on lies in plain text on the machines' disks. Whoever gets hold of one reads it.",
  remedy: "Add LocalDiskEncryptionConfiguration with a key provider.",
  references: [`${DOCS}emr-data-encryption-options.html`],
  check: (view) =>
    ofEncryption(view, (encryption) =>
      allOf([
        requireTrue(encryption, "EnableAtRestEncryption", { message: "Encryption at rest is off" }),
        verdictOf(encryption.blocks(DISK).items.length > 0, undefined, "Local disks are in plain text"),
      ]),
    ),
  bad: configuration(...rest(S3("SSE-S3"))),
  good: configuration(...rest(S3("SSE-S3"), LOCAL("AwsKms"))),
});

export const volumes = rule({
  id: "aws-emr-ebs-encryption",
  aliases: alias("CKV_AWS_350"),
  title: "EMR does not encrypt its EBS volumes",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: CONFIGURATION,
  why: "The root volume, with logs and swap, lies in plain text. Whoever gets hold of the volume or a snapshot reads it.",
  remedy: "Set EnableEbsEncryption = true in LocalDiskEncryptionConfiguration.",
  references: [`${DOCS}emr-data-encryption-options.html`],
  check: (view) =>
    ofEncryption(view, (encryption) =>
      requireTrue(encryption, `${DISK}.EnableEbsEncryption`, { message: "EBS volumes are in plain text" }),
    ),
  bad: configuration(...rest(S3("SSE-S3"))),
  good: configuration(...rest(S3("SSE-S3"), LOCAL("AwsKms"))),
});

export const inTransit = rule({
  id: "aws-emr-encryption-in-transit",
  aliases: alias("CKV_AWS_351"),
  title: "EMR machines speak plain text",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: CONFIGURATION,
  why: "What a job works on crosses the network unencrypted. Whoever is inside can read and change it.",
  remedy: "Set EnableInTransitEncryption = true, with certificates.",
  references: [`${DOCS}emr-data-encryption-options.html`],
  check: (view) =>
    ofEncryption(view, (encryption) =>
      requireTrue(encryption, "EnableInTransitEncryption", { message: "Machines speak plain text" }),
    ),
  bad: configuration(...rest(S3("SSE-S3"))),
  good: configuration("EnableInTransitEncryption = true"),
});

const GUARD = "aws_emr_block_public_access_configuration";

export const publicAccess = switchedTo({
  id: "aws-emr-block-public-access",
  aliases: alias("CKV_AWS_390"),
  title: "EMR clusters may be open to the internet",
  severity: "high",
  profile: "strict",
  on: GUARD,
  why: "Hadoop's web pages run code for whoever reaches them, and are searched for. The block refuses clusters with such security groups.",
  remedy: "Set block_public_security_group_rules = true.",
  references: [`${DOCS}emr-block-public-access.html`],
  path: "block_public_security_group_rules",
  risk: "disruptive",
  message: "Clusters open to the internet are not refused",
  bad: example(GUARD, "block_public_security_group_rules = false"),
  good: example(GUARD, "block_public_security_group_rules = true"),
});

const EMR = "aws_emr_cluster";
const emr = (...lines: readonly string[]): string =>
  example(
    EMR,
    'name          = "c"',
    'release_label = "emr-7.5.0"',
    'service_role  = "arn:aws:iam::123456789012:role/emr"',
    ...lines,
  );

export const kerberos = rule({
  id: "aws-emr-kerberos",
  aliases: alias("CKV_AWS_114"),
  title: "EMR cluster asks nobody who they are",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: EMR,
  why: "Hadoop believes the user name that a client sends. With Kerberos users and machines prove who they are.",
  remedy: "Add kerberos_attributes, and a security configuration with Kerberos.",
  references: [`${DOCS}emr-kerberos.html`],
  check: (view) => requireSet(view, "kerberos_attributes.realm", { message: "Clients are believed" }),
  bad: emr(),
  good: `${emr(block("kerberos_attributes", "kdc_admin_password = var.password", 'realm              = "EC2.INTERNAL"'))}variable "password" {}\n`,
});

export const usesConfiguration = rule({
  id: "aws-emr-security-configuration",
  aliases: alias("CKV2_AWS_55"),
  title: "EMR cluster has no security configuration",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: EMR,
  why: "Without one nothing is encrypted, at rest or on the way, and nobody is asked who they are. All of that is said there.",
  remedy: "Name an aws_emr_security_configuration in security_configuration.",
  references: [`${DOCS}emr-create-security-configuration.html`],
  check: (view) => requireSet(view, "security_configuration", { message: "Nothing says how to encrypt" }),
  bad: emr(),
  good: emr('security_configuration = "s"'),
});
