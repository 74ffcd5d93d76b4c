resource "azurerm_storage_account" "crlf" {
  name = "x${var.a}y"

  # comment
  tags = {
    a = 1,
    b = "two"
  }
  text = <<EOT
one
  two
EOT
}
