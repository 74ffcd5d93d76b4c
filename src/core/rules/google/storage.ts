/** Cloud Storage buckets. */
import { requireSet } from "../checks.ts";
import { rule } from "../rule.ts";
import { alias, block, example, setting } from "../shapes.ts";
import { fail, notApplicable, pass, undecided } from "../verdict.ts";

const BUCKET = "google_storage_bucket";
const LINES = ['name     = "b"', 'location = "EU"'];
const bucket = (...lines: readonly string[]): string => example(BUCKET, ...LINES, ...lines);

export const uniformAccess = setting({
  id: "google-storage-uniform-access",
  aliases: alias("CKV_GCP_29", "GCP-0002"),
  title: "Bucket lets every object have an ACL of its own",
  severity: "medium",
  on: BUCKET,
  at: "uniform_bucket_level_access",
  wanted: true,
  risk: "disruptive",
  like: LINES,
  message: "Objects may have ACLs of their own",
  why: "One object's ACL can make it public, whatever the bucket's policy says, and nobody sees it. With uniform access only IAM decides.",
  references: ["https://cloud.google.com/storage/docs/uniform-bucket-level-access"],
});

export const publicAccessPrevention = setting({
  id: "google-storage-public-access-prevention",
  aliases: alias("CKV_GCP_114"),
  title: "Bucket can be made public",
  severity: "high",
  on: BUCKET,
  at: "public_access_prevention",
  wanted: "enforced",
  wrong: "inherited",
  risk: "disruptive",
  like: LINES,
  message: "Nothing keeps the bucket from being made public",
  why: "One grant to allUsers, or one ACL, lets everyone read the bucket. With prevention enforced Google refuses such a grant.",
  references: ["https://cloud.google.com/storage/docs/public-access-prevention"],
});

export const versioning = setting({
  id: "google-storage-versioning",
  aliases: alias("CKV_GCP_78", "GCP-0078"),
  title: "Bucket keeps no old versions",
  severity: "medium",
  category: "reliability",
  on: BUCKET,
  at: "versioning.enabled",
  wanted: true,
  risk: "in-place",
  like: LINES,
  message: "What is overwritten or deleted is gone",
  why: "What somebody overwrites or deletes, by mistake or on purpose, is gone. Old versions can be brought back.",
  references: ["https://cloud.google.com/storage/docs/object-versioning"],
});

export const accessLogs = rule({
  id: "google-storage-access-logs",
  aliases: alias("CKV_GCP_62", "GCP-0077"),
  title: "Bucket keeps no access logs",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: BUCKET,
  why: "After a leak nobody can say what was read, and by whom. Usage logs, or data access audit logs, tell.",
  remedy: "Set logging.log_bucket to the bucket that keeps the logs.",
  references: ["https://cloud.google.com/storage/docs/access-logs"],
  check: (view) => requireSet(view, "logging.log_bucket", { message: "No usage logs are kept" }),
  bad: bucket(),
  good: bucket(block("logging", 'log_bucket = "logs"')),
});

export const selfLogging = rule({
  id: "google-storage-logs-to-itself",
  aliases: alias("CKV_GCP_63"),
  title: "Bucket logs into itself",
  severity: "low",
  category: "security",
  profile: "strict",
  on: BUCKET,
  why: "Whoever can change the bucket can change the logs of it, and each log adds to the next. Logs belong where the logged cannot reach them.",
  remedy: "Set logging.log_bucket to another bucket.",
  references: ["https://cloud.google.com/storage/docs/access-logs"],
  check(view) {
    const target = view.get("logging.log_bucket");
    if (target.kind === "absent") return notApplicable;
    const same = target.kind === "value" && target.value === view.text("name");
    if (same) return fail(target.path, "The logs land in the bucket itself");
    return target.kind === "unknown" && target.value.from.length === 0 ? undecided(target.path) : pass(target.path);
  },
  bad: bucket(block("logging", 'log_bucket = "b"')),
  good: bucket(block("logging", 'log_bucket = "logs"')),
});

const SINKS = ["google_logging_project_sink", "google_logging_folder_sink", "google_logging_organization_sink"];

const sink = (policy: string): string =>
  `${bucket(policy)}
${example("google_logging_project_sink", 'name        = "s"', `destination = "storage.googleapis.com/\${google_storage_bucket.x.name}"`)}`;

export const lockedLogs = rule({
  id: "google-logging-sink-bucket-lock",
  aliases: alias("CKV2_GCP_4"),
  title: "Logs are kept in a bucket that lets them be deleted",
  severity: "low",
  category: "security",
  profile: "strict",
  on: SINKS,
  why: "Whoever breaks in deletes the traces. A locked retention policy keeps the logs for its time, from everyone.",
  remedy:
    "Give the bucket a retention_policy with is_locked = true, once you are sure of the time: a lock cannot be undone.",
  references: ["https://cloud.google.com/storage/docs/bucket-lock"],
  check(view) {
    const buckets = view.joined(BUCKET, "destination");
    if (buckets.length === 0) return notApplicable;
    const locks = buckets.map((target) => target.is("retention_policy.is_locked"));
    if (locks.includes(false)) return fail("destination", "The bucket lets the logs be deleted");
    return locks.includes("unknown") ? undecided("destination") : pass("destination");
  },
  bad: [sink(""), sink(block("retention_policy", "retention_period = 1000"))],
  good: sink(block("retention_policy", "retention_period = 1000", "is_locked = true")),
});
