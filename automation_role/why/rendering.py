"""An answer for people: plain lines, or Markdown for an issue or a chat."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ..check.report import Certainty, Missing
from ..explain.visible import visible
from .answer import Answer, Derived
from .candidates import Candidate, action_of

_SHOWN: Final = 8
_FENCE: Final = "```"

_ALLOWS: Final = "the policy derived from these runbooks allows it"
_DERIVED: Final[Mapping[Derived, str]] = {
    Derived.HAS: f"{_ALLOWS}; the role that ran is older, or was written by hand",
    Derived.NARROWER: "the policy derived from these runbooks has the action, but on other resources",
    Derived.LACKS: "the policy derived from these runbooks does not have it",
    Derived.UNKNOWN: "",
}
_CERTAINTIES: Final[Mapping[Certainty, str]] = {
    Certainty.FAILS: "",
    Certainty.PARTLY: "perhaps: ",
    Certainty.UNDECIDED: "not decided: ",
}


def text(answers: Sequence[Answer], sources: Mapping[str, str]) -> str:
    """Every answer in plain lines: a title, then one label after the other."""
    blocks = []
    for answer in answers:
        lines = [_title(answer)]
        for label, items in _parts(answer, sources):
            for index, item in enumerate(items):
                head = f"  {label if index == 0 else '':<9}"
                lines += [f"{head} {line}" if at == 0 else f"{'':<12}{line}" for at, line in enumerate(item.splitlines() or [""])]
        blocks.append("\n".join(visible(line.rstrip()) for line in lines))
    return "\n\n".join(blocks) + "\n"


def markdown(answers: Sequence[Answer], sources: Mapping[str, str]) -> str:
    """Every answer under its own heading, with statements and code in fences."""
    blocks = []
    for answer in answers:
        lines = [f"### {_title(answer)}", ""]
        for label, items in _parts(answer, sources, fenced=True):
            for item in items:
                if item.startswith(_FENCE):
                    lines += [*([""] if lines[-1] else []), f"{label}:", "", *item.splitlines(), ""]
                else:
                    lines.append(f"- **{label}**: {item}")
        blocks.append("\n".join(map(visible, lines)).rstrip())
    return "\n\n".join(blocks) + "\n"


def _title(answer: Answer) -> str:
    what = action_of(answer.failure) or answer.failure.operation or answer.failure.code or "the failure"
    if len(answer.at) == 1:
        return f"{_where(answer.at[0])}: {what}"
    if answer.at:
        return f"{what}: one of {len(answer.at)} steps"
    return f"{what}: {'before any step' if answer.cause.id in ('starter', 'trust') else 'no step of these runbooks'}"


def _where(one: Candidate) -> str:
    script = f", line {one.script_line} of its script" if one.script_line is not None else ""
    return f"{one.runbook.source}:{one.line}: step {one.step.name!r}{script}"


def _parts(answer: Answer, sources: Mapping[str, str], *, fenced: bool = False) -> Iterator[tuple[str, list[str]]]:
    """What an answer says, under its labels."""
    failure = answer.failure
    if failure.action:
        yield "refused", [f"{action_of(failure)} on {failure.resource or 'a resource that the message does not name'}"]
    elif answer.cause.id != "notPermission":
        yield "refused", [failure.text]
    if failure.principal:
        yield "caller", [failure.principal + (f", the role {answer.assumed} that a script assumes" if answer.assumed else "")]
    if len(answer.at) == 1 and answer.at[0].reasons:
        yield "step", ["; ".join(answer.at[0].reasons)]
    elif answer.at:
        yield "steps", [f"{_where(one)} ({'; '.join(one.reasons)})" for one in answer.at[:_SHOWN]] + _more(answer.at)
    yield "cause", [f"{'' if answer.cause.certain else 'not certain: '}{answer.cause.message}"]
    if answer.cause.id == "notPermission":
        yield "says", [failure.text]
        return
    yield from _rest(answer, sources, fenced=fenced)


def _rest(answer: Answer, sources: Mapping[str, str], *, fenced: bool) -> Iterator[tuple[str, list[str]]]:
    if answer.at and _DERIVED[answer.derived]:
        findings = dict.fromkeys(f"{finding.message} [{finding.id}]" for one in answer.at for finding in one.findings)
        unread = [f"not derived from the step: {finding}" for finding in findings] if answer.derived is not Derived.HAS else []
        said = _DERIVED[answer.derived]
        if answer.derived is Derived.HAS and answer.cause.id not in ("roleLacks", "untold"):
            said = _ALLOWS + ("" if answer.cause.id == "roleDenies" else "; the reason is outside of the role's own policies")
        yield "derived", [said, *unread]
    if answer.later:
        yield "then", [_missing(one, sources) for one in answer.later[:_SHOWN]] + _more(answer.later)
    if answer.elsewhere:
        yield "elsewhere", [_missing(one, sources) for one in answer.elsewhere[:_SHOWN]] + _more(answer.elsewhere)
    if not answer.checked:
        yield "then", ["to see what else fails, add the role: --policy FILE for each of its policies, or --template FILE"]
    yield (
        "fix",
        [f"{answer.fix.where}: {answer.fix.message}", *(_code(_policy(answer), "json", fenced=fenced) if answer.fix.statements else [])],
    )
    if fenced:
        yield "in CDK", _code(answer.fix.cdk, "python", fenced=True)
        yield "in Terraform", _code(answer.fix.terraform, "hcl", fenced=True)
    if answer.cause.settle:
        yield "ask", list(answer.cause.settle)
    if answer.report:
        yield (
            "report",
            ["the derivation should have had this; --format json has a report under 'report', with names and accounts taken out"],
        )


def _policy(answer: Answer) -> str:
    """The statements for this failure and the rest of the run, in one document."""
    statements = [*answer.fix.statements, *(one for one in answer.fix.later if one not in answer.fix.statements)]
    if any("Principal" in one for one in statements) or answer.cause.id == "starter":
        statements = list(answer.fix.statements)
    return _json({"Version": "2012-10-17", "Statement": statements})


def _json(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False)


def _code(text: str, language: str, *, fenced: bool) -> list[str]:
    if not text:
        return []
    return [f"{_FENCE}{language}\n{text}\n{_FENCE}" if fenced else text]


def _missing(one: Missing, sources: Mapping[str, str]) -> str:
    steps = ", ".join(dict.fromkeys(f"{sources.get(o.runbook, o.runbook)}:{o.line} {o.step}" for o in one.origins))
    on = ", ".join(one.resources[:2]) + (" …" if len(one.resources) > 2 else "")
    return f"{_CERTAINTIES[one.certainty]}{steps}: {one.action} on {on}: {one.reason}"


def _more(items: Sequence[object]) -> list[str]:
    return [f"and {len(items) - _SHOWN:,} more; --format json has them all"] if len(items) > _SHOWN else []
