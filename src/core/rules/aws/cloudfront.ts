/** CloudFront distributions: what viewers may use, and what is recorded. Origins are in cloudfront-origins.ts. */

import type { FixOperation } from "../../model/patch.ts";
import { eachBlock, eachWritten, forbidOneOf, requireOneOf, requireSet, requireThat, someBlock } from "../checks.ts";
import { controls } from "../compliance.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, anyOf, fail, pass, truthOf, undecided, type Verdict } from "../verdict.ts";
import { cache, DISTRIBUTION, distribution } from "./distribution.ts";
import { alias, block, example, setAt, switchedTo } from "./shapes.ts";

const DOCS = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/";

const open = (...lines: readonly string[]): string =>
  example(DISTRIBUTION, "enabled = true", cache("allow-all"), ...lines);

const BEHAVIOURS = ["default_cache_behavior", "ordered_cache_behavior"] as const;
const VIEWER = "viewer_protocol_policy";

export const viewerHttp = rule({
  id: "aws-cloudfront-viewer-http",
  aliases: alias("CKV_AWS_34", "AWS-0012"),
  title: "CloudFront answers viewers over plain HTTP",
  severity: "critical",
  category: "security",
  on: DISTRIBUTION,
  why: "What viewers send and get, passwords and session cookies too, can be read and changed on the way. Redirecting costs one round trip.",
  remedy: 'Set viewer_protocol_policy = "redirect-to-https" in every cache behaviour.',
  references: [`${DOCS}using-https-viewers-to-cloudfront.html`],
  compliance: controls({ nist: ["SC-8", "SC-13"], pci: ["4.2.1"], soc2: ["CC6.7"] }),
  check: (view) =>
    allOf(
      BEHAVIOURS.map((behaviours) =>
        eachBlock(view, behaviours, (item) =>
          forbidOneOf(item, VIEWER, ["allow-all"], { message: "Viewers may use plain HTTP" }),
        ),
      ),
    ),
  intent: (view) =>
    truthOf(
      allOf(
        BEHAVIOURS.map((behaviours) =>
          eachWritten(view, behaviours, (item) => forbidOneOf(item, VIEWER, ["allow-all"])),
        ),
      ),
    ),
  fix: {
    risk: "in-place",
    edit: (view): readonly FixOperation[] =>
      BEHAVIOURS.flatMap((behaviours) =>
        view
          .blocks(behaviours)
          .items.filter((item) => item.text(VIEWER) === "allow-all")
          .map((item) => set(`${item.path}.${VIEWER}`, "redirect-to-https")),
      ),
  },
  bad: [
    open(),
    distribution(
      block(
        "ordered_cache_behavior",
        'path_pattern           = "/img/*"',
        'target_origin_id       = "web"',
        'viewer_protocol_policy = "allow-all"',
      ),
    ),
  ],
  good: distribution(),
});

const MODERN_TLS = /^TLSv1\.(?:2_20(?:18|19|2\d)|3_20\d\d)$/;
const CERTIFICATE = 'acm_certificate_arn      = "arn:aws:acm:us-east-1:123456789012:certificate/1"';

