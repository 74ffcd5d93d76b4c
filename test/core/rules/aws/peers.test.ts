/** Cases that other scanners are known to get wrong; docs/rules/differences.md tells of those in which we differ on purpose. */
import { describe, expect, it } from "@jest/globals";
import { diskEncryption } from "../../../../src/core/rules/aws/ec2.ts";
import { metadataTokens } from "../../../../src/core/rules/aws/ec2-metadata.ts";
import { userDataSecrets } from "../../../../src/core/rules/aws/ec2-user-data.ts";
import { clusterVersion, endpointOpen, secretsEncryption } from "../../../../src/core/rules/aws/eks.ts";
import { adminDocument, adminPolicy } from "../../../../src/core/rules/aws/iam.ts";
import { escalation, everyResource, permissionsManagement } from "../../../../src/core/rules/aws/iam-danger.ts";
import { administrator } from "../../../../src/core/rules/aws/iam-managed.ts";
import { githubTrust, openTrust } from "../../../../src/core/rules/aws/iam-trust.ts";
import { keyRotation, openKeyPolicy } from "../../../../src/core/rules/aws/kms.ts";
import { aclSsh } from "../../../../src/core/rules/aws/network-acl.ts";
import { hardCodedKeys } from "../../../../src/core/rules/aws/provider.ts";
import { instanceEncryption } from "../../../../src/core/rules/aws/rds.ts";
import { forceTls, minorUpgrades } from "../../../../src/core/rules/aws/rds-operations.ts";
import { accessLogging, versioning } from "../../../../src/core/rules/aws/s3.ts";
import { publicAcl } from "../../../../src/core/rules/aws/s3-acl.ts";
import { encryptionAlgorithm } from "../../../../src/core/rules/aws/s3-encryption.ts";
import { policyLockout, publicPolicy } from "../../../../src/core/rules/aws/s3-policy.ts";
import { publicAccessBlock } from "../../../../src/core/rules/aws/s3-public-access.ts";
import { openEgress, openEverything, openSsh } from "../../../../src/core/rules/aws/security-group.ts";
import { defaultGroup, flowLog } from "../../../../src/core/rules/aws/vpc.ts";
import { verdictOn } from "../../../support/views.ts";

const block = (type: string, body: string): string => `resource "${type}" "x" {\n${body}\n}\n`;
const ingress = (body: string): string => `ingress {\n${body}\n}`;
const OPEN = 'from_port = 22\nto_port = 22\nprotocol = "tcp"\ncidr_blocks = ["0.0.0.0/0"]';

describe("security groups", () => {
  it("a first block with self = true does not excuse the next", () => {
    const self = ingress('from_port = 0\nto_port = 0\nprotocol = "-1"\nself = true');
    expect(verdictOn(openSsh, block("aws_security_group", `${self}\n${ingress(OPEN)}`))).toBe("fail");
  });

  it("ip_protocol -1 without ports is every port", () => {
    const rule = block(
      "aws_vpc_security_group_ingress_rule",
      'security_group_id = "sg-1"\nip_protocol = "-1"\ncidr_ipv4 = "0.0.0.0/0"',
    );
    expect(verdictOn(openSsh, rule)).toBe("fail");
    expect(verdictOn(openEverything, rule)).toBe("fail");
  });

  it("tcp 0-65535 is every port", () => {
    const wide = ingress('from_port = 0\nto_port = 65535\nprotocol = "tcp"\ncidr_blocks = ["0.0.0.0/0"]');
    expect(verdictOn(openEverything, block("aws_security_group", wide))).toBe("fail");
  });

  it("tcp 0-0 is port 0 alone, but -1 with any ports is everything", () => {
    const zero = ingress('from_port = 0\nto_port = 0\nprotocol = "tcp"\ncidr_blocks = ["0.0.0.0/0"]');
    expect(verdictOn(openSsh, block("aws_security_group", zero))).toBe("pass");
    const all = 'egress {\nfrom_port = 20\nto_port = 200\nprotocol = "-1"\ncidr_blocks = ["0.0.0.0/0"]\n}';
    expect(verdictOn(openEgress, block("aws_security_group", all))).toBe("fail");
  });

  it("0.0.0.0/1 with 128.0.0.0/1, and ::/0 however spelt, are the internet", () => {
    const halves = ingress(
      'from_port = 22\nto_port = 22\nprotocol = "tcp"\ncidr_blocks = ["0.0.0.0/1", "128.0.0.0/1"]',
    );
    const six = ingress('from_port = 22\nto_port = 22\nprotocol = "6"\nipv6_cidr_blocks = ["0::0/0"]');
    expect(verdictOn(openSsh, block("aws_security_group", halves))).toBe("fail");
    expect(verdictOn(openSsh, block("aws_security_group", six))).toBe("fail");
  });

  it("reads dynamic blocks, beside static ones", () => {
    const dynamic = `locals {\n  ports = [80, 22]\n}\n${block(
      "aws_security_group",
      `${ingress('from_port = 1\nto_port = 1\nprotocol = "tcp"\nself = true')}
      dynamic "ingress" {
        for_each = local.ports
        content {
          from_port   = ingress.value
          to_port     = ingress.value
          protocol    = "tcp"
          cidr_blocks = ["0.0.0.0/0"]
        }
      }`,
    )}`;
    expect(verdictOn(openSsh, dynamic, "aws_security_group.x")).toBe("fail");
    expect(verdictOn(openSsh, dynamic.replace("[80, 22]", "[]"), "aws_security_group.x")).toBe("pass");
  });

  it("decides what both arms of an unknown condition agree on, and nothing else", () => {
    const either = (a: string, b: string): string =>
      `variable "v" {}\n${block("aws_security_group", ingress(`from_port = 22\nto_port = 22\nprotocol = "tcp"\ncidr_blocks = var.v ? ${a} : ${b}`))}`;
    expect(verdictOn(openSsh, either('["10.0.0.0/8"]', '["10.0.0.0/8"]'), "aws_security_group.x")).toBe("pass");
    expect(verdictOn(openSsh, either('["10.0.0.0/8"]', '["0.0.0.0/0"]'), "aws_security_group.x")).toBe("unknown");
  });
});

