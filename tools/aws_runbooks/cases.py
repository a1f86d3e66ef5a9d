"""A step's needs with holes for its parameters, and separate cases if the same holes don't fit all values.

Everything is checked: what is saved is loaded again for many settings of the parameters, and compared with what the step itself needs then.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from automation_role.derive import serialized
from automation_role.derive.automations import needs_of_start
from automation_role.derive.cache import permissions_of
from automation_role.derive.operations import invalid_arns_in
from automation_role.derive.stacks import needs_of_stack
from automation_role.derive.step_context import AsRole, Needs, OwnNeed
from automation_role.derive.steps import needs_of_step
from automation_role.findings import Finding
from automation_role.policy.policy import Policy
from automation_role.runbook.facts import Facts
from automation_role.runbook.model import Runbook, Step
from automation_role.runbook.parameters import Parameter, text_of
from automation_role.values.calls import ApiCall, ChangedStack, Permission

from .inputs import Read

# At most this many cases for one step; beyond it, only the settings that differ get one.
_MOST = 1_024
# How many values of one parameter are tried.
_MOST_VALUES = 8
# How many random settings are tried, too.
_MORE = 16


class NotExactError(Exception):
    """A step's needs cannot be saved so that they are right for all values of its parameters."""


def saved_needs(step: Step, runbook: Runbook, read: Read) -> Any:
    """What a step needs, as `derive.serialized` writes it; `None` if it needs nothing."""
    holes = {name: serialized.hole(name, is_list=runbook.parameters[name].is_list) for name in parameters_of(step, runbook)}

    def save(bindings: Mapping[str, Any]) -> list[Any]:
        return [read.without_unread(each) for each in serialized.save(_needs(step, runbook, bindings))]

    plain = save(holes)
    failing = [each for each in settings(step, runbook) if not _is_exact(plain, step, runbook, each)]
    if not failing:
        return plain or None
    deciding = [name for name in holes if not all(_is_exact(plain, step, runbook, each) for each in _others_open(name, runbook, holes))]

    def case(when: Mapping[str, Any]) -> dict[str, Any]:
        states = {name: when.get(name, True) for name in holes}
        given = {name: state if isinstance(state, str) else holes[name] for name, state in states.items() if state is not None}
        return {"when": when, "needs": save(given)}

    for names in (deciding, list(holes)):
        states = [_states(runbook.parameters[name]) for name in names]
        if not names or _product(states) > _MOST:
            continue
        data = _compact([case(dict(zip(names, chosen, strict=True))) for chosen in product(*states)])
        if all(_is_exact(data, step, runbook, each) for each in settings(step, runbook)):
            return data
    alone = [case({name: _state(runbook.parameters[name], each.get(name)) for name in holes}) for each in failing]
    data = _compact([*alone, case({})])
    for each in settings(step, runbook):
        if not _is_exact(data, step, runbook, each):
            raise NotExactError(f"{runbook.name}, step {step.name!r}, with {each}")
    return data


def parameters_of(step: Step, runbook: Runbook) -> list[str]:
    """The parameters that a step refers to, directly or through variables; a step that reads its own execution also reads its role."""
    text = json.dumps(step.inputs, default=str)
    if "variable:" in text:  # a variable's values may be those of parameters, too
        defaults = [each.default for each in runbook.variables.values()]
        updates = [each.inputs for each in runbook.all_steps() if each.action == "aws:updateVariable"]
        text += json.dumps([defaults, updates], default=str)
    own = {runbook.assume_role_parameter} if "automation:EXECUTION_ID" in text else set()
    return [name for name in runbook.parameters if name in own or re.search(rf"\{{\{{\s*{re.escape(name)}\s*\}}\}}", text)]


