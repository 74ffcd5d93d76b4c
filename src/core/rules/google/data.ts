/** Databases, queues and pipelines: Spanner, Bigtable, Memorystore, Pub/Sub, Dataflow, Dataproc, Data Fusion, registries. */
import { eachBlock, requireSet } from "../checks.ts";
import { rule } from "../rule.ts";
import { alias, block, example, ownKey, setting } from "../shapes.ts";

const PROTECTION_WHY =
  "One wrong destroy or replacement removes it and all the data in it. With protection the deletion is refused until it is switched off on purpose.";

const SPANNER_LINES = ['instance = "i"', 'name     = "d"'];

export const spannerProtection = setting({
  id: "google-spanner-deletion-protection",
  aliases: alias("CKV_GCP_119"),
  title: "Spanner database can be deleted by mistake",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "google_spanner_database",
  at: "deletion_protection",
  wanted: true,
  absent: "pass",
  risk: "in-place",
  like: SPANNER_LINES,
  why: PROTECTION_WHY,
});

export const spannerDropProtection = setting({
  id: "google-spanner-drop-protection",
  aliases: alias("CKV_GCP_120"),
  title: "Spanner database can be dropped by anyone with rights",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "google_spanner_database",
  at: "enable_drop_protection",
  wanted: true,
  risk: "in-place",
  like: SPANNER_LINES,
  why: "Terraform's own protection does not hold against the console or the API. Drop protection is Spanner's, and holds against everyone.",
});

export const spannerKey = ownKey({
  id: "google-spanner-own-key",
  aliases: alias("CKV_GCP_93"),
  title: "Spanner database does not use a key of your own",
  on: "google_spanner_database",
  at: ["encryption_config.kms_key_name", "encryption_config.kms_key_names"],
  like: SPANNER_LINES,
});

export const bigtableProtection = setting({
  id: "google-bigtable-deletion-protection",
  aliases: alias("CKV_GCP_122"),
  title: "Bigtable instance does not say that it is not to be deleted",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "google_bigtable_instance",
  at: "deletion_protection",
  wanted: true,
  risk: "in-place",
  like: ['name = "i"'],
  why: PROTECTION_WHY,
});

const bigtable = (...lines: readonly string[]): string =>
  example(
    "google_bigtable_instance",
    'name = "i"',
    "deletion_protection = true",
    block("cluster", 'cluster_id = "c"', ...lines),
  );

export const bigtableKey = rule({
  id: "google-bigtable-own-key",
  aliases: alias("CKV_GCP_85"),
  title: "Bigtable does not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "google_bigtable_instance",
  why: "The key that Google manages cannot be limited or withdrawn by you. With a key of your own you decide who may decrypt, and can stop it.",
  remedy: "Set kms_key_name in every cluster; the instance is made anew.",
  references: ["https://cloud.google.com/bigtable/docs/cmek"],
  check: (view) =>
    eachBlock(view, "cluster", (cluster) => requireSet(cluster, "kms_key_name"), requireSet(view, "cluster")),
  bad: bigtable(),
  good: bigtable('kms_key_name = "projects/p/locations/l/keyRings/r/cryptoKeys/k"'),
});

const REDIS_LINES = ['name           = "r"', "memory_size_gb = 1"];

export const redisAuth = setting({
  id: "google-redis-auth",
  aliases: alias("CKV_GCP_95"),
  title: "Memorystore for Redis asks for no password",
  severity: "medium",
  profile: "strict",
  on: "google_redis_instance",
  at: "auth_enabled",
  wanted: true,
  risk: "disruptive",
  like: REDIS_LINES,
  why: "Every machine of the network can read and change what is in it. With AUTH on, a client needs the string.",
  references: ["https://cloud.google.com/memorystore/docs/redis/about-redis-auth"],
});

export const redisTransit = setting({
  id: "google-redis-transit-encryption",
  aliases: alias("CKV_GCP_97"),
  title: "Memorystore for Redis is spoken to in plain text",
  severity: "medium",
  profile: "strict",
  on: "google_redis_instance",
  at: "transit_encryption_mode",
  wanted: "SERVER_AUTHENTICATION",
  wrong: "DISABLED",
  risk: "replaces",
  like: REDIS_LINES,
  why: "What passes can be read by whoever is on the way, the password too. With TLS clients also know whom they speak to.",
  references: ["https://cloud.google.com/memorystore/docs/redis/about-in-transit-encryption"],
});