describe("network ACLs", () => {
  it("a range that starts at port 0 holds port 22", () => {
    const acl = ingress(
      'rule_no = 1\naction = "allow"\nprotocol = "tcp"\ncidr_block = "0.0.0.0/0"\nfrom_port = 0\nto_port = 1024',
    );
    expect(verdictOn(aclSsh, block("aws_network_acl", acl))).toBe("fail");
  });

  it("a Deny in another resource with a lower number comes first", () => {
    const rules = `
      resource "aws_network_acl" "a" {
        vpc_id = "vpc-1"
      }
      resource "aws_network_acl_rule" "deny" {
        network_acl_id = aws_network_acl.a.id
        rule_number    = 10
        rule_action    = "deny"
        protocol       = "tcp"
        cidr_block     = "0.0.0.0/0"
        from_port      = 22
        to_port        = 22
      }
      resource "aws_network_acl_rule" "allow" {
        network_acl_id = aws_network_acl.a.id
        rule_number    = 100
        rule_action    = "allow"
        protocol       = "-1"
        cidr_block     = "0.0.0.0/0"
      }`;
    expect(verdictOn(aclSsh, rules, "aws_network_acl_rule.allow")).toBe("pass");
    expect(verdictOn(aclSsh, rules.replace("= 10\n", "= 200\n"), "aws_network_acl_rule.allow")).toBe("fail");
  });
});

