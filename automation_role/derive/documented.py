"""What AWS documents for its own runbooks whose scripts are not published: used only where nothing could be derived, and labelled.

A page lists actions, not resources: each is allowed on every resource of its types. `iam:PassRole` is left out, because a page does not say
which role is passed to which service.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ..catalog import aws_runbooks
from ..catalog.aws_runbooks import Documented
from ..findings import BY_HAND, Finding
from ..runbook.model import Runbook
from ..values.arns import is_aws_owned
from ..values.calls import Origin, Permission

_UNREAD: Final = "attachedScript"
_PASS: Final = "iam:PassRole"  # noqa: S105  (an action)


def documented_for(
    runbook: Runbook, derived: Iterable[Permission], findings: Sequence[Finding]
) -> tuple[tuple[Permission, ...], tuple[Finding, ...]]:
    """What AWS's page about a runbook adds to what was derived.

    Args:
        runbook: any; only AWS-owned ones have a page.
        derived: all permissions of its steps.
        findings: all about it.

    Returns:
        The permissions that are documented but were not derived, with the unread steps as origins; and the findings, where those
        that the page covers are information.
    """
    unread = [finding for finding in findings if finding.id == _UNREAD]
    page = aws_runbooks.documented(runbook.name) if unread and is_aws_owned(runbook.name) else None
    if page is None:
        return (), tuple(findings)
    from .stacks import anywhere  # most runbooks are not AWS's

    known = {permission.action.lower() for permission in derived}
    origins = tuple(dict.fromkeys(Origin(runbook.name, finding.step, finding.line) for finding in unread))
    permissions = tuple(
        Permission(action=action, resources=anywhere(action), origins=origins, documented=page.url)
        for action in page.actions
        if action.lower() not in known and action != _PASS
    )
    answered = [unread[0]._replace(message=_message(page, len(origins), _PASS.lower() in known))]
    answered += [finding._replace(message=_OTHERS.format(unread[0].step)) for finding in unread[1:]]
    others = [finding for finding in findings if finding.id != _UNREAD]
    return permissions, (*(finding._replace(id="documentedPermissions") for finding in answered), *others)


_OTHERS: Final = "the script is in an attachment that AWS does not publish; what AWS documents for it is among the permissions of step {!r}"


def _message(page: Documented, steps: int, passes: bool) -> str:  # noqa: FBT001
    """The findings about the steps that the page covers."""
    whose = "the script of this step is" if steps == 1 else f"the scripts of {steps} steps are"
    unclear = f"; the page also lists {_PASS}, but neither the role nor the service; add it {BY_HAND}"
    return (
        f"{whose} in attachments that AWS does not publish; the policy has the actions that AWS's page about the runbook lists (documented "
        f"by AWS, not derived): {page.url} (read {page.read}){unclear if _PASS in page.actions and not passes else ''}"
    )
