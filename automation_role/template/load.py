"""Reads a template from a file, data or `aws_cdk.assertions`, and checks its shape."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, TypeAlias, runtime_checkable

from .intrinsics import TemplateError
from .text import TemplateTextError, parse


@runtime_checkable
class HasJson(Protocol):
    """`aws_cdk.assertions.Template`, recognized by its method."""

    def to_json(self) -> Mapping[str, Any]:
        """The template as data."""


Source: TypeAlias = str | Path | Mapping[str, Any] | HasJson


def load(source: Source) -> Mapping[str, Any]:
    """A template as data.

    Args:
        source: path of a JSON or YAML file (`!Ref` and the other short forms are fine), data, or an `aws_cdk.assertions.Template`.

    Raises:
        TemplateError: it cannot be read, or isn't a template.
    """
    if isinstance(source, str | Path):
        data = _read(Path(source))
        where = str(source)
    else:
        data = source.to_json() if isinstance(source, HasJson) else source
        where = "template"
    return validated(data, where)


def validated(data: Any, where: str) -> Mapping[str, Any]:
    """A template's data, checked for a template's shape.

    Args:
        data: what was read.
        where: its name in messages.

    Raises:
        TemplateError: it does not have that shape.
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("Resources"), Mapping):
        raise TemplateError(f"{where}: not a CloudFormation template → a mapping with 'Resources'")
    for logical_id, resource in data["Resources"].items():
        if not isinstance(resource, Mapping) or not isinstance(resource.get("Type"), str):
            # `Fn::ForEach::…` creates resources that are not in the template.
            raise TemplateError(f"{where}: resource {logical_id!r} has no Type → a mapping with 'Type'; expand Fn::ForEach first")
        if not isinstance(resource.get("Properties", {}), Mapping):
            raise TemplateError(f"{where}: resource {logical_id!r}: its Properties are {resource['Properties']!r} → a mapping")
    for section in ("Parameters", "Conditions", "Mappings"):
        entries = data.get(section, {})
        if not isinstance(entries, Mapping) or (section == "Parameters" and not all(isinstance(one, Mapping) for one in entries.values())):
            raise TemplateError(f"{where}: its {section} are not what CloudFormation accepts → a mapping")
    return data


def _read(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise TemplateError(f"{path}: cannot be read ({reason}) → a CloudFormation template, JSON or YAML") from None
    try:
        return parse(text)
    except TemplateTextError as error:
        where = f"{path}:{error.line}" if error.line is not None else str(path)
        raise TemplateError(f"{where}: neither JSON nor YAML ({error.problem})") from None
