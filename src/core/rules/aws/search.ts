/** Search and language services: CloudSearch, Kendra, Comprehend. */
import { requireThat, requireTrue } from "../checks.ts";
import { rule } from "../rule.ts";
import { alias, block, example, ownKey, setAt } from "./shapes.ts";

const SEARCH = "aws_cloudsearch_domain";
const DOCS = "https://docs.aws.amazon.com/cloudsearch/latest/developerguide/";
const KEY = '"arn:aws:kms:eu-west-1:123456789012:key/1"';
const search = (...options: readonly string[]): string =>
  example(SEARCH, 'name = "s"', block("endpoint_options", ...options));

const MODERN_TLS = /^Policy-Min-TLS-1-[23]-/;

export const searchTls = rule({
  id: "aws-cloudsearch-tls",
  aliases: alias("CKV_AWS_218"),
  title: "CloudSearch domain accepts TLS before 1.2",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: SEARCH,
  why: "TLS 1.0 has known flaws, and whoever sits on the way can make a client fall back to it. No current client needs it.",
  remedy: 'Set endpoint_options.tls_security_policy = "Policy-Min-TLS-1-2-2019-07".',
  references: [`${DOCS}configuring-domain-endpoint-options.html`],
  check: (view) =>
    requireThat(view, "endpoint_options.tls_security_policy", (v) => MODERN_TLS.test(String(v)), {
      message: "TLS 1.0 is accepted",
    }),
  fix: {
    risk: "disruptive",
    edit: (view) => setAt(view, "endpoint_options.tls_security_policy", "Policy-Min-TLS-1-2-2019-07"),
  },
  bad: [search("enforce_https = true"), search('tls_security_policy = "Policy-Min-TLS-1-0-2019-07"')],
  good: search('tls_security_policy = "Policy-Min-TLS-1-2-2019-07"'),
});

export const searchHttps = rule({
  id: "aws-cloudsearch-https",
  aliases: alias("CKV_AWS_220"),
  title: "CloudSearch domain answers over plain HTTP",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: SEARCH,
  why: "Queries and documents can be read and changed on the way. Every client can use HTTPS.",
  remedy: "Set endpoint_options.enforce_https = true.",
  references: [`${DOCS}configuring-domain-endpoint-options.html`],
  check: (view) => requireTrue(view, "endpoint_options.enforce_https", { message: "HTTPS is not enforced" }),
  fix: { risk: "disruptive", edit: (view) => setAt(view, "endpoint_options.enforce_https", true) },
  bad: [search('tls_security_policy = "Policy-Min-TLS-1-2-2019-07"'), search("enforce_https = false")],
  good: search("enforce_https = true"),
});

const INDEX = "aws_kendra_index";
const index = (...lines: readonly string[]): string =>
  example(INDEX, 'name     = "i"', 'role_arn = "arn:aws:iam::123456789012:role/k"', ...lines);

export const indexKey = ownKey({
  id: "aws-kendra-customer-key",
  aliases: alias("CKV_AWS_262"),
  title: "Kendra index does not use a key of your own",
  on: INDEX,
  why: "The index holds the text of everything it knows, under a key that AWS owns. With a key of your own you decide who may decrypt it.",
  remedy: "Name a key in server_side_encryption_configuration.kms_key_id; the index is made anew.",
  path: "server_side_encryption_configuration.kms_key_id",
  bad: index(),
  good: index(block("server_side_encryption_configuration", `kms_key_id = ${KEY}`)),
});

const RECOGNISER = "aws_comprehend_entity_recognizer";
const recogniser = (...lines: readonly string[]): string =>
  example(
    RECOGNISER,
    'name                 = "r"',
    'data_access_role_arn = "arn:aws:iam::123456789012:role/r"',
    'language_code        = "en"',
    ...lines,
  );

export const modelKey = ownKey({
  id: "aws-comprehend-model-customer-key",
  aliases: alias("CKV_AWS_267"),
  title: "Comprehend model does not use a key of your own",
  on: RECOGNISER,
  why: "A model remembers what it was trained on, and is kept under a key that AWS owns. With a key of your own you decide who may decrypt it.",
  remedy: "Name a key in model_kms_key_id.",
  path: "model_kms_key_id",
  bad: recogniser(),
  good: recogniser(`model_kms_key_id     = ${KEY}`),
});

export const volumeKey = ownKey({
  id: "aws-comprehend-volume-customer-key",
  aliases: alias("CKV_AWS_268"),
  title: "Comprehend training does not encrypt its disk with a key of your own",
  on: RECOGNISER,
  why: "Training data lies on the machine's disk under a key that AWS owns. With a key of your own you decide who may decrypt it.",
  remedy: "Name a key in volume_kms_key_id.",
  path: "volume_kms_key_id",
  bad: recogniser(),
  good: recogniser(`volume_kms_key_id    = ${KEY}`),
});
