/** Oracle Cloud Infrastructure: machines, storage, passwords, clusters. */
import { eachBlock, forbidOneOf, requireBetween, requireOneOf, requireSet } from "../checks.ts";
import { set } from "../operations.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, block, example, ownKey, present, setting } from "../shapes.ts";
import { allOf, pass } from "../verdict.ts";

const STRICT = { severity: "low", profile: "strict" } as const;
const VOLUME_LINES = ['compartment_id      = "c"', 'availability_domain = "a"'];

export const volumeBackup = present({
  ...STRICT,
  id: "oci-volume-backup",
  aliases: alias("CKV_OCI_2"),
  title: "Volume has no backup policy",
  category: "reliability",
  on: "oci_core_volume",
  at: "backup_policy_id",
  such: "ocid1.volumebackuppolicy.oc1..x",
  like: VOLUME_LINES,
  why: "After a mistake or an attack there is nothing to restore from. A policy makes backups by itself.",
});
export const volumeKey = ownKey({
  id: "oci-volume-own-key",
  aliases: alias("CKV_OCI_3"),
  title: "Volume does not use a key of your own",
  on: "oci_core_volume",
  at: "kms_key_id",
  such: "ocid1.key.oc1..x",
  like: VOLUME_LINES,
});

const INSTANCE = "oci_core_instance";

export const bootTransit = setting({
  ...STRICT,
  id: "oci-instance-in-transit-encryption",
  aliases: alias("CKV_OCI_4"),
  title: "Instance speaks to its boot volume in plain text",
  severity: "medium",
  on: INSTANCE,
  at: ["launch_options.is_pv_encryption_in_transit_enabled", "is_pv_encryption_in_transit_enabled"],
  wanted: true,
  risk: "disruptive",
  like: VOLUME_LINES,
  why: "What is read and written passes the data centre's network as it is. Encrypted in transit, only the two ends can read it.",
});
export const legacyMetadata = setting({
  ...STRICT,
  id: "oci-instance-legacy-metadata",
  aliases: alias("CKV_OCI_5"),
  title: "Instance answers the old metadata service",
  severity: "medium",
  on: INSTANCE,
  at: "instance_options.are_legacy_imds_endpoints_disabled",
  wanted: true,
  risk: "disruptive",
  like: VOLUME_LINES,
  why: "One request that a web application can be tricked into sending reads the machine's credentials. Version 2 asks for a header that such requests lack.",
});
export const monitoring = setting({
  ...STRICT,
  id: "oci-instance-monitoring",
  aliases: alias("CKV_OCI_6"),
  title: "Instance is not monitored",
  on: INSTANCE,
  at: "agent_config.is_monitoring_disabled",
  wanted: false,
  absent: "pass",
  risk: "in-place",
  like: VOLUME_LINES,
  why: "Nobody sees a machine that mines coins, or one that is about to fail. Monitoring costs nothing more.",
});

const BUCKET = "oci_objectstorage_bucket";
const BUCKET_LINES = ['compartment_id = "c"', 'namespace      = "n"', 'name           = "b"'];

