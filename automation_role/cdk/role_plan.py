"""What an `AutomationRole` derives: policies within IAM's sizes, and the findings that are not answered."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final

from ..catalog import aws_runbooks
from ..check.widening import widening
from ..derive.derivation import AssumedRole, derive
from ..errors import AutomationRoleError, did_you_mean
from ..findings import Finding
from ..policy.policy import Packed
from ..runbook.model import Runbook
from ..values.arns import is_aws_owned
from ..values.place import Place
from .list_tokens import unknown_lists

# The role's ARN before the role exists: a token, like the one it becomes, so sizes are the same.
_NO_ROLE_YET: Final = "${Token[ROLE]}"
_SHOWN: Final = 5  # findings in one warning; `automation-role explain` lists all


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Policies to attach, findings to report, a note if the role could widen itself, the runbooks, nested ones included, and the roles they assume."""

    packed: Packed
    runbooks: tuple[Runbook, ...]
    findings: tuple[Finding, ...]
    widening: str | None
    assumed: tuple[AssumedRole, ...]


def make_plan(runbooks: Sequence[Runbook], *, answered: Collection[tuple[str, str]], context: Place, inline: int, managed: int) -> Plan:
    """Derive what the runbooks need, as policies within IAM's sizes.

    Args:
        runbooks: all that run as the role.
        answered: the (runbook, step) pairs whose findings the user has answered.
        context: where the role lives; its ARN can be unknown.
        inline: characters still free in the role's inline policies.
        managed: managed policies that can still be attached.

    Raises:
        AutomationRoleError: two runbooks with one name, an answer for a step that does not exist, or too much for IAM's quotas.
    """
    check_answers(runbooks, answered)
    return _made(_Same(tuple(runbooks)), frozenset(answered), context, inline, managed)


class _Same:
    """Runbooks compared by identity: frozen, so the same objects need the same permissions."""

    def __init__(self, runbooks: tuple[Runbook, ...]) -> None:
        self.runbooks = runbooks

    def __hash__(self) -> int:
        return hash(tuple(map(id, self.runbooks)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and list(map(id, self.runbooks)) == list(map(id, other.runbooks))


@lru_cache(maxsize=32)  # an app often creates the same role in each stage
def _made(same: _Same, answered: frozenset[tuple[str, str]], context: Place, inline: int, managed: int) -> Plan:
    derivation = derive(same.runbooks, role_known=True)
    found = (*derivation.findings, *unknown_lists(same.runbooks, derivation))
    measured = context._replace(role_arn=_NO_ROLE_YET)
    return Plan(
        packed=derivation.policy().pack(measured, inline=inline, managed=managed),
        runbooks=derivation.runbooks,
        findings=tuple(finding for finding in found if (finding.runbook, finding.step) not in answered),
        widening=widening(derivation),
        assumed=derivation.assumed_roles,
    )


def check_runbooks(runbooks: Sequence[Runbook | str]) -> Sequence[Runbook]:
    """The runbooks, each once, AWS-owned ones also by name; reject anything else, and different runbooks with one name."""
    if isinstance(runbooks, (str, Runbook)):
        raise AutomationRoleError(f"runbooks is one {type(runbooks).__name__} → a list of Runbook; write runbooks=[...]")
    names: dict[str, Runbook] = {}
    for each in runbooks:
        runbook = Runbook.aws(each) if isinstance(each, str) and (is_aws_owned(each) or each in aws_runbooks.names()) else each
        if not isinstance(runbook, Runbook):
            near = did_you_mean(runbook, aws_runbooks.names()) if str(runbook).replace("-", "").isalnum() else ""  # not a path
            raise AutomationRoleError(
                f"runbooks has a {type(runbook).__name__}, {runbook!r} → a Runbook, or the name of an AWS-owned one; read a file with "
                f"Runbook.from_file(path){near}"
            )
        if names.setdefault(runbook.name, runbook) != runbook:
            raise AutomationRoleError(
                f"two different runbooks are named {runbook.name!r} ({names[runbook.name].source} and {runbook.source}) → a different name for each; "
                f"rename one with name=..."
            )
    return tuple(names.values())


def check_answers(runbooks: Sequence[Runbook], answered: Collection[tuple[str, str]]) -> None:
    """Reject extra statements for a step that its runbook does not have; a runbook can still be added."""
    for name, step in answered:
        for runbook in runbooks:
            steps = [each.name for each in runbook.all_steps()] if runbook.name == name else [step]
            if step and step not in steps:
                raise AutomationRoleError(
                    f"extra_statements names step {step!r} of runbook {name!r} → its steps are {', '.join(map(repr, steps))}"
                    f"{did_you_mean(step, steps) or '; name one of these'}"
                )


def unknown_answers(runbooks: Sequence[Runbook], answered: Collection[tuple[str, str]]) -> Iterator[str]:
    """Problems of extra statements for a runbook that was never added."""
    names = [runbook.name for runbook in runbooks]
    for name in dict.fromkeys(name for name, _ in answered):
        if name not in names:
            near = did_you_mean(name, names) or "; add the runbook or leave the statements out"
            yield f"extra_statements names runbook {name!r} → this role's runbooks are {', '.join(map(repr, names)) or 'none'}{near}"


def gathered(findings: Sequence[Finding]) -> Iterator[tuple[str, str, str]]:
    """Findings grouped into (runbook, id, message): one for each runbook and kind."""

    def kind(finding: Finding) -> tuple[str, str]:
        return finding.runbook, finding.id

    for (runbook, finding_id), group in groupby(sorted(findings, key=kind), kind):
        messages = [f"{_where(finding)}: {finding.message}" for finding in group]
        more = f"; and {len(messages) - _SHOWN} more, see `automation-role explain`" if len(messages) > _SHOWN else ""
        yield runbook, finding_id, f"runbook {runbook!r}, " + "; ".join(messages[:_SHOWN]) + more


def _where(finding: Finding) -> str:
    return f"step {finding.step!r} (line {finding.line})" if finding.step else f"line {finding.line}"
