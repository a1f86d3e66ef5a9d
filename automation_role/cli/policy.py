"""`automation-role policy`: the policy, for all the runbooks together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from ..check.widening import widening
from ..findings import FINDINGS, gaps, to_answer
from ..policy.policy import Policy
from ..policy.quotas import INLINE_QUOTA, MANAGED_QUOTA
from ..runbook.model import Runbook
from ..values.place import Place
from . import derived, linting, options, reading, words


@click.command("policy")
@options.runbooks
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "yaml", "table", "sarif", "github"]),
    default="json",
    show_default=True,
    help="The output format.",
)
@linting.ignoring
@click.option("--check-version", is_flag=True, help="Compare AWS-owned runbooks with your account's: needs automation-role[aws].")
@options.deriving
def command(
    *,
    runbooks: Sequence[str],
    form: str,
    ignore: Sequence[str],
    check_version: bool,
    strict: bool,
    parameter: Sequence[str],
    attachment: Sequence[str],
    **place: Any,
) -> int:
    """Print the policy that the runbooks need, all together.

    In a directory, files that aren't runbooks are skipped; a broken runbook is an error. --format sarif and github print the findings instead.
    """
    linting.check_ignored(ignore)
    context = options.context(**place)
    derivation = reading.derive_from(runbooks, options.given(parameter, attachment, **place), context)
    policy = derivation.policy()
    lints = linting.lints(derivation.runbooks, ignore)
    if form == "json":
        text = words.in_json(policy.to_json(context))
    elif form == "yaml":
        text = words.in_yaml(policy.to_json(context))
    elif form in {"sarif", "github"}:
        from ..explain.alerts import alerts_of

        text = words.in_alerts(
            form,
            [*alerts_of(derivation.findings, derivation.runbooks), *linting.alerts(lints, derivation.runbooks)],
            {**FINDINGS, **linting.MEANINGS},
        )
    else:
        from .draw import policy_table  # rich takes longer to load than all the rest

        text = policy_table(derivation, context)
    words.answer(text)
    derived.tell_findings(derivation.findings, derivation.runbooks)
    linting.tell(lints, derivation.runbooks)
    _tell_size(policy, context, complete=not gaps(derivation.findings))
    if (able := widening(derivation, context.role_arn)) is not None:
        words.note(able)
    derived.tell_versions(derivation.runbooks)
    words.note(derived.summary(derivation, context))
    if check_version:
        _check_versions(derivation.runbooks)
    return 1 if strict and (to_answer(derivation.findings) or linting.fails(lints)) else 0


def _check_versions(runbooks: Sequence[Runbook]) -> None:
    """Say whether the account has what the facts are of."""
    from .documents import AccountDocuments, NotThisOneError
    from .drift import drift_of

    documents = AccountDocuments("--check-version", None, None)
    for name in [runbook.name for runbook in runbooks if runbook.facts is not None]:
        try:
            found = drift_of(name, documents)
        except NotThisOneError as why:
            words.warning(f"{name}: {why}")
            continue
        if found.differences is None:
            words.note(f"{name}: your account has the same document, version {found.now}")
        else:
            needs = "it needs more than this policy allows" if found.breaks else "it needs nothing more"
            which = "another document" if found.was in {"", found.now} else f"version {found.now}, not {found.was}"
            words.warning(f"{name}: your account has {which}: {needs}; see automation-role drift {name}")


def _tell_size(policy: Policy, context: Place, *, complete: bool) -> None:
    if not policy.statements and not complete:
        words.note("no permission was derived; the findings say what is missing")
    elif not policy.statements:
        words.note("the runbooks need no permissions, and IAM accepts no policy without statements")
    elif (size := policy.size(context)) > MANAGED_QUOTA:
        words.warning(
            f"the policy has {size:,} characters → IAM allows {MANAGED_QUOTA:,} in a managed policy, {INLINE_QUOTA:,} in all inline policies "
            "of a role; split it, or let the construct AutomationRole do so"
        )