export const bucketEvents = setting({
  ...STRICT,
  id: "oci-bucket-events",
  aliases: alias("CKV_OCI_7"),
  title: "Bucket tells nobody what happens to its objects",
  on: BUCKET,
  at: "object_events_enabled",
  wanted: true,
  risk: "in-place",
  like: BUCKET_LINES,
  why: "Objects that are changed or deleted go unnoticed. Events can raise an alarm.",
});
export const bucketVersioning = setting({
  ...STRICT,
  id: "oci-bucket-versioning",
  aliases: alias("CKV_OCI_8"),
  title: "Bucket keeps no old versions",
  category: "reliability",
  on: BUCKET,
  at: "versioning",
  wanted: "Enabled",
  wrong: "Disabled",
  risk: "in-place",
  like: BUCKET_LINES,
  why: "What somebody overwrites or deletes, by mistake or on purpose, is gone. Old versions can be brought back.",
});
export const bucketKey = ownKey({
  id: "oci-bucket-own-key",
  aliases: alias("CKV_OCI_9"),
  title: "Bucket does not use a key of your own",
  on: BUCKET,
  at: "kms_key_id",
  such: "ocid1.key.oc1..x",
  like: BUCKET_LINES,
});
export const publicBucket = setting({
  ...STRICT,
  id: "oci-bucket-public",
  aliases: alias("CKV_OCI_10"),
  title: "Bucket is public",
  severity: "high",
  on: BUCKET,
  at: "access_type",
  wanted: "NoPublicAccess",
  wrong: "ObjectRead",
  absent: "pass",
  risk: "disruptive",
  like: BUCKET_LINES,
  why: "Anyone on the internet can list or read the bucket. Public buckets are found by scanners within hours.",
});

const PASSWORDS = "oci_identity_authentication_policy";

const character = (id: string, checkov: string, name: string, what: string): Rule =>
  setting({
    ...STRICT,
    id,
    aliases: alias(checkov),
    title: `Passwords need no ${what}`,
    on: PASSWORDS,
    at: `password_policy.is_${name}_characters_required`,
    wanted: true,
    risk: "in-place",
    like: ['compartment_id = "c"'],
    why: "Short and plain passwords are guessed in minutes. More kinds of characters make guessing take longer.",
  });

export const lowercase = character("oci-password-lowercase", "CKV_OCI_11", "lowercase", "small letters");
export const numeric = character("oci-password-numbers", "CKV_OCI_12", "numeric", "digits");
export const special = character("oci-password-symbols", "CKV_OCI_13", "special", "symbols");
export const uppercase = character("oci-password-uppercase", "CKV_OCI_14", "uppercase", "capital letters");

const passwordLength = (length: number): string =>
  example(PASSWORDS, 'compartment_id = "c"', block("password_policy", `minimum_password_length = ${length}`));

export const passwordMinimum = rule({
  ...STRICT,
  id: "oci-password-length",
  aliases: alias("CKV_OCI_18"),
  title: "Passwords may be shorter than 14 characters",
  category: "security",
  on: PASSWORDS,
  why: "Short passwords are guessed. Fourteen characters hold for years.",
  remedy: "Set password_policy.minimum_password_length = 14.",
  check: (view) => requireBetween(view, "password_policy.minimum_password_length", 14, 100),
  fix: { risk: "in-place", edit: () => [set("password_policy.0.minimum_password_length", 14)] },
  bad: [passwordLength(8), example(PASSWORDS, 'compartment_id = "c"')],
  good: passwordLength(14),
});

export const fileSystemKey = ownKey({
  id: "oci-file-system-own-key",
  aliases: alias("CKV_OCI_15"),
  title: "File system does not use a key of your own",
  on: "oci_file_storage_file_system",
  at: "kms_key_id",
  such: "ocid1.key.oc1..x",
  like: VOLUME_LINES,
});

const CATALOG = "oci_datacatalog_catalog";

export const catalogPrivate = rule({
  ...STRICT,
  id: "oci-data-catalog-private",
  aliases: alias("CKV_OCI_23"),
  title: "Data catalogue is reached from the internet",
  severity: "medium",
  category: "security",
  on: CATALOG,
  why: "The catalogue says where which data is, and only a password stands before it. A private endpoint keeps it inside the network.",
  remedy: "Name a private endpoint in attached_catalog_private_endpoints.",
  check: (view) => requireSet(view, "attached_catalog_private_endpoints", { message: "It has no private endpoint" }),
  bad: [
    example(CATALOG, 'compartment_id = "c"'),
    example(CATALOG, 'compartment_id = "c"', "attached_catalog_private_endpoints = []"),
  ],
  good: example(CATALOG, 'compartment_id = "c"', 'attached_catalog_private_endpoints = ["ocid1.e"]'),
});

