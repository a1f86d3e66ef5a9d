"""The options that select roles, in a template or as policy documents, and the roles they select."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self, TypeVar

import click

from ..check.files import of_file
from ..check.guard_rails import guard_rails
from ..check.policies import of_policies, read_boundary, read_policy
from ..check.subjects import Subject
from ..errors import AutomationRoleError
from ..iam.context import given_context
from ..sources.model import Situation
from ..values.place import Place
from . import options
from .reading import situated

F = TypeVar("F", bound=Callable[..., Any])


def choosing(command: F) -> F:
    """The options that select roles; `Chosen.of(…)` reads them."""
    for option in (
        click.option(
            "--context", "keys", multiple=True, metavar="KEY=VALUE", help="A condition key and its value in every request of the role."
        ),
        click.option(
            "--managed-policy",
            "managed",
            multiple=True,
            metavar="NAME=FILE",
            help="The document of a managed policy that is not bundled.",
        ),
        click.option(
            "--boundary",
            metavar="FILE",
            help="The roles' permissions boundary: a document, a name or an ARN. Default: each role's own, if the files have it.",
        ),
        click.option(
            "--rcp",
            "rcps",
            multiple=True,
            metavar="FILE,…",
            help="The resource control policies of one level of the organization; repeat for each level.",
        ),
        click.option(
            "--scp",
            "scps",
            multiple=True,
            metavar="FILE,…",
            help="The service control policies of one level of the organization; repeat for each level. FullAWSAccess is AWS's.",
        ),
        click.option("--trust", metavar="FILE", help="With --policy: the role's trust policy. Default: not checked."),
        click.option(
            "--policy",
            "policies",
            multiple=True,
            metavar="FILE",
            help="A policy of the role: a document, or the name or ARN of a managed policy. Repeat for each.",
        ),
        click.option(
            "--role",
            "roles",
            multiple=True,
            metavar="LOGICAL_ID",
            help="A role in the --template file. Default: each that Automation or a script can assume.",
        ),
        click.option(
            "--template",
            metavar="FILE",
            help="A file with roles: a CloudFormation template, a CDK assembly, a Terraform plan, an account's authorization details.",
        ),
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The options that select roles, as click read them."""

    template: str | None
    roles: Sequence[str]
    policies: Sequence[str]
    trust: str | None
    boundary: str | None
    managed: Sequence[str]
    keys: Sequence[str]
    scps: Sequence[str]
    rcps: Sequence[str]

    @classmethod
    def of(cls, given: dict[str, Any]) -> Self:
        """Take the options of `choosing` out of what click read, and leave the others."""
        return cls(**{field.name: given.pop(field.name) for field in fields(cls)})

    @property
    def nothing(self) -> bool:
        """Whether no role is selected."""
        return self.template is None and not self.policies

    def situation(self, context: Place, given: options.Given) -> Situation:
        """Where the files are deployed, and what else is known about the roles.

        Raises:
            AutomationRoleError: a managed policy cannot be read; an option is not NAME=VALUE.
        """
        documents = {name: read_policy(path) for name, path in options.pairs("--managed-policy", self.managed, "NAME=FILE").items()}
        return situated(context, given)._replace(
            rails=guard_rails(self.scps, self.rcps),
            boundary=read_boundary(self.boundary, documents) if self.boundary is not None else None,
            keys=given_context(options.pairs("--context", self.keys, "KEY=VALUE")),
            managed_policies=documents,
        )

    def check_usage(self, context: Place) -> None:
        """Check that the options fit together.

        Raises:
            AutomationRoleError: two of them do not.
        """
        if self.template is not None and self.policies:
            raise AutomationRoleError(
                "--template and --policy: both are set → --template FILE, or --policy FILE for each policy of the role"
            )
        said = {"--role": self.roles, "--trust": self.trust, "--role-arn": context.role_arn}
        for option, value in said.items():
            if value and self.nothing:
                raise AutomationRoleError(
                    f"{option} without a role's file → also pass --template FILE, or --policy FILE for each of its policies"
                )
            if value and (option == "--role") == bool(self.policies):
                other = "--policy" if self.policies else "--template"
                raise AutomationRoleError(f"{option} with {other} → leave {option} out")

    def of_runbooks(self, situation: Situation) -> Situation:
        """Where the runbooks are deployed: with --template, the values for a template's parameters are for that template."""
        return situation._replace(parameters={}, imports={}) if self.template is not None else situation

    def subjects(self, context: Place, situation: Situation, is_assumed: Callable[[str], bool] = lambda _: False) -> list[Subject]:
        """The selected roles, after `check_usage`; `is_assumed`: whether a script assumes the role with an ARN.

        Raises:
            AutomationRoleError: a file cannot be read.
        """
        if self.template is not None:
            return of_file(self.template, context, situation, self.roles, is_assumed)
        return [of_policies(self.policies, self.trust, context, situation)]
