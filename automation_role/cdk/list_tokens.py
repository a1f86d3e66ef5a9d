"""Parameters that are bound to a list token: a policy cannot name the items, so it allows every resource of their type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from ..derive.derivation import Derivation, derive
from ..findings import Finding
from ..runbook.model import Runbook
from ..values.tokens import is_opaque_list

# A single item instead of the list: if the policy differs with it, it names the item.
_ITEM: Final = "${Token[ITEM]}"


def unknown_lists(runbooks: Sequence[Runbook], derivation: Derivation) -> Iterator[Finding]:
    """A finding for each list of unknown length that leaves the policy wider than its items would.

    Fn::Split and a parameter of type `CommaDelimitedList` are such lists. CloudFormation cannot put each of their items into an ARN:
    the delimiter of Fn::Join takes no functions (partition, account), and Fn::ForEach no list of unknown items.

    Args:
        runbooks: all that run as the role.
        derivation: what they need.

    Sources:
        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-join.html
        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
    """
    for at, runbook in enumerate(runbooks):
        for name, value in runbook.bindings.items():
            if not (isinstance(value, (list, tuple)) and is_opaque_list(value)):
                continue
            known = replace(runbook, bindings={**runbook.bindings, name: [_ITEM]})
            if derive([*runbooks[:at], known, *runbooks[at + 1 :]], role_known=True).policy() != derivation.policy():
                yield Finding(
                    id="unknownList",
                    runbook=runbook.name,
                    step="",
                    line=runbook.parameters[name].line,
                    message=f"parameter {name!r} is bound to a list whose items are only known at deployment, so every resource of their type is "
                    f"allowed; bind it to its items, one by one (cdk.Fn.select(0, ...))",
                )
