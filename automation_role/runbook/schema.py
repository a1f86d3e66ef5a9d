"""What a runbook must look like: reports everything that is wrong with a document at once.

The rules are those of schema 0.3 that Automation itself enforces, and no others: every AWS-owned runbook passes.
Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from ..errors import Problem, did_you_mean, quoted
from .actions import ACTIONS, inner_steps, jumps
from .document import Document
from .parameters import BASE_TYPES, Parameter, is_type, value_problem
from .syntax import OF_GET_DOCUMENT, KeyPath

_TOP: Final[Mapping[str, tuple[type, ...]]] = {
    "schemaVersion": (str, float),
    "description": (str,),
    "assumeRole": (str,),
    "parameters": (dict,),
    "variables": (dict,),
    "mainSteps": (list,),
    "outputs": (list,),
    "files": (dict,),
    # of change templates
    "templateInformation": (str,),
    "executableRunBooks": (list,),
    "emergencyChange": (bool,),
    "autoApprovable": (bool,),
}
_FLAG: Final = (bool, str)
_COUNT: Final = (int, str)
_STEP: Final[Mapping[str, tuple[type, ...]]] = {
    "name": (str,),
    "action": (str,),
    "description": (str,),
    "inputs": (dict,),
    "outputs": (list,),
    "onFailure": (str,),
    "onCancel": (str,),
    "isCritical": _FLAG,
    "isEnd": _FLAG,
    "nextStep": (str,),
    "maxAttempts": _COUNT,
    "timeoutSeconds": _COUNT,
}
_PARAMETER: Final[Mapping[str, tuple[type, ...]]] = {
    "type": (str,),
    "description": (str,),
    "default": (str, int, float, bool, list, dict),
    "allowedValues": (list,),
    "allowedPattern": (str,),
    "displayType": (str,),
    "interpolationType": (str,),
    "minItems": _COUNT,
    "maxItems": _COUNT,
    "minChars": _COUNT,
    "maxChars": _COUNT,
}
_WORDS: Final[Mapping[type, str]] = {
    str: "a string",
    float: "a number",
    int: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a mapping",
}
_NAME: Final = re.compile(r"[A-Za-z0-9_]+")
# A default that is read from Parameter Store: its value is not known here.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-variables.html
_STORED: Final = re.compile(r"\{\{\s*ssm:")
# Words instead of a step's name: they end an iteration of a loop.
_LOOP_WORDS: Final = frozenset({"Break", "Continue"})


def check(document: Document, source: str) -> tuple[Problem, ...]:
    """Everything that is wrong with a runbook, in the order of its lines."""
    checker = _Checker(document, source)
    checker.runbook()
    return tuple(sorted(dict.fromkeys(checker.problems), key=lambda problem: problem.line or 0))


class _Checker:
    def __init__(self, document: Document, source: str) -> None:
        self.document, self.source = document, source
        self.problems: list[Problem] = []

    def report(self, path: KeyPath, message: str) -> None:
        self.problems.append(Problem(source=self.source, line=self.document.line(path) if path else None, message=message))

    # -- the whole

    def runbook(self) -> None:
        data = self.document.data
        if not isinstance(data, dict):
            self.report((), f"is {_what(data)} → a runbook is a mapping with schemaVersion and mainSteps")
            return
        if not self._is_runbook(data):
            return
        self._keys(data, _TOP, (), "", required=("schemaVersion", "mainSteps"))
        for kind in ("parameters", "variables"):
            for name, declared in _mapping(data.get(kind)).items():
                self._parameter(kind, name, declared)
        steps = data.get("mainSteps")
        if isinstance(steps, list):
            self._steps(steps, ("mainSteps",), {}, frozenset(), in_loop=False)

    def _is_runbook(self, data: dict[str, Any]) -> bool:
        version = data.get("schemaVersion")
        if version in ("0.3", 0.3):
            return True
        if version is None and isinstance(data.get("Content"), str):
            self.report((), f"is {OF_GET_DOCUMENT}")
        elif version is None and isinstance(data.get("Resources"), dict):
            self.report((), "is a CloudFormation template → the Content of its AWS::SSM::Document, saved as a file")
        elif version is None and "mainSteps" in data:
            self.report((), "has no schemaVersion → '0.3'; add schemaVersion: '0.3'")
        elif version is None:
            self.report(
                (), "has neither schemaVersion nor mainSteps, so it is not a runbook → an Automation document of schemaVersion '0.3'"
            )
        elif str(version) in ("1.0", "1.2", "2.0", "2.2"):
            what = "Session" if "sessionType" in data else "Command"
            self.report(
                ("schemaVersion",),
                f"schemaVersion {quoted(str(version))} is for {what} documents → '0.3', which is for runbooks (Automation)",
            )
        else:
            self.report(("schemaVersion",), f"schemaVersion is {quoted(version)} → '0.3', the version of Automation")
        return False

    def _keys(
        self, data: dict[str, Any], allowed: Mapping[str, tuple[type, ...]], path: KeyPath, owner: str, *, required: Collection[str]
    ) -> None:
        where, unknown = (f"{owner}: ", "unknown key") if owner else ("", "unknown top-level key")
        for key, value in data.items():
            if key not in allowed:
                self.report((*path, key), f"{where}{unknown} {quoted(key)} → {', '.join(sorted(allowed))}{did_you_mean(key, allowed)}")
            elif type(value) not in allowed[key] and value is not None and not _is(value, allowed[key]):
                words = " or ".join(dict.fromkeys(_WORDS[kind] for kind in allowed[key]))
                quotes = "; put it in quotes" if str in allowed[key] and isinstance(value, (int, float)) else ""
                self.report((*path, key), f"{where}{key} is {_what(value)} → {words}{quotes}")
        for key in required:
            if data.get(key) is None:
                self.report(path, f"{owner} has no {key}; add it".lstrip())

    # -- parameters

    def _parameter(self, kind: str, name: str, declared: Any) -> None:
        path: KeyPath = (kind, name)
        if not isinstance(declared, dict):
            self.report(path, f"{kind[:-1]} {quoted(name)} is {_what(declared)} → a mapping with a type")
            return
        self._keys(declared, _PARAMETER, path, f"{kind[:-1]} {quoted(name)}", required=("type",))
        type_name = declared.get("type")
        if not isinstance(type_name, str):
            return
        if not is_type(type_name):
            self.report(
                (*path, "type"),
                f"{kind[:-1]} {quoted(name)}: unknown type {quoted(type_name)} → {', '.join(BASE_TYPES)}, or a type with a picker, such as "
                f"AWS::IAM::Role::Arn{did_you_mean(type_name, BASE_TYPES)}",
            )
            return
        allowed, default = declared.get("allowedValues"), declared.get("default")
        if isinstance(allowed, list) and default not in (None, "", []):
            parameter = Parameter(name=name, type=type_name, allowed_values=tuple(allowed), line=1)
            problem = value_problem(parameter, default, _STORED)
            if problem is not None and "allowedValues" in problem:
                self.report((*path, "default"), f"default of {kind[:-1]} {quoted(name)} is {problem}")

    # -- steps

    def _steps(self, steps: list[Any], path: KeyPath, taken: dict[str, KeyPath], around: Collection[str], *, in_loop: bool) -> None:
        if not steps:
            self.report(path, "has no steps → at least one; add a step")
        # A step inside a loop can jump to one outside, but not the other way round.
        here = {*around} | {step["name"] for step in steps if isinstance(step, dict) and isinstance(step.get("name"), str)}
        for index, step in enumerate(steps):
            self._step(step, (*path, index), here, taken, in_loop=in_loop)

    def _step(self, step: Any, path: KeyPath, here: set[str], taken: dict[str, KeyPath], *, in_loop: bool) -> None:
        if not isinstance(step, dict):
            self.report(path, f"step {_number(path)} is {_what(step)} → a mapping with name, action and inputs")
            return
        name = step.get("name")
        label = f"step {quoted(name)}" if isinstance(name, str) else f"step {_number(path)}"
        self._keys(step, _STEP, path, label, required=("name", "action"))
        if isinstance(name, str):
            if not _NAME.fullmatch(name):
                self.report((*path, "name"), f"{label} → a name has only letters, digits and '_'; rename the step")
            if name in taken:
                self.report(
                    (*path, "name"),
                    f"{label} is also on line {self.document.line(taken[name])} → a name of its own for each step; rename one",
                )
            else:
                taken[name] = path
        action = step.get("action")
        if isinstance(action, str) and not action.startswith("aws:"):
            self.report(
                (*path, "action"), f"{label}: unknown action {quoted(action)} → actions begin with 'aws:'{did_you_mean(action, ACTIONS)}"
            )
        elif isinstance(action, str) and action not in ACTIONS and action.lower() in {known.lower() for known in ACTIONS}:
            self.report((*path, "action"), f"{label}: unknown action {quoted(action)}{did_you_mean(action, ACTIONS)}")
        for key, target in self._jumps(step):
            if target not in here and not (in_loop and target in _LOOP_WORDS):
                self.report(
                    (*path, *key),
                    f"{label}: {key[-1] if isinstance(key[-1], str) else key} goes to {quoted(target)}, which is not a step here{did_you_mean(target, here)}",
                )
        inner = inner_steps(action, _mapping(step.get("inputs")))
        if inner is not None and isinstance(inner[1], list):
            self._steps(inner[1], (*path, "inputs", inner[0]), taken, here, in_loop=True)
        elif inner is not None:  # https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-loop.html
            self.report((*path, "inputs", inner[0]), f"{label}: {inner[0]} is {_what(inner[1])} → a list of the loop's steps")

    def _jumps(self, step: dict[str, Any]) -> Iterator[tuple[KeyPath, str]]:
        for key, words in (("onFailure", ("Abort", "Continue")), ("onCancel", ("Abort",))):
            value = step.get(key)
            if isinstance(value, str) and value.startswith("step:"):
                yield (key,), value.removeprefix("step:").strip()
            elif isinstance(value, str) and value not in words and value.lower() not in map(str.lower, words):
                yield (key,), value
        if isinstance(step.get("nextStep"), str):
            yield ("nextStep",), step["nextStep"]
        for at, target, _ in jumps(step.get("action"), _mapping(step.get("inputs"))):
            yield ("inputs", *at), target


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is(value: Any, kinds: tuple[type, ...]) -> bool:
    if isinstance(value, bool):
        return bool in kinds
    return isinstance(value, kinds)


def _number(path: KeyPath) -> str:
    index = path[-1]
    return f"number {index + 1}" if isinstance(index, int) else str(index)


def _what(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, dict)):
        return _WORDS[type(value)]
    return quoted(value)
