"""`automation-role why`: from a failure to the step, the cause, what fails next, and the smallest fix."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ..check.pairs import roles_beside
from ..check.subjects import Subject
from ..derive.derivation import derive
from ..errors import AutomationRoleError
from ..sources.assumed import assumed_among
from ..why.answer import NOTHING_BESIDE, answer, to_json
from ..why.binding import bound
from ..why.place import place_in
from ..why.reading import LONGEST, Reported, read
from ..why.rendering import markdown, text
from . import console, options, reading, roles


@click.command("why", short_help="Explain why an automation failed: step, cause, what fails next, smallest fix.")
@options.runbooks
@click.option("--failure", "failure", metavar="FILE", help="The failure. Default: standard input.")
@click.option("--execution", metavar="ID", help="Read the failure of this execution from your account (needs automation-role[aws]).")
@click.option("--profile", metavar="PROFILE", help="A profile of your AWS settings, for --execution.")
@roles.choosing
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True, help="The output format."
)
@click.option("--strict", is_flag=True, help="Exit with 1 when a step or a cause is not certain.")
@options.placing
def command(
    *,
    runbooks: Sequence[str],
    failure: str | None,
    execution: str | None,
    profile: str | None,
    form: str,
    strict: bool,
    parameter: Sequence[str],
    attachment: Sequence[str],
    **given: Any,
) -> int:
    """Say why an automation failed.

    The failure is an error's text, by itself or in a log; the JSON of `aws ssm get-automation-execution` or
    `describe-automation-step-executions`; a CloudTrail event or a file of them; or a decoded authorization message. With the role's
    policies (--template, --policy, or beside the runbooks), the answer also has every later call that will fail. Changes nothing.
    """
    chosen = roles.Chosen.of(given)
    context = options.context(**given)
    reported = _reported(failure, execution, context.regions, profile, runbooks)
    context = place_in(reported.failures, context)
    said = options.given(parameter, attachment, **given)
    situation = chosen.situation(context, said)
    subjects: list[Subject] = []
    beside = NOTHING_BESIDE
    if chosen.nothing:
        chosen.check_usage(context._replace(role_arn=None))
        (held,) = reading.find([runbooks], said, context, roles=True, situation=situation)
        beside = roles_beside(held, context, situation)
    else:
        chosen.check_usage(context)
        (held,) = reading.find([runbooks], said, context, situation=chosen.of_runbooks(situation))
    found = bound(held.runbooks, reported.executions, reported.failures)
    derivation = derive(found.runbooks, role_known=True)
    if not chosen.nothing:
        subjects = chosen.subjects(context, situation, lambda arn: bool(assumed_among(derivation, [arn])))
    if context.role_arn is None and chosen.template is None and found.role_arn is not None:
        context = context._replace(role_arn=found.role_arn)
    answers = [answer(one, derivation, subjects, context, beside) for one in found.failures]
    sources = {runbook.name: runbook.source for runbook in derivation.runbooks}
    if form == "json":
        console.answer(console.in_json(to_json(answers, derivation)))
    else:
        console.answer((markdown if form == "markdown" else text)(answers, sources))
    for note in found.notes:
        console.note(note)
    if reported.more:
        console.note(f"{reported.more:,} more failures in the input were not read")
    return 1 if strict and not all(one.certain for one in answers) else 0


def _reported(failure: str | None, execution: str | None, regions: Sequence[str], profile: str | None, runbooks: Sequence[str]) -> Reported:
    """The failure: from the account, a file or standard input.

    Raises:
        AutomationRoleError: it can't be read, or has no failure.
    """
    if execution is not None:
        if failure is not None:
            raise AutomationRoleError("--failure and --execution: both are set → one of them")
        from .executions import fetched

        return read(fetched(execution, next((region for region in regions if region != "*"), None), profile), f"execution {execution}")
    if profile is not None:
        raise AutomationRoleError("--profile without --execution → --execution ID, or leave --profile out")
    if failure in (None, "-"):
        if "-" in runbooks:
            raise AutomationRoleError("- is both the runbook and the failure → pass the failure with --failure FILE")
        if sys.stdin is not None and sys.stdin.isatty():
            console.note("paste the failure, then press Ctrl-D on a line of its own")
        content = sys.stdin.buffer.read(4 * LONGEST + 1) if sys.stdin is not None else b""
        return read(content.decode(errors="replace"))
    try:
        with Path(str(failure)).open("rb") as file:
            content = file.read(4 * LONGEST + 1)
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise AutomationRoleError(f"--failure {failure}: cannot be read: {why}") from None
    return read(content.decode(errors="replace"), str(failure))
