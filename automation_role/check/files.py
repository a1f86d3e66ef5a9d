"""The roles of a file that the user named: a template, a plan, an account's dump."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import AutomationRoleError, Problem, RunbookError, did_you_mean
from ..iam.decision import Outcome
from ..policy.trust import SSM
from ..sources.formats import RUNBOOK
from ..sources.model import FoundRole, Situation
from ..sources.scan import check_template_parameters, scan
from ..template.identities import construct_name
from ..values.place import Place
from .subjects import Subject, settled
from .trust import admission


def of_file(
    path: str, place: Place, situation: Situation, names: Sequence[str], is_assumed: Callable[[str], bool] = lambda _: False
) -> list[Subject]:
    """The roles of a file.

    Args:
        path: the file, or a CDK assembly.
        place: where the roles are; `*` for what is unknown.
        situation: what else is known.
        names: logical IDs, construct IDs, role names; empty: each role that Automation or a script can assume.
        is_assumed: whether a script assumes the role with an ARN.

    Raises:
        AutomationRoleError: it cannot be read, or has no such role.
    """
    problems: list[Problem] = []
    scanned = scan([path], situation, problems, assemblies=True)
    problems += [source.problem for source in scanned.sources if source.problem is not None]
    if problems:
        raise RunbookError(problems)
    if all(source.kind == RUNBOOK for source in scanned.sources):
        raise AutomationRoleError(
            f"{path}: has no roles → a CloudFormation template, a Terraform plan, the dump of an account, or --policy FILE"
        )
    check_template_parameters(situation, scanned.sources)
    roles = [role for source in scanned.sources for role in source.roles()]
    if not roles:
        raise AutomationRoleError(f"{path}: has no role → a file with a role, or --policy FILE")
    named = {index for name in names for index in _named(name, roles, path)}
    subjects = [subject(role, place, situation) for index, role in enumerate(roles) if not names or index in named]
    if names:
        return subjects
    able = [one for one in subjects if can_be_assumed(one) or is_assumed(one.identity.arn)]
    if not able:
        labels = " or ".join(role.identity.label for role in roles)
        raise AutomationRoleError(f"{path}: {SSM} cannot assume any of its roles → name the one to check: --role {labels}")
    return able


def subject(role: FoundRole, place: Place, situation: Situation) -> Subject:
    """A role that was found, where it lives."""
    where = Place(
        partition=role.partition,
        account=role.identity.account if role.identity.account.isdigit() else place.account,
        regions=place.regions,
        role_arn=place.role_arn,
    )
    return settled(role.identity, role.place.source, where, role.managed, situation)


def can_be_assumed(subject: Subject) -> bool:
    """Whether Automation can assume a role, or may be able to."""
    return admission(subject.identity, subject.accounts, subject.context.regions).outcome is not Outcome.DENIED


def _named(name: str, roles: Sequence[FoundRole], path: str) -> list[int]:
    labels = [(role.identity.label, construct_name(role.identity.label), role.identity.name, role.identity.arn) for role in roles]
    for at in range(4):
        found = [index for index, each in enumerate(labels) if each[at] == name]
        if len(found) == 1:
            return found
    found = [index for index, each in enumerate(labels) if each[0].startswith(name)]
    if len(found) == 1:
        return found
    near = did_you_mean(name, [text for each in labels for text in each[:2]]) if not found else ""
    among = ", ".join(labels[index][0] for index in (found or range(len(labels))))
    raise AutomationRoleError(f"--role {name!r} → one role of {Path(path)}: {among}{near}")
