/** What CloudFront fetches from: whether origins are theirs alone, encrypted, and replaced when they fail. */
import { isUnknown } from "../../model/value.ts";
import { eachBlock, requireThat, requireTrue, someBlock } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, and, fail, notApplicable, or, pass, undecided, verdictOf } from "../verdict.ts";
import type { Block } from "../view.ts";
import { DISTRIBUTION, distribution } from "./distribution.ts";
import { alias, block, example } from "./shapes.ts";

const DOCS = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/";
const BUCKET = 'domain_name = "b.s3.eu-west-1.amazonaws.com"';

/** Whether an origin is a bucket's REST endpoint; website endpoints cannot be closed to others. */
function isBucket(origin: Block): boolean | "unknown" {
  const domain = origin.get("domain_name");
  if (domain.kind === "absent") return false;
  if (!isUnknown(domain.value)) return /\.s3[.-](?!website)/.test(String(domain.value));
  if (domain.value.from.some((from) => /\baws_s3_bucket\..*bucket_(?:regional_)?domain_name$/.test(from))) return true;
  return domain.value.from.length > 0 ? false : "unknown";
}

export const originAccess = rule({
  id: "aws-cloudfront-bucket-access",
  aliases: alias("CKV2_AWS_46"),
  title: "CloudFront reads its bucket as anybody could",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: DISTRIBUTION,
  why: "Without an access control the bucket has to be public for CloudFront to read it. Then everybody can go round the distribution, its firewall and its logs.",
  remedy: "Name an aws_cloudfront_origin_access_control in origin_access_control_id, and close the bucket.",
  references: [`${DOCS}private-content-restricting-access-to-s3.html`],
  check: (view) =>
    eachBlock(view, "origin", (origin) => {
      const controlled = or(
        origin.has("origin_access_control_id") !== false,
        origin.has("s3_origin_config.origin_access_identity") !== false,
      );
      if (controlled === true) return pass(origin.path);
      const bucket = isBucket(origin);
      if (bucket === "unknown") return undecided(`${origin.path}.domain_name`);
      return bucket ? fail(origin.path, "The bucket is read without an access control") : notApplicable;
    }),
  bad: distribution(block("origin", BUCKET, 'origin_id   = "web"')),
  good: distribution(block("origin", BUCKET, 'origin_id   = "web"', 'origin_access_control_id = "E123"')),
});

export const failover = rule({
  id: "aws-cloudfront-origin-failover",
  aliases: alias("CKV_AWS_310"),
  title: "CloudFront has no second origin to fall back to",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: DISTRIBUTION,
  why: "When the only origin fails the site is down. An origin group answers from a second one until the first is back.",
  remedy: "Add an origin_group with failover_criteria and two members.",
  references: [`${DOCS}high_availability_origin_failover.html`],
  check: (view) =>
    someBlock(
      view,
      "origin_group",
      (group) =>
        verdictOf(
          and(group.has("failover_criteria.status_codes"), group.blocks("member").items.length >= 2),
          group.path,
          "No origin group with criteria and two members",
        ),
      "No origin takes over when one fails",
    ),
  bad: distribution(block("origin", BUCKET, 'origin_id   = "web"')),
  good: distribution(
    block(
      "origin_group",
      'origin_id = "web"',
      block("failover_criteria", "status_codes = [500, 502]"),
      block("member", 'origin_id = "first"'),
      block("member", 'origin_id = "second"'),
    ),
  ),
});

/** Services of AWS that offer HTTPS themselves. */
const OFFERS_HTTPS = /\.data\.mediastore\.|\.mediapackage\.|\.elb\./;

