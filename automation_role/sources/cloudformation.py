"""CloudFormation and SAM templates: their Automation documents, what starts these, and their roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..errors import AutomationRoleError, Problem
from ..iam.identities import Identity
from ..iam.text import opaques
from ..runbook.document import Document
from ..runbook.embedded import of_data, of_text
from ..runbook.syntax import DocumentError, KeyPath
from ..template.identities import Template
from ..template.lines import marked, unmarked
from ..values.partitions import partition_in
from ..values.placeholders import has_placeholder, name_of
from .files import FileText
from .model import FoundPerson, FoundRole, FoundRunbook, Shared, Situation, SourceFile, Starter
from .starters import STARTERS, Starts
from .template import CloudFormation, is_template, mapping

_DOCUMENT: Final = "AWS::SSM::Document"
_ROLE: Final = "AWS::IAM::Role"
_PEOPLE: Final = ("AWS::IAM::User", "AWS::IAM::Group")
_STACK_SET: Final = "AWS::CloudFormation::StackSet"


def fits(data: Any) -> bool:
    """Whether data is a CloudFormation template."""
    return is_template(data)


def read(file: FileText, situation: Situation, scope: str, shared: Shared) -> SourceFile:
    """A template as a source of runbooks and roles."""
    template = CloudFormation(file.path, file.text, file.data, situation, scope, shared=shared)
    shared.templates.append(template)
    return SourceFile(
        path=template.path,
        kind="cloudformation",
        declared=template.declared,
        runbooks=lambda: runbooks_of(template),
        roles=lambda: roles_of(template),
        starts=lambda: starts_of(template),
        people=lambda: people_of(template),
    )


def runbooks_of(template: CloudFormation) -> Iterator[FoundRunbook]:
    """A template's Automation documents, and those of the templates inside its StackSets."""
    for logical_id, resource in template.data["Resources"].items():
        kind = resource.get("Type") if isinstance(resource, Mapping) else None
        if kind == _DOCUMENT and _is_automation(template, resource):
            yield _runbook(template, logical_id)
        elif kind == _STACK_SET:
            for inner in template.inner(logical_id):
                yield from runbooks_of(inner)


def _is_automation(template: CloudFormation, resource: Mapping[str, Any]) -> bool:
    """Whether a document is a runbook, or may be one: its type is only known once it is deployed."""
    properties = resource.get("Properties")
    kind = properties.get("DocumentType", "Command") if isinstance(properties, Mapping) else None
    try:
        resolved = template.resolver.resolve(kind)
    except AutomationRoleError:
        return False
    return resolved == "Automation" or (isinstance(resolved, str) and has_placeholder(resolved))


def _runbook(template: CloudFormation, logical_id: str) -> FoundRunbook:
    place = template.place(logical_id)
    generated = name_of(f"{template.scope}.{logical_id}" if template.scope else logical_id)
    name, labels = generated[1:-1], [generated]
    document: Document | None = None
    problems: tuple[Problem, ...] = ()
    unread = ""
    try:
        physical = template.resolver.physical_name(logical_id)
        labels.append(physical)
        if not has_placeholder(physical):
            name = physical
        document, unread = _document(template, logical_id)
    except DocumentError as error:
        problems = tuple(error.problems)
    except AutomationRoleError as error:
        problems = (Problem(source=place.source, line=place.line, message=f"{place.path}: {error}"),)
    return FoundRunbook(name=name, labels=tuple(dict.fromkeys(labels)), place=place, document=document, problems=problems, unread=unread)


def _document(template: CloudFormation, logical_id: str) -> tuple[Document | None, str]:
    """A document's content, or why it is unknown."""
    path: KeyPath = ("Resources", logical_id, "Properties", "Content")
    content = mapping(template.data["Resources"][logical_id].get("Properties")).get("Content")
    if content is None:
        return None, "the template does not have it"
    resolved = template.resolver.resolve(marked(content, path, template.lines))
    if isinstance(resolved, Mapping):
        data, lines, blocks = unmarked(resolved)
        if template.line is not None:
            lines = dict.fromkeys(lines, template.line)
        return of_data(data, lines, blocks), ""
    if not isinstance(resolved, str):
        message = f"Content of {logical_id!r} is {resolved!r} → a runbook, as a mapping or a string"
        raise DocumentError([Problem(source=template.path, line=template.lines.line(path), message=message)])
    if (whole := opaques(resolved)) and resolved.startswith("⟨") and resolved.endswith("⟩"):
        return None, whole[0].reason
    first = next(
        (template.lines.blocks[at] for at in (path, (*path, "Fn::Sub"), (*path, "Fn::Sub", 0)) if at in template.lines.blocks), None
    )
    line = template.line if template.line is not None else template.lines.line(path)
    return of_text(resolved, template.path, line=line, first=first), ""


def starts_of(template: CloudFormation) -> Iterator[Starter]:
    """A template's resources that start runbooks, and those of the templates inside its StackSets."""
    for logical_id, resource in template.data["Resources"].items():
        kind = str(resource.get("Type")) if isinstance(resource, Mapping) else ""
        if kind == _STACK_SET:
            for inner in template.inner(logical_id):
                yield from starts_of(inner)
        if kind not in STARTERS:
            continue
        try:
            properties = template.resolver.properties(logical_id)
        except AutomationRoleError:  # reported where the template is used for more than its runbooks
            continue
        for start in STARTERS[kind](properties):
            yield _start(template, logical_id, start)


def _start(template: CloudFormation, logical_id: str, start: Starts) -> Starter:
    return Starter(place=template.place(logical_id), runbook=start.runbook, parameters=start.parameters, caller=start.caller)


def roles_of(template: CloudFormation) -> Iterator[FoundRole]:
    """A template's roles, and those of the templates inside its StackSets."""
    if _ROLE not in template.text:  # else what nobody asks about would be reported as unread
        return
    partition = template.situation.partition or partition_in(template.data)
    policies = template.template(partition)
    for logical_id, identity in _identities(template, policies).items():
        if identity.kind == "role":
            managed = policies.managed_arns(logical_id)
            yield FoundRole(identity=identity, place=template.place(logical_id), partition=partition, managed=managed)
    for logical_id, resource in template.data["Resources"].items():
        if isinstance(resource, Mapping) and resource.get("Type") == _STACK_SET:
            for inner in template.inner(logical_id):
                yield from roles_of(inner)


def people_of(template: CloudFormation) -> Iterator[FoundPerson]:
    """A template's users and groups."""
    if not any(kind in template.text for kind in _PEOPLE):
        return
    try:
        identities = _identities(template, template.template(template.situation.partition or partition_in(template.data)))
    except AutomationRoleError:  # reported where its roles are read
        return
    for logical_id, identity in identities.items():
        if identity.kind != "role":
            yield FoundPerson(place=template.place(logical_id), policies=identity.policies)


def _identities(template: CloudFormation, policies: Template) -> Mapping[str, Identity]:
    try:
        return policies.identities
    except AutomationRoleError as error:
        message = str(error)
        raise AutomationRoleError(message if message.startswith(f"{template.path}: ") else f"{template.path}: {message}") from None
    except RecursionError:
        raise AutomationRoleError(f"{template.path}: nested too deeply to be read → a template that CloudFormation accepts") from None
