"""`automation-role policy`: the policy, for all the runbooks together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import click

from ..check.widening import widening
from ..derive.derivation import Derivation, roles_by_name
from ..errors import AutomationRoleError
from ..findings import gaps, to_answer
from ..policy.policy import Policy
from ..policy.quotas import INLINE_QUOTA, MANAGED_QUOTA
from ..runbook.model import Runbook
from ..values.place import Place
from . import console, linting, options, reading, reporting


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
@click.option("--assumed", is_flag=True, help="Print the policies of the roles that scripts assume instead: one for each role's ARN.")
@click.option("--trust", is_flag=True, help="Print the role's trust policy instead; needs --account or --role-arn.")
@options.writing
@linting.ignoring
@click.option("--check-version", is_flag=True, help="Compare AWS-owned runbooks with your account's: needs automation-role[aws].")
@options.deriving
def command(
    *,
    runbooks: Sequence[str],
    form: str,
    assumed: bool,
    trust: bool,
    output: str | None,
    ignore: Sequence[str],
    check_version: bool,
    strict: bool,
    parameter: Sequence[str],
    attachment: Sequence[str],
    **place: Any,
) -> int:
    """Print the policy that the runbooks need, all together.

    With --trust, the answer is the trust policy that lets Systems Manager assume the role for this account's automations. With --assumed, JSON and YAML are a mapping from each role's ARN to its policy; `{{ Parameter }}` and `*` in it are runtime values. In a directory, files that aren't runbooks are skipped; a broken runbook is an error. --format sarif and github print the findings instead.
    """
    output = options.output_of(output)
    linting.check_ignored(ignore)
    context, given = options.context(**place), options.given(parameter, attachment, **place)
    if trust:
        answer = _trust(form, context, assumed=assumed)
        reading.find([runbooks], given, context)
        console.answer(answer, output)
        return 0
    derivation = reading.derive_from(runbooks, given, context)
    lints = linting.lints(derivation.runbooks, ignore)
    shown = _assumed(derivation, context) if assumed else {"": _Role(derivation, context, derivation.policy())}
    findings = tuple(finding for each in shown.values() for finding in each.needs.findings)
    versions = [*_versions(derivation.runbooks, context)] if check_version else []
    if form in {"sarif", "github"}:
        text = reporting.in_alerts(form, findings, lints, derivation.runbooks)
    else:
        text = _text(form, shown, named=assumed, to_file=output is not None)
    console.answer(text, output)
    reporting.report_findings(findings, derivation.runbooks)
    linting.report(lints, derivation.runbooks)
    for name, each in shown.items():
        _report(name, each)
    if assumed and not shown:
        console.note("no script of the runbooks makes API calls as a role that it assumes")
    reporting.report_versions(derivation.runbooks)
    if not assumed:
        console.note(reporting.summary(derivation, context, shown[""].policy))
    for say, message in versions:
        say(message)
    return 1 if strict and (to_answer(findings) or linting.fails(lints)) else 0


def _trust(form: str, context: Place, *, assumed: bool) -> str:
    """The trust policy of a role that runs runbooks, which is the same for all of them.

    Raises:
        AutomationRoleError: the options don't fit, or the account is missing.
    """
    from ..policy.trust import SSM, trust  # nothing else here needs it

    if assumed:
        raise AutomationRoleError("--trust and --assumed are both set → one of them")
    if form not in {"json", "yaml"}:
        raise AutomationRoleError(f"--trust with --format {form} → json or yaml")
    if context.account == "*":
        raise AutomationRoleError("--trust without the account, to which it is restricted → --account ID, or --role-arn ARN")
    policy = Policy((trust(SSM),)).to_json(context)
    return console.in_json(policy) if form == "json" else console.in_yaml(policy)


class _Role(NamedTuple):
    """A role whose policy is printed: what it needs, where it is, and its policy."""

    needs: Derivation
    place: Place
    policy: Policy


def _assumed(derivation: Derivation, context: Place) -> dict[str, _Role]:
    """By the roles' names."""
    return {
        name: _Role(role.needs, role.place(context), role.policy())
        for name, role in roles_by_name(derivation.assumed_roles, context).items()
    }


def _text(form: str, shown: Mapping[str, _Role], *, named: bool, to_file: bool) -> str:
    """The answer; the role that runs the runbooks has an empty name."""
    if form == "table":
        from .draw import policy_table  # rich takes longer to load than everything else

        tables = ((f"{name}\n" if name else "") + policy_table(role.needs, role.place, to_file=to_file) for name, role in shown.items())
        return "\n".join(tables)
    policies = {name: role.policy.to_json(role.place) for name, role in shown.items()}
    answer = policies if named else policies[""]
    return console.in_json(answer) if form == "json" else console.in_yaml(answer)


def _report(name: str, role: _Role) -> None:
    """Print the notes about one role's policy."""
    who = f"{name}: " if name else ""
    _report_size(who, role.policy, role.place, complete=not gaps(role.needs.findings))
    if (able := widening(role.needs, role.place.role_arn)) is not None:
        console.note(f"{who}{able}")
    if name:
        console.note(f"{who}{reporting.summary(role.needs, role.place, role.policy)}")


def _versions(runbooks: Sequence[Runbook], context: Place) -> Iterator[tuple[Callable[[str], None], str]]:
    """What has to be reported about the documents of the account: how, and the message.

    Raises:
        AutomationRoleError: the account cannot be asked.
    """
    from .documents import AccountDocuments, NotThisOneError
    from .drift import drift_of

    names = [runbook.name for runbook in runbooks if runbook.facts is not None]
    if not names:
        yield console.note, "--check-version only compares AWS-owned runbooks, and no RUNBOOK is the name of one"
        return
    region = context.regions[0] if len(context.regions) == 1 and context.regions != ("*",) else None
    documents = AccountDocuments("--check-version", region, None)
    for name in names:
        try:
            found = drift_of(name, documents)
        except NotThisOneError as why:
            yield console.warning, f"{name}: {why}"
            continue
        if found.differences is None:
            yield console.note, f"{name}: your account has the same document, version {found.now}"
        else:
            needs = "it needs more than this policy allows" if found.breaks else "it needs nothing more"
            which = "another document" if found.was in {"", found.now} else f"version {found.now}, not {found.was}"
            yield console.warning, f"{name}: your account has {which}: {needs}; see automation-role drift {name}"


def _report_size(who: str, policy: Policy, context: Place, *, complete: bool) -> None:
    if not policy.statements and not complete:
        console.note(f"{who}no permission was derived; the findings say what is missing")
    elif not policy.statements:
        console.note(f"{who}the runbooks need no permissions; IAM does not accept a policy without statements")
    elif (size := policy.size(context)) > MANAGED_QUOTA:
        console.warning(
            f"{who}the policy has {size:,} characters → IAM allows {MANAGED_QUOTA:,} in a managed policy, {INLINE_QUOTA:,} in all inline policies "
            "of a role; split it, or let the construct AutomationRole do so"
        )
