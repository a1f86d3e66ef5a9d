"""`automation-role check`: does this role fit these runbooks?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

import click

from ..check.fit import RISKS, Beside, Certainty, Report, RoleReport, Subject, check, of_policies, of_template
from ..check.roles import read_policy
from ..derive.derivation import derive
from ..errors import AutomationRoleError, did_you_mean
from ..iam.managed import kept
from ..values.patterns import Context
from . import options, reading, words


@click.command("check")
@options.runbooks
@click.option("--template", metavar="FILE", help="A CloudFormation template, JSON or YAML, synthesized or written by hand.")
@click.option("--role", "roles", multiple=True, metavar="LOGICAL_ID", help="Its role; left out: each that Automation can assume.")
@click.option(
    "--policy",
    "policies",
    multiple=True,
    metavar="FILE",
    help="A policy document, or the name or ARN of a managed policy; once for each of the role.",
)
@click.option("--trust", metavar="FILE", help="The trust policy of the role that has these policies; left out: not checked.")
@click.option("--boundary", metavar="FILE", help="The permissions boundary of that role: a document, a name or an ARN; left out: none.")
@click.option(
    "--managed-policy", "managed", multiple=True, metavar="NAME=FILE", help="The document of a managed policy that is not kept here."
)
@click.option(
    "--template-parameter",
    "template_parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="A value for a parameter of the template, or a pseudo parameter (AWS::StackName=…).",
)
@click.option(
    "--template-import",
    "template_imports",
    multiple=True,
    metavar="NAME=VALUE",
    help="The value of another stack's export that it imports.",
)
@click.option("--context", "keys", multiple=True, metavar="KEY=VALUE", help="A condition key that all the role's requests have.")
@click.option("--accept", multiple=True, metavar="RISK", help=f"A risk that is fine: {', '.join(RISKS)}.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="What is printed.")
@click.option("--strict", is_flag=True, help="Exit with 1 also when something is unused, allowed in part, or could not be seen.")
@options.placing
def command(
    *,
    runbooks: Sequence[str],
    template: str | None,
    roles: Sequence[str],
    policies: Sequence[str],
    trust: str | None,
    boundary: str | None,
    managed: Sequence[str],
    template_parameters: Sequence[str],
    template_imports: Sequence[str],
    keys: Sequence[str],
    accept: Sequence[str],
    form: str,
    strict: bool,
    parameter: Sequence[str],
    attachment: Sequence[str],
    **place: Any,
) -> int:
    """Compare what the runbooks need with what a role allows.

    The role is in a template (--template), or made of policy documents (--policy, and --trust). The answer is what is missing (the calls
    that will fail), what is never used, what is risky, and what could not be seen. Exits with 1 when something is missing or risky.
    """
    given = {
        "--trust": trust,
        "--boundary": boundary,
        "--role-arn": place["role_arn"],
        "--role": roles,
        "--template-parameter": template_parameters,
        "--template-import": template_imports,
    }
    _check_usage(template, policies, {option for option, value in given.items() if value})
    for risk in accept:
        if risk not in RISKS:
            raise AutomationRoleError(f"--accept {risk!r} → {', '.join(RISKS)}{did_you_mean(risk, RISKS)}")
    context = options.context(**place)
    beside = Beside(
        keys=options.pairs("--context", keys, "KEY=VALUE"),
        managed_policies={name: read_policy(path) for name, path in options.pairs("--managed-policy", managed, "NAME=FILE").items()},
        parameters=options.pairs("--template-parameter", template_parameters, "NAME=VALUE"),
        imports=options.pairs("--template-import", template_imports, "NAME=VALUE"),
    )
    if template is not None:
        subjects = of_template(template, context, beside, roles)
    else:
        subjects = [of_policies(policies, trust, boundary, context, beside)]
    read = reading.read([runbooks], options.given(parameter, attachment))[0]
    derivation = derive(read, role_known=template is not None or context.role_arn is not None)
    report = Report(
        runbooks=derivation.runbooks, roles=tuple(check(subject, derivation, accepted=frozenset(accept)) for subject in subjects)
    )
    if form == "json":
        text = words.in_json(report.to_json(strict=strict))
    else:
        from .check_table import table  # rich takes longer to load than all the rest

        text = table(report)
    words.answer(text)
    for subject, role in zip(subjects, report.roles, strict=True):
        _tell(subject, role, context, strict=strict)
    return 0 if report.fits(strict=strict) else 1


# Options that belong to one of the two ways to give a role.
_OF_TEMPLATE: Final = ("--role", "--template-parameter", "--template-import")
_OF_POLICIES: Final = ("--trust", "--boundary", "--role-arn")


def _check_usage(template: str | None, policies: Sequence[str], given: Collection[str]) -> None:
    if (template is None) == (not policies):
        both = "both" if policies else "neither"
        raise AutomationRoleError(
            f"--template and --policy: {both} given → --template FILE, or --policy FILE for each of the role's policies"
        )
    for option in _OF_TEMPLATE if template is None else _OF_POLICIES:
        if option in given:
            raise AutomationRoleError(f"{option} with {'--policy' if template is None else '--template'} → leave {option} out")


def _tell(subject: Subject, role: RoleReport, given: Context, *, strict: bool) -> None:
    """What was assumed, which AWS texts were used, and what it comes to."""
    assumed = [
        f"{what} {value}"
        for what, value, was in (
            ("partition", role.context.partition, given.partition),
            ("account", role.context.account, given.account),
            ("Region", ", ".join(role.context.regions), ", ".join(given.regions)),
        )
        if was == "*" and value not in ("*", "aws")
    ]
    if assumed:
        words.note(
            f"{role.role}: taken to live in {', '.join(assumed)}, from its policies; --partition, --account and --region say otherwise"
        )
    names = sorted({document.name for document in subject.identity.policies} & set(kept()["policies"]))
    for name in names:
        one = kept()["policies"][name]
        words.note(f"{name}: AWS's text {one['version']} of {one['updated'][:10]}, from {kept()['source'].partition(',')[0]}")
    if subject.identity.trust is None:
        words.note(f"{role.role}: its trust policy was not given (--trust), so whether Automation can assume it was not checked")
    words.note(f"{role.role}: {verdict(role, strict=strict)}")


def verdict(role: RoleReport, *, strict: bool) -> str:
    """What was found, in a line."""
    count = {certainty: sum(one.certainty is certainty for one in role.missing) for certainty in Certainty}
    actions = {action for one in role.unused for action in one.actions}
    risky = sum(not risk.accepted for risk in role.risky)
    told = [
        f"{number:,} {what}"
        for number, what in (
            (count[Certainty.FAILS], "missing"),
            (count[Certainty.UNDECIDED], "not decided"),
            (count[Certainty.PARTLY], "allowed in part"),
            (risky, "risky"),
            (len(actions), "action never used" if len(actions) == 1 else "actions never used"),
            (len(role.blind), "not seen"),
        )
        if number
    ]
    return f"{'fits' if role.fits(strict=strict) else 'does not fit'}{': ' if told else ''}{', '.join(told)}"
