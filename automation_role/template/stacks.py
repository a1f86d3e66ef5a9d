"""Values that stacks of one app exchange: exports, outputs, and the parameters of nested stacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..errors import AutomationRoleError
from .resolver import Resolver


@dataclass(eq=False)
class Stack:
    """A stack of an app.

    Attributes:
        scope: distinguishes it from the others, such as its ID in the app.
        name: its name in CloudFormation; empty: CloudFormation generates it, as for a nested one.
        data: its template.
        account, region, partition: where it is deployed.
        parameters: values of its parameters and pseudo parameters.
        imports: values of exports that none of the stacks has.
        inside: the stack that it is nested in, and its logical ID there.
        among: the stacks it is deployed with, nested ones too.
        paths: logical ID -> construct path, where that is known.
    """

    scope: str
    name: str
    data: Mapping[str, Any]
    account: str
    region: str
    partition: str
    parameters: Mapping[str, str]
    imports: Mapping[str, str]
    inside: tuple[Stack, str] | None = None
    among: Sequence[Stack] = field(default=(), repr=False)
    paths: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def resolver(self) -> Resolver:
        """Resolves its values, those from other stacks included."""
        passed = {} if self.inside is None else self.inside[0]._passed(self.inside[1])  # noqa: SLF001 - the same class
        named = {"AWS::StackName": self.name} if self.name else {}
        return Resolver(
            self.data,
            account=self.account,
            region=self.region,
            partition=self.partition,
            parameters={**named, **self.parameters, **passed},
            imports=self.imports,
            scope=self.scope,
            others=self,
        )

    def _passed(self, logical_id: str) -> dict[str, str]:
        """What it passes to a nested stack."""
        passed = self.resolver.properties(logical_id).get("Parameters")
        return {name: value for name, value in passed.items() if isinstance(value, str)} if isinstance(passed, Mapping) else {}

    # -- what it gets from the others (`OtherStacks`) -------------------------------------------------------------------------------

    def exported(self, name: str) -> Any:
        """The value of an export of this account and Region."""
        for stack in self.among:
            if (stack.account, stack.region) == (self.account, self.region) and name in stack._exports:  # noqa: SLF001
                return stack.resolver.output(stack._exports[name])  # noqa: SLF001
        return None

    @cached_property
    def _exports(self) -> Mapping[str, str]:
        """Its exports: the name -> the output."""
        return dict(exported(self.resolver))

    def output(self, stack: str, output: str, region: str | None, account: str | None) -> Any:
        """An output of a stack by its name."""
        place = (stack, account or self.account, region or self.region)
        found = (each for each in self.among if (each.name, each.account, each.region) == place)
        return next((each.resolver.output(output) for each in found), None)

    def nested(self, logical_id: str, output: str) -> Any:
        """An output of a stack nested in this one."""
        found = (each for each in self.among if each.inside is not None and each.inside[0] is self and each.inside[1] == logical_id)
        return next((each.resolver.output(output) for each in found), None)


def exported(resolver: Resolver) -> Iterator[tuple[str, str]]:
    """What a template exports: each export's name, and the output. A name that cannot be resolved is left out."""
    for output, one in resolver.outputs.items():
        export = one.get("Export")
        try:
            name = resolver.resolve(export.get("Name")) if isinstance(export, Mapping) else None
        except AutomationRoleError:
            continue
        if isinstance(name, str):
            yield name, output
