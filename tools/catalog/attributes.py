"""Which attributes of CloudFormation's resource types are ARNs, and in which form: from cfn-lint's schemas and IAM's ARNs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .iam import Iam

_READ_ONLY = re.compile(r"/properties/(\w+)")


def arns_of(schema: Mapping[str, Any], iam: Iam) -> dict[str, Any]:
    """For a type: `name`, the property that names it; `ref`, the attribute that `Ref` returns if that is an ARN; `arns`, attribute -> the ARN's form.

    Only properties that CloudFormation sets itself (`readOnlyProperties`) are attributes. The form is that of the IAM resource type that has
    the attribute's name or the type's; if there is none, the form ends before the resource.
    """
    read_only = [match[1] for each in schema.get("readOnlyProperties", ()) if (match := _READ_ONLY.fullmatch(each))]
    identifier = [match[1] for each in schema.get("primaryIdentifier", ()) if (match := _READ_ONLY.fullmatch(each))]
    prefix = _prefix(schema, iam)
    kind = schema["typeName"].rpartition("::")[2]
    arns = {name: _form(kind, name, prefix, iam) for name in read_only if re.search("(Arn|ARN)$", name)} if prefix else {}
    found: dict[str, Any] = {"arns": arns}
    if len(identifier) == 1 and identifier[0] not in read_only:
        found["name"] = identifier[0]
    if len(identifier) == 1 and identifier[0] in arns:
        found["ref"] = identifier[0]
    return found if arns else {}


def _prefix(schema: Mapping[str, Any], iam: Iam) -> str | None:
    """The IAM prefix of a type: its service's name, else the prefix of the first permission of its handlers that IAM has."""
    said = [each for kind in ("create", "read") for each in schema.get("handlers", {}).get(kind, {}).get("permissions", [])]
    service = schema["typeName"].split("::")[1].lower()
    return next((each for each in (service, *(one.partition(":")[0].lower() for one in said)) if each in iam.prefixes), None)


def _form(kind: str, attribute: str, prefix: str, iam: Iam) -> str:
    types = {_plain(name): form for name, form in iam.prefix(prefix).get("types", {}).items()}
    for name in _names(kind, attribute):
        if name in types:
            return re.sub(r"\{(?![PRA]\})\w+\}", "{N}", types[name])
    return f"arn:{{P}}:{prefix}:{{?}}"


def _names(kind: str, attribute: str) -> Iterator[str]:
    stem = re.sub("(Arn|ARN)$", "", attribute)
    yield _plain(stem) if stem else _plain(kind)
    if not stem or _plain(kind).endswith(_plain(stem)) or _plain(stem).endswith(_plain(kind)):
        yield _plain(kind)


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())
