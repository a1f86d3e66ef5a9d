"""The commands of `automation-role`, and their exit codes: each command is a module next to this one, loaded on first use."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

import click

from .._version import __version__
from ..errors import AutomationRoleError, RunbookError, did_you_mean
from . import console

# command -> the module here with the same name, whose `command` it is
COMMANDS: Final = ("policy", "explain", "diff", "check", "why", "fetch", "list", "drift")

# Exit codes, everywhere: 0 fine, 1 findings and --strict (or what `check` and `drift` found), 2 bad usage or input; and, as in shells, for signals:
_BROKEN_PIPE: Final = 128 + 13


class _Commands(click.Group):
    """A group that imports a command's module only when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f".{cmd_name}", __package__).command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and name not in COMMANDS:
            ctx.fail(f"command {name!r} → {', '.join(COMMANDS)}{did_you_mean(name, COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="automation-role", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show Python's traceback when something goes wrong.")
@click.pass_context
def _group(ctx: click.Context, *, debug: bool) -> int | None:  # noqa: ARG001  (`run` reads `debug`, because it outlives click)
    """Derive the IAM role that Systems Manager Automation needs to run your runbooks.

    \b
    automation-role policy runbook.yaml               the policy that its role needs
    automation-role explain AWS-RestartEC2Instance    which step needs what, and why
    automation-role check .                           do the roles here fit the runbooks here?
    automation-role why runbook.yaml < message.txt    why did the automation fail?

    RUNBOOK is a file that has runbooks (YAML, JSON, a CloudFormation template, a Terraform plan), a directory of such files, the name of an
    AWS-owned runbook, or - for standard input. Only `fetch`, `drift`, `policy --check-version` and `why --execution` call AWS. The answer
    goes to standard output; everything else goes to standard error.

    Exit codes: 0 fine; 1 `check` found something missing or risky, `drift` a role that would fail, or --strict something; 2 the
    usage is wrong, or the input cannot be used.
    """  # noqa: D301 -- click needs the character \b itself
    if ctx.invoked_subcommand is not None:
        return None
    console.usage(ctx.get_help())
    return 2


def run(arguments: Sequence[str] | None) -> int:
    """Run the command, and return its exit code; `main` handles Ctrl-C."""
    arguments = sys.argv[1:] if arguments is None else arguments
    console.speak_utf8()
    if sys.stdout is None:
        console.error("standard output is closed → a file, a pipe or a terminal")
        return 2
    try:
        code = _group.main(list(arguments), prog_name="automation-role", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except console.NobodyReadsError:
        return _BROKEN_PIPE
    except click.Abort:  # what click makes of Ctrl-C
        raise KeyboardInterrupt from None
    except Exception as error:
        if "--debug" in arguments:
            raise
        return _report(error)


def _report(error: Exception) -> int:
    """Report the errors, one line each."""
    if isinstance(error, RunbookError):
        for problem in error.problems:
            console.error(str(problem))
    elif isinstance(error, AutomationRoleError):
        console.error(str(error))
    elif isinstance(error, click.ClickException):
        console.error(_usage(error))
    elif isinstance(error, OSError) and error.filename is not None:
        console.error(f"{error.filename}: {(error.strerror or 'cannot be used').lower()}")
    else:
        what = " ".join(f"{type(error).__name__}: {error}".split())
        console.error(f"internal error ({what}); please report it with the output of --debug")
    return 2


def _usage(error: click.ClickException) -> str:
    """Click's message in our form: one line, lower case, no full stop; with a hint at --help."""
    message = " ".join(error.format_message().split()).rstrip(".").replace(". ", "; ").replace("Did you", "did you")
    if isinstance(error, click.NoSuchOption):
        near = " or ".join(map(repr, error.possibilities or ()))
        message = f"no such option {error.option_name!r}" + (f"; did you mean {near}?" if near else "")
    context = error.ctx if isinstance(error, click.UsageError) else None
    link = " " if message.endswith("?") else "; "
    where = f"{link}see {context.command_path} --help" if context is not None else ""
    return f"{message[:1].lower()}{message[1:]}{where}"