def settings(step: Step, runbook: Runbook) -> Iterator[dict[str, Any]]:
    """Settings of a step's parameters: none, all, all but one, only one, and each allowed value."""
    names = parameters_of(step, runbook)
    everything = {name: value_for(runbook.parameters[name]) for name in names}
    yield {}
    yield everything
    for name in names:
        yield {name: everything[name]}
        yield from _others_open(name, runbook, everything)
        yield from ({name: value} for value in _known_values(runbook.parameters[name]))
    chance = random.Random(f"{runbook.name} {step.name}")  # noqa: S311  (the same in every run; nothing to keep secret)
    for _ in range(_MORE if len(names) > 1 else 0):
        some = {name: chance.choice(_states(runbook.parameters[name])) for name in names}
        yield {name: everything[name] if state is True else state for name, state in some.items() if state is not None}


def _others_open(name: str, runbook: Runbook, everything: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Settings in which one parameter has each of its known values, or none, and all others have an unknown one."""
    yield {each: value for each, value in everything.items() if each != name}
    yield from ({**everything, name: value} for value in _known_values(runbook.parameters[name]))


def value_for(parameter: Parameter) -> Any:
    """A value that does not occur in any document."""
    return [f"first-{parameter.name}", f"second-{parameter.name}"] if parameter.is_list else f"value-of-{parameter.name}"


def _known_values(parameter: Parameter) -> list[str]:
    values = ("true", "false") if parameter.type == "Boolean" else parameter.allowed_values or ()
    return [] if parameter.is_list else [str(text_of(each)) for each in values[:_MOST_VALUES]]


def _states(parameter: Parameter) -> list[Any]:
    """A parameter's states: unset, each known value, set to something else."""
    return [None, *_known_values(parameter), True]


def _state(parameter: Parameter, value: Any) -> Any:
    return value if value is None or value in _states(parameter) else True


def _product(states: list[list[Any]]) -> int:
    count = 1
    for each in states:
        count *= len(each)
    return count


def _compact(cases: list[dict[str, Any]]) -> dict[str, Any]:
    """The cases without those that equal the last one, which applies if no other does."""
    last = cases[-1]["needs"]
    return {"cases": [*(each for each in cases[:-1] if each["needs"] != last), {"when": {}, "needs": last}]}


def _needs(step: Step, runbook: Runbook, bindings: Mapping[str, Any]) -> list[Needs]:
    return list(needs_of_step(step, replace(runbook, bindings=dict(bindings))))


def _is_exact(data: Any, step: Step, runbook: Runbook, bindings: Mapping[str, Any]) -> bool:
    known = replace(runbook, bindings=dict(bindings), facts=Facts(version="", date="", needs={step.name: data}))
    return bool(_effects(serialized.needs_of_saved(step, known)) == _effects(needs_of_step(step, replace(known, facts=None))))


def _effects(needs: Iterable[Needs]) -> Any:
    """The observable effects of needs, for the role that runs the step and for each role that it assumes."""
    by_role: dict[Any, list[OwnNeed]] = defaultdict(list)
    for each in needs:
        if isinstance(each, AsRole):
            by_role[each.role].append(each.need)
        else:
            by_role[None].append(each)
    return {role: _effects_of(found) for role, found in by_role.items()}


def _effects_of(needs: Iterable[OwnNeed]) -> Any:
    """The observable effects of one role's needs: the calls with their lines, the policy, and the findings."""
    calls: dict[Any, None] = {}
    permissions: list[Permission] = []
    findings: dict[Finding, None] = {}
    for each in needs:
        found: list[Any] = [*needs_of_stack(each)] if isinstance(each, ChangedStack) else [each]
        if isinstance(each, ApiCall):
            calls[each.service, each.operation, each.origin] = None
            calls.update((said, None) for said in invalid_arns_in(each))
            found = [*permissions_of(each)[0], *permissions_of(each)[1], *needs_of_start(each, {})]
        permissions.extend(one for one in found if isinstance(one, Permission))
        findings.update((one, None) for one in found if isinstance(one, Finding))
    asked = {(each.action, origin) for each in permissions for origin in each.origins}
    return calls, findings, asked, Policy.of(permissions)
