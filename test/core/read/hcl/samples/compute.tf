resource "aws_instance" "web" {
  count         = var.enabled ? 2 : 0
  ami           = data.aws_ami.ubuntu.*.id[count.index]
  instance_type = lookup(var.types, "web", "t3.micro")
  subnet_id     = element(module.vpc[*].subnets.0, count.index)

  user_data = <<-EOT
    #!/bin/bash
    echo "${var.greeting} $${HOME} 100%%"
      %{ for port in var.ports ~}
      open ${port}
      %{ endfor ~}

    /usr/bin/start --name='${format("%s-%02d", local.name, count.index)}'
  EOT

  metadata_options {
    http_tokens = "required"
  }

  ebs_block_device { device_name = "/dev/sdb" }
}

output "raw" {
  value = <<EOF
no dedent
  here: ${aws_instance.web[0].private_ip}
EOF
}

data "aws_ami" ubuntu {
  most_recent = true
  owners      = ["099720109477"] # Canonical

  filter {
    name   = "name"
    values = ["ubuntu/images/*"]
  }
}