describe("S3", () => {
  it("joins split resources per instance of for_each", () => {
    const hcl = `
      resource "aws_s3_bucket" "b" {
        for_each = toset(["a", "b"])
        bucket   = each.key
      }
      resource "aws_s3_bucket_versioning" "v" {
        for_each = toset(["a"])
        bucket   = aws_s3_bucket.b[each.key].id
        versioning_configuration {
          status = "Enabled"
        }
      }`;
    expect(verdictOn(versioning, hcl, 'aws_s3_bucket.b["a"]')).toBe("pass");
    expect(verdictOn(versioning, hcl, 'aws_s3_bucket.b["b"]')).toBe("fail");
  });

  it("joins by literal name, and not across buckets that bear the same one by reference", () => {
    const named = `${block("aws_s3_bucket", 'bucket = "logs"')}
      resource "aws_s3_bucket_acl" "a" {
        bucket = "logs"
        acl    = "public-read"
      }`;
    expect(verdictOn(publicAcl, named, "aws_s3_bucket.x")).toBe("fail");
    const other = `${block("aws_s3_bucket", 'bucket = "logs"')}
      resource "aws_s3_bucket" "y" {
        bucket = "logs"
      }
      resource "aws_s3_bucket_acl" "a" {
        bucket = aws_s3_bucket.y.bucket
        acl    = "public-read"
      }`;
    expect(verdictOn(publicAcl, other, "aws_s3_bucket.x")).toBe("pass");
    expect(verdictOn(publicAcl, other, "aws_s3_bucket.y")).toBe("fail");
  });

  it("a versioning resource whose bucket is not known leaves the bucket undecided", () => {
    const hcl = `variable "b" {}\n${block("aws_s3_bucket", 'bucket = "logs"')}
      resource "aws_s3_bucket_versioning" "v" {
        bucket = var.b
        versioning_configuration {
          status = "Enabled"
        }
      }`;
    expect(verdictOn(versioning, hcl, "aws_s3_bucket.x")).toBe("unknown");
  });

  it("aws:kms:dsse is an algorithm; an unknown one is not decided", () => {
    const sse = (value: string): string =>
      `variable "a" {}\n${block("aws_s3_bucket", `server_side_encryption_configuration {\nrule {\napply_server_side_encryption_by_default {\nsse_algorithm = ${value}\n}\n}\n}`)}`;
    expect(verdictOn(encryptionAlgorithm, sse('"aws:kms:dsse"'))).toBe("pass");
    expect(verdictOn(encryptionAlgorithm, sse("var.a"))).toBe("unknown");
    expect(verdictOn(encryptionAlgorithm, sse('var.a ? "AES256" : "aws:kms"'))).not.toBe("fail");
  });

  it("a public access block needs all four flags", () => {
    const hcl = `${block("aws_s3_bucket", "")}
      resource "aws_s3_bucket_public_access_block" "p" {
        bucket              = aws_s3_bucket.x.id
        block_public_acls   = true
        block_public_policy = true
      }`;
    expect(verdictOn(publicAccessBlock, hcl)).toBe("fail");
  });

  const policy = (...statements: readonly string[]): string =>
    block("aws_s3_bucket_policy", `bucket = "b"\npolicy = jsonencode({ Statement = [${statements.join(", ")}] })`);
  const anyone = (more = ""): string =>
    `{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/*"${more} }`;

  it("a first statement with a condition does not excuse the next", () => {
    const narrow = anyone(', Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-1" } }');
    expect(verdictOn(publicPolicy, policy(narrow, anyone()))).toBe("fail");
    expect(verdictOn(publicPolicy, policy(narrow))).toBe("pass");
  });

  it("a condition that anyone meets does not narrow", () => {
    const secure = anyone(', Condition = { Bool = { "aws:SecureTransport" = "true" } }');
    expect(verdictOn(publicPolicy, policy(secure))).toBe("fail");
  });

  it("a Deny on objects only, or with a condition, locks nobody out", () => {
    const deny = (resource: string): string =>
      policy(`{ Effect = "Deny", Principal = { AWS = "*" }, Action = "s3:Put*", Resource = "${resource}" }`);
    expect(verdictOn(policyLockout, deny("arn:aws:s3:::b"))).toBe("fail");
    expect(verdictOn(policyLockout, deny("arn:aws:s3:::b/*"))).toBe("pass");
  });
});

describe("EC2", () => {
  it("a disk from a snapshot is as the snapshot is", () => {
    const disks =
      'root_block_device {\nencrypted = true\n}\nebs_block_device {\ndevice_name = "/dev/sdf"\nsnapshot_id = "snap-1"\n}';
    expect(verdictOn(diskEncryption, block("aws_instance", disks))).toBe("pass");
  });

  it("an account that encrypts by default needs no mention", () => {
    const hcl = `resource "aws_ebs_encryption_by_default" "d" {}\n${block("aws_instance", 'ami = "ami-1"')}`;
    expect(verdictOn(diskEncryption, hcl, "aws_instance.x")).toBe("pass");
  });

  it("an instance takes what its launch template says", () => {
    const hcl = (tokens: string): string => `
      resource "aws_launch_template" "t" {
        metadata_options {
          http_tokens = "${tokens}"
        }
      }
      resource "aws_instance" "i" {
        launch_template {
          id = aws_launch_template.t.id
        }
      }`;
    expect(verdictOn(metadataTokens, hcl("required"), "aws_instance.i")).toBe("pass");
    expect(verdictOn(metadataTokens, hcl("optional"), "aws_instance.i")).toBe("fail");
  });

  it("finds keys behind base64, and in text with unknown parts", () => {
    const text = "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE";
    expect(verdictOn(userDataSecrets, block("aws_launch_template", `user_data = base64encode("${text}")`))).toBe(
      "fail",
    );
    expect(
      verdictOn(userDataSecrets, block("aws_instance", `user_data_base64 = "${Buffer.from(text).toString("base64")}"`)),
    ).toBe("fail");
    const hcl = `variable "v" {}\n${block("aws_instance", `user_data = "echo \${var.v}; ${text}"`)}`;
    expect(verdictOn(userDataSecrets, hcl, "aws_instance.x")).toBe("fail");
    expect(verdictOn(userDataSecrets, hcl.replace(text, "true"), "aws_instance.x")).toBe("unknown");
  });
});

