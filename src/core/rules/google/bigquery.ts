/** BigQuery datasets and tables. */
import { isUnknown } from "../../model/value.ts";
import { eachBlock } from "../checks.ts";
import { rule } from "../rule.ts";
import { alias, block, example, ownKey, setting } from "../shapes.ts";
import { fail, pass, undecided, type Verdict } from "../verdict.ts";
import type { Block } from "../view.ts";

const DATASET = "google_bigquery_dataset";
const ACCESS = "google_bigquery_dataset_access";
const dataset = (...lines: readonly string[]): string => example(DATASET, 'dataset_id = "d"', ...lines);

/** Who an access block can name. One that names nobody is for everyone. */
const WHO = [
  "special_group",
  "iam_member",
  "user_by_email",
  "group_by_email",
  "domain",
  "view",
  "routine",
  "dataset",
  "authorized_dataset",
];
const EVERYONE = ["allUsers", "allAuthenticatedUsers"];

function isForSomeone(access: Block): Verdict {
  const message = "Everyone may use it";
  for (const path of ["special_group", "iam_member"]) {
    const found = access.get(path);
    if (found.kind === "unknown" && EVERYONE.some((who) => who.startsWith(found.value.prefix)))
      return undecided(found.path);
    if (found.kind === "value" && EVERYONE.includes(String(found.value))) return fail(found.path, message);
  }
  const named = WHO.some((path) => access.has(path) !== false);
  return named
    ? pass(access.path === "" ? undefined : access.path)
    : fail(access.path === "" ? undefined : access.path, message);
}

export const publicDataset = rule({
  id: "google-bigquery-dataset-public",
  aliases: alias("CKV_GCP_15", "GCP-0046"),
  title: "BigQuery dataset is public",
  severity: "critical",
  category: "security",
  on: [DATASET, ACCESS],
  why: "Anyone with a Google account can read the dataset. One query copies a whole table.",
  remedy: "Name the users, groups or domains that need the dataset in each access block.",
  references: ["https://cloud.google.com/bigquery/docs/dataset-access-controls"],
  check: (view) =>
    view.type === ACCESS
      ? isForSomeone(view)
      : eachBlock(
          view,
          "access",
          (access) => (isUnknown(access.value) ? undecided(access.path) : isForSomeone(access)),
          pass(),
        ),
  bad: [
    dataset(block("access", 'role          = "READER"', 'special_group = "allAuthenticatedUsers"')),
    dataset(
      block("access", 'role          = "READER"', 'special_group = "projectReaders"'),
      block("access", 'role = "READER"'),
    ),
    example(ACCESS, 'dataset_id    = "d"', 'role          = "READER"', 'special_group = "allAuthenticatedUsers"'),
  ],
  good: [
    dataset(block("access", 'role          = "READER"', 'special_group = "projectReaders"')),
    dataset(block("access", 'role           = "READER"', 'group_by_email = "ops@example.com"')),
    dataset(),
  ],
});

export const datasetKey = ownKey({
  id: "google-bigquery-dataset-own-key",
  aliases: alias("CKV_GCP_81"),
  title: "BigQuery dataset does not use a key of your own",
  on: DATASET,
  at: "default_encryption_configuration.kms_key_name",
  like: ['dataset_id = "d"'],
});

const TABLE_LINES = ['dataset_id = "d"', 'table_id   = "t"'];

export const tableKey = ownKey({
  id: "google-bigquery-table-own-key",
  aliases: alias("CKV_GCP_80"),
  title: "BigQuery table does not use a key of your own",
  on: "google_bigquery_table",
  at: "encryption_configuration.kms_key_name",
  like: TABLE_LINES,
});

export const tableProtection = setting({
  id: "google-bigquery-table-deletion-protection",
  aliases: alias("CKV_GCP_121"),
  title: "BigQuery table does not say that it is not to be deleted",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "google_bigquery_table",
  at: "deletion_protection",
  wanted: true,
  risk: "in-place",
  like: TABLE_LINES,
  why: "One wrong destroy or replacement removes the table and what is in it. The provider's default has changed over time; said in the code, it holds.",
});
