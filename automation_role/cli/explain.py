"""`automation-role explain`: which step needs what, and what could not be derived."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from ..check.widening import widening
from ..explain.model import explain
from ..findings import to_answer
from . import console, linting, options, reading, reporting


@click.command("explain", short_help="Show which step needs which permissions, and what could not be derived.")
@options.runbooks
@click.option(
    "--format",
    "form",
    type=click.Choice(["tree", "json", "html", "mermaid", "sarif", "github"]),
    default="tree",
    show_default=True,
    help="The output format.",
)
@options.writing
@linting.ignoring
@options.deriving
def command(
    *,
    runbooks: Sequence[str],
    form: str,
    output: str | None,
    ignore: Sequence[str],
    strict: bool,
    parameter: Sequence[str],
    attachment: Sequence[str],
    **place: Any,
) -> int:
    """Show which calls every step makes, which permissions they need, and what could not be derived."""
    linting.check_ignored(ignore)
    output = options.output_of(output)
    context = options.context(**place)
    derivation = reading.derive_from(runbooks, options.given(parameter, attachment, **place), context)
    explanation = explain(derivation, context)
    lints = linting.lints(derivation.runbooks, ignore)
    if form == "json":
        text = console.in_json(explanation.to_json() | {"lint": linting.to_json(lints)})
    elif form == "html":
        from ..explain.html import page

        text = page(explanation, context)
    elif form == "mermaid":
        from ..explain.mermaid import mermaid

        text = mermaid(explanation)
    elif form in {"sarif", "github"}:
        text = reporting.in_alerts(form, derivation.findings, lints, derivation.runbooks)
    else:
        from .draw import tree  # rich takes longer to load than everything else

        text = tree(explanation, to_file=output is not None)
    console.answer(text, output)
    if form != "tree" or output is not None:  # a tree on the terminal already shows them
        reporting.report_findings(derivation.findings, derivation.runbooks)
    linting.report(lints, derivation.runbooks)
    if (able := widening(derivation, context.role_arn)) is not None:
        console.note(able)
    reporting.report_versions(derivation.runbooks)
    console.note(reporting.summary(derivation, context))
    return 1 if strict and (to_answer(derivation.findings) or linting.fails(lints)) else 0
