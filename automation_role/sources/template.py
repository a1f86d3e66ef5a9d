"""One CloudFormation template among those that are read together: its values, exports, places and identities."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from ..errors import AutomationRoleError
from ..template.identities import Template
from ..template.lines import Lines
from ..template.load import validated
from ..template.resolver import Resolver
from ..template.stacks import exported
from ..template.text import TemplateTextError, parse
from ..values.placeholders import ACCOUNT, PARTITION, REGION
from .cross_stack import Beside
from .model import Location, Shared, Situation

_SECTIONS: Final = ("Parameters", "Conditions", "Mappings")


def is_template(data: Any) -> bool:
    """Whether data is a CloudFormation template: resources that have types."""
    resources = data.get("Resources") if isinstance(data, Mapping) else None
    if not isinstance(resources, Mapping) or "mainSteps" in data:
        return False
    return any(isinstance(one, Mapping) and isinstance(one.get("Type"), str) for one in resources.values()) or (
        "AWSTemplateFormatVersion" in data
    )


@dataclass(frozen=True)
class CloudFormation:
    """One template.

    Attributes:
        path: its file.
        text: its content.
        data: its content, as data.
        situation: where it is deployed.
        scope: distinguishes its generated names from those of other templates; empty when it is the only one.
        line: where its text begins, if it is inside another file.
        shared: what files that are read together share.
        app: the CDK assembly that it belongs to; empty: it is a file of its own.
        inside: the template that it is nested in, and its logical ID there.
        nested: the templates nested in it, by their logical IDs.
        paths: logical ID -> construct path, as far as the assembly has it.
    """

    path: str
    text: str
    data: Mapping[str, Any]
    situation: Situation
    scope: str
    line: int | None = None
    shared: Shared = field(default_factory=Shared, repr=False)
    app: str = ""
    inside: tuple[CloudFormation, str] | None = field(default=None, repr=False)
    nested: dict[str, CloudFormation] = field(default_factory=dict, repr=False)
    paths: Mapping[str, str] = field(default_factory=dict)

    @property
    def declared(self) -> tuple[str, ...]:
        """Its parameters."""
        return tuple(map(str, mapping(self.data.get("Parameters"))))

    @cached_property
    def lines(self) -> Lines:
        """The lines of everything in its text."""
        return Lines.read(self.text) if self.line is None else Lines({}, {})

    @cached_property
    def resolver(self) -> Resolver:
        """Resolves the documents' content; an unknown place stays open, because a runbook may run anywhere.

        A broken resource, or one that a macro expands, does not stop it.
        """
        return self.resolver_in(PARTITION)

    def resolver_in(self, partition: str) -> Resolver:
        """Resolves the template where nothing says that its partition is another one.

        Raises:
            AutomationRoleError: what is passed to a nested stack cannot be read, or depends on its own outputs.
        """
        if partition not in self._resolvers:
            self._resolvers[partition] = None
            try:
                with self.shared.resolving.one(lambda: self._resolvers.pop(partition, None), lambda: self._exported.pop(partition, None)):
                    self._resolvers[partition] = self._resolver(partition)
            finally:
                if self._resolvers[partition] is None:
                    del self._resolvers[partition]
        found = self._resolvers[partition]
        if found is None:
            self.shared.resolving.asked_too_early()
            raise AutomationRoleError(f"{self.path}: what it is passed depends on itself → parameters without a cycle")
        return found

    @cached_property
    def _resolvers(self) -> dict[str, Resolver | None]:
        """By partition; `None`: it is being created, so a reference to it is circular."""
        return {}

    def _resolver(self, partition: str) -> Resolver:
        whole = {key: one for key, one in self.data["Resources"].items() if isinstance(one, Mapping) and isinstance(one.get("Type"), str)}
        sections = {key: one for key, one in self.data.items() if key not in _SECTIONS or isinstance(one, Mapping)}
        return Resolver({**sections, "Resources": whole}, **self._where(partition))

    def exports(self, partition: str) -> Mapping[str, str]:
        """What it exports: the export's name -> the output."""
        if partition not in self._exported:
            found: dict[str, str] = {}
            self._exported[partition] = found  # a name that depends on its own export can't be resolved
            with self.shared.resolving.one(lambda: self._exported.pop(partition, None)):
                found.update(exported(self.resolver_in(partition)))
            return found
        return self._exported[partition]

    @cached_property
    def _exported(self) -> dict[str, dict[str, str]]:
        return {}

    def _passed(self, partition: str) -> dict[str, str]:
        """What the template around it passes to it."""
        if self.inside is None:
            return {}
        outer, logical_id = self.inside
        passed = outer.resolver_in(partition).properties(logical_id).get("Parameters")
        return {str(name): value for name, value in mapping(passed).items() if isinstance(value, str)}

    def _where(self, partition: str) -> dict[str, Any]:
        given, declared = self.situation, mapping(self.data.get("Parameters"))
        parameters = {**given.parameters, **self._passed(partition)}
        return {
            "account": given.account or ACCOUNT,
            "region": given.region or REGION,
            "partition": given.partition or partition,
            "parameters": {name: value for name, value in parameters.items() if name.startswith("AWS::") or name in declared},
            "imports": given.imports,
            "others": Beside(self, self.shared.templates, partition),
            "scope": self.scope,
        }

    def place(self, logical_id: str) -> Location:
        """Where a resource is, by its construct path when CDK wrote the template."""
        resource = self.data["Resources"][logical_id]
        metadata = resource.get("Metadata")
        path = metadata.get("aws:cdk:path") if isinstance(metadata, Mapping) else None
        path = path if isinstance(path, str) else self.paths.get(logical_id)
        line = self.line if self.line is not None else self.lines.line(("Resources", logical_id))
        return Location(source=self.path, line=line, path=path.removesuffix("/Resource") if isinstance(path, str) else logical_id)

    def inner(self, logical_id: str) -> Iterator[CloudFormation]:
        """The template inside a StackSet."""
        body = mapping(self.data["Resources"][logical_id].get("Properties")).get("TemplateBody")
        try:
            text = self.resolver.resolve(body)
            data = parse(text) if isinstance(text, str) else text
        except (AutomationRoleError, TemplateTextError):
            return
        if is_template(data):
            line = self.line if self.line is not None else self.lines.line(("Resources", logical_id, "Properties", "TemplateBody"))
            scope = f"{self.scope}.{logical_id}" if self.scope else logical_id
            yield CloudFormation(self.path, json.dumps(data), data, self.situation, scope, line, self.shared)

    def template(self, partition: str) -> Template:
        """Its identities, with their policies.

        Raises:
            AutomationRoleError: it is broken, or a policy in it is.
        """
        if partition not in self._templates:
            self._templates[partition] = Template(
                Resolver(validated(self.data, self.path), **self._where(partition)),
                managed_policies=self.situation.managed_policies,
                context=self.situation.keys,
                others=lambda: self._others(partition),
                one_app=bool(self.app),
            )
        return self._templates[partition]

    @cached_property
    def _templates(self) -> dict[str, Template]:
        return {}

    def _others(self, partition: str) -> Iterator[Template]:
        """The templates of the same app, or all others if it belongs to none; a broken one is reported when its own roles are read."""
        for other in self.shared.templates:
            if other is not self and other.app == self.app and other.situation.account == self.situation.account:
                with suppress(AutomationRoleError, RecursionError):
                    yield other.template(partition)


def mapping(value: Any) -> Mapping[str, Any]:
    """The value, if it is a mapping; else an empty one."""
    return value if isinstance(value, Mapping) else {}
