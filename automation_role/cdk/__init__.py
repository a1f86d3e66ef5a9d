"""The constructs, in the only room that imports aws_cdk.

In: runbooks, and what a CDK app passes. Out: roles, documents, triggers and grants in a template.

Where to look:
    `role`: `AutomationRole`; `role_arguments` and `arguments` check what it is passed, `role_runbooks` and `role_plan` derive its policies,
        `role_permissions`, `role_policies` and `role_findings` attach and report them
    `grants`, `granting`: what others may do with the role; `imported_role`: the same for a role created elsewhere; `startable_role`: what a
        start needs from either; `node_access`: just-in-time node access
    `automation_runbook`, `attachments`, `execution_events`: a runbook as a document, with its files and events; `started_documents`: a
        runbook as it is started; `tokens`, `list_tokens`: what a bound CDK token is
    `derived_needs`: what the role's scripts need from other roles; `self_change`: what the role may not change; `types`: types of arguments
    `triggers/`: a file for each service that starts automations; `organization/`: many accounts
    `role_checks`, `role_fit`, `role_information`, `grant_quotas`, `attaching_policies`, `policy_validation`: checks at synthesis
    `construct_errors`: an error with its construct; `unique_names`; `render`: values -> jsii; `surroundings`: where a construct is created
"""
