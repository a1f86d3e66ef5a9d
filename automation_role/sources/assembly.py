"""What `cdk synth` writes: every stack, those of stages and nested stacks, too.

Source: https://docs.aws.amazon.com/cdk/api/v2/docs/cloud-assembly-schema-readme.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from ..errors import AutomationRoleError, Problem
from .cloudformation import CloudFormation
from .cloudformation import fits as is_template
from .files import MANIFEST, FileText, UnreadableError, text_of
from .found import FoundRole, FoundRunbook, Shared, Situation, SourceFile, Starter

_STACK: Final = "aws:cloudformation:stack"
_STAGE: Final = "cdk:cloud-assembly"
_NESTED: Final = "AWS::CloudFormation::Stack"
_DEEPEST: Final = 10


def fits(data: Any) -> bool:
    """Whether data is the manifest of an assembly."""
    artifacts = data.get("artifacts") if isinstance(data, Mapping) else None
    return isinstance(artifacts, Mapping) and "version" in data and "Resources" not in data


def read(file: FileText, situation: Situation, scope: str, shared: Shared) -> SourceFile:  # noqa: ARG001  (every format takes a scope)
    """An assembly as a source of runbooks and roles.

    Raises:
        UnreadableError: one of its templates cannot be read.
    """
    templates = list(_templates(Path(file.path).parent, file.data, situation, shared, 0))

    def runbooks() -> Iterator[FoundRunbook]:
        for template in templates:
            yield from template.runbooks()

    def roles() -> Iterator[FoundRole]:
        for template in templates:
            yield from template.roles()

    def starts() -> Iterator[Starter]:
        for template in templates:
            yield from template.starts()

    declared = {str(name): None for template in templates for name in template.declared}
    return SourceFile(path=file.path, kind="cdk", declared=tuple(declared), runbooks=runbooks, roles=roles, starts=starts)


def _templates(folder: Path, manifest: Mapping[str, Any], situation: Situation, shared: Shared, depth: int) -> Iterator[CloudFormation]:
    """The stacks of an assembly in the order of its manifest."""
    for name, artifact in manifest["artifacts"].items():
        properties = artifact.get("properties") if isinstance(artifact, Mapping) else None
        if not isinstance(properties, Mapping):
            continue
        if artifact.get("type") == _STACK and isinstance(properties.get("templateFile"), str):
            stack = str(properties.get("stackName", name))
            where = _placed(situation, str(artifact.get("environment", "")), stack)
            yield from _stack(folder / properties["templateFile"], where, shared, str(name), depth)
        elif artifact.get("type") == _STAGE and isinstance(properties.get("directoryName"), str) and depth < _DEEPEST:
            inner = folder / properties["directoryName"]
            data = _data(inner / MANIFEST)
            if fits(data):
                yield from _templates(inner, data, situation, shared, depth + 1)


def _stack(path: Path, situation: Situation, shared: Shared, scope: str, depth: int) -> Iterator[CloudFormation]:
    """A stack's template and those of its nested stacks."""
    text = text_of(str(path))
    data = _data(path)
    if not is_template(data):
        return
    template = CloudFormation(str(path), text, data, situation, scope, shared=shared)
    template.export()
    yield template
    for logical_id, resource in data["Resources"].items():
        metadata = resource.get("Metadata") if isinstance(resource, Mapping) and resource.get("Type") == _NESTED else None
        asset = metadata.get("aws:asset:path") if isinstance(metadata, Mapping) else None
        if isinstance(asset, str) and depth < _DEEPEST and (path.parent / asset).is_file():
            passed = _passed(template, resource)
            inner = replace(situation, parameters={**situation.parameters, **passed})
            yield from _stack(path.parent / asset, inner, shared, f"{scope}.{logical_id}", depth + 1)


def _passed(template: CloudFormation, nested: Mapping[str, Any]) -> dict[str, str]:
    """What a stack passes to a nested one."""
    properties = nested.get("Properties")
    try:
        resolved = template.resolver.resolve((properties or {}).get("Parameters") or {})
    except AutomationRoleError:
        return {}
    return {str(name): value for name, value in resolved.items() if isinstance(value, str)} if isinstance(resolved, Mapping) else {}


def _placed(situation: Situation, environment: str, stack: str) -> Situation:
    """Where a stack is deployed: as the command says, else as the app does (`aws://111122223333/eu-west-1`)."""
    account, _, region = environment.removeprefix("aws://").partition("/")
    return replace(
        situation,
        account=situation.account or (account if account.isdigit() else None),
        region=situation.region or (region if region and region != "unknown-region" else None),
        parameters={"AWS::StackName": stack, **situation.parameters},
    )


def _data(path: Path) -> Any:
    text = text_of(str(path))
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise UnreadableError(
            Problem(source=str(path), line=line, message="is not JSON → what cdk synth writes; synthesize again")
        ) from None
