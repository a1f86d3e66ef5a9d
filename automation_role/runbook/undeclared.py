"""Finds `{{ }}` that name nothing: a misspelt parameter, variable or step."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, NamedTuple

from ..errors import did_you_mean
from .actions import foreign_inputs
from .braces import expressions_in, is_name, placeholders_in
from .syntax import KeyPath

# https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-variables.html
_SYSTEM: Final[Mapping[str, Collection[str]]] = {
    "global": ("ACCOUNT_ID", "AWS_PARTITION", "DATE", "DATE_TIME", "REGION"),
    "automation": ("EXECUTION_ID",),
}
# CloudFormation's pseudo parameters, which `Fn::Sub` fills in, and their equivalents in a runbook.
_PSEUDO: Final = re.compile(r"\$\{AWS::(\w+)\}")
_INSTEAD: Final = {"AccountId": "global:ACCOUNT_ID", "Partition": "global:AWS_PARTITION", "Region": "global:REGION"}
_DEPLOYED: Final = "read what is deployed (a Terraform plan in JSON, a CDK assembly), or write the value"
_FIRST: Final = re.compile(r"[A-Za-z0-9_]+(?=$|[.\[])")


class Undeclared(NamedTuple):
    """A reference to nothing: its place and its message."""

    path: KeyPath
    message: str


class Declared(NamedTuple):
    """Everything that a runbook's references may name."""

    parameters: Collection[str]
    variables: Collection[str]
    steps: Collection[str]

    def in_text(self, text: str, path: KeyPath) -> Iterator[Undeclared]:
        """The undeclared references in a name or an ARN. In any other text, `{{ }}` may belong to another language."""
        if "${" in text and (pseudo := _PSEUDO.search(text)):
            instead = _INSTEAD.get(pseudo[1])
            todo = f"write {{{{ {instead} }}}}" if instead else "write the value itself"
            yield Undeclared(path, f"{pseudo[0]!r} is CloudFormation syntax, which Automation does not resolve; {todo}")
        for placeholder in dict.fromkeys(placeholders_in(text)):
            if not _PSEUDO.fullmatch(placeholder):
                message = f"{placeholder!r} is filled in by a template, so its value is treated as unknown; {_DEPLOYED}"
                yield Undeclared(path, message)
        if is_name(text):
            for expression in expressions_in(text):
                if why := self._why(expression):
                    what, near = why
                    message = f"'{{{{ {expression} }}}}' names {what}; its value is treated as unknown{near or '; correct it'}"
                    yield Undeclared(path, message)

    def in_inputs(self, action: str, inputs: Mapping[str, Any], path: KeyPath) -> Iterator[Undeclared]:
        """The undeclared references in a step's inputs."""
        foreign = foreign_inputs(action)
        for key, value in inputs.items():
            if key not in foreign:
                for at, text in _texts(value, (*path, key)):
                    yield from self.in_text(text, at)

    def _why(self, expression: str) -> tuple[str, str] | None:
        """The missing name, and the nearest existing one."""
        kind, colon, rest = expression.partition(":")
        first = _FIRST.match(rest if colon else expression)
        if first is None or expression in self.parameters:
            return None
        name = first[0]
        if colon:
            known = self.variables if kind == "variable" else _SYSTEM.get(kind)
            if known is None or name in known:
                return None
            return "no variable of this runbook" if kind == "variable" else "nothing that Automation provides", did_you_mean(name, known)
        if name in self.parameters or name in self.steps or name == "loop":
            return None
        if name == expression:  # 'Parameter "X" is not declared': https://github.com/CrowdStrike/aws-ssm-distributor/issues/66
            return "no parameter of this runbook, so CreateDocument refuses it", did_you_mean(name, self.parameters)
        return "no step of this runbook", did_you_mean(name, self.steps)


def _texts(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """The texts that may have a reference in them."""
    if isinstance(value, str):
        if "{{" in value or "${" in value:
            yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
