"""`automation-role check --fleet`: the roles of many accounts, and the runbooks that run as them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from ..check.fleet.check import check_fleet
from ..check.fleet.report import FleetReport
from ..errors import AutomationRoleError, Problem, RunbookError
from ..explain.visible import count_of
from ..iam.managed import version_of
from ..sources.dumps import Account, Dumps
from ..sources.model import Situation
from ..values.place import Place
from . import console, linting, reading, roles
from .options import Given

FORMATS: Final = ("table", "json", "html")
# Problems that are named one by one.
_SHOWN: Final = 10


def check_usage(chosen: roles.Chosen, given: Given, context: Place, form: str) -> None:
    """Whether the options fit a fleet.

    Raises:
        AutomationRoleError: one does not.
    """
    if form not in FORMATS:
        raise AutomationRoleError(f"--format {form} with --fleet → {', '.join(FORMATS)}")
    said = {
        "--template": chosen.template,
        "--policy": chosen.policies,
        "--trust": chosen.trust,
        "--role-arn": context.role_arn,
        "--account": context.account != "*",
        "--from": given.only,
    }
    for option, value in said.items():
        if value:
            raise AutomationRoleError(f"{option} with --fleet → leave {option} out; the roles are those of the accounts' dumps")
    if len(chosen.roles) > 1:
        raise AutomationRoleError("--role with --fleet: set twice → the name of one role, which each account has")


def answer(
    paths: Sequence[str],
    given: Given,
    context: Place,
    situation: Situation,
    *,
    role: str | None,
    accepted: Collection[str],
    ignore: Sequence[str],
    form: str,
    output: str | None,
    strict: bool,
) -> int:
    """Check the fleet and print what was found.

    Raises:
        RunbookError: what is wrong with the files.
        AutomationRoleError: there is no account among them.
    """
    dumps = Dumps()
    invalid: list[Problem] = []
    (found,) = reading.find([paths], given, context, roles=True, situation=situation, dumps=dumps.take, invalid=invalid)
    if problems := [*dumps.problems, *(invalid if not found.runbooks else ())]:
        raise RunbookError(problems)
    if not len(dumps):
        raise AutomationRoleError(
            f"{', '.join(paths)}: no account → what `aws iam get-account-authorization-details` prints, a file or more for each account"
        )
    derivation = reading.derived(found.runbooks, role_known=True)
    report = check_fleet(found, derivation, dumps, context, situation, accepted=accepted, role=role, invalid=invalid, progress=_progress)
    lints = linting.lints(found.runbooks, ignore)
    if form == "json":
        text = console.in_json(report.to_json(strict=strict) | {"lint": linting.to_json(lints)})
    elif form == "html":
        from ..check.fleet.html import page

        text = page(report, strict=strict)
    else:
        from .fleet_table import table  # rich takes longer to load than everything else

        text = table(report, strict=strict, to_file=output is not None)
    console.answer(text, output)
    linting.report(lints, found.runbooks)
    _report(report, not_looked_at=sum(1 for _ in found.roles([])), strict=strict)
    return 0 if report.fits(strict=strict) and not (strict and linting.fails(lints)) else 1


def _progress(accounts: Iterator[Account], count: int) -> Iterator[Account]:
    with console.Progress("checking account", count) as progress:
        yield from progress.over(accounts)


def _report(report: FleetReport, *, not_looked_at: int, strict: bool) -> None:
    _report_unread(report.unread)
    for problem in report.invalid:
        console.error(str(problem))
    if not_looked_at:
        which = "1 role of a template or a plan" if not_looked_at == 1 else f"{not_looked_at:,} roles of templates and plans"
        console.note(f"{which} not checked: a fleet's roles are those of the accounts → check without --fleet")
    if report.unjoined:
        count = len(report.unjoined)
        console.note(f"{count:,} of {count_of(len(report.places), 'runbook')} not checked in some or all accounts: no role there")
    for name in report.bundled:
        console.note(f"{name}: not in a dump; {version_of(name)}")
    pairs = sum(len(one.answer.pairs) * len(one.accounts) for one in report.results)
    bad = sum(len(one.accounts) for one in report.results if not one.answer.fits(strict=strict))
    of = sum(len(one.accounts) for one in report.results)
    verdict = (
        f"{bad:,} of {count_of(of, 'role')} {'does' if bad == 1 else 'do'} not fit"
        if bad
        else "every role fits"
        if of
        else "no role checked"
    )
    head = f"{count_of(len(report.accounts), 'account')}, {count_of(len(report.places), 'runbook')}"
    console.note(f"{head}: {count_of(pairs, 'pair')} of a runbook and a role; {verdict}")


def _report_unread(unread: Sequence[Problem]) -> None:
    for problem in unread[:_SHOWN]:
        console.warning(str(problem))
    if len(unread) > _SHOWN:
        console.warning(f"{len(unread) - _SHOWN:,} more such roles and files: --format json has them all")
