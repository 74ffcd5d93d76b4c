/** S3 access control lists: what they grant to the public, and whether they are still in use. */
import type { FixOperation } from "../../model/patch.ts";
import type { Truth } from "../../model/value.ts";
import { asSeenFrom, eachBlock, forbidOneOf, requireOneOf } from "../checks.ts";
import { controls } from "../compliance.ts";
import { grantsAnyone, listed } from "../evaluators/policy/access.ts";
import { policyAt } from "../evaluators/policy/locate.ts";
import { textsAt } from "../evaluators/texts.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, and, not, notApplicable, pass, truthOf, type Verdict, verdictOf } from "../verdict.ts";
import type { Block, View } from "../view.ts";

const ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const ACL_DOCS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html";

interface AclExpectation {
  readonly canned: readonly string[];
  readonly grantees: readonly string[];
  /** Permissions that count; absent: all. */
  readonly permissions?: readonly string[];
}

/** What a bucket's ACL, or an aws_s3_bucket_acl, may not say. */
function forbidGrants(view: View, expected: AclExpectation): Verdict {
  const message = `grants ${expected.permissions?.join(" or ") ?? "access"} to a public group`;
  return allOf([
    forbidOneOf(view, "acl", expected.canned, { message: "The canned ACL is open to people outside the account" }),
    eachBlock(view, "grant", (grant) => judgeGrant(grant, "uri", "permissions", expected, message), pass("grant")),
    eachBlock(
      view,
      "access_control_policy.grant",
      (grant) => judgeGrant(grant, "grantee.uri", "permission", expected, message),
      pass(),
    ),
  ]);
}

function judgeGrant(grant: Block, uri: string, permission: string, expected: AclExpectation, message: string): Verdict {
  const toPublic = listed(textsAt(grant, uri), (text) => expected.grantees.includes(text));
  const { permissions } = expected;
  const counts: Truth = permissions ? listed(textsAt(grant, permission), (text) => permissions.includes(text)) : true;
  return verdictOf(not(and(toPublic, counts)), `${grant.path}.${uri}`, message);
}

/** The bucket with the ACLs joined to it; an ACL whose bucket is not in this code is judged alone. */
function aclOfBucket(view: View, expected: AclExpectation): Verdict {
  if (view.type === "aws_s3_bucket_acl")
    return view.joined("aws_s3_bucket", "bucket").length > 0 ? notApplicable : forbidGrants(view, expected);
  const acls = view.joined("aws_s3_bucket_acl", "bucket");
  return allOf([forbidGrants(view, expected), ...acls.map((acl) => asSeenFrom(acl, forbidGrants(acl, expected)))]);
}

/** Nobody outside gets in, neither through what ACLs say nor through a policy that says the same another way. */
function isPrivate(view: View): Truth {
  const bucket = view.type === "aws_s3_bucket_acl" ? (view.joined("aws_s3_bucket", "bucket")[0] ?? view) : view;
  const acls = [bucket, ...bucket.joined("aws_s3_bucket_acl", "bucket")];
  const policies = [bucket, ...bucket.joined("aws_s3_bucket_policy", "bucket")]
    .map((holder) => policyAt(holder, "policy"))
    .filter((policy) => policy !== undefined);
  const open = [PUBLIC_READ, PUBLIC_WRITE, ANY_ACCOUNT].flatMap((expected) =>
    acls.map((acl) => forbidGrants(acl, expected)),
  );
  return and(...open.map(truthOf), ...policies.map((policy) => not(grantsAnyone(policy).truth)));
}

/** Makes every canned ACL that decides private; grants name people, so a person must edit them. */
function makePrivate(view: View, expected: AclExpectation): readonly FixOperation[] | string {
  const acls = [view, ...view.joined("aws_s3_bucket_acl", "bucket")].filter(
    (v) => forbidGrants(v, expected).status === "fail",
  );
  const canned = acls.filter((acl) => acl.has("acl") === true);
  if (canned.length === 0 || canned.length < acls.length)
    return "The grants in the access control policy name who gets in: remove those for public groups by hand.";
  return canned.map((acl) => set("acl", "private", acl === view ? undefined : acl));
}

