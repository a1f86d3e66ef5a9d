"""Reads RUNBOOK… (files, directories, standard input), and reports all errors at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from ..derive.derivation import Derivation, derive
from ..errors import Problem, RunbookError
from ..runbook.model import Runbook
from ..sources.collect import Collected, Collector
from ..sources.files import File
from ..sources.model import Situation
from ..sources.scan import check_template_parameters
from ..values.place import Place
from . import console
from .options import Given

# With this many runbooks, deriving takes a while, and a second process pays.
_MANY: Final = 64
# At most this many files are named in a note.
_SHOWN: Final = 5


def derive_from(paths: Sequence[str], given: Given, context: Place) -> Derivation:
    """Read the runbooks and derive what they need.

    Raises:
        RunbookError: with the errors of all of them.
        AutomationRoleError: a value or an attachment fits none of them.
    """
    (found,) = find([paths], given, context)
    return derived(found.runbooks, role_known=context.role_arn is not None)


def derive_both(old: str, new: str, given: Given, context: Place) -> tuple[Derivation, Derivation]:
    """Read two versions and derive what each needs; a value or an attachment may be for only one of them.

    Raises:
        RunbookError: with the errors of both.
        AutomationRoleError: a value or an attachment fits none of them.
    """
    before, after = (derived(found.runbooks, role_known=context.role_arn is not None) for found in find([[old], [new]], given, context))
    return before, after


def derived(runbooks: Sequence[Runbook], *, role_known: bool) -> Derivation:
    """Derive what runbooks need; many take a second process and a message."""
    if len(runbooks) < _MANY:
        return derive(runbooks, role_known=role_known)
    from ..derive.parallel import derive_many  # few have so many

    with console.patience(f"deriving what {len(runbooks)} runbooks need", asked=True):
        return derive_many(runbooks, role_known=role_known)


def find(
    sets: Sequence[Sequence[str]],
    given: Given,
    context: Place,
    *,
    roles: bool = False,
    situation: Situation | None = None,
    dumps: Callable[[str, Any], None] | None = None,
    invalid: list[Problem] | None = None,
) -> list[Collected]:
    """The content of each set of paths.

    Args:
        sets: paths.
        given: values and attachments.
        context: where the automations run.
        roles: whether to look for roles, too.
        situation: where what is found is deployed; left out: where `context` says.
        dumps: takes the dumps of accounts (see `Collector`).
        invalid: takes the errors of runbooks that were only found in a directory (see `Collector`).

    Raises:
        RunbookError: with the errors of all of them.
        AutomationRoleError: a value or an attachment fits none of them.
    """
    collector = Collector(
        situation=situation or situated(context, given),
        parameters=given.parameters,
        attachments=given.attachments,
        only=given.only,
        roles=roles,
        progress=_progress,
        dumps=dumps,
        invalid=invalid,
    )
    try:
        found = collector.collect(sets)
    finally:
        _report(collector)
    if collector.problems:
        raise RunbookError(list(dict.fromkeys(collector.problems)))
    check_template_parameters(collector.situation, [source for each in found for source in each.scanned.sources])
    return found


def situated(context: Place, given: Given) -> Situation:
    """Where templates are deployed: where the automations run, as far as it is known."""
    return Situation(
        parameters=given.template_parameters,
        imports=given.template_imports,
        partition=context.partition if context.partition != "*" else None,
        account=context.account if context.account != "*" else None,
        region=context.regions[0] if len(context.regions) == 1 and context.regions != ("*",) else None,
    )


def _progress(files: Sequence[File]) -> Iterator[File]:
    with console.Progress("reading", len(files)) as progress:
        yield from progress.over(files)


def _report(collector: Collector) -> None:
    """Report the files that were skipped."""
    if collector.skipped:
        shown = ", ".join(collector.skipped[:_SHOWN])
        more = f" and {len(collector.skipped) - _SHOWN:,} more" if len(collector.skipped) > _SHOWN else ""
        what = "no runbook or role" if collector.roles else "no runbook"
        console.note(f"skipped, with {what} in it: {shown}{more}")
    if collector.terraform:
        first, count = collector.terraform[0], len(collector.terraform)
        files = first if count == 1 else f"{first} and {count - 1:,} more"
        console.note(
            f"skipped {files}: Terraform configuration, which says less than its plan → pass the plan, too: terraform plan -out plan && terraform show -json plan > plan.json"
        )