export const topicKey = ownKey({
  id: "google-pubsub-own-key",
  aliases: alias("CKV_GCP_83"),
  title: "Pub/Sub topic does not use a key of your own",
  on: "google_pubsub_topic",
  at: "kms_key_name",
  like: ['name = "t"'],
});

export const registryKey = ownKey({
  id: "google-artifact-registry-own-key",
  aliases: alias("CKV_GCP_84"),
  title: "Artifact Registry does not use a key of your own",
  on: "google_artifact_registry_repository",
  at: "kms_key_name",
  like: ['repository_id = "r"', 'format        = "DOCKER"'],
});

const JOB_LINES = ['name              = "j"', 'template_gcs_path = "gs://b/t"', 'temp_gcs_location = "gs://b/tmp"'];

export const dataflowPrivate = setting({
  id: "google-dataflow-public-address",
  aliases: alias("CKV_GCP_94"),
  title: "Dataflow workers have public addresses",
  severity: "medium",
  profile: "strict",
  on: "google_dataflow_job",
  at: "ip_configuration",
  wanted: "WORKER_IP_PRIVATE",
  wrong: "WORKER_IP_PUBLIC",
  risk: "replaces",
  like: JOB_LINES,
  why: "Every worker can be reached from the internet, and only firewall rules stand before it. Private workers reach Google's APIs all the same.",
  references: ["https://cloud.google.com/dataflow/docs/guides/routes-firewall#turn_off_external_ip_address"],
});

export const dataflowKey = ownKey({
  id: "google-dataflow-own-key",
  aliases: alias("CKV_GCP_90"),
  title: "Dataflow job does not use a key of your own",
  on: "google_dataflow_job",
  at: "kms_key_name",
  like: JOB_LINES,
});

const CLUSTER_LINES = ['name   = "c"', 'region = "europe-west1"'];

export const dataprocKey = ownKey({
  id: "google-dataproc-own-key",
  aliases: alias("CKV_GCP_91"),
  title: "Dataproc cluster does not use a key of your own",
  on: "google_dataproc_cluster",
  at: "cluster_config.encryption_config.kms_key_name",
  like: CLUSTER_LINES,
});

export const dataprocPrivate = setting({
  id: "google-dataproc-public-address",
  aliases: alias("CKV_GCP_103"),
  title: "Dataproc nodes have public addresses",
  severity: "medium",
  profile: "strict",
  on: "google_dataproc_cluster",
  at: "cluster_config.gce_cluster_config.internal_ip_only",
  wanted: true,
  risk: "replaces",
  like: CLUSTER_LINES,
  why: "The nodes run consoles that ask for no password, and can be reached from the internet. With internal addresses only the network reaches them.",
  references: ["https://cloud.google.com/dataproc/docs/concepts/configuring-clusters/network"],
});

const FUSION_LINES = ['name = "f"', 'type = "BASIC"'];

export const fusionPrivate = setting({
  id: "google-data-fusion-private",
  aliases: alias("CKV_GCP_87"),
  title: "Data Fusion instance is public",
  severity: "medium",
  profile: "strict",
  on: "google_data_fusion_instance",
  at: "private_instance",
  wanted: true,
  risk: "replaces",
  like: FUSION_LINES,
  why: "The instance and its pipelines can be reached from the internet. A private one is reached through the network.",
  references: ["https://cloud.google.com/data-fusion/docs/how-to/create-private-ip"],
});

export const fusionLogging = setting({
  id: "google-data-fusion-logging",
  aliases: alias("CKV_GCP_104"),
  title: "Data Fusion sends no logs",
  severity: "low",
  profile: "strict",
  on: "google_data_fusion_instance",
  at: "enable_stackdriver_logging",
  wanted: true,
  risk: "in-place",
  like: FUSION_LINES,
  why: "What a pipeline did cannot be read once its cluster is gone. Cloud Logging keeps it.",
});

export const fusionMonitoring = setting({
  id: "google-data-fusion-monitoring",
  aliases: alias("CKV_GCP_105"),
  title: "Data Fusion sends no metrics",
  severity: "low",
  profile: "strict",
  on: "google_data_fusion_instance",
  at: "enable_stackdriver_monitoring",
  wanted: true,
  risk: "in-place",
  like: FUSION_LINES,
  why: "A pipeline that stalls is noticed when its data is missed. Cloud Monitoring can tell before.",
});
