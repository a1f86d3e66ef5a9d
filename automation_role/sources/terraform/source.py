"""A plan or a state as a source: its runbooks, and where its roles and what starts the runbooks are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...errors import Problem
from ...runbook.embedded import of_text
from ...runbook.syntax import DocumentError
from ..files import FileText
from ..model import FoundRunbook, Location, Shared, Situation, SourceFile
from .people import people
from .plan import TerraformPlan
from .roles import roles
from .starters import starts
from .values import Values


def fits(data: Any) -> bool:
    """Whether data is a plan or a state."""
    return (
        isinstance(data, Mapping)
        and "format_version" in data
        and any(key in data for key in ("planned_values", "values", "resource_changes"))
    )


def read(file: FileText, situation: Situation, scope: str, shared: Shared) -> SourceFile:  # noqa: ARG001  (every format takes a scope)
    """A plan or a state as a source of runbooks and roles."""
    values = Values(TerraformPlan(file.data), situation)
    return SourceFile(
        path=file.path,
        kind="terraform",
        runbooks=lambda: _runbooks(file.path, values),
        roles=lambda: roles(file.path, values, situation, shared),
        starts=lambda: starts(file.path, values),
        people=lambda: people(file.path, values),
    )


def _runbooks(path: str, values: Values) -> Iterator[FoundRunbook]:
    """Each `aws_ssm_document` of type Automation."""
    for resource in values.plan.of_type("aws_ssm_document"):
        if resource.values.get("document_type") not in (None, "Automation"):
            continue
        name, content = values.name(resource), resource.values.get("content")
        base = FoundRunbook(
            name=name if isinstance(resource.values.get("name"), str) else resource.address,
            labels=tuple(dict.fromkeys((name, values.arn(resource), resource.address))),
            place=Location(source=path, path=resource.address),
        )
        if not isinstance(content, str):
            yield base._replace(unread=values.hangs(resource, "content") or "known after apply")
            continue
        try:
            yield base._replace(document=of_text(content, path, line=1, first=None))
        except DocumentError as error:
            problems = tuple(Problem(source=path, line=None, message=f"{resource.address}: {one.message}") for one in error.problems)
            yield base._replace(problems=problems)
