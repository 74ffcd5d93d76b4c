/** Security groups of EC2-Classic, which AWS has retired. */
import { type Rule, rule } from "../rule.ts";
import { fail } from "../verdict.ts";
import { alias, example } from "./shapes.ts";

const retired = (id: string, checkov: string, service: string, type: string): Rule =>
  rule({
    id,
    aliases: alias(checkov),
    title: `${service} uses a security group of EC2-Classic`,
    severity: "medium",
    category: "security",
    profile: "strict",
    on: type,
    why: "Such groups belong to a network that AWS retired in 2022, and guard nothing in a VPC. Code that names them looks guarded and is not.",
    remedy: "Delete the resource, and name VPC security groups instead.",
    references: ["https://aws.amazon.com/blogs/aws/ec2-classic-is-retiring-heres-how-to-prepare/"],
    check: () => fail(undefined, "EC2-Classic is retired"),
    bad: example(type, 'name = "g"', 'description = "old"'),
    good: example("aws_security_group", 'name        = "g"', 'description = "new"'),
  });

export const cacheGroup = retired(
  "aws-elasticache-classic-security-group",
  "CKV_AWS_196",
  "ElastiCache",
  "aws_elasticache_security_group",
);
export const databaseGroup = retired("aws-rds-classic-security-group", "CKV_AWS_198", "RDS", "aws_db_security_group");
