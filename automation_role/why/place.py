"""Which role made the call, and where it is: what the user says, else what the failures name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..check.standins import ROLE
from ..check.subjects import Subject
from ..values.place import Place
from ..values.tokens import is_opaque
from .failure import Failure


def place_in(failures: Iterable[Failure], given: Place) -> Place:
    """Where the role is, as far as all failures agree; `${AWS::AccountId}` in a template is then this account.

    Args:
        failures: of one input.
        given: what the user says; it takes precedence.
    """
    failures = tuple(failures)
    return _filled(
        given,
        partition=_only(one.partition for one in failures),
        account=_only(one.account for one in failures),
        region=_only(_region(one) for one in failures),
    )


def place_of(failure: Failure, given: Place, subject: Subject | None) -> Place:
    """Where the role of one failure is."""
    role = given.role_arn or (subject.context.role_arn if subject is not None and is_named(subject) else None)
    partition = failure.partition or (subject.context.partition if subject is not None else "")
    return _filled(given, partition=partition, account=failure.account, region=_region(failure))._replace(role_arn=role)


def subject_of(failure: Failure, subjects: Sequence[Subject]) -> Subject | None:
    """The role that made the call, by its name; if there is only one role, that one."""
    if len(subjects) == 1:
        return subjects[0]
    return next((one for one in subjects if failure.role and one.identity.name == failure.role), None)


def is_named(subject: Subject) -> bool:
    """Whether the role's real name is known, and not only a stand-in."""
    return subject.identity.name != ROLE and not is_opaque(subject.identity.name)


def _filled(given: Place, *, partition: str, account: str, region: str) -> Place:
    partition = given.partition if given.partition != "*" else partition or "*"
    return given._replace(
        partition=partition,
        in_china=partition == "aws-cn",
        account=given.account if given.account != "*" else account or "*",
        regions=given.regions if given.regions != ("*",) or not region else (region,),
    )


def _only(values: Iterable[str]) -> str:
    found = {value for value in values if value}
    return found.pop() if len(found) == 1 else ""


def _region(failure: Failure) -> str:
    """The Region of the resource, else that of the event."""
    parts = failure.resource.split(":", 5)
    return parts[3] if len(parts) == 6 and parts[3] not in ("", "*") else failure.region
