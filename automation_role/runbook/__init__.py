"""Reads a document into a checked `Runbook`.

In: YAML or JSON text. Out: a `Runbook` with its steps, parameters, references and lines; or every problem of the document at once.
"""
