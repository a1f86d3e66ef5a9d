"""The stacks of what `cdk synth` writes, each where the app deploys it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import did_you_mean
from ..sources.assembly import AssemblyStack, fits, json_of, stacks
from ..sources.files import MANIFEST, UnreadableError
from ..template.intrinsics import TemplateError
from ..template.load import validated
from ..template.stacks import Stack
from ..values.partitions import partition_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploying:
    """How an app is deployed.

    Attributes:
        account: of the stacks for which the app sets none.
        region: of the stacks for which the app sets none.
        parameters: values of the templates' parameters, and of pseudo parameters.
        imports: values of exports that no stack of the app has.
    """

    account: str
    region: str
    parameters: Mapping[str, str]
    imports: Mapping[str, str]


def stacks_of(folder: str | Path, deploying: Deploying) -> tuple[Stack, ...]:
    """The stacks of an assembly, those of stages and nested ones included.

    Raises:
        TemplateError: it is not an assembly, a file in it cannot be read, or no template has one of the parameters.
    """
    manifest = Path(folder) / MANIFEST
    among: list[Stack] = []
    try:
        data = json_of(manifest)
        if not fits(data):
            raise TemplateError(f"{folder}: not the output of `cdk synth` → a folder with {MANIFEST}, such as cdk.out")
        for stack in stacks(manifest, data):
            among += _with_nested(stack, None, deploying, among)
    except UnreadableError as error:
        raise TemplateError(f"{error.problem.source}: {error.problem.message}") from None
    if not among:
        raise TemplateError(f"{folder}: the app has no stacks → an app with at least one")
    _check_declared(deploying.parameters, among)
    return tuple(among)


def _with_nested(stack: AssemblyStack, inside: tuple[Stack, str] | None, deploying: Deploying, among: list[Stack]) -> Iterator[Stack]:
    region = stack.region or deploying.region
    data = validated(stack.data, str(stack.path))
    found = Stack(
        scope=stack.scope,
        name=stack.name,
        data=data,
        account=stack.account or deploying.account,
        region=region,
        partition=partition_of(region),
        parameters={name: value for name, value in deploying.parameters.items() if name.startswith("AWS::") or name in _declared(data)},
        imports=deploying.imports,
        inside=inside,
        among=among,
        paths=stack.paths,
    )
    yield found
    for logical_id, nested in stack.nested.items():
        yield from _with_nested(nested, (found, logical_id), deploying, among)


def _declared(data: Mapping[str, Any]) -> Mapping[str, Any]:
    declared: Mapping[str, Any] = data.get("Parameters") or {}
    return declared


def _check_declared(parameters: Mapping[str, str], among: list[Stack]) -> None:
    declared = {name: None for stack in among for name in _declared(stack.data)}
    for name in parameters:
        if not name.startswith("AWS::") and name not in declared:
            raise TemplateError(f"parameters: no template of the app has a parameter {name!r}{did_you_mean(name, declared)}")
