"""What `terraform show -json` and `tofu show -json` print: a plan or a state, with its runbooks and roles.

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import AutomationRoleError, Problem
from ..runbook.embedded import of_text
from ..runbook.syntax import DocumentError
from ..values.placeholders import not_known
from .files import FileText
from .found import FoundRole, FoundRunbook, Location, Shared, Situation, SourceFile
from .plan import PlannedResource, TerraformPlan
from .roles import identity


def fits(data: Any) -> bool:
    """Whether data is a plan or a state."""
    return (
        isinstance(data, Mapping)
        and "format_version" in data
        and any(key in data for key in ("planned_values", "values", "resource_changes"))
    )


def read(file: FileText, situation: Situation, scope: str, shared: Shared) -> SourceFile:  # noqa: ARG001  (every format takes a scope)
    """A plan or a state as a source of runbooks and roles."""
    terraform = _Terraform(file.path, TerraformPlan(file.data, situation), situation, shared)
    return SourceFile(path=file.path, kind="terraform", runbooks=terraform.runbooks, roles=terraform.roles)


@dataclass(frozen=True, slots=True)
class _Terraform:
    path: str
    plan: TerraformPlan
    situation: Situation
    shared: Shared

    def runbooks(self) -> Iterator[FoundRunbook]:
        """Each `aws_ssm_document` of type Automation."""
        for resource in self.plan.of_type("aws_ssm_document"):
            kind = resource.values.get("document_type")
            if kind not in (None, "Automation"):
                continue
            given, content = self.plan.text(resource, "name"), self.plan.text(resource, "content")
            place = Location(source=self.path, path=resource.address)
            labels = tuple(dict.fromkeys((given, self.plan.arn(resource), resource.address)))
            name = resource.values.get("name")
            base = FoundRunbook(name=name if isinstance(name, str) else resource.address, labels=labels, place=place)
            if content.startswith("⟨"):
                yield _unread(base, self.plan.why(resource, "content"))
                continue
            try:
                yield _read(base, of_text(content, self.path, line=1, first=None))
            except DocumentError as error:
                problems = tuple(
                    Problem(source=self.path, line=None, message=f"{resource.address}: {one.message}") for one in error.problems
                )
                yield FoundRunbook(name=base.name, labels=labels, place=place, problems=problems)

    def roles(self) -> Iterator[FoundRole]:
        """Each `aws_iam_role` with the policies that are attached to it."""
        plan = self.plan
        for policy in plan.of_type("aws_iam_policy"):
            self.shared.managed[plan.arn(policy)] = plan.text(policy, "policy")
        documents = {**self.shared.managed, **self.situation.managed_policies}
        for role in plan.of_type("aws_iam_role"):
            attached = tuple(dict.fromkeys(self._attached(role)))
            boundary = plan.text(role, "permissions_boundary") if plan.has(role, "permissions_boundary") else None
            arn = plan.arn(role)
            tags = role.values.get("tags_all") or role.values.get("tags")
            try:
                found = identity(
                    label=role.address,
                    arn=arn,
                    trust=plan.text(role, "assume_role_policy"),
                    inline=list(self._inline(role)),
                    attached=attached,
                    boundary=boundary,
                    tags={str(key): str(value) for key, value in tags.items()} if isinstance(tags, Mapping) else {},
                    documents=documents,
                    keys=self.situation.keys,
                )
            except AutomationRoleError as error:
                raise AutomationRoleError(f"{self.path}: {error}") from None
            managed = (*attached, *([boundary] if boundary is not None else []))
            yield FoundRole(
                identity=found,
                place=Location(source=self.path, path=role.address),
                partition=plan.partition,
                managed=tuple(dict.fromkeys(managed)),
            )

    def _inline(self, role: PlannedResource) -> Iterator[tuple[str, Any]]:
        blocks = role.values.get("inline_policy")
        for number, block in enumerate(blocks if isinstance(blocks, list) else [], 1):
            if isinstance(block, Mapping) and block:
                name = str(block.get("name") or f"inline_policy {number}")
                yield name, block.get("policy") or not_known(self.plan.why(role, "inline_policy"))
        for policy in self.plan.of_type("aws_iam_role_policy"):
            if self.plan.means(policy, "role", role):
                yield str(policy.values.get("name") or policy.address), self.plan.text(policy, "policy")

    def _attached(self, role: PlannedResource) -> Iterator[str]:
        """The managed policies, by all the ways in which Terraform attaches them."""
        arns = role.values.get("managed_policy_arns")
        yield from (str(one) for one in (arns if isinstance(arns, list) else []) if one)
        for attachment in self.plan.of_type("aws_iam_role_policy_attachment"):
            if self.plan.means(attachment, "role", role):
                yield self.plan.text(attachment, "policy_arn")
        for attachment in self.plan.of_type("aws_iam_policy_attachment"):
            if self.plan.means(attachment, "roles", role):
                yield self.plan.text(attachment, "policy_arn")
        for exclusive in self.plan.of_type("aws_iam_role_policy_attachments_exclusive"):
            if self.plan.means(exclusive, "role_name", role):
                listed = exclusive.values.get("policy_arns")
                yield from (str(one) for one in (listed if isinstance(listed, list) else []) if one)


def _unread(base: FoundRunbook, why: str) -> FoundRunbook:
    return FoundRunbook(name=base.name, labels=base.labels, place=base.place, unread=why)


def _read(base: FoundRunbook, document: Any) -> FoundRunbook:
    return FoundRunbook(name=base.name, labels=base.labels, place=base.place, document=document)