const PUBLIC_READ: AclExpectation = {
  canned: ["public-read", "public-read-write", "website", "authenticated-read"],
  grantees: [ALL_USERS],
};
const PUBLIC_WRITE: AclExpectation = {
  canned: ["public-read-write"],
  grantees: [ALL_USERS],
  permissions: ["WRITE", "FULL_CONTROL"],
};
const ANY_ACCOUNT: AclExpectation = { canned: ["authenticated-read"], grantees: [AUTHENTICATED_USERS] };
const WORLD_ACP: AclExpectation = { canned: [], grantees: [ALL_USERS], permissions: ["READ_ACP", "FULL_CONTROL"] };

export const publicAcl = rule({
  id: "aws-s3-public-acl",
  aliases: ["CKV_AWS_20", "AWS-0092", "AVD-AWS-0092"],
  title: "S3 bucket ACL grants access to everyone",
  severity: "high",
  category: "security",
  on: ["aws_s3_bucket", "aws_s3_bucket_acl"],
  why: "Anyone on the internet can list or read the bucket. Public buckets are found by scanners within hours.",
  remedy: "Set the ACL to private and publish through CloudFront or a narrow bucket policy.",
  references: [ACL_DOCS],
  compliance: controls({ nist: ["AC-3", "AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.1", "CC6.6"] }),
  check: (view) => aclOfBucket(view, PUBLIC_READ),
  intent: isPrivate,
  fix: { risk: "disruptive", edit: (view) => makePrivate(view, PUBLIC_READ) },
  bad: [
    `
      resource "aws_s3_bucket" "b" {
        bucket = "b"
        acl    = "public-read"
      }
    `,
    `
      resource "aws_s3_bucket" "b" {
        bucket = "b"
      }

      resource "aws_s3_bucket_acl" "b" {
        bucket = aws_s3_bucket.b.id
        acl    = "public-read"
      }
    `,
  ],
  good: [
    `
      resource "aws_s3_bucket" "b" {
        bucket = "b"
      }
    `,
    `
      resource "aws_s3_bucket" "b" {
        bucket = "b"
      }

      resource "aws_s3_bucket_acl" "b" {
        bucket = aws_s3_bucket.b.id
        acl    = "private"
      }
    `,
  ],
});

export const publicWriteAcl = rule({
  id: "aws-s3-public-write-acl",
  aliases: ["CKV_AWS_57", "AWS-0092", "AVD-AWS-0092"],
  title: "S3 bucket ACL lets everyone write",
  severity: "critical",
  category: "security",
  on: ["aws_s3_bucket", "aws_s3_bucket_acl"],
  why: "Anyone can store, overwrite or delete objects. Attackers use such buckets to plant malware and to ransom data.",
  remedy: "Set the ACL to private and grant writers access through IAM.",
  references: [ACL_DOCS],
  compliance: controls({ nist: ["AC-3", "AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.1", "CC6.6"] }),
  check: (view) => aclOfBucket(view, PUBLIC_WRITE),
  intent: isPrivate,
  fix: { risk: "disruptive", edit: (view) => makePrivate(view, PUBLIC_WRITE) },
  bad: `
    resource "aws_s3_bucket" "b" {
      bucket = "b"
    }

    resource "aws_s3_bucket_acl" "b" {
      bucket = aws_s3_bucket.b.id
      acl    = "public-read-write"
    }
  `,
  good: `
    resource "aws_s3_bucket" "b" {
      bucket = "b"
    }

    resource "aws_s3_bucket_acl" "b" {
      bucket = aws_s3_bucket.b.id
      acl    = "private"
    }
  `,
});

