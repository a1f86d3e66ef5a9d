# Automation as people write it in Terraform. tools/terraform_plans.py makes plan.json, state.json and change.json of it.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "3.39.0"
    }
  }
}

variable "teams" {
  type    = map(string)
  default = { blue = "eu-west-1", green = "us-east-1" }
}

variable "restart_policy" {
  type    = bool
  default = true
}

variable "window" {
  type    = bool
  default = true
}

locals {
  prefix = "fleet"
  sites  = toset(["eu.west", "us"])
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ssm.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["123456789012"]
    }
  }
}

# --- a policy that a data source writes during apply, a name that only apply knows -----------------------------------

resource "aws_s3_bucket" "reports" {
  bucket_prefix = "reports-"
}

data "aws_iam_policy_document" "restart" {
  statement {
    actions   = ["ec2:StopInstances"]
    resources = ["arn:aws:ec2:*:*:instance/*"]
  }
  statement {
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.reports.arn}/*"]
  }
}

resource "aws_iam_role" "restart" {
  name_prefix        = "${local.prefix}-restart-"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "restart" {
  count  = var.restart_policy ? 1 : 0
  name   = "restart"
  role   = aws_iam_role.restart.id
  policy = data.aws_iam_policy_document.restart.json
}

resource "aws_ssm_document" "restart" {
  name            = "Restart"
  document_type   = "Automation"
  document_format = "YAML"
  content         = file("${path.module}/restart.yaml")
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "rate(1 day)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = replace(aws_ssm_document.restart.arn, "document/", "automation-definition/")
  role_arn = aws_iam_role.events.arn
  input    = jsonencode({ InstanceId = ["i-0123456789abcdef0"], AutomationAssumeRole = [aws_iam_role.restart.arn] })
}

resource "aws_iam_role" "events" {
  name = "events"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "events.amazonaws.com" } }]
  })
}

# --- content that depends on the role, so a plan does not have it -----------------------------------------------------

resource "aws_ssm_document" "inline" {
  name          = "Inline"
  document_type = "Automation"
  content = jsonencode({
    schemaVersion = "0.3"
    assumeRole    = aws_iam_role.restart.arn
    mainSteps     = [{ name = "stop", action = "aws:executeAwsApi", inputs = { Service = "ec2", Api = "StopInstances", InstanceIds = ["i-1"] } }]
  })
}

resource "aws_ssm_document" "command" {
  name          = "Hello"
  document_type = "Command"
  content       = jsonencode({ schemaVersion = "2.2", description = "hello", mainSteps = [] })
}

# --- instances that refer to each other by their indices --------------------------------------------------------------

resource "aws_iam_role" "site" {
  for_each           = local.sites
  name_prefix        = "site-"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_policy" "site" {
  for_each    = aws_iam_role.site
  name_prefix = "site-"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sns:Publish", Resource = "arn:aws:sns:*:*:${each.key}" }]
  })
}

resource "aws_iam_role_policy_attachment" "site" {
  for_each   = aws_iam_role.site
  role       = each.value.name
  policy_arn = aws_iam_policy.site[each.key].arn
}

module "site" {
  for_each = local.sites
  source   = "./modules/site"
  site     = each.key
  role     = aws_iam_role.site[each.key]
}

# --- policies through a local, which a plan does not have --------------------------------------------------------------

module "ops" {
  source   = "./modules/ops"
  for_each = var.teams
  team     = each.key
  trust    = data.aws_iam_policy_document.trust.json
  bucket   = aws_s3_bucket.reports
  window   = var.window
}
