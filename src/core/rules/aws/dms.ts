/** Database migration and data sync: reachability, keys, encryption on the way. */

import { forbidTrue, requireOneOf } from "../checks.ts";
import { controls } from "../compliance.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { fail, not, notApplicable, pass, undecided } from "../verdict.ts";
import { alias, example, ownKey, switchedTo } from "./shapes.ts";

const INSTANCE = "aws_dms_replication_instance";
const ENDPOINT = "aws_dms_endpoint";
const S3_ENDPOINT = "aws_dms_s3_endpoint";
const DOCS = "https://docs.aws.amazon.com/dms/latest/userguide/";
const KEY = '"arn:aws:kms:eu-west-1:123456789012:key/1"';

const instance = (...lines: readonly string[]): string =>
  example(INSTANCE, 'replication_instance_id    = "i"', 'replication_instance_class = "dms.t3.micro"', ...lines);
const endpoint = (engine: string, ...lines: readonly string[]): string =>
  example(ENDPOINT, 'endpoint_id   = "e"', 'endpoint_type = "source"', `engine_name   = "${engine}"`, ...lines);
const s3Endpoint = (...lines: readonly string[]): string =>
  example(
    S3_ENDPOINT,
    'endpoint_id             = "e"',
    'endpoint_type           = "target"',
    'bucket_name             = "b"',
    'service_access_role_arn = "arn:aws:iam::123456789012:role/d"',
    ...lines,
  );

export const publicInstance = rule({
  id: "aws-dms-public",
  aliases: alias("CKV_AWS_89"),
  title: "DMS replication instance is publicly accessible",
  severity: "high",
  category: "security",
  on: INSTANCE,
  why: "The instance has a public address while it holds the credentials of both databases. It reaches them through the VPC just as well.",
  remedy: "Set publicly_accessible = false; the instance is made anew.",
  references: [`${DOCS}CHAP_ReplicationInstance.PublicPrivate.html`],
  compliance: controls({ nist: ["AC-3", "AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.1", "CC6.6"] }),
  check: (view) => forbidTrue(view, "publicly_accessible", { message: "The instance has a public address" }),
  intent: (view) => not(view.is("publicly_accessible")),
  fix: { risk: "replaces", edit: () => [set("publicly_accessible", false)] },
  bad: instance("publicly_accessible        = true"),
  good: [instance(), instance("publicly_accessible        = false")],
});

export const instanceKey = ownKey({
  id: "aws-dms-customer-key",
  aliases: alias("CKV_AWS_212"),
  title: "DMS replication instance does not use a key of your own",
  on: INSTANCE,
  why: "Data on its way lies on the instance's disk under a key that AWS manages. With a key of your own you decide who may decrypt it.",
  remedy: "Name a key in kms_key_arn; the instance is made anew.",
  path: "kms_key_arn",
  bad: instance(),
  good: instance(`kms_key_arn                = ${KEY}`),
});

export const minorUpgrades = switchedTo({
  id: "aws-dms-minor-upgrades",
  aliases: alias("CKV_AWS_222"),
  title: "DMS replication instance does not get minor upgrades by itself",
  severity: "low",
  profile: "strict",
  on: INSTANCE,
  why: "Fixes of the engine, security fixes too, wait for somebody to ask for them. They are made in the maintenance window.",
  remedy: "Set auto_minor_version_upgrade = true.",
  references: [`${DOCS}CHAP_ReplicationInstance.EngineVersions.html`],
  path: "auto_minor_version_upgrade",
  risk: "in-place",
  message: "Minor upgrades wait for somebody",
  bad: [instance(), instance("auto_minor_version_upgrade = false")],
  good: instance("auto_minor_version_upgrade = true"),
});

export const endpointKey = ownKey({
  id: "aws-dms-endpoint-customer-key",
  aliases: alias("CKV_AWS_296"),
  title: "DMS end point does not use a key of your own",
  on: ENDPOINT,
  why: "The database's user name and password are kept under a key that AWS manages. With a key of your own you decide who may decrypt them.",
  remedy: "Name a key in kms_key_arn; the end point is made anew.",
  path: "kms_key_arn",
  bad: endpoint("aurora", 'ssl_mode      = "require"'),
  good: endpoint("aurora", 'ssl_mode      = "require"', `kms_key_arn   = ${KEY}`),
});

