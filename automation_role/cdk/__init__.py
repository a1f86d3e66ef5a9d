"""The constructs, in the only room that imports aws_cdk.

In: runbooks, and what a CDK app passes. Out: roles, documents, triggers and grants in a template.

Where to look:
    `role`: `AutomationRole`; `checked` and `arguments` check what it is passed, `located` says where, `plan` derives its policies, `role_policies` and
        `role_findings` attach and report them
    `grants`, `granting`: what others may do with the role; `imported_role`: the same for a role created elsewhere
    `automation_runbook`: a runbook as a document; `documents`: a runbook as it is started; `tokens`: what a bound CDK token is
    `triggers/`: a file for each service that starts automations; `organization/`: many accounts
    `fit`, `measured`, `attached`, `validation`: checks at synthesis; `render`: values -> jsii
"""