describe("IAM", () => {
  const role = (statements: string): string =>
    block("aws_iam_role", `assume_role_policy = jsonencode({ Statement = [${statements}] })`);
  const GITHUB = 'Federated = "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"';

  it("looks for GitHub in every statement", () => {
    const ec2 = '{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }';
    const any = `{ Effect = "Allow", Principal = { ${GITHUB} }, Action = "sts:AssumeRoleWithWebIdentity" }`;
    expect(verdictOn(githubTrust, role(`${ec2}, ${any}`))).toBe("fail");
    expect(verdictOn(githubTrust, role(ec2))).toBe("pass");
  });

  it("a Deny of everyone is no trust", () => {
    expect(
      verdictOn(openTrust, role('{ Effect = "Deny", Principal = { AWS = "*" }, Action = "sts:AssumeRole" }')),
    ).toBe("pass");
    expect(verdictOn(openTrust, block("aws_iam_role", 'assume_role_policy = ""'))).toBe("not-applicable");
  });

  it("judges a policy once: in the document that writes it", () => {
    const hcl = `
      data "aws_iam_policy_document" "d" {
        statement {
          actions   = ["*"]
          resources = ["*"]
        }
      }
      resource "aws_iam_policy" "p" {
        policy = data.aws_iam_policy_document.d.json
      }`;
    expect(verdictOn(adminDocument, hcl)).toBe("fail");
    expect(verdictOn(adminPolicy, hcl)).toBe("not-applicable");
    expect(verdictOn(escalation, hcl, "data.aws_iam_policy_document.d")).toBe("fail");
    expect(verdictOn(escalation, hcl, "aws_iam_policy.p")).toBe("not-applicable");
  });

  it("an ARN that is not known yet is not everything", () => {
    const hcl = `
      resource "aws_s3_bucket" "b" {}
      resource "aws_iam_policy" "p" {
        policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = [aws_s3_bucket.b.arn, "\${aws_s3_bucket.b.arn}/*"] }] })
      }`;
    expect(verdictOn(adminPolicy, hcl)).toBe("pass");
    expect(verdictOn(escalation, hcl)).toBe("pass");
  });

  it("does not take the policy of a resource for the policy of an identity", () => {
    const hcl = `
      data "aws_iam_policy_document" "key" {
        statement {
          actions   = ["kms:*"]
          resources = ["*"]
          principals {
            type        = "AWS"
            identifiers = ["arn:aws:iam::123456789012:root"]
          }
        }
      }`;
    expect(verdictOn(permissionsManagement, hcl)).toBe("pass");
    expect(verdictOn(everyResource, hcl)).toBe("pass");
  });

  it("knows AdministratorAccess in every partition, and by prefix what it cannot be", () => {
    const attach = (arn: string): string =>
      `variable "v" {}\n${block("aws_iam_role_policy_attachment", `role = "r"\npolicy_arn = "${arn}"`)}`;
    const on = (arn: string) => verdictOn(administrator, attach(arn), "aws_iam_role_policy_attachment.x");
    expect(on("arn:aws-us-gov:iam::aws:policy/AdministratorAccess")).toBe("fail");
    expect(on("arn:aws:iam::aws:policy/${var.v}")).toBe("unknown");
    expect(on("arn:aws:iam::aws:policy/service-role/${var.v}")).toBe("pass");
  });
});

