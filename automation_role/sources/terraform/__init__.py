"""What `terraform show -json` and `tofu show -json` print: a plan or a state, with its runbooks, its roles, and what starts the runbooks.

In: the JSON. Out: a `SourceFile`. A plan lacks the values that are only known after apply; they are followed through its configuration.

Where to look:
    `source`: a plan as a source; `plan`: its resources; `references`, `values`: what their arguments are
    `roles`, `people`: its roles, users and groups; `starters`: THE table of what starts a runbook

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""
