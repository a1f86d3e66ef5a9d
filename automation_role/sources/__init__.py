"""Finds runbooks and roles where they are: files, CloudFormation templates, CDK assemblies, Terraform plans, accounts.

In: paths. Out: the runbooks, the roles, and what starts the runbooks, each with its file, line and name there.

Where to look:
    `scan`, `files`: reads paths; `formats`: THE table of formats, one module each (`document`, `cloudformation`, `assembly`, `account`, `terraform/`);
        `dumps`: those of many accounts, one at a time
    `template`: one template among those that are read together; `cross_stack`, `resolving`: values from one to another; `roles`: builds a role
    `model`: what is found; `collect`: the runbooks that were found, with the user's values; `join`: which runbook runs as which role
    `starters`: what starts a runbook; `permitted_starts`: who may start it; `assumed`: the roles that its scripts assume
"""