describe("blocks that may or may not be there", () => {
  const perhaps = (type: string, name: string, content: string): string =>
    `variable "on" {}\n${block(type, `dynamic "${name}" {\nfor_each = var.on ? [1] : []\ncontent {\n${content}\n}\n}`)}`;

  it("are neither there nor missing", () => {
    const logging = perhaps("aws_s3_bucket", "logging", 'target_bucket = "logs"');
    expect(verdictOn(accessLogging, logging, "aws_s3_bucket.x")).toBe("unknown");
    const secrets = perhaps("aws_eks_cluster", "encryption_config", 'resources = ["secrets"]');
    expect(verdictOn(secretsEncryption, secrets, "aws_eks_cluster.x")).toBe("unknown");
  });

  it("fail where what they would say is wrong", () => {
    const open = perhaps("aws_security_group", "ingress", OPEN);
    expect(verdictOn(openSsh, open, "aws_security_group.x")).toBe("fail");
  });
});

describe("and more", () => {
  it("keys that cannot be rotated are not asked to", () => {
    expect(verdictOn(keyRotation, block("aws_kms_key", 'customer_master_key_spec = "RSA_2048"'))).toBe(
      "not-applicable",
    );
    expect(verdictOn(keyRotation, block("aws_kms_key", "enable_key_rotation = null"))).toBe("fail");
  });

  it("a key policy narrowed to one account is not open, one narrowed to nothing is", () => {
    const key = (condition: string): string =>
      block(
        "aws_kms_key",
        `policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "kms:*", Resource = "*", Condition = ${condition} }] })`,
      );
    expect(verdictOn(openKeyPolicy, key('{ StringEquals = { "kms:CallerAccount" = "123456789012" } }'))).toBe("pass");
    expect(verdictOn(openKeyPolicy, key('{ Bool = { "aws:SecureTransport" = "true" } }'))).toBe("fail");
  });

  it("versions of Kubernetes are judged by date, not by list", () => {
    const version = (v: string): string => block("aws_eks_cluster", `version = "${v}"`);
    expect(verdictOn(clusterVersion, version("1.22"))).toBe("fail");
    expect(verdictOn(clusterVersion, version("1.99"))).toBe("pass");
  });

  it("an endpoint open to both halves of the internet is open", () => {
    const cidrs = block(
      "aws_eks_cluster",
      'vpc_config {\nsubnet_ids = []\npublic_access_cidrs = ["0.0.0.0/1", "128.0.0.0/1"]\n}',
    );
    expect(verdictOn(endpointOpen, cidrs)).toBe("fail");
  });

  it("a replica is encrypted as its source is", () => {
    expect(verdictOn(instanceEncryption, block("aws_db_instance", 'replicate_source_db = "d"'))).toBe("not-applicable");
  });

  it("reads False as its author meant it", () => {
    expect(verdictOn(instanceEncryption, block("aws_db_instance", "storage_encrypted = False"))).toBe("fail");
    expect(verdictOn(instanceEncryption, block("aws_db_instance", "storage_encrypted = True"))).toBe("pass");
  });

  it("minor upgrades are on unless switched off", () => {
    expect(verdictOn(minorUpgrades, block("aws_db_instance", 'engine = "mysql"'))).toBe("pass");
  });

  it("PostgreSQL 15 demands TLS by itself", () => {
    const hcl = (family: string): string => `
      resource "aws_db_parameter_group" "g" {
        family = "${family}"
      }
      resource "aws_db_instance" "d" {
        engine               = "postgres"
        parameter_group_name = aws_db_parameter_group.g.name
      }`;
    expect(verdictOn(forceTls, hcl("postgres14"))).toBe("fail");
    expect(verdictOn(forceTls, hcl("postgres16"))).toBe("pass");
  });

  it("keys in a provider are key material, not words", () => {
    const provider = (key: string): string => `provider "aws" {\n  access_key = "${key}"\n}\n`;
    expect(verdictOn(hardCodedKeys, provider("mock_access_key"))).toBe("pass");
    expect(verdictOn(hardCodedKeys, provider("AKIAIOSFODNN7EXAMPLE"))).toBe("fail");
  });

  it("flow logs and default groups are found per VPC", () => {
    const hcl = `
      resource "aws_vpc" "a" {}
      resource "aws_vpc" "b" {}
      resource "aws_flow_log" "a" {
        vpc_id = aws_vpc.a.id
      }
      resource "aws_default_security_group" "a" {
        vpc_id = aws_vpc.a.id
        ingress {
          from_port = 0
          to_port   = 0
          protocol  = "-1"
        }
      }`;
    expect(verdictOn(flowLog, hcl, "aws_vpc.a")).toBe("pass");
    expect(verdictOn(flowLog, hcl, "aws_vpc.b")).toBe("fail");
    expect(verdictOn(defaultGroup, hcl, "aws_vpc.a")).toBe("fail");
  });
});
