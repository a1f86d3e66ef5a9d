variable "team" { type = string }
variable "trust" { type = string }
variable "bucket" {}
variable "window" {
  type    = bool
  default = true
}

locals {
  grants = {
    Invoke = aws_iam_policy.invoke.arn
    Read   = aws_iam_policy.read.arn
  }
}

resource "aws_iam_role" "this" {
  name               = "ops-${var.team}"
  assume_role_policy = var.trust
}

resource "aws_iam_policy" "invoke" {
  name_prefix = "invoke-"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "lambda:InvokeFunction", Resource = "arn:aws:lambda:*:*:function:${var.team}-*" }]
  })
}

resource "aws_iam_policy" "read" {
  name_prefix = "read-"
  policy      = data.aws_iam_policy_document.read.json
}

data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${var.bucket.arn}/*"]
  }
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = local.grants
  role       = aws_iam_role.this.name
  policy_arn = each.value
}

resource "aws_ssm_document" "this" {
  count         = 1
  name          = "Ops-${var.team}"
  document_type = "Automation"
  content       = templatefile("${path.module}/ops.json.tftpl", { team = var.team })
}

resource "aws_ssm_maintenance_window_task" "this" {
  count            = var.window ? 1 : 0
  window_id        = "mw-00000000000000000"
  task_type        = "AUTOMATION"
  task_arn         = aws_ssm_document.this[0].name
  service_role_arn = aws_iam_role.this.arn
  max_concurrency  = 1
  max_errors       = 1
  targets {
    key    = "InstanceIds"
    values = ["i-0123456789abcdef0"]
  }
  task_invocation_parameters {
    automation_parameters {
      document_version = "$LATEST"
      parameter {
        name   = "AutomationAssumeRole"
        values = [aws_iam_role.this.arn]
      }
    }
  }
}
