"""Derives permissions and findings from runbooks.

In: runbooks. Out: a derivation: what each step calls and needs, and what could not be derived.

Where to look, from a step to its permissions:
    `derivation`: all that runbooks need, put together; `step_needs`: what each step of one runbook needs; `parallel` and `cache` make it faster,
        `serialized` stores what a step needs
    `steps`, `readings`: which API calls a step makes, from the table in `runbook.actions`; `scripts/` reads those of `aws:executeScript`
    `step_context`, `inputs`: a step's resolved inputs; `unset_parameters`: parameters without a value
    `operations`: API call -> IAM actions, from the catalog, and tags on what it creates; `chosen_actions` (with `directory_buckets`), `follows`,
        `conditions`, `command_targets` (the nodes of a command), `tagging_api`, `passing`: what its inputs add; `encrypted`: what may be needed on
        customer managed keys
    `resources`: IAM action and inputs -> ARNs; `which_types` chooses the types, `type_arns` writes the ARNs of each, by `arn_forms` and `arn_holes`;
        `arn_names`, `arn_spellings` (THE tables of odd spellings) and `s3_urls` turn an input's text into the name in it; `regions`: those in other
        Regions
    `automations`, `automation_targets` (many targets, accounts and Regions), `own_execution`: runbooks that start runbooks; `assumed_roles`: those
        that scripts assume
    `documented`: what AWS's pages list for runbooks whose scripts are not published
    `stacks`, `stack_types` (THE table of resource types): stacks without their own role; `stack_changes`: calls that change one; `stack_calls`: what
        its handlers call; `stack_names`: its resources' names and roles; `stack_values`: what its functions make of what is known; `stack_reads`: what
        CloudFormation looks up; `stack_outline`: what is stored of its template
"""
