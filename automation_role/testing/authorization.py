"""`Authorization`: what is asked about, from a template or a whole app."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from ..errors import AutomationRoleError
from ..iam.conditions import Context
from ..iam.context import Values, given_context
from ..template.intrinsics import TemplateError
from ..template.load import Source, load
from ..template.stacks import Stack
from ..values.kinds import checked, shown
from ..values.partitions import partition_of
from .assembly import Deploying, stacks_of
from .deployment import Deployment, homes
from .principals import Principal, Role
from .questions import check_keys, check_organization, check_place

_ARNS = ("Arn", "PolicyArn", "TopicArn", "DBInstanceArn", "Id")


class Synthesizes(Protocol):
    """`aws_cdk.App` or `aws_cdk.Stage`, known by what it does."""

    def synth(self) -> Any:
        """Write the templates, and return where."""


class Authorization:
    """What the users, roles and groups of a template can do.

    Args:
        template: an `aws_cdk.assertions.Template`, a template as data, or the path of a JSON or YAML file.
        account: the account it is deployed in: 12 digits.
        region: the Region it is deployed in.
        partition: `aws`, `aws-cn`, `aws-us-gov`, … Left out: that of the Region.
        parameters: values of the template's parameters, and of pseudo parameters (`{"AWS::StackName": "Prod"}`). A parameter without a
            value or a default is unknown.
        managed_policies: documents of managed policies that are not in the template, by ARN or name. The AWS managed policies of
            Systems Manager, `ReadOnlyAccess` and a few others are known (partition `aws`, from the file `iam/managed_policies.json`). Of
            most others, it is only known that they have no `Deny`: a call that another policy allows is allowed, any other is undecided.
        organization_id: the organization of the account; `""`: it is in none. Left out: unknown.
        context: condition keys that every request has (`{"aws:SecureTransport": True}`); a question can add its own.
        imports: values of other stacks' exports, by the export's name (`Fn::ImportValue`). One that is left out is unknown.

    Raises:
        TemplateError: the template cannot be read.
        PolicyDocumentError: IAM would reject a policy in it.
    """

    @checked()
    def __init__(
        self,
        template: Source,
        *,
        account: str = "111122223333",
        region: str = "us-east-1",
        partition: str | None = None,
        parameters: Mapping[str, str] | None = None,
        managed_policies: Mapping[str, Any] | None = None,
        organization_id: str | None = None,
        context: Values | None = None,
        imports: Mapping[str, str] | None = None,
    ) -> None:
        check_place(account, region, partition)
        check_organization(organization_id)
        partition = partition or partition_of(region)
        stack = Stack(
            scope="",
            name="",
            data=load(template),
            account=account,
            region=region,
            partition=partition,
            parameters=parameters or {},
            imports=imports or {},
        )
        self.account, self.region, self.partition = account, region, partition
        made = homes((stack,), managed_policies=managed_policies or {}, context=_context(organization_id, context))
        self._deployment = Deployment(made, organization_id)
        check_keys(context or {}, self._deployment.documents)

    @classmethod
    @checked()
    def of_assembly(
        cls,
        folder: str | Path,
        *,
        account: str = "111122223333",
        region: str = "us-east-1",
        parameters: Mapping[str, str] | None = None,
        managed_policies: Mapping[str, Any] | None = None,
        organization_id: str | None = None,
        context: Values | None = None,
        imports: Mapping[str, str] | None = None,
    ) -> Authorization:
        """What the users, roles and groups of a whole app can do, from what `cdk synth` writes.

        All stacks together, each in its account and Region, those of stages and nested ones included. What stacks take from each other
        is followed: exports, `Fn::GetStackOutput`, parameters and outputs of nested stacks, and policies attached to a role of another
        stack. A name that several stacks have is asked for by its construct path (`"Prod/Roles/Operators"`) or as `Stack.LogicalId`.

        Args:
            folder: the cloud assembly, such as `cdk.out`.
            account: of the stacks that are not bound to an account: 12 digits.
            region: of the stacks that are not bound to a Region.
            parameters: as for `Authorization`; each goes to every template that declares it.
            managed_policies: as for `Authorization`.
            organization_id: the organization of all these accounts, as for `Authorization`.
            context: as for `Authorization`.
            imports: values of exports that no stack of the app has, as for `Authorization`.

        Raises:
            TemplateError: the folder is not a cloud assembly, or a template in it cannot be read.
            PolicyDocumentError: IAM would reject a policy in it.

        Source: https://docs.aws.amazon.com/cdk/api/v2/docs/cloud-assembly-schema-readme.html
        """
        check_place(account, region, None)
        check_organization(organization_id)
        found = stacks_of(folder, Deploying(account=account, region=region, parameters=parameters or {}, imports=imports or {}))
        authorization = cls.__new__(cls)
        authorization.account, authorization.region, authorization.partition = account, region, found[0].partition
        made = homes(found, managed_policies=managed_policies or {}, context=_context(organization_id, context))
        authorization._deployment = Deployment(made, organization_id, what="app")  # noqa: SLF001 - the same class
        check_keys(context or {}, authorization._deployment.documents)  # noqa: SLF001
        return authorization

    @classmethod
    @checked()
    def of_app(
        cls,
        app: Synthesizes,
        *,
        account: str = "111122223333",
        region: str = "us-east-1",
        parameters: Mapping[str, str] | None = None,
        managed_policies: Mapping[str, Any] | None = None,
        organization_id: str | None = None,
        context: Values | None = None,
        imports: Mapping[str, str] | None = None,
    ) -> Authorization:
        """As `of_assembly`, of an `aws_cdk.App` or `Stage`, which is synthesized unless it already was.

        Args:
            app: the app.
            account: as for `of_assembly`.
            region: as for `of_assembly`.
            parameters: as for `of_assembly`.
            managed_policies: as for `of_assembly`.
            organization_id: as for `of_assembly`.
            context: as for `of_assembly`.
            imports: as for `of_assembly`.

        Raises:
            TemplateError: it is not an app, or a template in it cannot be read.
            PolicyDocumentError: IAM would reject a policy in it.
        """
        if not callable(getattr(app, "synth", None)):
            raise TemplateError(f"of_app got {shown(app)} → a cdk.App or cdk.Stage; for a folder write of_assembly(path)")
        return cls.of_assembly(
            app.synth().directory,
            account=account,
            region=region,
            parameters=parameters,
            managed_policies=managed_policies,
            organization_id=organization_id,
            context=context,
            imports=imports,
        )

    @checked()
    def principal(self, name: str) -> Principal:
        """A user, role or group.

        Args:
            name: its logical ID, its construct path or the ID of its construct, or its name in IAM.

        Raises:
            AutomationRoleError: there is none, or more than one.
        """
        return Principal(self._deployment, *self._deployment.identity(name, ("user", "role", "group")))

    @checked()
    def role(self, name: str) -> Role:
        """A role (`name` as for `principal`)."""
        return Role(self._deployment, *self._deployment.identity(name, ("role",)))

    def roles(self) -> tuple[Role, ...]:
        """All roles, in the order of the templates."""
        return tuple(Role(self._deployment, home, identity) for _, home, identity in self._deployment.identities(("role",)))

    @checked()
    def name_of(self, resource: str) -> str:
        """The name of any resource, by its logical ID, construct path or construct ID.

        If CloudFormation generates the name, a placeholder that is the same wherever the name is used: in a question's `resource`,
        in the value that a runbook's parameter is bound to.
        """
        home, logical_id = self._deployment.resource(resource)
        return home.template.resolver.physical_name(logical_id)

    @checked()
    def arn_of(self, resource: str) -> str:
        """The ARN of any resource, by its logical ID, construct path or construct ID (see `name_of`)."""
        home, logical_id = self._deployment.resource(resource)
        resolver = home.template.resolver
        for attribute in _ARNS:
            arn = resolver.attribute(logical_id, attribute)
            if arn.startswith("arn:"):
                return arn
        if resolver.resources[logical_id]["Type"] == "AWS::SSM::Document":
            return home.document(resolver.physical_name(logical_id))
        raise AutomationRoleError(f"{resource!r}: the ARN of this type of resource is not known → write it out")


def _context(organization_id: str | None, context: Values | None) -> Context:
    organization: Values = {} if organization_id is None else {"aws:PrincipalOrgID": organization_id or None}
    return given_context({**organization, **(context or {})})
