"""Reads a document into a checked `Runbook`.

In: YAML or JSON text. Out: a `Runbook` with its steps, parameters, references and lines; or every problem of the document at once.

Where to look:
    `actions`: THE table of `aws:` action types; `lint`: THE table of lint rules, which look at a `lint_view`
    `document`, `yaml_text`, `json_text`, `syntax`: text -> plain data with lines; `embedded`: in another file; `directory`: those in a directory
    `schema` checks the data, `builder` builds the `Runbook` (`model`)
    `references`: resolves `{{ reference }}`, found by `braces`; `runtime_values`: what is known of outputs, variables and loop items;
        `undeclared`: names nothing has
    `parameters`, `bindings`, `attachments`: what a runbook takes, and whether the user's values and files fit; `matching`: whether they match a
        pattern; `prefixes_declared` and `prefixes_by_use`: how they must begin; `parameter_store`: defaults that are there; `edits`: new defaults
    `flow`: which step can follow which; `facts`: an AWS-owned runbook without its document
"""