const CLUSTER = "oci_containerengine_cluster";
const CLUSTER_LINES = ['vcn_id = "v"'];

export const clusterGroups = rule({
  ...STRICT,
  id: "oci-kubernetes-endpoint-security-group",
  aliases: alias("CKV2_OCI_3"),
  title: "Kubernetes endpoint has no security group",
  severity: "medium",
  category: "security",
  on: CLUSTER,
  why: "Every machine that has a route reaches the API server. A security group says which ones may.",
  remedy: "Name a network security group in endpoint_config.nsg_ids.",
  check: (view) =>
    allOf([
      requireSet(view, "endpoint_config.nsg_ids", { message: "No security group guards it" }),
      forbidOneOf(view, "endpoint_config.nsg_ids", ["null"]),
    ]),
  bad: [
    example(CLUSTER, ...CLUSTER_LINES),
    example(CLUSTER, ...CLUSTER_LINES, block("endpoint_config", "nsg_ids = []")),
  ],
  good: example(CLUSTER, ...CLUSTER_LINES, block("endpoint_config", 'nsg_ids = ["ocid1.n"]')),
});
export const podSecurity = setting({
  ...STRICT,
  id: "oci-kubernetes-pod-security-policy",
  aliases: alias("CKV2_OCI_6"),
  title: "Kubernetes admits every pod",
  severity: "medium",
  on: CLUSTER,
  at: "options.admission_controller_options.is_pod_security_policy_enabled",
  wanted: true,
  risk: "disruptive",
  like: CLUSTER_LINES,
  why: "A pod may run as root, with the node's files and network, and so take over the node. The controller keeps such pods out.",
});
export const nodeTransit = setting({
  ...STRICT,
  id: "oci-kubernetes-in-transit-encryption",
  aliases: alias("CKV2_OCI_5"),
  title: "Kubernetes nodes speak to their boot volumes in plain text",
  severity: "medium",
  on: "oci_containerengine_node_pool",
  at: "node_config_details.is_pv_encryption_in_transit_enabled",
  wanted: true,
  risk: "disruptive",
  like: ['cluster_id = "c"'],
  why: "What is read and written passes the data centre's network as it is. Encrypted in transit, only the two ends can read it.",
});

const EXPORT = "oci_file_storage_export";
const NOBODY = [65_534];
const squash = (...lines: readonly string[]): string =>
  example(
    EXPORT,
    'path = "/x"',
    block("export_options", 'source          = "10.0.0.0/24"', 'identity_squash = "ROOT"', ...lines),
  );

export const exportSquash = rule({
  ...STRICT,
  id: "oci-file-export-squash",
  aliases: alias("CKV2_OCI_4"),
  title: "File system export does not say who root becomes",
  severity: "medium",
  category: "security",
  on: EXPORT,
  why: "Root of a client is mapped to whoever anonymous_uid and anonymous_gid name; 0 is root again. Written out as 65534 (nobody) it stays so.",
  remedy: "Set anonymous_uid and anonymous_gid to 65534 wherever identity_squash is ROOT.",
  check: (view) =>
    eachBlock(view, "export_options", (options) =>
      options.text("identity_squash")?.toUpperCase() === "ROOT"
        ? allOf(
            ["anonymous_uid", "anonymous_gid"].map((path) =>
              requireOneOf(options, path, NOBODY, { message: `${path} is not 65534` }),
            ),
          )
        : pass(options.path),
    ),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      view
        .blocks("export_options")
        .items.filter((options) => options.text("identity_squash")?.toUpperCase() === "ROOT")
        .flatMap((options) => ["anonymous_uid", "anonymous_gid"].map((path) => set(`${options.path}.${path}`, 65_534))),
  },
  bad: [squash(), squash("anonymous_uid   = 65534", "anonymous_gid   = 0")],
  good: squash("anonymous_uid   = 65534", "anonymous_gid   = 65534"),
});
