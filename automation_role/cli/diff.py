"""`automation-role diff`: what a new version needs in addition, or no longer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from ..errors import AutomationRoleError
from ..explain.compare import compare
from ..findings import to_answer
from . import completion, console, options, reading, reporting


@click.command("diff", short_help="Print what a new version needs in addition, and what it no longer needs.")
@click.argument("old", metavar="OLD", shell_complete=completion.runbooks)
@click.argument("new", metavar="NEW", shell_complete=completion.runbooks)
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "markdown"]), default="table", show_default=True, help="The output format."
)
@options.writing
@options.deriving
def command(
    *,
    old: str,
    new: str,
    form: str,
    output: str | None,
    strict: bool,
    parameter: Sequence[str],
    attachment: Sequence[str],
    **place: Any,
) -> int:
    """Print what the runbooks of NEW need in addition to those of OLD, and what they no longer need.

    OLD and NEW are each a runbook, a directory of runbooks, or - for standard input (one of them). --strict looks at all of NEW.
    """
    output = options.output_of(output)
    context, given = options.context(**place), options.given(parameter, attachment, **place)
    if old == new == "-":
        raise AutomationRoleError("OLD and NEW are both '-' → standard input for one of them, a file for the other")
    before, after = reading.derive_both(old, new, given, context)
    differences = compare(before, after, context)
    if form == "json":
        text = console.in_json(differences.to_json())
    elif form == "markdown":
        from ..explain.markdown import markdown

        text = markdown(differences)
    else:
        from .draw import differences_table  # rich takes longer to load than everything else

        text = differences_table(differences, to_file=output is not None)
    console.answer(text, output)
    if strict:
        reporting.report_findings(after.findings, after.runbooks)
    console.note(f"{new}: {reporting.summary(after, context)}")
    return 1 if strict and to_answer(after.findings) else 0
