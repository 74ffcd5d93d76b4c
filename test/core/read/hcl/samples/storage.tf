# Written for these tests: what real modules hold, in small.
terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }

  backend "s3" {}
}

variable "names" {
  type = map(object({
    versioned = optional(bool, true)
    days      = optional(number)
  }))
  default     = {}
  description = "Buckets, by \"short\" name\tand é 👩‍👩‍👧‍👦"
}

locals {
  prefix = "acme-${terraform.workspace}"
  sizes  = [1, 2.50, 1e3, -4]
  active = { for name, it in var.names : name => it.days if it.versioned && it.days != null }
  groups = { for name, it in var.names : it.days => name... }
  first  = [for name, it in var.names : upper(name)][0]
  total  = (length(local.active) + 1) * 2 % 7 >= 3 ? "many" : "few"
}

resource "aws_s3_bucket" "this" { // one each
  for_each = var.names
  bucket   = "${local.prefix}-${each.key}" /* the name */
  tags     = merge(local.tags, { "cost:center" : 42, Owner = "ops" })

  dynamic "lifecycle_rule" {
    for_each = each.value.days[*]
    content {
      enabled = !false
      expiration { days = lifecycle_rule.value }
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:*"]
        Resource  = ["${each.value.arn}/*", each.value.arn]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}
