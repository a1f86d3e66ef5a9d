"""CloudFormation's intrinsic functions (`Fn::Sub`, `Fn::Join`, …): THE table of them, one function each.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Protocol

from ..errors import AutomationRoleError
from ..iam.logic import Truth, Undecided
from ..iam.text import opaques
from ..values.placeholders import not_known


class TemplateError(AutomationRoleError):
    """The template cannot be read; the message says where."""


NO_VALUE: Final = object()

_SUB = re.compile(r"\$\{(!?)([^{}]*)\}")


class OtherStacks(Protocol):
    """What a stack gets from the others that it is read with; `None`: unknown."""

    def exported(self, name: str) -> Any:
        """The value of an export (`Fn::ImportValue`)."""

    def output(self, stack: str, output: str, region: str | None, account: str | None) -> Any:
        """An output of a stack by its name (`Fn::GetStackOutput`), in another Region or account if they are set."""

    def nested(self, logical_id: str, output: str) -> Any:
        """An output of a stack nested in this one."""


class Resolving(Protocol):
    """What the functions need of the template that they are in; `resolver.Resolver` is it."""

    mappings: Mapping[str, Any]
    imports: Mapping[str, str]
    others: OtherStacks | None

    def resolve(self, value: Any) -> Any:
        """A value as plain data."""

    def ref(self, name: str) -> Any:
        """What `Ref` returns."""

    def attribute(self, logical_id: str, attribute: str) -> Any:
        """What `Fn::GetAtt` returns."""

    def condition(self, name: str) -> Truth:
        """Whether a condition of the template is true."""


@contextmanager
def naming_function(function: Any, argument: Any) -> Iterator[None]:
    """Reports which function has invalid arguments."""
    try:
        yield
    except TemplateError:
        raise
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise TemplateError(f"{function} {short(argument)} → the arguments that CloudFormation accepts there") from None
    except RecursionError:
        raise TemplateError(f"{function} {short(argument)} → something that does not refer to itself") from None


def _get_att(resolver: Resolving, argument: Any) -> Any:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if len(parts) != 2 or not isinstance(parts[0], str):
        raise TemplateError(f"Fn::GetAtt {short(argument)} → [logical id, attribute]")
    attribute = resolver.resolve(parts[1])
    return resolver.attribute(parts[0], attribute) if isinstance(attribute, str) else not_known(f"Fn::GetAtt {short(argument)}")


def _sub(resolver: Resolving, argument: Any) -> Any:
    text, given = (argument, {}) if isinstance(argument, str) else (argument[0], resolver.resolve(argument[1]))

    def value_of(name: str) -> Any:
        return given[name] if name in given else _get_att(resolver, name) if "." in name else resolver.ref(name)

    pieces: list[str] = []
    at = 0
    for match in _SUB.finditer(text):
        literally, name = match.groups()
        pieces += (text[at : match.start()], "${" + name + "}" if literally else _text(value_of(name.strip())))
        at = match.end()
    return _joined("", [*pieces, text[at:]], "Fn::Sub")


def _joined(separator: str, pieces: list[str], function: str) -> str:
    """The pieces as one text, unless it is longer than any text of a template."""
    size = sum(map(len, pieces)) + len(separator) * max(0, len(pieces) - 1)
    return separator.join(pieces) if size <= _LONGEST else not_known(f"{function} of {size:,} characters")


# A template has at most this many: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
_LONGEST: Final = 1_000_000


def _text(value: Any) -> str:
    if value is NO_VALUE:
        return not_known("AWS::NoValue")
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else not_known(short(value))


def _join(resolver: Resolving, argument: Any) -> Any:
    separator, values = argument[0], resolver.resolve(argument[1])
    if isinstance(values, list):
        return _joined(separator, list(map(_text, values)), "Fn::Join")
    return not_known(f"Fn::Join of {_text(values)}")


def _select(resolver: Resolving, argument: Any) -> Any:
    index, values = resolver.resolve(argument[0]), resolver.resolve(argument[1])
    if isinstance(values, list) and str(index).isdecimal() and int(index) < len(values):
        return values[int(index)]
    return not_known(f"Fn::Select {_text(index)} of {_text(values)}")


def _split(resolver: Resolving, argument: Any) -> Any:
    """Unknown if a piece that could contain the separator is unknown."""
    separator, text = argument[0], resolver.resolve(argument[1])
    if not isinstance(text, str) or any(not opaque.name or separator not in ":/" for opaque in opaques(text)):
        return not_known(f"Fn::Split of {_text(text)}")
    return text.split(separator)


def _if(resolver: Resolving, argument: Any) -> Any:
    name, yes, no = argument
    truth = resolver.condition(name)
    if isinstance(truth, Undecided):
        one, other = resolver.resolve(yes), resolver.resolve(no)
        return one if one == other else not_known(f"the condition {name!r}")
    return resolver.resolve(yes if truth else no)


def _find_in_map(resolver: Resolving, argument: Any) -> Any:
    name, first, second = (resolver.resolve(one) for one in argument[:3])
    try:
        return resolver.resolve(resolver.mappings[name][first][second])
    except (KeyError, TypeError):
        default = argument[3].get("DefaultValue", NO_VALUE) if len(argument) > 3 else NO_VALUE
        known = not any(opaques(str(one)) for one in (name, first, second))
        return resolver.resolve(default) if known and default is not NO_VALUE else not_known(f"Fn::FindInMap {short(argument)}")


def _base64(resolver: Resolving, argument: Any) -> Any:
    text = resolver.resolve(argument)
    if not isinstance(text, str) or opaques(text):
        return not_known(f"Fn::Base64 of {_text(text)}")
    return base64.b64encode(text.encode()).decode()


def _import(resolver: Resolving, argument: Any) -> Any:
    name = _text(resolver.resolve(argument))
    if name in resolver.imports:
        return resolver.imports[name]
    given = None if resolver.others is None else resolver.others.exported(name)
    return not_known(f"the import of {name!r}") if given is None else given


def _get_stack_output(resolver: Resolving, argument: Any) -> Any:
    """An output of another stack, which may be in another Region, and in the account of the role that reads it.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
    """
    named = resolver.resolve(argument)
    stack, output = named["StackName"], named["OutputName"]
    region, role = named.get("Region"), named.get("RoleArn")
    account = role.split(":")[4] if isinstance(role, str) and role.startswith("arn:") else None
    given = (
        None
        if resolver.others is None or (role is not None and account is None)
        else resolver.others.output(stack, output, region, account)
    )
    return not_known(f"output {output!r} of stack {stack!r}") if given is None else given


def _to_json(resolver: Resolving, argument: Any) -> Any:
    return json.dumps(resolver.resolve(argument), separators=(",", ":"), ensure_ascii=False)


def short(value: Any) -> str:
    """A value as messages show it."""
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 80 else text[:79] + "…"


# Name -> what the function returns, given its argument.
FUNCTIONS: Final[Mapping[str, Callable[[Resolving, Any], Any]]] = {
    "Ref": lambda resolver, argument: resolver.ref(argument),
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::If": _if,
    "Fn::FindInMap": _find_in_map,
    "Fn::Base64": _base64,
    "Fn::ImportValue": _import,
    "Fn::GetStackOutput": _get_stack_output,
    "Fn::ToJsonString": _to_json,
}
