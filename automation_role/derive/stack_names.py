"""The names of a template's resources, as far as the template, the step's parameters and the stack's name decide them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from ..values.patterns import ANY, Part, Pattern, Slot
from ..values.value import Value
from .arn_names import is_arn
from .inputs import UNKNOWN_TEXT, texts
from .stack_calls import is_passed
from .stack_types import NAMING, SUFFIX

# Replaces `{{ Parameter }}` in a template's text: Automation fills it in before CloudFormation sees the template.
PLACEHOLDER: Final = "REFERENCEofTHErunbook"

_PSEUDO: Final[Mapping[str, Part]] = {
    "AWS::Partition": Slot.PARTITION,
    "AWS::Region": Slot.REGION,
    "AWS::AccountId": Slot.ACCOUNT,
}
_MOST_NAMES: Final = 1_024  # of properties, that are remembered: templates repeat them
_SUB: Final = re.compile(r"\$\{(!?[^${}]*)\}")


class ResourceNames:
    """The names of one template's resources."""

    def __init__(self, template: Mapping[str, Any], inputs: Mapping[str, Value]) -> None:
        self._resources: Mapping[str, Any] = template["Resources"]
        stack = texts(inputs, "StackName")
        self._stack = stack[0] if len(stack) == 1 else UNKNOWN_TEXT
        self._parameters = dict(_defaults(template.get("Parameters")))
        given = inputs.get("Parameters")
        if given is not None and not isinstance(given, tuple):
            self._parameters.clear()  # any of them may be set
        for each in given if isinstance(given, tuple) else ():
            key, value = (texts(each, name) for name in ("ParameterKey", "ParameterValue")) if isinstance(each, Mapping) else ((), ())
            if len(key) == 1 and key[0].text is not None:
                self._parameters[key[0].text] = value[0] if len(value) == 1 else UNKNOWN_TEXT
            else:
                self._parameters.clear()

    def of(self, logical_id: str) -> tuple[Pattern, ...]:
        """The name of a resource; empty if unknown."""
        resource = self._resources.get(logical_id)
        kind = resource.get("Type") if isinstance(resource, Mapping) else None
        naming = NAMING.get(kind) if isinstance(kind, str) else None
        if naming is None or not isinstance(resource, Mapping):
            return ()
        properties = resource.get("Properties") or {}
        if not isinstance(properties, Mapping) or any(str(key).startswith("Fn::") for key in properties):
            return ()
        if naming.given and naming.given in properties:
            name = self._text(properties[naming.given])
            return () if name.is_any else (name,)
        stack = self._stack.text
        if not naming.longest or not stack or len(stack) + 1 + len(logical_id) + SUFFIX > naming.longest or not logical_id.isalnum():
            return ()
        begin = f"{stack}-{logical_id}-"
        return (Pattern((begin.lower() if naming.small else begin, ANY)),)

    def roles(self, kind: str, properties: Any) -> dict[str, tuple[Pattern | None, ...]]:
        """The properties of a resource that hold roles -> the roles' ARNs; `None` for an unknown one."""
        naming = NAMING.get(kind)
        own = naming.given if naming is not None else ""
        given = {name: value for name, value in properties.items() if name != own} if isinstance(properties, Mapping) else properties
        found: dict[str, dict[Pattern | None, None]] = {}
        for name, value in _of_roles(kind, given):
            roles = self._of_profile(value) if "profile" in name.lower() else (self._role(value),)
            found.setdefault(name, {}).update(dict.fromkeys(roles))
        return {name: tuple(arns) for name, arns in found.items()}

    def _of_profile(self, value: Any) -> tuple[Pattern | None, ...]:
        """The roles in an instance profile of the template; of another one, they are unknown."""
        made = self._resources.get(_referenced(value))
        if not isinstance(made, Mapping) or made.get("Type") != "AWS::IAM::InstanceProfile":
            return (None,)
        properties = made.get("Properties")
        return tuple(map(self._role, _several(properties.get("Roles")))) if isinstance(properties, Mapping) else (None,)

    def _role(self, value: Any) -> Pattern | None:
        logical_id = _referenced(value)
        if logical_id in self._resources:
            names = self.of(str(logical_id)) if self._resources[logical_id].get("Type") == "AWS::IAM::Role" else ()
            path = (self._resources[logical_id].get("Properties") or {}).get("Path", "/")
            return Pattern.of("arn:{P}:iam::{A}:role") + Pattern.literal(path) + names[0] if names and isinstance(path, str) else None
        text = self._text(value)
        if is_arn(text) and ":role/" in "".join(part for part in text.parts if isinstance(part, str)):
            return text
        name = text.text
        return Pattern.of("arn:{P}:iam::{A}:role/") + text if name and re.fullmatch(r"[\w+=,.@-]{1,64}", name) else None

    def _text(self, value: Any) -> Pattern:
        """A property's value, with holes for unknown parts."""
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            pieces = str(value).split(PLACEHOLDER)
            return Pattern(tuple(part for piece in pieces for part in (piece, ANY))[:-1])
        if not isinstance(value, Mapping) or len(value) != 1:
            return UNKNOWN_TEXT
        ((function, given),) = value.items()
        if function == "Ref":
            return self._reference(given)
        if function == "Fn::Sub" and isinstance(given, str):
            return self._filled(given, {})
        if function == "Fn::Sub" and isinstance(given, list) and len(given) == 2 and isinstance(given[1], Mapping):
            return self._filled(str(given[0]), given[1])
        if function == "Fn::Join" and isinstance(given, list) and len(given) == 2 and isinstance(given[1], list):
            parts = [part for each in given[1] for part in (*self._text(each).parts, str(given[0]))]
            return Pattern(tuple(parts[:-1]))
        return UNKNOWN_TEXT

    def _reference(self, name: Any) -> Pattern:
        if name == "AWS::StackName":
            return self._stack
        if name in _PSEUDO:
            return Pattern((_PSEUDO[name],))
        return self._parameters.get(str(name), UNKNOWN_TEXT)

    def _filled(self, text: str, own: Mapping[str, Any]) -> Pattern:
        made = Pattern(())
        for at, piece in enumerate(_SUB.split(text)):
            if at % 2 == 0:
                made += self._text(piece) if piece else made.__class__(())
            elif piece.startswith("!"):
                made += Pattern.literal("${" + piece[1:] + "}")
            else:
                made += self._text(own[piece]) if piece in own and not isinstance(own[piece], Mapping) else self._reference(piece)
        return made


