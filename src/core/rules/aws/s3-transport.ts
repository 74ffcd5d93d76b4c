/** Public buckets that may be read over plain HTTP. */
import type { Truth } from "../../model/value.ts";
import { findStatement } from "../evaluators/policy/access.ts";
import type { Condition, Policy, Statement } from "../evaluators/policy/document.ts";
import { policyAt } from "../evaluators/policy/locate.ts";
import { rule } from "../rule.ts";
import { fail, or, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import { alias } from "./shapes.ts";

const ACL = "aws_s3_bucket_acl";
const BLOCK = "aws_s3_bucket_public_access_block";
const PUBLIC = ["public-read", "public-read-write", "authenticated-read"];
const STRANGERS = /\/groups\/global\/(?:AllUsers|AuthenticatedUsers)$/;

function isPublic(acl: View): Truth {
  const canned = acl.get("acl");
  const grants = acl.blocks("access_control_policy.grant.grantee");
  return or(
    canned.kind === "unknown" ? "unknown" : PUBLIC.includes(acl.text("acl") ?? ""),
    ...grants.items.map((grantee): Truth => {
      const uri = grantee.get("uri");
      return uri.kind === "unknown" ? "unknown" : uri.kind === "value" && STRANGERS.test(String(uri.value));
    }),
    grants.complete ? false : "unknown",
  );
}

const speaksOfTransport = ({ operator, key, values }: Condition, value: "true" | "false"): boolean =>
  /^bool/i.test(operator) &&
  key.toLowerCase() === "aws:securetransport" &&
  values.items.some((v) => v.toLowerCase() === value);

/** Denied without TLS, or allowed with it only. */
const asksForTls = (statement: Statement): Truth =>
  statement.effect === "unknown"
    ? "unknown"
    : statement.conditions.some((condition) =>
        speaksOfTransport(condition, statement.effect === "Deny" ? "false" : "true"),
      );

const enforcesTls = (policy: Policy): Truth => findStatement(policy, asksForTls).truth;

/** What names the bucket: a reference (the bucket may be declared elsewhere), or its literal name. */
const bucketNamed = (view: View): string | undefined =>
  view.resource.references.find((reference) => reference.path === "bucket")?.to ?? view.text("bucket");

/** What else belongs to the bucket that an ACL is for. */
function besides(acl: View, type: string): readonly View[] {
  const bucket = bucketNamed(acl);
  const declared = acl.joined("aws_s3_bucket", "bucket").flatMap((one) => one.joined(type, "bucket"));
  const alike = acl.estate
    .ofType(type)
    .filter((one) => one.resource.module === acl.resource.module && bucketNamed(one) === bucket);
  return bucket === undefined ? declared : [...new Set([...declared, ...alike])];
}

const bucketOf = (name: string, acl: string, policy = ""): string => `
resource "aws_s3_bucket" "b" {
  bucket = "${name}"
}

resource "${ACL}" "b" {
  bucket = aws_s3_bucket.b.id
  acl    = "${acl}"
}
${policy}`;

export const secureTransport = rule({
  id: "aws-s3-secure-transport",
  aliases: alias("CKV_AWS_379"),
  title: "Public bucket may be read over plain HTTP",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: ACL,
  why: "What people fetch from the bucket can be read and changed on the way. A statement in its policy refuses requests without TLS.",
  remedy: "Add a statement that denies s3:* where aws:SecureTransport is false, or close the bucket.",
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html#transit"],
  check(view): Verdict {
    const open = isPublic(view);
    if (open === false) return pass("acl");
    if (besides(view, "aws_s3_bucket_website_configuration").length > 0) return pass();
    const closed = or(
      ...besides(view, BLOCK).flatMap((block) =>
        ["ignore_public_acls", "restrict_public_buckets"].map((flag) => block.is(flag)),
      ),
    );
    if (closed === true) return pass();
    const policies = besides(view, "aws_s3_bucket_policy").map((holder) => policyAt(holder, "policy"));
    const tls = or(...policies.map((policy) => (policy ? enforcesTls(policy) : false)));
    if (tls === true) return pass();
    if (open === "unknown" || closed === "unknown" || tls === "unknown") return undecided("acl");
    if (view.mayJoin("aws_s3_bucket_policy", "bucket")) return undecided();
    return fail("acl", "The bucket is public, and no policy asks for TLS");
  },
  bad: bucketOf("b", "public-read"),
  good: [
    bucketOf("b", "private"),
    bucketOf(
      "b",
      "public-read",
      `
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = "arn:aws:s3:::b/*"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
`,
    ),
  ],
});
