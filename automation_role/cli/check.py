"""`automation-role check`: does this role fit these runbooks?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import click

from ..check.alerts import RULES, alerts_of_problems, alerts_of_report
from ..check.pairs import JoinedReport, check_each, check_joined
from ..check.report import RISKS, Certainty, Report, RoleReport
from ..check.subjects import Subject
from ..errors import AutomationRoleError, Problem, RunbookError, did_you_mean
from ..iam.managed import kept, version_of
from ..runbook.lint import Lint
from ..sources.assumed import assumed_among
from ..values.place import Place
from . import console, linting, options, reading, roles


@click.command("check")
@options.runbooks
@click.option(
    "--fleet",
    is_flag=True,
    help="Check the roles of all accounts among the files (what `aws iam get-account-authorization-details` prints). "
    "--role is then the name of the role of runbooks that name none.",
)
@roles.choosing
@click.option("--accept", multiple=True, metavar="RISK", help=f"A risk to accept: {', '.join(RISKS)}.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "html", "sarif", "github"]),
    default="table",
    show_default=True,
    help="The output format; html is a page about a fleet.",
)
@options.writing
@click.option("--strict", is_flag=True, help="Exit with 1 also when something is unused, allowed in part, or could not be checked.")
@linting.ignoring
@options.placing
def command(
    *,
    runbooks: Sequence[str],
    fleet: bool,
    output: str | None,
    accept: Sequence[str],
    ignore: Sequence[str],
    form: str,
    strict: bool,
    parameter: Sequence[str],
    attachment: Sequence[str],
    **more: Any,
) -> int:
    """Compare what the runbooks need with what a role allows.

    The role is in a file (--template), or consists of policy documents (--policy, --trust). Without either, the command joins the runbooks
    with the roles that are in the same files and directories; with --fleet, the roles are those of many accounts. The answer is what is
    missing (the calls that will fail), what is never used, what is risky, and what could not be derived. Exits with 1 when something is
    missing or risky.
    """
    output = options.output_of(output)
    chosen = roles.Chosen.of(more)
    context, given = options.context(**more), options.given(parameter, attachment, **more)
    linting.check_ignored(ignore)
    for risk in accept:
        if risk not in RISKS:
            raise AutomationRoleError(f"--accept {risk!r} → {', '.join(RISKS)}{did_you_mean(risk, RISKS)}")
    situation = chosen.situation(context, given)
    if fleet:
        from . import check_fleet

        check_fleet.check_usage(chosen, given, context, form)
        return check_fleet.answer(
            runbooks,
            given,
            context,
            situation,
            role=next(iter(chosen.roles), None),
            accepted=frozenset(accept),
            ignore=ignore,
            form=form,
            output=output,
            strict=strict,
        )
    if form == "html":
        raise AutomationRoleError("--format html without --fleet → table, json, sarif, github; or --fleet with the dumps of accounts")
    if chosen.nothing:
        chosen.check_usage(context)
        invalid: list[Problem] = []
        (found,) = reading.find([runbooks], given, context, roles=True, situation=situation, invalid=invalid)
        if invalid and not found.runbooks:
            raise RunbookError(invalid)
        joined = check_joined(
            found, reading.derived(found.runbooks, role_known=True), context, situation, accepted=frozenset(accept), invalid=invalid
        )
        if joined.idle and len(joined.idle) == len(found.scanned.sources):
            raise RunbookError([Problem(source=path, line=None, message=f"{_IDLE} → a file with one") for path in joined.idle])
        return _answer_joined(joined, context, linting.lints(joined.report.runbooks, ignore), form=form, output=output, strict=strict)
    chosen.check_usage(context)
    (found,) = reading.find([runbooks], given, context, situation=chosen.of_runbooks(situation))
    derivation = reading.derived(found.runbooks, role_known=chosen.template is not None or context.role_arn is not None)
    subjects = chosen.subjects(context, situation, lambda arn: bool(assumed_among(derivation, [arn])))
    report = Report(runbooks=derivation.runbooks, roles=check_each(subjects, derivation, frozenset(accept)))
    lints = linting.lints(derivation.runbooks, ignore)
    if form == "json":
        text = console.in_json(report.to_json(strict=strict) | {"lint": linting.to_json(lints)})
    elif form in {"sarif", "github"}:
        text = console.in_alerts(form, [*alerts_of_report(report), *linting.alerts(lints, report.runbooks)], {**RULES, **linting.MEANINGS})
    else:
        from .check_table import table  # rich takes longer to load than everything else

        text = table(report, to_file=output is not None)
    console.answer(text, output)
    linting.report(lints, derivation.runbooks)
    for subject, role in zip(subjects, report.roles, strict=True):
        _report(subject, role, context, strict=strict)
    return 0 if report.fits(strict=strict) and not (strict and linting.fails(lints)) else 1


_IDLE: Final = "has no runbook and no role"


def _answer_joined(joined: JoinedReport, context: Place, lints: Sequence[Lint], *, form: str, output: str | None, strict: bool) -> int:
    """Print the report about sources that have runbooks and roles."""
    if form == "json":
        text = console.in_json(joined.to_json(strict=strict) | {"lint": linting.to_json(lints)})
    elif form in {"sarif", "github"}:
        text = console.in_alerts(
            form,
            [*alerts_of_problems(joined.invalid), *alerts_of_report(joined.report), *linting.alerts(lints, joined.report.runbooks)],
            {**RULES, **linting.MEANINGS},
        )
    else:
        from .check_table import joined_table  # rich takes longer to load than everything else

        text = joined_table(joined, strict=strict, to_file=output is not None)
    console.answer(text, output)
    linting.report(lints, joined.report.runbooks)
    for subject, role in zip(joined.subjects, joined.report.roles, strict=True):
        _report(subject, role, context, strict=strict)
    for path in joined.idle:
        console.note(f"{path}: {_IDLE}")
    for problem in joined.unread:
        console.warning(str(problem))
    for problem in joined.invalid:
        console.error(str(problem))
    if joined.unjoined:
        count, all_of = len(joined.unjoined), len(joined.report.runbooks)
        console.note(f"{count:,} of {all_of:,} runbooks not checked: their roles are not in these files → --template FILE or --policy FILE")
    if joined.unused and not joined.report.runbooks:
        console.note("no role checked: there is no runbook in these files → pass the runbooks, too")
    return 0 if joined.fits(strict=strict) and not (strict and linting.fails(lints)) else 1


def _report(subject: Subject, role: RoleReport, given: Place, *, strict: bool) -> None:
    """Report what was assumed, which bundled policies of AWS were used, and the result."""
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
        console.note(
            f"{role.role}: assumed to be in {', '.join(assumed)}, as its policies say; --partition, --account and --region override this"
        )
    names = sorted({document.name for document in subject.identity.policies} & set(kept()["policies"]))
    for name in names:
        console.note(f"{name}: {version_of(name)}")
    if subject.identity.trust is None:
        console.note(f"{role.role}: its trust policy was not provided (--trust), so whether Automation can assume it was not checked")
    console.note(f"{role.role}: {verdict(role, strict=strict)}")


def verdict(role: RoleReport, *, strict: bool) -> str:
    """The result, in one line."""
    count = {certainty: sum(one.certainty is certainty for one in role.missing) for certainty in Certainty}
    actions = {action for one in role.unused for action in one.actions}
    risky = sum(not risk.accepted for risk in role.risky)
    parts = [
        f"{number:,} {what}"
        for number, what in (
            (count[Certainty.FAILS], "missing"),
            (count[Certainty.UNDECIDED], "not decided"),
            (count[Certainty.PARTLY], "allowed in part"),
            (risky, "risky"),
            (len(actions), "action never used" if len(actions) == 1 else "actions never used"),
            (len(role.blind), "not checked"),
        )
        if number
    ]
    return f"{'fits' if role.fits(strict=strict) else 'does not fit'}{': ' if parts else ''}{', '.join(parts)}"
