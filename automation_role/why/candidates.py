"""Which step it was: every place in the runbooks that could have made the call, ranked by the evidence in the failure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..catalog import operations as catalog
from ..catalog.iam_actions import canonical_action
from ..derive.derivation import Derivation
from ..derive.step_needs import StepNeeds
from ..explain.needs import Breadth, breadth
from ..findings import Finding, gaps
from ..iam.logic import Undecided
from ..iam.matches import covers
from ..iam.text import Atoms, expand, literal, no_variables, wild
from ..runbook.model import Runbook, Step
from ..values.calls import ApiCall, Origin, Permission
from ..values.place import Place
from ..values.tokens import is_opaque
from .failure import Failure

_ANYWHERE: Final = Place()

# The weight of each kind of evidence; a stronger one outweighs all weaker ones together.
_STEP: Final = 128
_LINE: Final = 64
_ACTION: Final = 32
_OPERATION: Final = 16
_RESOURCE: Final = 8
_NAMED: Final = 4
_SERVICE: Final = 2
_GAP: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place in a runbook that could have made the call.

    Attributes:
        runbook: which.
        step: which.
        line: of the call in the runbook's file, else of the step.
        script_line: line in the step's script, when the failure names one.
        calls: the API operations there that could have failed.
        permissions: what was derived for the failure's action there.
        fits: whether what was derived covers the failure's resource.
        findings: what could not be derived from the step.
        reasons: the evidence, in words.
        weight: of all its evidence.
    """

    runbook: Runbook
    step: Step
    line: int
    script_line: int | None = None
    calls: tuple[tuple[str, str], ...] = ()
    permissions: tuple[Permission, ...] = ()
    fits: bool = False
    findings: tuple[Finding, ...] = ()
    reasons: tuple[str, ...]
    weight: int

    @property
    def shown(self) -> bool:
        """Whether there is evidence other than a finding of the step."""
        return self.weight > _GAP


def action_of(failure: Failure) -> str:
    """The failure's action as IAM writes it; what IAM doesn't have stays as it is."""
    return canonical_action(failure.action) or failure.action


def candidates(failure: Failure, derivation: Derivation) -> tuple[Candidate, ...]:
    """The places, the most likely first; with equal evidence, in the order of the steps.

    Args:
        failure: what the message says.
        derivation: of the runbooks.
    """
    by_name = {runbook.name: runbook for runbook in derivation.runbooks}
    unread: dict[tuple[str, str], list[Finding]] = {}
    for finding in gaps(derivation.findings):
        unread.setdefault((finding.runbook, finding.step), []).append(finding)
    places = [
        place
        for needs in derivation.steps
        for place in _places(failure, needs, by_name[needs.runbook], tuple(unread.get((needs.runbook, needs.step.name), ())))
    ]
    return tuple(sorted(_narrowed(failure, places), key=lambda place: -place.weight))


