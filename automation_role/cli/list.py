"""`automation-role list`: AWS-owned runbooks by name, each with a line about what it needs."""

from __future__ import annotations

from typing import Any

import click

from ..catalog import aws_runbooks
from ..derive.derivation import Derivation, derive
from ..errors import AutomationRoleError, did_you_mean
from ..explain.visible import count_of
from ..findings import gaps
from ..runbook.model import Runbook
from . import completion, console


@click.command("list", short_help="Print the names of AWS-owned runbooks, and what each needs.")
@click.argument("word", metavar="[WORD]", default="", shell_complete=completion.names)
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "names"]), default="table", show_default=True, help="The output format."
)
def command(*, word: str, form: str) -> None:
    """Print the names of AWS-owned runbooks that have WORD in them, and what each needs with all that it starts.

    Works offline. Every command accepts such a name as RUNBOOK.
    """
    names = [name for name in aws_runbooks.names() if word.lower() in name.lower()]
    if not names:
        near = did_you_mean(word, aws_runbooks.names()) or "; leave WORD out for all of them"
        raise AutomationRoleError(f"no AWS-owned runbook has {word!r} in its name → a part of a name{near}")
    if form == "names":
        console.answer("".join(f"{name}\n" for name in names))
        return
    with console.Progress("deriving", len(names)) as progress:
        rows = [_row(name, derive([Runbook.aws(name)])) for name in progress.over(names)]
    if form == "json":
        console.answer(console.in_json(rows))
    else:
        console.answer("".join(f"{row['name']}  {_needs(row)}\n" for row in rows))
    source = aws_runbooks.source()
    console.note(f"{len(rows)} of {len(aws_runbooks.names())} AWS-owned runbooks, as of {source.date}")


def _row(name: str, derivation: Derivation) -> dict[str, Any]:
    facts = derivation.runbooks[0].facts
    actions = sorted({permission.action for permission in derivation.permissions})
    return {
        "name": name,
        "version": facts.version if facts is not None else "",
        "date": facts.date if facts is not None else "",
        "actions": actions,
        "documented": sorted({permission.action for permission in derivation.permissions if permission.documented}),
        "gaps": len(gaps(derivation.findings)),
    }


def _needs(row: dict[str, Any]) -> str:
    services = ", ".join(dict.fromkeys(action.partition(":")[0] for action in row["actions"]))
    documented = f", {len(row['documented'])} of them documented by AWS, not derived" if row["documented"] else ""
    missing = f"; {count_of(row['gaps'], 'gap')}" if row["gaps"] else ""
    return f"{count_of(len(row['actions']), 'action')}{f' of {services}' if services else ''}{documented}{missing}"
