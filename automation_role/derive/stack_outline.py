"""The outline of a stack's template: the parts that its needs depend on. Facts store this instead of the template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from ..template.text import TemplateTextError
from .stack_calls import is_passed
from .stack_names import holds_role, holds_roles
from .stack_reads import KEPT, KEYS
from .stack_types import NAMING
from .stack_values import RESOLVE
from .stacks import INCLUDE, read_template


def outline(body: Any) -> dict[str, Any] | None:
    """A template with the same needs, without its texts; `None` if there is no readable template.

    Args:
        body: the template: data, or its text.
    """
    try:
        template = read_template(body) if body is not None else None
    except TemplateTextError:
        return None
    if not isinstance(template, Mapping) or not isinstance(template.get("Resources"), Mapping):
        return None
    resources = {str(name): _resource(each) for name, each in template["Resources"].items()}
    deciding = {
        name: template[name]
        for name in ("Conditions", "Mappings")
        if template.get(name) and any(each in str(resources) for each in _DECIDING[name])
    }
    said = json.dumps([resources, deciding], default=str)
    declared = template.get("Parameters")
    parameters = {
        name: _parameter(each)
        for name, each in (declared.items() if isinstance(declared, Mapping) else ())
        if str(name) in said or "AWS::SSM::" in str(each)
    }
    macro = {"Transform": template["Transform"]} if template.get("Transform") else {}
    return {"Resources": resources, **({"Parameters": parameters} if parameters else {}), **deciding, **macro}


# A part of a template -> what uses it.
_DECIDING: Final = {"Conditions": ("Fn::If", "'Condition'"), "Mappings": ("Fn::FindInMap",)}


def _parameter(declared: Any) -> Any:
    return {name: declared[name] for name in ("Type", "Default") if name in declared} if isinstance(declared, Mapping) else None


def _resource(resource: Any) -> Any:
    if not isinstance(resource, Mapping):
        return None
    kind, properties = resource.get("Type"), resource.get("Properties")
    naming = NAMING.get(kind) if isinstance(kind, str) else None
    whole = {naming.given, "Path"} if naming is not None else set()
    kept = _set(str(kind), properties)
    if isinstance(properties, Mapping):
        kept |= {name: properties[name] for name in properties if name in whole}
    return {
        **({"Type": kind} if isinstance(kind, str) else {}),
        **({"Properties": kept} if kept else {}),
        **({"Fn::Transform": None} if "Fn::Transform" in resource else {}),
        **({"Condition": resource["Condition"]} if "Condition" in resource else {}),
    }


def _set(kind: str, value: Any) -> Any:
    """Which properties of a type are set, and the roles, objects, keys and dynamic references that they name; no other value."""
    if isinstance(value, Mapping):
        if RESOLVE in str(value) and any(str(name).startswith("Fn::") for name in value):
            return dict(value)
        whole = KEPT if "Bucket" in value else KEPT - {"Key"}  # a tag has a key, too
        return {str(name): each if name in whole or _is_named(kind, str(name)) else _set(kind, each) for name, each in value.items()}
    if isinstance(value, list):
        kept: list[Any] = []
        for item in value:
            each = _set(kind, item)
            if each is not None and each not in kept:
                kept.append(each)
        return kept
    if isinstance(value, str) and RESOLVE in value:
        return value
    return INCLUDE if INCLUDE in str(value) else None


def _is_named(kind: str, name: str) -> bool:
    return KEYS.search(name) is not None or holds_role(name) or holds_roles(name) or is_passed(kind, name)