def surest(places: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidates with the most evidence: one step, or several that can't be distinguished."""
    best = [place for place in places if place.weight == places[0].weight]
    return tuple({(place.runbook.name, place.step.name): place for place in reversed(best)}.values())[::-1]


def _narrowed(failure: Failure, places: Sequence[Candidate]) -> Sequence[Candidate]:
    """The candidates that the strongest evidence leaves."""
    for bit in (_STEP, _LINE, _ACTION, _OPERATION, _RESOURCE):
        having = [place for place in places if place.weight & bit]
        if having:
            places = having
    if not failure.action and not failure.operation and not failure.service:
        return places
    telling = [place for place in places if place.weight > _GAP]
    return telling or places


def _places(failure: Failure, needs: StepNeeds, runbook: Runbook, unread: tuple[Finding, ...]) -> Iterator[Candidate]:
    """The lines of a step with the evidence for each; the step itself when no line has any."""
    step = needs.step
    weight, reasons = 0, []
    if failure.step and failure.step == step.name and failure.runbook in ("", runbook.name):
        weight, reasons = _STEP, ["the execution says that this step failed"]
    script_line = _script_line(failure, step)
    at = step.script_line + script_line - 1 if script_line is not None and step.script_line is not None else None
    found = False
    for line in sorted({call.origin.line for call in needs.calls} | {origin.line for p in needs.permissions for origin in p.origins}):
        here = Candidate(
            runbook=runbook,
            step=step,
            line=line,
            script_line=script_line if at == line else None,
            findings=unread,
            reasons=tuple(reasons),
            weight=weight,
        )
        here = _weighed(here, failure, needs, Origin(runbook.name, step.name, line))
        if at == line:
            here = replace(
                here, weight=here.weight | _LINE, reasons=(*here.reasons, f"the traceback names line {script_line} of its script")
            )
        if here.weight > weight:
            found = True
            yield here
    if found or not (weight or unread or (script_line is not None and at is not None)):
        return
    if unread and not failure.step:
        weight, reasons = (
            weight | _GAP,
            [*reasons, f"part of it could not be derived ({', '.join(dict.fromkeys(one.id for one in unread))})"],
        )
    if weight:
        yield Candidate(
            runbook=runbook,
            step=step,
            line=at or step.line,
            script_line=script_line,
            findings=unread,
            reasons=tuple(reasons),
            weight=weight,
        )


def _script_line(failure: Failure, step: Step) -> int | None:
    """The line of the step's script that a traceback names, if the script has that many."""
    script = step.inputs.get("Script") if step.action == "aws:executeScript" else None
    if not failure.lines or not isinstance(script, str):
        return None
    return next((line for line in reversed(failure.lines) if 0 < line <= script.count("\n") + 1), None)


def _weighed(here: Candidate, failure: Failure, needs: StepNeeds, origin: Origin) -> Candidate:
    """A candidate with the evidence of its calls and permissions."""
    calls = [call for call in needs.calls if call.origin == origin]
    weight, reasons = here.weight, list(here.reasons)
    action = action_of(failure)
    permissions = tuple(p for p in needs.permissions if origin in p.origins and p.action.lower() == action.lower()) if action else ()
    fitting = tuple(p for p in permissions if _covered(failure, p))
    if permissions:
        weight |= _ACTION
        reasons.append(f"it needs {action}")
    if fitting and failure.resource:
        weight |= _RESOURCE
        if any(breadth(pattern, _ANYWHERE) is Breadth.NAMED and not pattern.is_any for p in fitting for pattern in p.resources):
            weight |= _NAMED
            reasons.append("it names this resource")
    same = [call for call in calls if _is_operation(failure, call)]
    if same:
        weight |= _OPERATION
        reasons.append(f"it calls {same[0].service} {same[0].operation}")
    elif not failure.operation and not action:
        same = [call for call in calls if _is_service(failure, call)]
        if same:
            weight |= _SERVICE
            reasons.append(f"it calls {', '.join(dict.fromkeys(f'{call.service} {call.operation}' for call in same))}")
    if same and not action:
        needed = {each for call in same for each in _actions(call)}
        permissions = tuple(p for p in needs.permissions if origin in p.origins and p.action in needed)
    making = same or [call for call in calls if permissions and action in _actions(call)]
    return replace(
        here,
        calls=tuple(dict.fromkeys((call.service, call.operation) for call in making)),
        permissions=fitting or permissions,
        fits=bool(action and fitting),
        reasons=tuple(reasons),
        weight=weight,
    )


def _actions(call: ApiCall) -> tuple[str, ...]:
    service = catalog.service(call.service)
    return (service.actions_of(call.operation) if service is not None else None) or ()


_BRAND: Final = re.compile(r"amazon|aws|[^a-z0-9]")


def _is_operation(failure: Failure, call: ApiCall) -> bool:
    if not failure.operation or failure.operation.lower() != call.operation.lower():
        return False
    return not failure.service or not _known(failure.service) or _is_service(failure, call)


def _is_service(failure: Failure, call: ApiCall) -> bool:
    """Whether a call goes to the failure's service, by any of its names; true when the failure names none."""
    if not failure.service:
        return True
    service = catalog.service(call.service)
    names = {_BRAND.sub("", name.lower()) for name in (call.service, service.prefix if service is not None else "")}
    return _BRAND.sub("", failure.service.lower()) in names


def _known(name: str) -> bool:
    """Whether the catalog has this service name, so that calls of other services can be excluded."""
    plain = _BRAND.sub("", name.lower())
    return catalog.service(plain) is not None


def _covered(failure: Failure, permission: Permission) -> bool:
    """Whether what was derived covers the failure's resource, in any account."""
    if not failure.resource:
        return True
    return any(covers_resource(text, failure.resource) for pattern in permission.resources for text in _ANYWHERE.write(pattern))


def covers_resource(written: str, resource: str) -> bool:
    """Whether a policy's resource covers one that a failure names."""
    if written == "*" or is_opaque(written):
        return True
    read = expand(written, no_variables, wildcards=True)
    pattern: Atoms = wild(written) if read is None or isinstance(read, Undecided) else read
    return covers(pattern, literal(resource))
