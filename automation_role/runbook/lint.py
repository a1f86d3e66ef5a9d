"""What is wrong or unused in a runbook, whatever role runs it: THE table of rules, one entry a rule.

These are not findings of the derivation: no permission is missing, and "no gaps" stays true. `docs/lint.md` explains each rule.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html, a page for each action type, and those named below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from enum import StrEnum
from itertools import pairwise
from typing import Final, NamedTuple

from ..errors import did_you_mean, quoted
from .flow import transitions
from .lint_view import LintView
from .model import Runbook, Step
from .parameters import ROLE_PARAMETERS
from .syntax import KeyPath


class Severity(StrEnum):
    """The severity of a rule."""

    ERROR = "error"
    """AWS refuses it, or the step always fails."""
    WARNING = "warning"
    """It does not do what it seems to do."""
    NOTE = "note"
    """It does nothing."""


class Lint(NamedTuple):
    """Something that a rule reports.

    Attributes:
        id: one of `RULES`.
        severity: the rule's.
        runbook: the runbook's name.
        step: the step's name; empty when it is about the whole runbook.
        line: line in the runbook's file, counted from 1.
        message: what is wrong, and what to do.
    """

    id: str
    severity: Severity
    runbook: str
    step: str
    line: int
    message: str


class _Found(NamedTuple):
    """What a rule finds: the place and the message."""

    step: str
    line: int
    message: str


class Rule(NamedTuple):
    """A rule.

    Attributes:
        severity: of its reports.
        means: what it reports, as in the documentation.
        look: the function that applies it to a runbook.
    """

    severity: Severity
    means: str
    look: Callable[[LintView], Iterator[_Found]]


def lint(runbook: Runbook, *, ignore: Collection[str] = ()) -> tuple[Lint, ...]:
    """Everything that the rules report about a runbook, in the order of its lines.

    Args:
        runbook: any; nothing is reported about an AWS-owned one by its name, because only AWS can change it.
        ignore: ids of rules that are not applied.
    """
    if runbook.read is None:
        return ()
    view = LintView(runbook, runbook.read)
    found = [
        Lint(id=id_, severity=rule.severity, runbook=runbook.name, step=one.step, line=one.line, message=one.message)
        for id_, rule in RULES.items()
        if id_ not in ignore
        for one in rule.look(view)
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.line, one.step, one.id)))


# -- runtimes ----------------------------------------------------------------------------------------------------------------------

# https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeScript.html: the supported ones, and those
# that are not supported any longer (AWS refuses to create or run a runbook with one).
_RUNTIMES: Final = ("python3.10", "python3.11", "PowerShell 7.4")
_ENDED: Final = frozenset({"python3.6", "python3.7", "python3.8", "python3.9", "PowerShell Core 6.0", "PowerShell 7.0"})


def _runtimes(view: LintView) -> Iterator[tuple[str, KeyPath, str]]:
    for step, _, path in view.steps:
        runtime = step.inputs.get("Runtime")
        if step.action == "aws:executeScript" and isinstance(runtime, str) and "{{" not in runtime:
            yield step.name, (*path, "inputs", "Runtime"), runtime


def _ended(view: LintView) -> Iterator[_Found]:
    for step, path, runtime in _runtimes(view):
        if runtime in _ENDED:
            now = "PowerShell 7.4" if runtime.startswith("PowerShell") else "python3.11"
            yield _Found(
                step,
                view.document.line(path),
                f"AWS no longer runs Runtime {runtime!r} → {', '.join(_RUNTIMES)}; change it to {now!r} and test the script",
            )


def _unknown_runtime(view: LintView) -> Iterator[_Found]:
    for step, path, runtime in _runtimes(view):
        if runtime not in _ENDED and runtime not in _RUNTIMES:
            message = f"Runtime {quoted(runtime)} is not known → {', '.join(_RUNTIMES)}{did_you_mean(runtime, _RUNTIMES)}"
            yield _Found(step, view.document.line(path), message)


# -- reachable steps --------------------------------------------------------------------------------------------------------------------------


def _unreachable(view: LintView) -> Iterator[_Found]:
    """The first step of each unreachable sequence; the steps that only it leads to are not reported separately."""
    lost = [step for step in view.runbook.all_steps() if step.name not in view.reached]
    led_to = {target for step in lost for target in view.onwards.get(step.name, ()) if target != step.name}
    for step in [step for step in lost if step.name not in led_to] or lost[:1]:
        message = "no step leads here: the one before it ends the automation or goes elsewhere, and nothing jumps to it; delete it, or make a step continue here"
        yield _Found(step.name, step.line, message)


# Names of steps that are only for failures. A cleanup or a rollback is often for both, as in 24 of AWS's own runbooks, so it is not reported.
_FAILURE: Final = re.compile(r"fail|error|abort", re.IGNORECASE)


def _falls(view: LintView) -> Iterator[_Found]:
    for steps in _rows(view.runbook.steps):
        from_failures = {_jump(step.on_failure): step.name for step in steps} | {_jump(step.on_cancel): step.name for step in steps}
        for before, step in pairwise(steps):
            if step.name not in from_failures or not _FAILURE.search(step.name) or _FAILURE.search(before.name):
                continue
            falls = any(transition.target == step.name and not transition.when for transition in transitions(before, step))
            named = before.next_step == step.name
            if falls and not named and before.name in view.reached:
                message = (
                    f"has neither isEnd nor nextStep, so when it succeeds, the automation continues with {step.name!r}, which is where the "
                    f"failures of {from_failures[step.name]!r} go; add isEnd: true, or nextStep"
                )
                yield _Found(before.name, before.line, message)


def _rows(steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    yield steps
    for step in steps:
        if step.steps:
            yield from _rows(step.steps)


def _jump(said: str | None) -> str:
    return said.removeprefix("step:").strip() if said is not None and said.startswith("step:") else ""


# -- what nothing reads ------------------------------------------------------------------------------------------------------------


def _unread(view: LintView) -> Iterator[_Found]:
    for step, data, path in view.steps:
        outputs = data.get("outputs")
        names = {
            output["Name"]: index
            for index, output in enumerate(outputs if isinstance(outputs, list) else ())
            if isinstance(output, Mapping) and isinstance(output.get("Name"), str)
        }
        unread = [name for name in names if f"{step.name}.{name}" not in view.read]
        if unread:
            which, them, show = ("output", "it", "it shows") if len(unread) == 1 else ("outputs", "them", "they show")
            message = (
                f"no step reads {which} {', '.join(map(repr, unread))}, and the runbook's outputs don't list {them}; "
                f"{show} only in the execution's details"
            )
            yield _Found(step.name, view.document.line((*path, "outputs", names[unread[0]])), message)


def _unused_role(view: LintView) -> Iterator[_Found]:
    for parameter in view.runbook.parameters.values():
        is_role = parameter.type == "AWS::IAM::Role::Arn" or parameter.name.lower() in ROLE_PARAMETERS
        if is_role and parameter.name not in view.named:
            message = (
                f"no step uses parameter {parameter.name!r}, and assumeRole does not name it, so the role passed in it is ignored; "
                f"write assumeRole: '{{{{ {parameter.name} }}}}', or delete it"
            )
            yield _Found("", parameter.line, message)


# -- approvals ---------------------------------------------------------------------------------------------------------------------


def _approvers(view: LintView) -> Iterator[_Found]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-approve.html."""
    for step, _, path in view.steps:
        approvers = step.inputs.get("Approvers")
        # A change template's approvers are filled in by the change request.
        if step.action != "aws:approve" or isinstance(approvers, str) or "templateInformation" in view.document.data:
            continue
        listed = [one for one in approvers if one != ""] if isinstance(approvers, list) else []
        line = view.document.line((*path, "inputs", "Approvers"))
        least = step.inputs.get("MinRequiredApprovals", 1)
        if not listed:
            yield _Found(
                step.name,
                line,
                "Approvers is empty → user names, ARNs of users or roles, or an SNS topic of them; without them, nobody can approve",
            )
        elif isinstance(least, int) and least > len(listed) and not any("{{" in str(one) for one in listed):
            yield _Found(step.name, line, f"MinRequiredApprovals is {least}, with {len(listed)} in Approvers → at most {len(listed)}")


# id -> the rule. The ids are a contract: people ignore rules by them.
RULES: Final[Mapping[str, Rule]] = {
    "runtimeEnded": Rule(severity=Severity.ERROR, means="AWS no longer runs the script's runtime", look=_ended),
    "unknownRuntime": Rule(severity=Severity.WARNING, means="this version does not know the script's runtime", look=_unknown_runtime),
    "noApprovers": Rule(severity=Severity.ERROR, means="nobody can approve, or fewer than are required", look=_approvers),
    "unreachableStep": Rule(severity=Severity.WARNING, means="no path through the runbook reaches the step", look=_unreachable),
    "fallsIntoFailure": Rule(
        severity=Severity.WARNING,
        means="a step that succeeds continues with the step for failures: isEnd is missing",
        look=_falls,
    ),
    "unusedRole": Rule(
        severity=Severity.WARNING,
        means="a parameter for a role is not used, so the automation does not run as that role",
        look=_unused_role,
    ),
    "unusedOutput": Rule(severity=Severity.NOTE, means="a step's output that nothing reads", look=_unread),
}