export const viewerTls = rule({
  id: "aws-cloudfront-tls",
  aliases: alias("CKV_AWS_174", "AWS-0013"),
  title: "CloudFront accepts TLS before 1.2",
  severity: "high",
  category: "security",
  on: DISTRIBUTION,
  why: "TLS 1.0 and 1.1 have known flaws, and whoever sits on the way can make a viewer fall back to them. With CloudFront's own certificate they are always accepted.",
  remedy: 'Use a certificate of your own with minimum_protocol_version = "TLSv1.2_2021".',
  references: [`${DOCS}secure-connections-supported-viewer-protocols-ciphers.html`],
  compliance: controls({ nist: ["SC-8", "SC-13"], pci: ["4.2.1"], soc2: ["CC6.7"] }),
  check(view) {
    const path = "viewer_certificate.minimum_protocol_version";
    if (view.is("viewer_certificate.cloudfront_default_certificate") === true)
      return fail("viewer_certificate.cloudfront_default_certificate", "CloudFront's own certificate accepts TLS 1.0");
    return requireThat(view, path, (v) => MODERN_TLS.test(String(v)), { message: "TLS before 1.2 is accepted" });
  },
  fix: {
    risk: "disruptive",
    edit: (view) =>
      view.is("viewer_certificate.cloudfront_default_certificate") === true
        ? "CloudFront's own certificate accepts TLS 1.0 always: name a certificate of your own first."
        : setAt(view, "viewer_certificate.minimum_protocol_version", "TLSv1.2_2021"),
  },
  bad: [
    distribution(block("viewer_certificate", CERTIFICATE, 'minimum_protocol_version = "TLSv1"')),
    distribution(block("viewer_certificate", "cloudfront_default_certificate = true")),
  ],
  good: distribution(block("viewer_certificate", CERTIFICATE, 'minimum_protocol_version = "TLSv1.2_2021"')),
});

const DELIVERIES = ["aws_cloudwatch_log_delivery_source"] as const;

export const accessLogs = rule({
  id: "aws-cloudfront-access-logs",
  aliases: alias("CKV_AWS_86", "AWS-0010"),
  title: "CloudFront writes no access logs",
  severity: "medium",
  category: "security",
  on: DISTRIBUTION,
  why: "Who asked for what at the edge is recorded nowhere. After an incident nobody can say what was reached, or by whom.",
  remedy: "Add logging_config with a bucket, or a CloudWatch log delivery source for the distribution.",
  references: [`${DOCS}AccessLogs.html`],
  compliance: controls({ nist: ["AU-2", "AU-3", "AU-12"], pci: ["10.2.1"], soc2: ["CC7.2"] }),
  check(view) {
    const own = requireSet(view, "logging_config.bucket", { message: "Requests are not logged" });
    if (own.status === "pass") return own;
    if (view.joined(DELIVERIES, "resource_arn").length > 0) return pass();
    return view.mayJoin(DELIVERIES, "resource_arn") ? undecided() : own;
  },
  bad: distribution(),
  good: [
    distribution(block("logging_config", 'bucket = "logs.s3.amazonaws.com"')),
    `${distribution()}
resource "aws_cloudwatch_log_delivery_source" "x" {
  name         = "cdn"
  log_type     = "ACCESS_LOGS"
  resource_arn = aws_cloudfront_distribution.x.arn
}
`,
  ],
});

export const firewall = rule({
  id: "aws-cloudfront-waf",
  aliases: alias("CKV_AWS_68", "AWS-0011"),
  title: "CloudFront has no web application firewall",
  severity: "high",
  category: "security",
  profile: "strict",
  on: DISTRIBUTION,
  why: "Every request from the internet reaches the origin as it is. A firewall keeps known attacks, bots and floods out.",
  remedy: "Name a web ACL in web_acl_id.",
  references: [`${DOCS}distribution-web-awswaf.html`],
  check: (view) => requireSet(view, "web_acl_id", { message: "No web ACL guards it" }),
  bad: distribution(),
  good: distribution('web_acl_id = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/x/1"'),
});

export const enabled = switchedTo({
  id: "aws-cloudfront-enabled",
  aliases: alias("CKV_AWS_216"),
  title: "CloudFront distribution is switched off",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: DISTRIBUTION,
  why: "A distribution that is off serves nobody and is forgotten, while its domain name may still point at it. Names without an owner get taken over.",
  remedy: "Set enabled = true, or delete the distribution and its DNS records.",
  references: [`${DOCS}distribution-web-values-specify.html`],
  path: "enabled",
  risk: "needs-value",
  message: "It is switched off",
  bad: distribution().replace("enabled = true", "enabled = false"),
  good: distribution(),
});

