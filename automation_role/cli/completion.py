"""Shell completion of RUNBOOK: names of AWS-owned runbooks, and files. How to switch it on: docs/aws-runbooks.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..catalog import aws_runbooks

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def runbooks(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names with this beginning; then the files that the shell finds."""
    from click.shell_completion import CompletionItem  # used only while a shell completes

    return [*names(ctx, param, incomplete), CompletionItem(incomplete, type="file")]


def names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001  (click's own signature)
    """The names with this beginning, in any letter case; no names for an empty one."""
    from click.shell_completion import CompletionItem  # as above

    return [CompletionItem(name) for name in aws_runbooks.names() if incomplete and name.lower().startswith(incomplete.lower())]