/** Engines that are no databases speak TLS always, or have no such setting. */
const WITHOUT_MODE = {
  source: ["s3", "azuredb"],
  target: ["dynamodb", "kinesis", "neptune", "redshift", "s3", "elasticsearch", "kafka", "opensearch"],
} as const;

export const endpointTls = rule({
  id: "aws-dms-endpoint-tls",
  aliases: alias("CKV2_AWS_49"),
  title: "DMS speaks plain text to a database",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: ENDPOINT,
  why: "Passwords and whole tables cross the network unencrypted. Migrations often leave the network in which the database was safe.",
  remedy: 'Set ssl_mode = "require", or "verify-full" with a certificate.',
  references: [`${DOCS}CHAP_Security.SSL.html`],
  check(view) {
    for (const path of ["endpoint_type", "engine_name"]) if (view.get(path).kind === "unknown") return undecided(path);
    const type = view.text("endpoint_type");
    if (type !== "source" && type !== "target") return notApplicable;
    const exempt: readonly string[] = WITHOUT_MODE[type];
    if (exempt.includes(view.text("engine_name") ?? "")) return pass("engine_name");
    return requireOneOf(view, "ssl_mode", ["require", "verify-ca", "verify-full"], {
      message: "The database is reached in plain text",
    });
  },
  fix: { risk: "disruptive", edit: () => [set("ssl_mode", "require")] },
  bad: [endpoint("aurora"), endpoint("aurora", 'ssl_mode      = "none"')],
  good: [endpoint("aurora", 'ssl_mode      = "require"'), endpoint("s3", 'ssl_mode      = "none"')],
});

export const s3EndpointKey = ownKey({
  id: "aws-dms-s3-endpoint-customer-key",
  aliases: alias("CKV_AWS_298"),
  title: "DMS S3 end point does not use a key of your own",
  on: S3_ENDPOINT,
  why: "What is needed to reach the bucket is kept under a key that AWS manages. With a key of your own you decide who may decrypt it.",
  remedy: "Name a key in kms_key_arn; the end point is made anew.",
  path: "kms_key_arn",
  bad: s3Endpoint(),
  good: s3Endpoint(`kms_key_arn             = ${KEY}`),
});

export const s3EndpointTls = rule({
  id: "aws-dms-s3-endpoint-tls",
  aliases: alias("CKV_AWS_299"),
  title: "DMS S3 end point says nothing of TLS",
  severity: "low",
  category: "security",
  profile: "strict",
  on: S3_ENDPOINT,
  why: "Data crosses the network as the default has it, which is no TLS mode at all. Saying it keeps it from changing unseen.",
  remedy: 'Set ssl_mode = "require", or "verify-full" with a certificate.',
  references: [`${DOCS}CHAP_Security.SSL.html`],
  check: (view) =>
    requireOneOf(view, "ssl_mode", ["require", "verify-ca", "verify-full"], { message: "No TLS mode is set" }),
  fix: { risk: "disruptive", edit: () => [set("ssl_mode", "require")] },
  bad: s3Endpoint(),
  good: s3Endpoint('ssl_mode                = "require"'),
});

const LOCATION = "aws_datasync_location_object_storage";

export const datasyncSecret = rule({
  id: "aws-datasync-secret",
  aliases: alias("CKV_AWS_295"),
  title: "DataSync location holds a secret key",
  severity: "high",
  category: "security",
  profile: "strict",
  on: LOCATION,
  why: "Everyone who can read the repository or the state has the key to the storage. Keys in repositories are found and used within minutes.",
  remedy: "Revoke the key, and hand its successor over in a variable that is sensitive.",
  references: ["https://docs.aws.amazon.com/datasync/latest/userguide/create-object-location.html"],
  check(view) {
    const key = view.get("secret_key");
    const written = key.kind === "value" && key.value !== "";
    return written ? fail("secret_key", "A secret key is written in the code") : pass("secret_key");
  },
  bad: example(LOCATION, 'server_hostname = "h"', 'bucket_name     = "b"', 'secret_key      = "OWTHATSBLOWNIT"'),
  good: example(LOCATION, 'server_hostname = "h"', 'bucket_name     = "b"'),
});
