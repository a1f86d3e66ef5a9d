"""Parses the text of a CloudFormation template: JSON, or YAML with the short forms (`!Ref`, `!Sub`)."""

from __future__ import annotations

import json
from typing import Any, Final


class TemplateTextError(ValueError):
    """The text is neither JSON nor YAML; `line` is the line of the error, counted from 1."""

    def __init__(self, problem: str, line: int | None) -> None:
        self.problem, self.line = problem, line
        super().__init__(problem)


# A template has 1 MB at most (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html). YAML's
# aliases can make a small text large, or infinite. JSON cannot, and the dump of a large account has millions of values.
_VALUES: Final = 500_000
_DEPTH: Final = 100


def parse(text: str) -> Any:
    """A template as data, `!GetAtt` and the others in their long form.

    Raises:
        TemplateTextError: it is neither JSON nor YAML, or too large.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):  # a number with thousands of digits is a ValueError, too
        pass
    else:
        return _bounded(data, len(text))  # no value without a character of its own
    import yaml  # not needed for templates in JSON

    from .yaml_loader import TemplateLoader

    try:
        _check_depth(text)
        return _bounded(yaml.load(text, Loader=TemplateLoader), _VALUES)  # noqa: S506  (a safe loader with the short forms)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        if isinstance(error, TemplateTextError):
            raise
        mark = getattr(error, "problem_mark", None)
        problem = " ".join(str(getattr(error, "problem", None) or error).split())
        # The C loader reports the end of a text as the line after the last.
        line = min(mark.line + 1, max(1, len(text.splitlines()))) if mark is not None else None
        raise TemplateTextError(problem, line) from None


def _check_depth(text: str) -> None:
    """Checks the depth before loading: ten thousand nested lists would overflow the C stack and end the process."""
    brackets = text.count("[") + text.count("{")
    if brackets + max((len(line) - len(line.lstrip(" -?:")) for line in text.splitlines()), default=0) <= _SURELY_FLAT:
        return
    import yaml

    from .yaml_loader import TemplateLoader

    depth = 0
    for event in yaml.parse(text, Loader=TemplateLoader):
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
            if depth > _DEPTH:
                raise _too_much()
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1


# Each level needs a bracket, or a column of indentation.
_SURELY_FLAT: Final = 1_000


def _too_much() -> TemplateTextError:
    return TemplateTextError(f"more than {_VALUES:,} values, or {_DEPTH} in each other", None)


def _bounded(data: Any, most: int) -> Any:
    level, seen, depth = [data] if isinstance(data, (dict, list)) else [], 1, 0
    while level:
        inside = sum(map(len, level))
        seen, depth = seen + inside, depth + 1
        if seen > most or (inside and depth > _DEPTH):
            raise _too_much()
        level = [each for one in level for each in (one.values() if type(one) is dict else one) if type(each) in _CONTAINERS]
    return data


_CONTAINERS: Final = (dict, list)
