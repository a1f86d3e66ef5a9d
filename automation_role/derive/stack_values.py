"""The values in a stack's template, as far as the template, the step's parameters and the stack's name decide them.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final

from ..values.patterns import ANY, Part, Pattern, Slot
from ..values.value import Value
from .inputs import UNKNOWN_TEXT, texts

# Replaces `{{ Parameter }}` in a template's text: Automation fills it in before CloudFormation sees the template.
PLACEHOLDER: Final = "REFERENCEofTHErunbook"

_PSEUDO: Final[Mapping[str, Part]] = {
    "AWS::Partition": Slot.PARTITION,
    "AWS::Region": Slot.REGION,
    "AWS::AccountId": Slot.ACCOUNT,
}
_SUB: Final = re.compile(r"\$\{(!?[^${}]*)\}")
# `{{resolve:ssm:NAME}}`: CloudFormation fills it in.
RESOLVE: Final = "{{resolve:"
# With more values than this, or more characters, a text is unknown.
_MOST: Final = 20
_LONGEST: Final = 100_000


class TemplateValues:
    """The values in one template."""

    def __init__(self, template: Mapping[str, Any], inputs: Mapping[str, Value]) -> None:
        stack = texts(inputs, "StackName")
        self.stack = stack[0] if len(stack) == 1 else UNKNOWN_TEXT
        self._mappings = _mapping(template.get("Mappings"))
        self._conditions = _mapping(template.get("Conditions"))
        self._decided: dict[str, bool | None] = {}
        self._parameters = dict(_defaults(template.get("Parameters")))
        given = inputs.get("Parameters")
        if given is not None and not isinstance(given, tuple):
            self._parameters.clear()  # any of them may be set
        for each in given if isinstance(given, tuple) else ():
            key, value = (texts(each, name) for name in ("ParameterKey", "ParameterValue")) if isinstance(each, Mapping) else ((), ())
            if len(key) == 1 and key[0].text is not None:
                self._parameters[key[0].text] = value if 0 < len(value) <= _MOST else (UNKNOWN_TEXT,)
            else:
                self._parameters.clear()
        self._stored = {name: self._parameters.get(name, (UNKNOWN_TEXT,)) for name in _in_store(template.get("Parameters"))}
        for name in self._stored:
            self._parameters.pop(name, None)

    @property
    def stored(self) -> tuple[Pattern, ...]:
        """The names of the parameters in Parameter Store whose values CloudFormation reads (`AWS::SSM::Parameter::Value<…>`)."""
        return tuple(dict.fromkeys(text for texts_of in self._stored.values() for text in texts_of))

    def is_created(self, resource: Any) -> bool:
        """Whether a resource may be created: its `Condition` is not known to be false."""
        condition = resource.get("Condition") if isinstance(resource, Mapping) else None
        return condition is None or self._condition(str(condition)) is not False

    def texts(self, value: Any) -> tuple[Pattern, ...]:
        """All texts that a value may be, with holes for unknown parts; one unknown text if nothing is known."""
        return tuple(dict.fromkeys(map(_without_dynamic, self.written(value))))

    def text(self, value: Any) -> Pattern:
        """The only text that a value may be, else the unknown one."""
        found = self.texts(value)
        return found[0] if len(found) == 1 else UNKNOWN_TEXT

    def written(self, value: Any) -> tuple[Pattern, ...]:
        """The same as `texts`, with the dynamic references that are in them."""
        found = self._written(value)
        return found if 0 < len(found) <= _MOST else (UNKNOWN_TEXT,)

    def _written(self, value: Any) -> tuple[Pattern, ...]:
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            pieces = str(value).split(PLACEHOLDER)
            return (Pattern(tuple(part for piece in pieces for part in (piece, ANY))[:-1]),)
        if not isinstance(value, Mapping) or len(value) != 1:
            return (UNKNOWN_TEXT,)
        ((function, given),) = value.items()
        several = isinstance(given, list)
        if function == "Ref":
            return self._reference(given)
        if function == "Fn::Sub" and isinstance(given, str):
            return self._filled(given, {})
        if function == "Fn::Sub" and several and len(given) == 2 and isinstance(given[1], Mapping):
            return self._filled(str(given[0]), given[1])
        if function == "Fn::Join" and several and len(given) == 2 and isinstance(given[1], list):
            parted = [piece for each in given[1] for piece in (self.written(each), (Pattern.literal(str(given[0])),))][:-1]
            return self._put_together(parted)
        if function == "Fn::If" and several and len(given) == 3:
            known = self._condition(str(given[0]))
            branches = given[1:] if known is None else [given[1 if known else 2]]
            return tuple(dict.fromkeys(text for each in branches for text in self.written(each)))
        if function == "Fn::FindInMap" and several and len(given) >= 3:
            return tuple(dict.fromkeys(self._in_map(given)))
        return (UNKNOWN_TEXT,)

    def _put_together(self, pieces: list[tuple[Pattern, ...]]) -> tuple[Pattern, ...]:
        if sum(len(text.shown()) for options in pieces for text in options) > _LONGEST:
            return (UNKNOWN_TEXT,)
        found: list[Pattern] = []
        for chosen in product(*pieces):
            made = Pattern(tuple(part for each in chosen for part in each.parts))
            found.append(made)
            if len(found) > _MOST:
                return (UNKNOWN_TEXT,)
        return tuple(found)

    def _reference(self, name: Any) -> tuple[Pattern, ...]:
        if name == "AWS::StackName":
            return (self.stack,)
        if not isinstance(name, str):
            return (UNKNOWN_TEXT,)
        return (Pattern((_PSEUDO[name],)),) if name in _PSEUDO else self._parameters.get(name, (UNKNOWN_TEXT,))

    def _filled(self, text: str, own: Mapping[str, Any]) -> tuple[Pattern, ...]:
        pieces: list[tuple[Pattern, ...]] = []
        said = {name: self.written(value) for name, value in own.items()}
        for at, piece in enumerate(_SUB.split(text)):
            if at % 2 == 0:
                pieces.append(self.written(piece) if piece else (Pattern(()),))
            elif piece.startswith("!"):
                pieces.append((Pattern.literal("${" + piece[1:] + "}"),))
            else:
                pieces.append(said[piece] if piece in said else self._reference(piece))
        return self._put_together(pieces)

    def _in_map(self, given: list[Any]) -> Iterator[Pattern]:
        """The values at the known keys of a mapping; at any key where one is unknown."""
        found = [self._mappings.get(self.text(given[0]).text or "")]
        for key in map(self.texts, given[1:3]):
            known = [text.text for text in key]
            found = [
                value
                for each in map(_mapping, found)
                for name, value in each.items()
                if any(text is None or text == str(name) for text in known)
            ]
        for value in found or [None]:
            yield from self.written(value)

    def _condition(self, name: str) -> bool | None:
        """Whether a condition is true; `None`: unknown."""
        if name not in self._decided:  # conditions name each other many times
            self._decided[name] = None  # while it is decided: one that names itself is unknown
            self._decided[name] = self._test(self._conditions.get(name))
        return self._decided[name]

    def _test(self, value: Any) -> bool | None:
        if not isinstance(value, Mapping) or len(value) != 1:
            return None
        ((function, given),) = value.items()
        if function == "Condition":
            return self._condition(str(given))
        if not isinstance(given, list):
            return None
        if function == "Fn::Equals" and len(given) == 2:
            one, other = (self.text(each).text for each in given)
            return None if one is None or other is None else one == other
        known = [self._test(each) for each in given]
        if function == "Fn::Not" and len(known) == 1:
            return None if known[0] is None else not known[0]
        if function in {"Fn::And", "Fn::Or"}:
            decides = function == "Fn::Or"  # one of them that is so decides
            return decides if decides in known else None if None in known else not decides
        return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _defaults(parameters: Any) -> Iterator[tuple[str, tuple[Pattern, ...]]]:
    for name, declared in _mapping(parameters).items():
        default = declared.get("Default") if isinstance(declared, Mapping) else None
        if isinstance(default, (str, int)):
            yield str(name), (Pattern.literal(str(default)) if PLACEHOLDER not in str(default) else UNKNOWN_TEXT,)


def _in_store(parameters: Any) -> Iterator[str]:
    """The parameters whose values come from Parameter Store."""
    for name, declared in _mapping(parameters).items():
        if isinstance(declared, Mapping) and str(declared.get("Type")).startswith("AWS::SSM::Parameter::"):
            yield str(name)


def _without_dynamic(text: Pattern) -> Pattern:
    """A text with a hole for each dynamic reference, whose value is unknown."""
    if not any(isinstance(part, str) and RESOLVE in part for part in text.parts):
        return text
    made: list[Part] = []
    inside = False
    for part in text.parts:
        rest = part if isinstance(part, str) else ""
        if not rest and not inside:
            made.append(part)
        while rest:
            if inside:
                _, end, rest = rest.partition("}}")
                inside = not end
            else:
                before, begins, rest = rest.partition(RESOLVE)
                made.append(before)
                inside = bool(begins)
                made.extend([ANY] if inside else [])
    return Pattern(tuple(made))
