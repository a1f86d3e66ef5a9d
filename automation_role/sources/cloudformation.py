"""CloudFormation and SAM templates: their Automation documents, their roles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from ..errors import AutomationRoleError, Problem
from ..iam.text import opaques
from ..runbook.document import Document
from ..runbook.embedded import of_data, of_text
from ..runbook.syntax import DocumentError, KeyPath
from ..template.identities import Template
from ..template.intrinsics import Resolver
from ..template.lines import Lines, marked, unmarked
from ..template.load import validated
from ..template.text import TemplateTextError, parse
from ..values.placeholders import ACCOUNT, PARTITION, REGION, has_placeholder, name_of
from .cross_stack import Beside
from .files import FileText
from .model import FoundRole, FoundRunbook, Location, Shared, Situation, SourceFile, Starter
from .starters import STARTERS, Starts

_PARTITION: Final = re.compile(r"\barn:(aws[a-z-]*):")
_DOCUMENT: Final = "AWS::SSM::Document"
_SECTIONS: Final = ("Parameters", "Conditions", "Mappings")
_ROLE: Final = "AWS::IAM::Role"
_STACK_SET: Final = "AWS::CloudFormation::StackSet"


def fits(data: Any) -> bool:
    """Whether data is a CloudFormation template: resources that have types."""
    resources = data.get("Resources") if isinstance(data, Mapping) else None
    if not isinstance(resources, Mapping) or "mainSteps" in data:
        return False
    return any(isinstance(one, Mapping) and isinstance(one.get("Type"), str) for one in resources.values()) or (
        "AWSTemplateFormatVersion" in data
    )


def read(file: FileText, situation: Situation, scope: str, shared: Shared) -> SourceFile:
    """A template as a source of runbooks and roles."""
    template = CloudFormation(file.path, file.text, file.data, situation, scope, shared=shared)
    shared.templates.append(template)
    return SourceFile(
        path=template.path,
        kind="cloudformation",
        declared=template.declared,
        runbooks=template.runbooks,
        roles=template.roles,
        starts=template.starts,
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
        return tuple(map(str, _mapping(self.data.get("Parameters"))))

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
                self._resolvers[partition] = self._resolver(partition)
            finally:
                if self._resolvers[partition] is None:
                    del self._resolvers[partition]
        found = self._resolvers[partition]
        if found is None:
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
            self._exported[partition] = {}  # a name that depends on its own export can't be resolved
            for output, one in self.resolver_in(partition).outputs.items():
                name = self._export_name(one.get("Export"), partition)
                if name is not None:
                    self._exported[partition][name] = output
        return self._exported[partition]

    @cached_property
    def _exported(self) -> dict[str, dict[str, str]]:
        return {}

    def _export_name(self, export: Any, partition: str) -> str | None:
        try:
            name = self.resolver_in(partition).resolve(_mapping(export).get("Name"))
        except AutomationRoleError:
            return None
        return name if isinstance(name, str) else None

    def _passed(self, partition: str) -> dict[str, str]:
        """What the template around it passes to it."""
        if self.inside is None:
            return {}
        outer, logical_id = self.inside
        passed = outer.resolver_in(partition).properties(logical_id).get("Parameters")
        return {str(name): value for name, value in _mapping(passed).items() if isinstance(value, str)}

    def _where(self, partition: str) -> dict[str, Any]:
        given, declared = self.situation, _mapping(self.data.get("Parameters"))
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

    # -- runbooks ----------------------------------------------------------------------------------------------------------------------

    def runbooks(self) -> Iterator[FoundRunbook]:
        """Its Automation documents, and those of the templates inside its StackSets."""
        for logical_id, resource in self.data["Resources"].items():
            kind = resource.get("Type") if isinstance(resource, Mapping) else None
            if kind == _DOCUMENT and self._is_automation(resource):
                yield self._runbook(logical_id)
            elif kind == _STACK_SET:
                for inner in self._inner(logical_id):
                    yield from inner.runbooks()

    def _is_automation(self, resource: Mapping[str, Any]) -> bool:
        """Whether a document is a runbook, or may be one: its type is only known once it is deployed."""
        properties = resource.get("Properties")
        kind = properties.get("DocumentType", "Command") if isinstance(properties, Mapping) else None
        try:
            resolved = self.resolver.resolve(kind)
        except AutomationRoleError:
            return False
        return resolved == "Automation" or (isinstance(resolved, str) and has_placeholder(resolved))

    def _runbook(self, logical_id: str) -> FoundRunbook:
        place = self.place(logical_id)
        generated = name_of(f"{self.scope}.{logical_id}" if self.scope else logical_id)
        name, labels = generated[1:-1], [generated]
        document: Document | None = None
        problems: tuple[Problem, ...] = ()
        unread = ""
        try:
            physical = self.resolver.physical_name(logical_id)
            labels.append(physical)
            if not has_placeholder(physical):
                name = physical
            document, unread = self._document(logical_id)
        except DocumentError as error:
            problems = tuple(error.problems)
        except AutomationRoleError as error:
            problems = (Problem(source=place.source, line=place.line, message=f"{place.path}: {error}"),)
        return FoundRunbook(
            name=name, labels=tuple(dict.fromkeys(labels)), place=place, document=document, problems=problems, unread=unread
        )

    def _document(self, logical_id: str) -> tuple[Document | None, str]:
        """A document's content, or why it is unknown."""
        path: KeyPath = ("Resources", logical_id, "Properties", "Content")
        content = _mapping(self.data["Resources"][logical_id].get("Properties")).get("Content")
        if content is None:
            return None, "it has no Content"
        resolved = self.resolver.resolve(marked(content, path, self.lines))
        if isinstance(resolved, Mapping):
            data, lines, blocks = unmarked(resolved)
            if self.line is not None:
                lines = dict.fromkeys(lines, self.line)
            return of_data(data, lines, blocks), ""
        if not isinstance(resolved, str):
            message = f"Content of {logical_id!r} is {resolved!r} → a runbook, as a mapping or a string"
            raise DocumentError([Problem(source=self.path, line=self.lines.line(path), message=message)])
        if (whole := opaques(resolved)) and resolved.startswith("⟨") and resolved.endswith("⟩"):
            return None, whole[0].reason
        first = next((self.lines.blocks[at] for at in (path, (*path, "Fn::Sub"), (*path, "Fn::Sub", 0)) if at in self.lines.blocks), None)
        line = self.line if self.line is not None else self.lines.line(path)
        return of_text(resolved, self.path, line=line, first=first), ""

    def _inner(self, logical_id: str) -> Iterator[CloudFormation]:
        """The template inside a StackSet."""
        body = _mapping(self.data["Resources"][logical_id].get("Properties")).get("TemplateBody")
        try:
            text = self.resolver.resolve(body)
            data = parse(text) if isinstance(text, str) else text
        except (AutomationRoleError, TemplateTextError):
            return
        if fits(data):
            line = self.line if self.line is not None else self.lines.line(("Resources", logical_id, "Properties", "TemplateBody"))
            scope = f"{self.scope}.{logical_id}" if self.scope else logical_id
            yield CloudFormation(self.path, json.dumps(data), data, self.situation, scope, line, self.shared)

    # -- what starts them --------------------------------------------------------------------------------------------------------------

    def starts(self) -> Iterator[Starter]:
        """Its resources that start runbooks."""
        for logical_id, resource in self.data["Resources"].items():
            kind = STARTERS.get(str(resource.get("Type"))) if isinstance(resource, Mapping) else None
            if kind is None:
                continue
            try:
                properties = self.resolver.properties(logical_id)
            except AutomationRoleError:  # reported where the template is used for more than its runbooks
                continue
            for start in kind(properties):
                yield self._start(logical_id, start)

    def _start(self, logical_id: str, start: Starts) -> Starter:
        return Starter(place=self.place(logical_id), runbook=start.runbook, parameters=start.parameters, caller=start.caller)

    # -- roles -------------------------------------------------------------------------------------------------------------------------

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

    def roles(self) -> Iterator[FoundRole]:
        """Its roles."""
        if _ROLE not in self.text:  # else what nobody asks about would be reported as unread
            return
        partition = self.situation.partition or _partition(self.data)
        try:
            template = self.template(partition)
            identities = template.identities
        except AutomationRoleError as error:
            message = str(error)
            raise AutomationRoleError(message if message.startswith(f"{self.path}: ") else f"{self.path}: {message}") from None
        except RecursionError:
            raise AutomationRoleError(f"{self.path}: nested too deeply to be read → a template that CloudFormation accepts") from None
        for logical_id, identity in identities.items():
            if identity.kind == "role":
                managed = template.managed_arns(logical_id)
                yield FoundRole(identity=identity, place=self.place(logical_id), partition=partition, managed=managed)
        for logical_id, resource in self.data["Resources"].items():
            if isinstance(resource, Mapping) and resource.get("Type") == _STACK_SET:
                for inner in self._inner(logical_id):
                    yield from inner.roles()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _partition(data: Any) -> str:
    """The partition that the ARNs in it name, when they name only one; else the biggest."""
    named = dict.fromkeys(_PARTITION.findall(json.dumps(data, default=str)))
    return next(iter(named)) if len(named) == 1 else "aws"
