"""What `cdk synth` writes: every stack, including those in stages and nested stacks.

Source: https://docs.aws.amazon.com/cdk/api/v2/docs/cloud-assembly-schema-readme.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ..errors import Problem
from ..template.resolver import NESTED_STACK
from .cloudformation import people_of, roles_of, runbooks_of, starts_of
from .files import MANIFEST, FileText, UnreadableError, text_of
from .model import FoundPerson, FoundRole, FoundRunbook, Shared, Situation, SourceFile, Starter
from .template import CloudFormation

_STACK: Final = "aws:cloudformation:stack"
_STAGE: Final = "cdk:cloud-assembly"
_ASSETS: Final = "cdk:asset-manifest"
_HASH: Final = re.compile(r"[0-9a-f]{64}")
# Stages in stages, and stacks in stacks; stages and stacks in all. Files that name each other would never end.
_DEEPEST: Final = 10
_MOST: Final = 5_000


def fits(data: Any) -> bool:
    """Whether data is the manifest of an assembly."""
    artifacts = data.get("artifacts") if isinstance(data, Mapping) else None
    return isinstance(artifacts, Mapping) and "version" in data and "Resources" not in data


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyStack:
    """A stack of an assembly.

    Attributes:
        scope: distinguishes it from the others: its ID in the manifest; for a nested stack, after its parent's.
        name: its name in CloudFormation; empty for a nested one.
        path: its template's file.
        data: the template.
        account, region: where the app deploys it; `None`: unspecified.
        nested: the stacks in it, by their logical IDs.
        paths: logical ID -> construct path, as far as the assembly has it.
    """

    scope: str
    name: str
    path: Path
    data: Mapping[str, Any]
    account: str | None
    region: str | None
    nested: Mapping[str, AssemblyStack]
    paths: Mapping[str, str]


def stacks(path: Path, manifest: Mapping[str, Any]) -> Iterator[AssemblyStack]:
    """The stacks of an assembly in the order of its manifest, including those of stages.

    Args:
        path: the manifest's file.
        manifest: its content.

    Raises:
        UnreadableError: one of its files cannot be read, or there are too many.
    """
    return _stacks(path, manifest, _Files(), 0)


@dataclass(slots=True)
class _Files:
    """Reads the manifests and templates of an assembly, up to a limit."""

    count: int = 0

    def json(self, path: Path, depth: int) -> Any:
        """The content of a file that is `depth` stages or stacks deep.

        Raises:
            UnreadableError: it cannot be read, or there are too many.
        """
        self.count += 1
        if depth > _DEEPEST or self.count > _MOST:
            what = f"is nested over {_DEEPEST} deep" if depth > _DEEPEST else f"is one of over {_MOST:,} stages and stacks"
            raise UnreadableError(Problem(source=str(path), line=None, message=f"{what} → what cdk synth writes; synthesize again"))
        return json_of(path)


def _stacks(path: Path, manifest: Mapping[str, Any], files: _Files, depth: int) -> Iterator[AssemblyStack]:
    for name, artifact in manifest["artifacts"].items():
        properties = artifact.get("properties") if isinstance(artifact, Mapping) else None
        if not isinstance(properties, Mapping):
            continue
        if artifact.get("type") == _STACK and isinstance(properties.get("templateFile"), str):
            stack = _stack(_Artifact.read(path.parent, manifest["artifacts"], artifact, files), properties["templateFile"], str(name))
            yield replace(stack, name=str(properties.get("stackName", name)))
        elif artifact.get("type") == _STAGE and isinstance(properties.get("directoryName"), str):
            inner = path.parent / properties["directoryName"] / MANIFEST
            data = files.json(inner, depth + 1)
            if fits(data):
                yield from _stacks(inner, data, files, depth + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Artifact:
    """What an assembly says about a stack besides its template.

    Attributes:
        folder: where its files are.
        account, region: see `AssemblyStack`.
        assets: hash of an asset -> its file.
        paths: construct path -> logical ID, of everything in the stack and in those nested in it.
        files: reads them.
    """

    folder: Path
    account: str | None
    region: str | None
    assets: Mapping[str, str]
    paths: Mapping[str, str]
    files: _Files

    @classmethod
    def read(cls, folder: Path, artifacts: Mapping[str, Any], artifact: Mapping[str, Any], files: _Files) -> _Artifact:
        """Read the files that the artifact of a stack names."""
        account, region = _environment(str(artifact.get("environment", "")))
        needed = (_mapping(artifacts.get(name)) for name in artifact.get("dependencies") or ())
        manifests = (_mapping(one.get("properties")).get("file") for one in needed if one.get("type") == _ASSETS)
        listed = (_mapping(_mapping(json_of(folder / file)).get("files")) for file in manifests if isinstance(file, str))
        assets = {key: _mapping(_mapping(asset).get("source")).get("path") for each in listed for key, asset in each.items()}
        metadata = artifact.get("metadata") or {}
        beside = artifact.get("additionalMetadataFile")
        if isinstance(beside, str):
            metadata = {**metadata, **_mapping(json_of(folder / beside))}
        return cls(
            folder=folder,
            account=account,
            region=region,
            assets={key: file for key, file in assets.items() if isinstance(file, str)},
            paths=_paths(metadata),
            files=files,
        )

    def nested_template(self, resource: Any) -> str | None:
        """The file of a nested stack's template: in the resource's metadata, which only the CDK CLI asks for, or among the assets."""
        if not isinstance(resource, Mapping) or resource.get("Type") != NESTED_STACK:
            return None
        named = _mapping(resource.get("Metadata")).get("aws:asset:path")
        url = json.dumps(_mapping(resource.get("Properties")).get("TemplateURL"), default=str)
        by_hash = (self.assets[key] for key in _HASH.findall(url) if key in self.assets)
        file = named if isinstance(named, str) else next(by_hash, None)
        return file if file is not None and (self.folder / file).is_file() else None


def _paths(metadata: Mapping[str, Any]) -> Mapping[str, str]:
    listed = ((path, one) for path, each in metadata.items() if isinstance(each, list) for one in map(_mapping, each))
    return {path.removeprefix("/"): str(one.get("data")) for path, one in listed if one.get("type") == "aws:cdk:logicalId"}


# What CDK calls the resource of a nested stack, beside the construct of the stack.
_NESTED_PATH: Final = re.compile(r"(?P<of>.*/(?P<name>[^/]+))\.NestedStack/(?P=name)\.NestedStackResource")


def _stack(artifact: _Artifact, file: str, scope: str, *, under: str | None = "", depth: int = 0) -> AssemblyStack:
    """A stack, and those in it.

    Args:
        artifact: of the outermost stack.
        file: the template.
        scope: see `AssemblyStack`.
        under: the construct path of a nested stack; empty: it is the outermost one; `None`: unknown.
        depth: how many stacks it is in.
    """
    data = artifact.files.json(artifact.folder / file, depth)
    if not isinstance(data, Mapping):
        message = "is not a template → what cdk synth writes; synthesize again"
        raise UnreadableError(Problem(source=str(artifact.folder / file), line=None, message=message))
    data = {**data, "Resources": _mapping(data.get("Resources"))}  # a stack without resources has none
    below = "" if not under else f"{under}/"
    paths = {} if under is None else {path: logical_id for path, logical_id in artifact.paths.items() if path.startswith(below)}
    nested_paths = {paths[path]: match["of"] for path in paths if (match := _NESTED_PATH.fullmatch(path)) is not None}
    own = {logical_id: path for path, logical_id in paths.items() if not any(path.startswith(f"{each}/") for each in nested_paths.values())}
    nested = {}
    for logical_id, resource in data["Resources"].items():
        inside = artifact.nested_template(resource)
        if inside is not None:
            there = nested_paths.get(logical_id)
            nested[logical_id] = _stack(artifact, inside, f"{scope}.{logical_id}", under=there, depth=depth + 1)
    return AssemblyStack(
        scope=scope,
        name="",
        path=artifact.folder / file,
        data=data,
        account=artifact.account,
        region=artifact.region,
        nested=nested,
        paths=own,
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _environment(text: str) -> tuple[str | None, str | None]:
    """Account and Region of `aws://111122223333/eu-west-1`, as far as the app sets them."""
    account, _, region = text.removeprefix("aws://").partition("/")
    return account if account.isdigit() else None, region if region and region != "unknown-region" else None


def read(file: FileText, situation: Situation, scope: str, shared: Shared) -> SourceFile:  # noqa: ARG001  (every format takes a scope)
    """An assembly as a source of runbooks and roles.

    Raises:
        UnreadableError: one of its templates cannot be read.
    """
    found = stacks(Path(file.path), file.data)
    templates = [template for stack in found for template in _templates(stack, _placed(situation, stack), shared, file.path, None)]

    def runbooks() -> Iterator[FoundRunbook]:
        for template in templates:
            yield from runbooks_of(template)

    def roles() -> Iterator[FoundRole]:
        for template in templates:
            yield from roles_of(template)

    def starts() -> Iterator[Starter]:
        for template in templates:
            yield from starts_of(template)

    def people() -> Iterator[FoundPerson]:
        for template in templates:
            yield from people_of(template)

    declared = {str(name): None for template in templates for name in template.declared}
    return SourceFile(path=file.path, kind="cdk", declared=tuple(declared), runbooks=runbooks, roles=roles, starts=starts, people=people)


def _templates(
    stack: AssemblyStack, situation: Situation, shared: Shared, app: str, inside: tuple[CloudFormation, str] | None
) -> Iterator[CloudFormation]:
    """A stack's template and those of its nested stacks."""
    text = text_of(str(stack.path))
    template = CloudFormation(
        str(stack.path), text, stack.data, situation, stack.scope, shared=shared, app=app, inside=inside, paths=stack.paths
    )
    shared.templates.append(template)
    yield template
    for logical_id, nested in stack.nested.items():
        inner = list(_templates(nested, situation, shared, app, (template, logical_id)))
        template.nested[logical_id] = inner[0]
        yield from inner


def _placed(situation: Situation, stack: AssemblyStack) -> Situation:
    """Where a stack is deployed: as the command says, else as the app does."""
    return situation._replace(
        account=situation.account or stack.account,
        region=situation.region or stack.region,
        parameters={"AWS::StackName": stack.name, **situation.parameters},
    )


def json_of(path: Path) -> Any:
    """The content of a file of an assembly.

    Raises:
        UnreadableError: it cannot be read, or is not JSON.
    """
    text = text_of(str(path))
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise UnreadableError(
            Problem(source=str(path), line=line, message="is not JSON → what cdk synth writes; synthesize again")
        ) from None