def _defaults(parameters: Any) -> Iterator[tuple[str, Pattern]]:
    """Parameters with a default; those whose value comes from elsewhere (`AWS::SSM::Parameter::Value<…>`) are unknown."""
    for name, declared in parameters.items() if isinstance(parameters, Mapping) else ():
        default = declared.get("Default") if isinstance(declared, Mapping) else None
        if isinstance(default, (str, int)) and not str(declared.get("Type")).startswith("AWS::SSM::"):
            yield str(name), Pattern.literal(str(default)) if PLACEHOLDER not in str(default) else UNKNOWN_TEXT


def _of_roles(kind: str, properties: Any) -> Iterator[tuple[str, Any]]:
    """The properties of a type that hold roles, by their names, with the value of each role."""
    if isinstance(properties, Mapping):
        for name, value in properties.items():
            if has_own_keys(str(name)):
                continue
            several = isinstance(value, (list, Mapping)) and not _is_function(value)
            if holds_role(str(name)) or (is_passed(kind, str(name)) and not several):
                yield str(name), value
            elif holds_roles(str(name)) or (is_passed(kind, str(name)) and isinstance(value, list)):
                for each in _several(value):
                    yield str(name), each
            else:
                yield from _of_roles(kind, value)
    elif isinstance(properties, list):
        for item in properties:
            yield from _of_roles(kind, item)


@lru_cache(maxsize=_MOST_NAMES)
def has_own_keys(name: str) -> bool:
    """Whether the user chooses the keys in a property with this name: tags, variables."""
    return _OWN_KEYS.fullmatch(name) is not None


_OWN_KEYS: Final = re.compile(r"(?i)\w*tags|variables|metadata|\w*parameters|\w*policydocument")
# A mapping that is a value by itself: `{"Ref": …}`, `{"Fn::GetAtt": …}`.
_FUNCTION: Final = re.compile(r"Ref$|Fn::")


def _is_function(value: Any) -> bool:
    return isinstance(value, Mapping) and any(_FUNCTION.match(str(key)) for key in value)


def _several(value: Any) -> Iterator[Any]:
    """Each of several values in a list or a mapping."""
    if isinstance(value, list):
        yield from value
    elif isinstance(value, Mapping) and not _is_function(value):
        yield from value.values()
    else:
        yield value


def _referenced(value: Any) -> str:
    """The resource that a value refers to."""
    made = value.get("Fn::GetAtt") or value.get("Ref") if isinstance(value, Mapping) else None
    return str(made[0] if isinstance(made, list) and made else made).partition(".")[0] if made else ""


@lru_cache(maxsize=_MOST_NAMES)
def holds_role(name: str) -> bool:
    """Whether a property's name says that its value is a role."""
    return _ROLE.search(name) is not None


_ROLE: Final = re.compile(r"(?i)role(arn|name)?$")


@lru_cache(maxsize=_MOST_NAMES)
def holds_roles(name: str) -> bool:
    """Whether a property's name says that its value has roles in it."""
    return _ROLES.search(name) is not None


_ROLES: Final = re.compile(r"(?i)roles|instanceprofile|rolearn")
