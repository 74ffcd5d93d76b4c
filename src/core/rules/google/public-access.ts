/** IAM grants that let everyone in: one rule for each kind of thing that can be public. */
import type { Severity } from "../../model/finding.ts";
import { asSeenFrom } from "../checks.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, example } from "../shapes.ts";
import { allOf, notApplicable, pass, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import { forbidGrant, isEveryone } from "./grants.ts";

const DOCS = "https://cloud.google.com/iam/docs/overview#all-users";

const grantsToEveryone = (view: View): Verdict =>
  forbidGrant(
    view,
    (grant) => isEveryone(grant.members),
    (grant) => grant.memberPath,
    "Everyone is let in",
  );

interface Public {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly severity: Severity;
  readonly profile?: "strict";
  /** Types without "_iam_member", "_iam_binding" or "_iam_policy". */
  readonly of: string | readonly string[];
  readonly role: string;
  readonly why: string;
}

const KINDS = ["member", "binding", "policy"];

function publicGrant({ of, role, ...said }: Public): Rule {
  const things = typeof of === "string" ? [of] : of;
  const [thing = ""] = things;
  const member = (who: string): string => example(`${thing}_iam_member`, `role   = "${role}"`, `member = "${who}"`);
  const binding = (...who: readonly string[]): string =>
    example(`${thing}_iam_binding`, `role    = "${role}"`, `members = ${JSON.stringify(who)}`);
  const policy = (who: string): string =>
    `data "google_iam_policy" "p" {
  binding {
    role    = "${role}"
    members = ["${who}"]
  }
}

${example(`${thing}_iam_policy`, "policy_data = data.google_iam_policy.p.policy_data")}`;
  return rule({
    ...said,
    category: "security",
    on: things.flatMap((type) => KINDS.map((kind) => `${type}_iam_${kind}`)),
    remedy: "Name the people, groups and service accounts that need it instead of allUsers and allAuthenticatedUsers.",
    references: [DOCS],
    check: grantsToEveryone,
    bad: [member("allUsers"), binding("user:ann@example.com", "allAuthenticatedUsers"), policy("allUsers")],
    good: [member("user:ann@example.com"), binding("group:ops@example.com"), policy("user:ann@example.com")],
  });
}

export const publicBucket = publicGrant({
  id: "google-storage-public",
  aliases: alias("CKV_GCP_28", "GCP-0001"),
  title: "Bucket is public",
  severity: "high",
  of: "google_storage_bucket",
  role: "roles/storage.objectViewer",
  why: "Anyone on the internet can list or read the bucket. Public buckets are found by scanners within hours.",
});
export const publicKey = publicGrant({
  id: "google-kms-key-public",
  aliases: alias("CKV_GCP_112"),
  title: "KMS key can be used by everyone",
  severity: "critical",
  of: "google_kms_crypto_key",
  role: "roles/cloudkms.cryptoKeyDecrypter",
  why: "Anyone can decrypt what the key protects, if they get hold of it. The key then protects nothing.",
});
export const publicCloudRun = publicGrant({
  id: "google-cloud-run-public",
  aliases: alias("CKV_GCP_102"),
  title: "Cloud Run service can be called by everyone",
  severity: "high",
  of: ["google_cloud_run_service", "google_cloud_run_v2_service"],
  role: "roles/run.invoker",
  why: "Anyone can call the service, at your cost and with the rights of its account. Callers with an identity can be told apart, and refused.",
});
export const publicFunction = publicGrant({
  id: "google-function-public",
  aliases: alias("CKV_GCP_107"),
  title: "Cloud Function can be called by everyone",
  severity: "high",
  of: ["google_cloudfunctions_function", "google_cloudfunctions2_function"],
  role: "roles/cloudfunctions.invoker",
  why: "Anyone can call the function, at your cost and with the rights of its account. Callers with an identity can be told apart, and refused.",
});
export const publicCluster = publicGrant({
  id: "google-dataproc-public",
  aliases: alias("CKV_GCP_98"),
  title: "Dataproc cluster is public",
  severity: "high",
  profile: "strict",
  of: "google_dataproc_cluster",
  role: "roles/dataproc.viewer",
  why: "Anyone can see or steer the cluster and the jobs that run on it. Jobs run code, with the rights of the cluster's account.",
});
export const publicTopic = publicGrant({
  id: "google-pubsub-topic-public",
  aliases: alias("CKV_GCP_99"),
  title: "Pub/Sub topic is public",
  severity: "high",
  profile: "strict",
  of: "google_pubsub_topic",
  role: "roles/pubsub.publisher",
  why: "Anyone can read messages, or send some that your services believe. Whoever publishes decides what the subscribers do.",
});
export const publicTable = publicGrant({
  id: "google-bigquery-table-public",
  aliases: alias("CKV_GCP_100"),
  title: "BigQuery table is public",
  severity: "critical",
  profile: "strict",
  of: "google_bigquery_table",
  role: "roles/bigquery.dataViewer",
  why: "Anyone with a Google account can read the table. One query copies all of it.",
});
export const publicRepository = publicGrant({
  id: "google-artifact-registry-public",
  aliases: alias("CKV_GCP_101"),
  title: "Artifact Registry repository is public",
  severity: "high",
  profile: "strict",
  of: "google_artifact_registry_repository",
  role: "roles/artifactregistry.reader",
  why: "Anyone can pull what you build, and look in it for flaws and secrets. With a writing role they can replace it.",
});
export const publicKeyRing = publicGrant({
  id: "google-kms-key-ring-public",
  aliases: alias("CKV2_GCP_8"),
  title: "Every key of a KMS key ring can be used by everyone",
  severity: "critical",
  profile: "strict",
  of: "google_kms_key_ring",
  role: "roles/cloudkms.cryptoKeyDecrypter",
  why: "Anyone can decrypt what the keys protect, if they get hold of it. The keys then protect nothing.",
});

const document = (who: string): string =>
  `data "google_iam_policy" "p" {
  binding {
    role    = "roles/storage.objectViewer"
    members = ["user:ann@example.com"]
  }
  binding {
    role    = "roles/viewer"
    members = ["${who}"]
  }
}
`;

export const publicDocument = rule({
  id: "google-iam-policy-public",
  aliases: alias("CKV_GCP_113"),
  title: "IAM policy lets everyone in",
  severity: "high",
  category: "security",
  profile: "strict",
  on: "data.google_iam_policy",
  why: "Whatever the policy is put on is open to everyone on the internet. allAuthenticatedUsers is everyone with any Google account.",
  remedy: "Name the people, groups and service accounts that need it instead of allUsers and allAuthenticatedUsers.",
  references: [DOCS],
  check: grantsToEveryone,
  bad: [document("allUsers"), document("allAuthenticatedUsers")],
  good: document("group:ops@example.com"),
});

interface Owner {
  readonly id: string;
  readonly checkov: string;
  readonly title: string;
  readonly severity: Severity;
  readonly on: string;
  readonly lines: readonly string[];
  /** The grants that are looked at, the attribute that ties them to the thing, and what they write there. */
  readonly grants: string;
  readonly by: string;
  readonly link: string;
  readonly why: string;
}

/** The thing itself, judged by the grants that point at it. */
function publicThing({ checkov, grants, by, link, lines, on, ...said }: Owner): Rule {
  const granted = (who: string): string =>
    `${example(on, ...lines)}
${example(`${grants}_iam_member`, `${by} = ${link}`, 'role = "roles/viewer"', `member = "${who}"`)}`;
  return rule({
    ...said,
    aliases: alias(checkov),
    category: "security",
    profile: "strict",
    on,
    remedy: "Name the people, groups and service accounts that need it instead of allUsers and allAuthenticatedUsers.",
    references: [DOCS],
    check: (view) => {
      const holders = view.joined(
        KINDS.map((kind) => `${grants}_iam_${kind}`),
        by,
      );
      const verdict = allOf([pass(), ...holders.map((holder) => asSeenFrom(holder, grantsToEveryone(holder)))]);
      return verdict === notApplicable ? pass() : verdict;
    },
    bad: granted("allUsers"),
    good: [granted("user:ann@example.com"), example(on, ...lines)],
  });
}

export const publicKeyOwner = publicThing({
  id: "google-kms-key-granted-to-everyone",
  checkov: "CKV2_GCP_6",
  title: "KMS key is granted to everyone",
  severity: "critical",
  on: "google_kms_crypto_key",
  lines: ['name     = "k"', 'key_ring = "r"', 'rotation_period = "7776000s"'],
  grants: "google_kms_crypto_key",
  by: "crypto_key_id",
  link: "google_kms_crypto_key.x.id",
  why: "Anyone can decrypt what the key protects, if they get hold of it. The key then protects nothing.",
});
export const publicRegistry = publicThing({
  id: "google-container-registry-public",
  checkov: "CKV2_GCP_9",
  title: "Container Registry is public",
  severity: "high",
  on: "google_container_registry",
  lines: ['location = "EU"'],
  grants: "google_storage_bucket",
  by: "bucket",
  link: "google_container_registry.x.id",
  why: "Anyone can pull what you build, and look in it for flaws and secrets. Images often hold more than they should.",
});
