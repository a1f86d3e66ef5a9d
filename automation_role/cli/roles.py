"""The options that say which role, in a template or made of policy documents, and the roles that they stand for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Self, TypeVar

import click

from ..check.roles import Beside, Subject, of_policies, of_template, read_policy
from ..errors import AutomationRoleError
from ..values.place import Place
from . import options

F = TypeVar("F", bound=Callable[..., Any])

# Options that belong to one of the two ways to give a role.
_OF_TEMPLATE: Final = ("--role", "--template-parameter", "--template-import")
_OF_POLICIES: Final = ("--trust", "--boundary", "--role-arn")


def choosing(command: F) -> F:
    """The options that say which role: `Chosen.of(…)` reads them."""
    for option in (
        click.option("--context", "keys", multiple=True, metavar="KEY=VALUE", help="A condition key that all the role's requests have."),
        click.option(
            "--template-import",
            "template_imports",
            multiple=True,
            metavar="NAME=VALUE",
            help="The value of another stack's export that it imports.",
        ),
        click.option(
            "--template-parameter",
            "template_parameters",
            multiple=True,
            metavar="NAME=VALUE",
            help="A value for a parameter of the template, or a pseudo parameter (AWS::StackName=…).",
        ),
        click.option(
            "--managed-policy",
            "managed",
            multiple=True,
            metavar="NAME=FILE",
            help="The document of a managed policy that is not kept here.",
        ),
        click.option(
            "--boundary", metavar="FILE", help="The permissions boundary of that role: a document, a name or an ARN; left out: none."
        ),
        click.option("--trust", metavar="FILE", help="The trust policy of the role that has these policies; left out: not checked."),
        click.option(
            "--policy",
            "policies",
            multiple=True,
            metavar="FILE",
            help="A policy document, or the name or ARN of a managed policy; once for each of the role.",
        ),
        click.option("--role", "roles", multiple=True, metavar="LOGICAL_ID", help="Its role; left out: each that Automation can assume."),
        click.option("--template", metavar="FILE", help="A CloudFormation template, JSON or YAML, synthesized or written by hand."),
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the user said of the role, as click read it."""

    template: str | None
    roles: Sequence[str]
    policies: Sequence[str]
    trust: str | None
    boundary: str | None
    managed: Sequence[str]
    template_parameters: Sequence[str]
    template_imports: Sequence[str]
    keys: Sequence[str]

    @classmethod
    def of(cls, given: dict[str, Any]) -> Self:
        """Take the options of `choosing` out of what click read; those of others stay."""
        return cls(**{field.name: given.pop(field.name) for field in fields(cls)})

    @property
    def nothing(self) -> bool:
        """Whether no role is given."""
        return self.template is None and not self.policies

    def subjects(self, context: Place) -> list[Subject]:
        """The roles.

        Raises:
            AutomationRoleError: options that do not fit together; a file that cannot be read.
        """
        said = {
            "--trust": self.trust,
            "--boundary": self.boundary,
            "--role-arn": context.role_arn,
            "--role": self.roles,
            "--template-parameter": self.template_parameters,
            "--template-import": self.template_imports,
        }
        _check_usage(self.template, self.policies, {option for option, value in said.items() if value})
        beside = Beside(
            keys=options.pairs("--context", self.keys, "KEY=VALUE"),
            managed_policies={
                name: read_policy(path) for name, path in options.pairs("--managed-policy", self.managed, "NAME=FILE").items()
            },
            parameters=options.pairs("--template-parameter", self.template_parameters, "NAME=VALUE"),
            imports=options.pairs("--template-import", self.template_imports, "NAME=VALUE"),
        )
        if self.template is not None:
            return of_template(self.template, context, beside, self.roles)
        return [of_policies(self.policies, self.trust, self.boundary, context, beside)]


def _check_usage(template: str | None, policies: Sequence[str], given: Collection[str]) -> None:
    if (template is None) == (not policies):
        both = "both" if policies else "neither"
        raise AutomationRoleError(
            f"--template and --policy: {both} given → --template FILE, or --policy FILE for each of the role's policies"
        )
    for option in _OF_TEMPLATE if template is None else _OF_POLICIES:
        if option in given:
            raise AutomationRoleError(f"{option} with {'--policy' if template is None else '--template'} → leave {option} out")
