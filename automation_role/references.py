"""`{{ }}` references: what a runbook's input may be, as far as it is known before it runs."""

from __future__ import annotations

from typing import Any

from .runbook import Runbook
from .values import Value

# CONTRACT ONLY, TO BE FILLED IN (reader).


def resolve(data: Any, runbook: Runbook) -> Value:
    """Plain data from a step's inputs, with each `{{ }}` put in place.

    A literal is itself; `{{ Param }}` is the bound value (opaque), else this role for the assume-role parameter, else its
    `allowedValues`, else unknown (a default is not known: whoever starts the automation may give another value);
    `{{ global:ACCOUNT_ID }}`, `REGION`, `AWS_PARTITION` are slots; step outputs, variables, iterators, dates and execution ids
    are unknown. A reference that is the whole value may be of any shape.
    """
    raise NotImplementedError
