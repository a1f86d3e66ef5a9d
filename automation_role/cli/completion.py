"""Shell completion of RUNBOOK: names of AWS-owned runbooks, and files. How to switch it on: docs/aws-runbooks.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..catalog import aws_runbooks

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def runbooks(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001  (click's own signature)
    """The names with this beginning, in any letter case; then the files that the shell finds."""
    from click.shell_completion import CompletionItem  # used only while a shell completes

    names = [CompletionItem(name) for name in aws_runbooks.names() if name.lower().startswith(incomplete.lower())] if incomplete else []
    return [*names, CompletionItem(incomplete, type="file")]
