variable "site" { type = string }
variable "role" {}

resource "aws_ssm_document" "this" {
  count         = 1
  name          = "Site-${replace(var.site, ".", "-")}"
  document_type = "Automation"
  content = jsonencode({
    schemaVersion = "0.3"
    assumeRole    = "{{ AutomationAssumeRole }}"
    parameters    = { AutomationAssumeRole = { type = "String" } }
    mainSteps = [{
      name   = "tell"
      action = "aws:executeAwsApi"
      inputs = { Service = "sns", Api = "Publish", TopicArn = "arn:aws:sns:eu-west-1:123456789012:${var.site}", Message = "done" }
    }]
  })
}

resource "aws_cloudwatch_event_rule" "this" {
  name                = "site-${var.site}"
  schedule_expression = "rate(1 day)"
}

resource "aws_cloudwatch_event_target" "this" {
  rule     = aws_cloudwatch_event_rule.this.name
  arn      = "arn:aws:ssm:eu-west-1:123456789012:automation-definition/${aws_ssm_document.this[0].name}:$DEFAULT"
  role_arn = "arn:aws:iam::123456789012:role/events"
  input    = jsonencode({ AutomationAssumeRole = [var.role.arn] })
}
