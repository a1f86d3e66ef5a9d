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
        wrong = [(expression, missing) for expression in expressions_in(text) if (missing := self._missing(expression))]
        if wrong and is_name(text):
            for expression, (what, name, known) in wrong:
                todo = did_you_mean(name, known) or "; correct it"
                yield Undeclared(path, f"'{{{{ {expression} }}}}' names {what}; its value is treated as unknown{todo}")

    def in_inputs(self, action: str, inputs: Mapping[str, Any], path: KeyPath) -> Iterator[Undeclared]:
        """The undeclared references in a step's inputs."""
        foreign = foreign_inputs(action)
        found: list[tuple[KeyPath, str]] = []
        for key, value in inputs.items():
            if key not in foreign:
                _add_texts(value, (*path, key), found)
        for at, text in found:
            yield from self.in_text(text, at)

    def _missing(self, expression: str) -> tuple[str, str, Collection[str]] | None:
        """What an expression names that does not exist, by which name, and the names that exist."""
        if expression in self.parameters:
            return None
        kind, colon, rest = expression.partition(":")
        first = _FIRST.match(rest if colon else expression)
        if first is None:
            return None
        name = first[0]
        if colon:
            known = self.variables if kind == "variable" else _SYSTEM.get(kind)
            if known is None or name in known:
                return None
            return "no variable of this runbook" if kind == "variable" else "nothing that Automation provides", name, known
        if name in self.parameters or name in self.steps or name == "loop":
            return None
        if name == expression:  # 'Parameter "X" is not declared': https://github.com/CrowdStrike/aws-ssm-distributor/issues/66
            return "no parameter of this runbook, so CreateDocument refuses it", name, self.parameters
        return "no step of this runbook", name, self.steps


def _add_texts(value: Any, path: KeyPath, found: list[tuple[KeyPath, str]]) -> None:
    """Find the texts that may have a reference in them."""
    if isinstance(value, str):
        if "{{" in value or "${" in value:
            found.append((path, value))
    elif isinstance(value, dict):
        for key, item in value.items():
            _add_texts(item, (*path, key), found)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _add_texts(item, (*path, index), found)