export const rootObject = rule({
  id: "aws-cloudfront-root-object",
  aliases: alias("CKV_AWS_305"),
  title: "CloudFront has no default root object",
  severity: "low",
  category: "security",
  profile: "strict",
  on: DISTRIBUTION,
  why: "A request for / goes to the origin as it is, and a bucket may answer with the list of its objects. A root object gives viewers a page instead.",
  remedy: 'Set default_root_object, for example "index.html".',
  references: [`${DOCS}DefaultRootObject.html`],
  check: (view) => requireSet(view, "default_root_object"),
  fix: { risk: "in-place", edit: () => [set("default_root_object", "index.html")] },
  bad: distribution(),
  good: distribution('default_root_object = "index.html"'),
});

const GEO = "restrictions.geo_restriction.restriction_type";

export const geoRestriction = rule({
  id: "aws-cloudfront-geo-restriction",
  aliases: alias("CKV_AWS_374"),
  title: "CloudFront serves every country",
  severity: "low",
  category: "security",
  profile: "strict",
  on: DISTRIBUTION,
  why: "A site for one market is attacked from all of them. Refusing countries where there are no customers removes much of the noise.",
  remedy: 'Set restrictions.geo_restriction.restriction_type to "whitelist" or "blacklist", with locations.',
  references: [`${DOCS}georestrictions.html`],
  check: (view) => requireOneOf(view, GEO, ["whitelist", "blacklist"], { message: "Every country is served" }),
  bad: distribution(block("restrictions", block("geo_restriction", 'restriction_type = "none"'))),
  good: distribution(
    block("restrictions", block("geo_restriction", 'restriction_type = "whitelist"', 'locations        = ["DE"]')),
  ),
});

const CERTIFICATES = ["acm_certificate_arn", "iam_certificate_id"].map((name) => `viewer_certificate.${name}`);

export const ownCertificate = rule({
  id: "aws-cloudfront-certificate",
  aliases: alias("CKV2_AWS_42"),
  title: "CloudFront uses its own default certificate",
  severity: "low",
  category: "security",
  profile: "strict",
  on: DISTRIBUTION,
  why: "The default certificate is for *.cloudfront.net and accepts TLS 1.0. A certificate of your own shows viewers whom they speak to.",
  remedy: "Name a certificate in viewer_certificate.acm_certificate_arn.",
  references: [`${DOCS}cnames-and-https-requirements.html`],
  check: (view) =>
    anyOf(CERTIFICATES.map((path) => requireSet(view, path, { message: "No certificate of your own is named" }))),
  bad: distribution(block("viewer_certificate", "cloudfront_default_certificate = true")),
  good: distribution(block("viewer_certificate", CERTIFICATE, 'minimum_protocol_version = "TLSv1.2_2021"')),
});

const HEADERS = "response_headers_policy_id";

export const responseHeaders = rule({
  id: "aws-cloudfront-response-headers",
  aliases: alias("CKV2_AWS_32"),
  title: "CloudFront adds no security headers",
  severity: "low",
  category: "security",
  profile: "strict",
  on: DISTRIBUTION,
  why: "Without headers such as HSTS and CSP browsers fall back to plain HTTP and run whatever a page loads. A headers policy adds them at the edge.",
  remedy: "Name a response_headers_policy_id in the cache behaviours.",
  references: [`${DOCS}adding-response-headers.html`],
  check: (view): Verdict =>
    anyOf(
      BEHAVIOURS.map((behaviours) =>
        someBlock(view, behaviours, (item) => requireSet(item, HEADERS), "No headers policy is named"),
      ),
    ),
  bad: distribution(),
  good: example(
    DISTRIBUTION,
    "enabled = true",
    block(
      "default_cache_behavior",
      'target_origin_id           = "web"',
      'viewer_protocol_policy     = "redirect-to-https"',
      'response_headers_policy_id = "67f7725c-6f97-4210-82d7-5512b31e9d03"',
    ),
  ),
});
