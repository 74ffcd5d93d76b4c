# A stack of Terraform's own terraform_data: it can be planned and applied anywhere, with no account and no provider.
terraform {
  required_version = ">= 1.4"
}

variable "environment" {
  type    = string
  default = "production"
}

resource "terraform_data" "orders" {
  input = {
    name      = "orders-${var.environment}"
    holds     = "customer-data"
    encrypted = false
    retention = 30
  }
}

resource "terraform_data" "release" {
  input = {
    name   = "release"
    serves = terraform_data.orders.output.name
  }
}

output "orders" {
  value = terraform_data.orders.output.name
}
