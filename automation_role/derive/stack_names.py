"""The names of a template's resources, as far as the template, the step's parameters and the stack's name decide them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from ..values.patterns import ANY, Pattern
from .arn_names import is_arn
from .stack_calls import is_passed
from .stack_types import NAMING, SUFFIX
from .stack_values import TemplateValues

_MOST_NAMES: Final = 1_024  # of properties, that are remembered: templates repeat them


class ResourceNames:
    """The names of one template's resources."""

    def __init__(self, template: Mapping[str, Any], values: TemplateValues) -> None:
        self._resources: Mapping[str, Any] = template["Resources"]
        self._values = values

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
            names = self._values.texts(properties[naming.given])
            return () if any(name.is_any for name in names) else names
        stack = self._values.stack.text
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
            if name == LAUNCH_TEMPLATE:
                roles = self._of_launch_template(value)
            else:
                roles = self._of_profile(value) if "profile" in name.lower() else self._roles(value)
            found.setdefault(name, {}).update(dict.fromkeys(roles))
        return {name: tuple(arns) for name, arns in found.items() if arns}

    def _of_profile(self, value: Any) -> tuple[Pattern | None, ...]:
        """The roles in an instance profile of the template; of another one, they are unknown."""
        made = self._resources.get(_referenced(value))
        if not isinstance(made, Mapping) or made.get("Type") != "AWS::IAM::InstanceProfile":
            return (None,)
        properties = made.get("Properties")
        if not isinstance(properties, Mapping):
            return (None,)
        return tuple(role for each in _several(properties.get("Roles")) for role in self._roles(each))

    def _of_launch_template(self, value: Any) -> tuple[Pattern | None, ...]:
        """The roles in a launch template of the template; of another one, they are unknown."""
        named = (
            [each for name, each in value.items() if name in {"LaunchTemplateId", "LaunchTemplateName"}]
            if isinstance(value, Mapping)
            else []
        )
        made = self._resources.get(_referenced(named[0])) if len(named) == 1 else None
        properties = made.get("Properties") if isinstance(made, Mapping) and made.get("Type") == "AWS::EC2::LaunchTemplate" else None
        data = properties.get("LaunchTemplateData") if isinstance(properties, Mapping) else None
        if not isinstance(data, Mapping) or _is_function(data):
            return (None,)
        profiles = _several(data["IamInstanceProfile"]) if "IamInstanceProfile" in data else ()
        return tuple(role for each in profiles for role in self._of_profile(each))

    def _roles(self, value: Any) -> tuple[Pattern | None, ...]:
        """The roles that a value may name."""
        branches = value.get("Fn::If") if isinstance(value, Mapping) else None
        if isinstance(branches, list) and len(branches) == 3 and any(map(_referenced, branches[1:])):
            return tuple(role for each in branches[1:] if each != {"Ref": "AWS::NoValue"} for role in self._roles(each))
        if _referenced(value) in self._resources:
            return (self._own_role(value),)
        return tuple(map(_role, self._values.texts(value)))

    def _own_role(self, value: Any) -> Pattern | None:
        """The ARN of a role of the template."""
        logical_id = _referenced(value)
        made = self._resources[logical_id]
        names = self.of(logical_id) if isinstance(made, Mapping) and made.get("Type") == "AWS::IAM::Role" else ()
        path = (made.get("Properties") or {}).get("Path", "/") if names else None
        if len(names) != 1 or not isinstance(path, str):
            return None
        return Pattern.of("arn:{P}:iam::{A}:role") + Pattern.literal(path) + names[0]


def _role(text: Pattern) -> Pattern | None:
    """The ARN of the role that a text names."""
    if is_arn(text) and ":role/" in "".join(part for part in text.parts if isinstance(part, str)):
        return text
    name = text.text
    return Pattern.of("arn:{P}:iam::{A}:role/") + text if name and re.fullmatch(r"[\w+=,.@-]{1,64}", name) else None


# Whoever creates these passes the role in their launch template.
# Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/permissions-for-launch-templates.html
_LAUNCHING: Final = frozenset(
    {"AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::EC2Fleet", "AWS::EC2::Instance", "AWS::EC2::SpotFleet", "AWS::EKS::Nodegroup"}
)
LAUNCH_TEMPLATE: Final = "LaunchTemplate"
_LAUNCH_TEMPLATES: Final = frozenset({LAUNCH_TEMPLATE, "LaunchTemplateSpecification"})


def _of_roles(kind: str, properties: Any) -> Iterator[tuple[str, Any]]:
    """The properties of a type that hold roles, by their names, with the value of each role."""
    if isinstance(properties, Mapping):
        for name, value in properties.items():
            if has_own_keys(str(name)):
                continue
            several = isinstance(value, (list, Mapping)) and not _is_function(value)
            if kind in _LAUNCHING and name in _LAUNCH_TEMPLATES and "LaunchTemplateSpecification" not in str(value):
                yield LAUNCH_TEMPLATE, value
            elif holds_role(str(name)) or (is_passed(kind, str(name)) and not several):
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