export const anyAccountAcl = rule({
  id: "aws-s3-acl-any-aws-account",
  aliases: ["CKV2_AWS_43", "AWS-0092", "AVD-AWS-0092"],
  title: "S3 ACL grants access to every AWS account",
  severity: "high",
  category: "security",
  on: "aws_s3_bucket_acl",
  why: "The group AuthenticatedUsers holds every AWS account in the world, not yours. Whoever opens a free account can use the grant.",
  remedy: "Remove the grant to AuthenticatedUsers and name the accounts that need access in a bucket policy.",
  references: [ACL_DOCS],
  compliance: controls({ nist: ["AC-3", "AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.1", "CC6.6"] }),
  check: (view) => forbidGrants(view, ANY_ACCOUNT),
  fix: { risk: "disruptive", edit: (view) => makePrivate(view, ANY_ACCOUNT) },
  bad: [
    `
      resource "aws_s3_bucket_acl" "b" {
        bucket = "b"
        access_control_policy {
          grant {
            grantee {
              type = "Group"
              uri  = "${AUTHENTICATED_USERS}"
            }
            permission = "READ"
          }
          owner {
            id = "123"
          }
        }
      }
    `,
    `
      resource "aws_s3_bucket_acl" "b" {
        bucket = "b"
        acl    = "authenticated-read"
      }
    `,
  ],
  good: `
    resource "aws_s3_bucket_acl" "b" {
      bucket = "b"
      acl    = "private"
    }
  `,
});

export const worldReadableAcl = rule({
  id: "aws-s3-acl-world-permissions",
  aliases: ["CKV_AWS_375"],
  title: "S3 ACL lets the world read or change its permissions",
  severity: "high",
  category: "security",
  profile: "strict",
  on: "aws_s3_bucket_acl",
  why: "Everyone can read who has access to the bucket, or take full control of it. The first is a map for an attacker, the second is the bucket itself.",
  remedy: "Remove READ_ACP and FULL_CONTROL grants to AllUsers.",
  references: [ACL_DOCS],
  compliance: controls({ nist: ["AC-3", "AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.1", "CC6.6"] }),
  check: (view) => forbidGrants(view, WORLD_ACP),
  bad: `
    resource "aws_s3_bucket_acl" "b" {
      bucket = "b"
      access_control_policy {
        grant {
          grantee {
            type = "Group"
            uri  = "${ALL_USERS}"
          }
          permission = "READ_ACP"
        }
        owner {
          id = "123"
        }
      }
    }
  `,
  good: `
    resource "aws_s3_bucket_acl" "b" {
      bucket = "b"
      acl    = "private"
    }
  `,
});

export const aclsEnabled = rule({
  id: "aws-s3-acls-enabled",
  aliases: ["CKV2_AWS_65"],
  title: "S3 bucket still uses ACLs",
  severity: "medium",
  category: "security",
  on: "aws_s3_bucket_ownership_controls",
  why: "With ACLs in force every object can carry its own access rule, which no policy shows. AWS advises to switch them off; new buckets have them off.",
  remedy: 'Set rule.object_ownership = "BucketOwnerEnforced".',
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html"],
  check: (view) => requireOneOf(view, "rule.object_ownership", ["BucketOwnerEnforced"]),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      view
        .joined("aws_s3_bucket", "bucket")
        .some((b) => b.has("acl") === true || b.joined("aws_s3_bucket_acl", "bucket").length > 0)
        ? "The bucket still has an ACL; AWS refuses ACLs once ownership is enforced, so remove it first."
        : [set("rule.0.object_ownership", "BucketOwnerEnforced")],
  },
  bad: `
    resource "aws_s3_bucket_ownership_controls" "b" {
      bucket = "b"
      rule {
        object_ownership = "BucketOwnerPreferred"
      }
    }
  `,
  good: `
    resource "aws_s3_bucket_ownership_controls" "b" {
      bucket = "b"
      rule {
        object_ownership = "BucketOwnerEnforced"
      }
    }
  `,
});
