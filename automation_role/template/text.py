"""The text of a CloudFormation template -> data: JSON, or YAML with the short forms (`!Ref`, `!Sub`)."""

from __future__ import annotations

import json
from typing import Any, Final

import yaml

_Safe: Final[type[yaml.SafeLoader]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_NUMBERS: Final = {f"tag:yaml.org,2002:{kind}" for kind in ("bool", "float", "int", "null")}


class TemplateTextError(ValueError):
    """The text is neither JSON nor YAML; `line` says where, counted from 1."""

    def __init__(self, problem: str, line: int | None) -> None:
        self.problem, self.line = problem, line
        super().__init__(problem)


# A template has 1 MB at most (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html). YAML's aliases can
# make much of little, and a document of itself.
_VALUES: Final = 500_000
_DEPTH: Final = 100


def parse(text: str) -> Any:
    """A template as data, `!GetAtt` and the others in their long form.

    Raises:
        TemplateTextError: it is neither JSON nor YAML, or too much.
    """
    try:
        return _bounded(json.loads(text))
    except (json.JSONDecodeError, RecursionError):
        pass
    try:
        _check_depth(text)
        return _bounded(yaml.load(text, Loader=_Loader))  # noqa: S506  (a safe loader with the short forms)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        if isinstance(error, TemplateTextError):
            raise
        mark = getattr(error, "problem_mark", None)
        problem = " ".join(str(getattr(error, "problem", None) or error).split())
        # The C loader tells of the end of a text as the line after the last.
        line = min(mark.line + 1, max(1, len(text.splitlines()))) if mark is not None else None
        raise TemplateTextError(problem, line) from None


def _check_depth(text: str) -> None:
    """Before loading, which would use up the C stack, and end the process, on a text that opens ten thousand lists."""
    brackets = text.count("[") + text.count("{")
    if brackets + max((len(line) - len(line.lstrip(" -?:")) for line in text.splitlines()), default=0) <= _SURELY_FLAT:
        return
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
            if depth > _DEPTH:
                raise _too_much()
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1


# Each level needs a bracket, or a column of its line's beginning.
_SURELY_FLAT: Final = 1_000


def _too_much() -> TemplateTextError:
    return TemplateTextError(f"more than {_VALUES:,} values, or {_DEPTH} in each other", None)


def _bounded(data: Any) -> Any:
    todo, seen = [(data, 0)], 0
    while todo:
        value, depth = todo.pop()
        seen += 1
        if seen > _VALUES or depth > _DEPTH:
            raise _too_much()
        if isinstance(value, dict):
            todo += ((one, depth + 1) for one in value.values())
        elif isinstance(value, list):
            todo += ((one, depth + 1) for one in value)
    return data


class _Loader(_Safe):  # type: ignore[misc, valid-type]  # the C one where there is one
    """YAML with CloudFormation's short forms, in which `2012-10-17` is a text."""

    yaml_implicit_resolvers = {  # noqa: RUF012  (as PyYAML has it)
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  (PyYAML's)
        """Keys are texts, also those that look like numbers: accounts in Mappings."""
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag in _NUMBERS:
                key.tag = "tag:yaml.org,2002:str"
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return made


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)  # noqa: S101  (YAML has no fourth kind)
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)
