"""What a shell completes where a runbook is asked for: names of AWS-owned ones, and files. How to switch it on: docs/aws-runbooks.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..catalog import aws_runbooks

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def runbooks(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001  (click's own signature)
    """The names that begin as given, letter case aside; then whatever files the shell finds."""
    from click.shell_completion import CompletionItem  # used while a shell completes, and never else

    names = [CompletionItem(name) for name in aws_runbooks.names() if name.lower().startswith(incomplete.lower())] if incomplete else []
    return [*names, CompletionItem(incomplete, type="file")]
