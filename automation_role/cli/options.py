"""The options that commands share, and their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import click

from ..errors import AutomationRoleError, did_you_mean
from ..sources.formats import KINDS
from ..values.partitions import PARTITIONS, partition_of
from ..values.place import Place
from . import completion

F = TypeVar("F", bound=Callable[..., Any])

_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html: path and name
_ROLE_ARN: Final = re.compile(r"arn:(?P<partition>[a-z-]+):iam::(?P<account>[0-9]{12}):role/([\x21-\x7e]*/)?[\w+=,.@-]{1,64}", re.ASCII)


class Given(NamedTuple):
    """What the options say about the runbooks.

    Attributes:
        parameters: name of a parameter -> text.
        attachments: name of an attachment -> its file.
        only: the format that every file has; `None`: each is recognized by its content.
        template_parameters: values for templates' parameters and pseudo parameters.
        template_imports: values of other stacks' exports.
    """

    parameters: dict[str, str]
    attachments: dict[str, Path]
    only: str | None = None
    template_parameters: Mapping[str, str] = {}
    template_imports: Mapping[str, str] = {}


def runbooks(command: F) -> F:
    """The argument RUNBOOK…: anything that has one."""
    return click.argument("runbooks", metavar="RUNBOOK...", nargs=-1, required=True, shell_complete=completion.runbooks)(command)


def writing(command: F) -> F:
    """The option `-o`: `output_of(…)` reads it."""
    return click.option("-o", "--output", metavar="FILE", help="Write to this file. Default: standard output.")(command)


def output_of(output: str | None) -> str | None:
    """The file to write to; `None`: standard output.

    Raises:
        AutomationRoleError: it has no name.
    """
    if output == "":
        raise AutomationRoleError("--output '' → a file, or -")
    return None if output == "-" else output


def deriving(command: F) -> F:
    """The options that decide what is derived, and `--strict`: `given(…)` and `context(…)` read them."""
    return click.option(
        "--strict",
        is_flag=True,
        help="Exit with 1 when a finding needs an answer: something could not be derived, or was derived wider than needed.",
    )(placing(command))


def placing(command: F) -> F:
    """The options that decide what is derived: `given(…)` and `context(…)` read them."""
    for option in (
        click.option("--from", "only", type=click.Choice(KINDS), help="The format of every file. Default: recognized by its content."),
        click.option(
            "--template-import",
            "template_imports",
            multiple=True,
            metavar="NAME=VALUE",
            help="The value of an export that a template imports from a stack outside of the files.",
        ),
        click.option(
            "--template-parameter",
            "template_parameters",
            multiple=True,
            metavar="NAME=VALUE",
            help="The value of a template's parameter, or of a pseudo parameter (AWS::StackName=…).",
        ),
        click.option(
            "--attachment",
            "attachment",
            multiple=True,
            metavar="NAME=PATH",
            help="The file of a runbook's attachment, so that its scripts are read.",
        ),
        click.option(
            "--role-arn",
            metavar="ARN",
            help="The role that runs the automations, for where it passes itself. Default: any role of the account.",
        ),
        click.option("--account", metavar="ID", help="The account, 12 digits. Default: that of --role-arn, else any."),
        click.option("--region", "region", multiple=True, metavar="REGION", help="A Region in which the automations act. Default: any."),
        click.option(
            "--partition", metavar="PARTITION", help="aws, aws-cn, aws-us-gov… Default: that of --role-arn or --region, else any."
        ),
        click.option(
            "-p",
            "--parameter",
            "parameter",
            multiple=True,
            metavar="NAME=VALUE",
            help="The value of a runbook's parameter, to narrow the policy; a list as A,B or as JSON.",
        ),
    ):
        command = option(command)
    return command


def given(
    parameter: Sequence[str],
    attachment: Sequence[str],
    *,
    only: str | None = None,
    template_parameters: Sequence[str] = (),
    template_imports: Sequence[str] = (),
    **_: Any,
) -> Given:
    """What the options say about the runbooks.

    Raises:
        AutomationRoleError: one is not NAME=VALUE, or is set twice; a parameter is '*'.
    """
    parameters = pairs("--parameter", parameter, "NAME=VALUE")
    if star := next((name for name, value in parameters.items() if value.strip() == "*"), None):
        raise AutomationRoleError(f"--parameter {star}='*' → one value ('*' in an ARN matches all of them); leave {star} out to allow any")
    return Given(
        parameters=parameters,
        attachments={name: Path(path) for name, path in pairs("--attachment", attachment, "NAME=PATH").items()},
        only=only,
        template_parameters=pairs("--template-parameter", template_parameters, "NAME=VALUE"),
        template_imports=pairs("--template-import", template_imports, "NAME=VALUE"),
    )


def pairs(option: str, texts: Sequence[str], shape: str) -> dict[str, str]:
    """The values of a repeatable option: name -> value.

    Raises:
        AutomationRoleError: one is not NAME=VALUE, or is set twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise AutomationRoleError(f"{option} {text!r} → {shape}")
        if name in found:
            raise AutomationRoleError(f"{option} {name!r} is set twice → once")
        found[name] = value
    return found


def context(*, partition: str | None, region: Sequence[str], account: str | None, role_arn: str | None, **_: Any) -> Place:
    """Where the role is.

    Raises:
        AutomationRoleError: one of them is invalid, or two contradict each other.
    """
    if partition is not None and partition not in PARTITIONS:
        raise AutomationRoleError(f"--partition {partition!r} → {', '.join(PARTITIONS)}{did_you_mean(partition, PARTITIONS)}")
    if account is not None and not _ACCOUNT.fullmatch(account):
        raise AutomationRoleError(f"--account {account!r} → 12 digits")
    for each in region:
        if not _REGION.fullmatch(each):
            raise AutomationRoleError(f"--region {each!r} → a Region's name like eu-central-1; repeat --region for each")
    # option as the user wrote it -> its partition and account
    theirs: dict[str, tuple[str | None, str | None]] = {
        f"--partition {partition}": (partition, None),
        f"--account {account}": (None, account),
    }
    if role_arn is not None:
        match = _ROLE_ARN.fullmatch(role_arn)
        if match is None or match["partition"] not in PARTITIONS:
            raise AutomationRoleError(f"--role-arn {role_arn!r} → a role's ARN like arn:aws:iam::123456789012:role/Automation")
        theirs[f"--role-arn {role_arn}"] = match["partition"], match["account"]
    for each in region:
        theirs[f"--region {each}"] = partition_of(each), None
    agreed = _agreed("partition", {option: said[0] for option, said in theirs.items()})
    return Place(
        partition=agreed,
        in_china=agreed == "aws-cn",
        account=_agreed("account", {option: said[1] for option, said in theirs.items()}),
        regions=tuple(dict.fromkeys(region)) or ("*",),
        role_arn=role_arn,
    )


def _agreed(what: str, said: Mapping[str, str | None]) -> str:
    """The value that the options agree on; `*` when none has one."""
    known = [(option, value) for option, value in said.items() if value is not None]
    for option, value in known[1:]:
        if value != known[0][1]:
            raise AutomationRoleError(f"{known[0][0]} and {option} → one {what}, not {known[0][1]} and {value}; correct one of them")
    return known[0][1] if known else "*"
