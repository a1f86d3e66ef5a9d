"""Derives permissions and findings from runbooks.

In: runbooks. Out: a derivation: what each step calls and needs, and what could not be derived.

Where to look, from a step to its permissions:
    `derivation`: all that runbooks need, put together; `step_needs`: what each step of one runbook needs; `parallel` and `cache` make it faster,
        `serialized` stores what a step needs
    `steps`, `readings`: which API calls a step makes, from the table in `runbook.actions`; `scripts/` reads those of `aws:executeScript`
    `operations`: API call -> IAM actions, from the catalog; `chosen_actions`, `follows`, `conditions`, `tagging`, `passing`: what its inputs add
    `resources`: IAM action and inputs -> ARNs; `which_types` chooses the types, `type_arns` writes the ARNs of each, by `arn_forms` and `arn_holes`;
        `arn_names` and `arn_spellings` (THE tables of odd spellings) turn an input's text into the name in it
    `automations`, `many_targets`, `own_execution`: runbooks that start runbooks; `assumed`: roles that scripts assume
    `stacks`, `stack_types` (THE table of resource types): stacks without their own role
"""