export const originHttps = rule({
  id: "aws-cloudfront-origin-https",
  aliases: alias("CKV2_AWS_72"),
  title: "CloudFront may fetch from its origin over plain HTTP",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: DISTRIBUTION,
  why: "What viewers send over HTTPS crosses the rest of the way in plain text. Load balancers and media services of AWS all offer HTTPS.",
  remedy: 'Set custom_origin_config.origin_protocol_policy = "https-only".',
  references: [`${DOCS}using-https-cloudfront-to-custom-origin.html`],
  check(view) {
    const enabled = view.is("enabled");
    if (enabled === false) return pass("enabled");
    return eachBlock(view, "origin", (origin) => {
      const path = `${origin.path}.custom_origin_config.0.origin_protocol_policy`;
      const policy = origin.get("custom_origin_config.origin_protocol_policy");
      if (policy.kind === "absent" || (policy.kind === "value" && policy.value === "https-only"))
        return pass(origin.path);
      const domain = origin.get("domain_name");
      if (policy.kind === "unknown") return undecided(path);
      if (domain.kind === "unknown") {
        const balancer = domain.value.from.some((from) => /\baws_(?:a?lb|elb)\..*dns_name$/.test(from));
        if (!balancer) return undecided(`${origin.path}.domain_name`);
      } else if (!OFFERS_HTTPS.test(origin.text("domain_name") ?? "")) return pass(path);
      return enabled === "unknown" ? undecided("enabled") : fail(path, "The origin is asked over plain HTTP");
    });
  },
  fix: {
    risk: "disruptive",
    edit: (view) =>
      view
        .blocks("origin.custom_origin_config")
        .items.filter((config) => config.text("origin_protocol_policy") !== "https-only")
        .map((config) => set(`${config.path}.origin_protocol_policy`, "https-only")),
  },
  bad: distribution(
    block(
      "origin",
      'domain_name = "x.elb.amazonaws.com"',
      'origin_id   = "web"',
      block("custom_origin_config", 'origin_protocol_policy = "match-viewer"'),
    ),
  ),
  good: distribution(
    block(
      "origin",
      'domain_name = "x.elb.amazonaws.com"',
      'origin_id   = "web"',
      block("custom_origin_config", 'origin_protocol_policy = "https-only"'),
    ),
  ),
});

/** Protocols that origins are no longer asked in. */
const OLD = ["SSLv3"];

export const originTls = rule({
  id: "aws-cloudfront-origin-ssl3",
  aliases: alias("CKV2_AWS_54"),
  title: "CloudFront speaks SSL 3 to its origin",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: DISTRIBUTION,
  why: "SSL 3 was broken in 2014 (POODLE). Whoever sits between CloudFront and the origin can read what passes.",
  remedy: 'Set custom_origin_config.origin_ssl_protocols = ["TLSv1.2"].',
  references: [`${DOCS}secure-connections-supported-ciphers-cloudfront-to-origin.html`],
  check: (view) =>
    eachBlock(view, "origin.custom_origin_config", (config) => {
      const { items, complete } = config.strings("origin_ssl_protocols");
      const path = `${config.path}.origin_ssl_protocols`;
      if (items.some((item) => OLD.includes(item))) return fail(path, "The origin may be asked in SSL 3");
      return complete ? pass(path) : undecided(path);
    }),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      view
        .blocks("origin.custom_origin_config")
        .items.filter((config) => config.strings("origin_ssl_protocols").items.some((item) => OLD.includes(item)))
        .map((config) => set(`${config.path}.origin_ssl_protocols`, ["TLSv1.2"])),
  },
  bad: distribution(
    block(
      "origin",
      'domain_name = "example.com"',
      'origin_id   = "web"',
      block(
        "custom_origin_config",
        'origin_protocol_policy = "https-only"',
        'origin_ssl_protocols   = ["SSLv3", "TLSv1.2"]',
      ),
    ),
  ),
  good: distribution(
    block(
      "origin",
      'domain_name = "example.com"',
      'origin_id   = "web"',
      block("custom_origin_config", 'origin_protocol_policy = "https-only"', 'origin_ssl_protocols   = ["TLSv1.2"]'),
    ),
  ),
});

const HEADERS = "aws_cloudfront_response_headers_policy";
const STRICT = "security_headers_config.strict_transport_security";
const YEAR = 31_536_000;
const headers = (seconds: number): string =>
  example(
    HEADERS,
    'name = "h"',
    block(
      "security_headers_config",
      block(
        "strict_transport_security",
        `access_control_max_age_sec = ${seconds}`,
        "include_subdomains         = true",
        "override                   = true",
        "preload                    = true",
      ),
    ),
  );

export const strictTransport = rule({
  id: "aws-cloudfront-hsts",
  aliases: alias("CKV_AWS_259"),
  title: "Response headers policy does not keep browsers on HTTPS",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: HEADERS,
  why: "A browser that is not told to stays ready to speak plain HTTP, and whoever sits on the way makes it do so. The header lasts as long as it says, so it should say a year.",
  remedy: "Add strict_transport_security for a year, with include_subdomains, preload and override.",
  references: [`${DOCS}adding-response-headers.html`],
  check: (view) =>
    allOf([
      requireThat(view, `${STRICT}.access_control_max_age_sec`, (v) => Number(v) >= YEAR, {
        message: "Browsers are told for less than a year, or not at all",
      }),
      ...["include_subdomains", "preload", "override"].map((name) =>
        requireTrue(view, `${STRICT}.${name}`, { message: `${name} is off` }),
      ),
    ]),
  bad: [example(HEADERS, 'name = "h"'), headers(3600)],
  good: headers(YEAR),
});
