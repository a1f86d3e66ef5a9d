"""What a role allows but no runbook needs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from ..catalog import operations as catalog
from ..iam.decision import judge
from ..iam.identities import Identity, rails_of
from ..iam.logic import Undecided
from ..iam.statements import PolicyStatement, Request, actions_like
from ..iam.text import opaques, wild
from ..policy import script_logs
from ..values.placeholders import ACCOUNT
from .coverage import Need, request_of
from .not_in_runbooks import needed_when
from .report import Unused


def unused(role: Identity, asked: Iterable[Need], *, scripts: bool = False) -> tuple[Unused, ...]:
    """The entries of statements that allow more than is needed, in the order of the policies.

    An action that an explicit deny or the permissions boundary blocks everywhere is not allowed, so it isn't reported. If something other than
    the runbooks decides whether an entry is needed, the entry says so (`needed_when`).

    Args:
        role: whose policies.
        asked: what the runbooks need.
        scripts: whether a runbook has scripts. If the account logs their output, writing these logs is needed, which no runbook shows.
    """
    requests = {**_requests(role, asked), **(dict.fromkeys(script_logs.ACTIONS, (None,)) if scripts else {})}
    is_blocked, starts = _blocked_in(role), _starts_as_itself(role)
    found = []
    for document in role.policies:
        for statement in document.statements:
            if statement.effect == "Allow":
                for pattern, actions in _entries(statement):
                    allowed = [action for action in actions if not is_blocked(action)]
                    used = [action for action in allowed if _is_used(statement, requests.get(action, ()))]
                    rest = tuple(sorted(set(allowed).difference(used)))
                    if rest:
                        elsewhere = tuple(action for action in rest if action in requests)
                        found.append(
                            Unused(
                                policy=document.name,
                                statement=statement.label,
                                pattern=pattern,
                                actions=rest,
                                used=tuple(sorted(used)),
                                elsewhere=elsewhere,
                                needed_when="" if elsewhere else needed_when(rest, starts=starts),
                            )
                        )
    return tuple(found)


def _starts_as_itself(role: Identity) -> bool:
    """Whether a role is allowed to start runbooks by their names, and to pass itself."""
    allowed: dict[str, set[str]] = defaultdict(set)
    for document in role.policies:
        for statement in document.statements:
            if statement.effect == "Allow" and not statement.not_actions and not statement.not_resources:
                for action in statement.actions:
                    allowed[action.lower()].update(one.replace(ACCOUNT, role.account) for one in statement.resources)
    return bool(allowed["ssm:startautomationexecution"]) and role.arn in allowed["iam:passrole"]


def _requests(role: Identity, asked: Iterable[Need]) -> Mapping[str, Sequence[Request | None]]:
    """What is needed, by action; `None`: on an unknown resource."""
    requests: dict[str, list[Request | None]] = defaultdict(list)
    for need in asked:
        request = request_of(need.action, need.resource, need.conditions)
        known = None if isinstance(request, Undecided) else replace(request, context={**role.context, **request.context})
        requests[catalog.canonical_action(need.action) or need.action].append(known)
    return requests


def _is_used(statement: PolicyStatement, requests: Iterable[Request | None]) -> bool:
    return any(request is None or statement.about(request, every=False) is not False for request in requests)


def _blocked_in(role: Identity) -> Callable[[str], bool]:
    """Tells whether a deny or the boundary of a role blocks an action on every resource."""
    denies = any(statement.effect == "Deny" for document in role.policies for statement in document.statements)
    if not denies and not rails_of(role):
        return lambda _: False
    return lambda action: judge(role, Request(action, wild("*"), role.context), every=False).truth is False


# -- wildcards -----------------------------------------------------------------------------------------------------------------------


def _entries(statement: PolicyStatement) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each entry of the statement with the actions that it matches; an action counts only for the first entry that matches."""
    known = [pattern for pattern in statement.actions if not opaques(pattern)]
    if statement.not_actions:
        if len(known) == len(statement.actions):
            but = {action for pattern in known for action in expand(pattern)}
            yield f"NotAction {', '.join(known)}", tuple(action for action in expand("*") if action not in but)
        return
    seen: set[str] = set()
    for pattern in known:
        fresh = tuple(action for action in expand(pattern) if action not in seen)
        seen.update(fresh)
        yield pattern, fresh


@cache
def expand(pattern: str) -> tuple[str, ...]:
    """The actions that an entry (`ssm:*`, `EC2:describe*`, `*`) matches, as IAM writes them."""
    if not re.search(r"[*?]", pattern):
        exact = catalog.canonical_action(pattern)
        return (exact,) if exact is not None else ()
    like = actions_like(pattern)
    if like is None:
        return ()
    prefix = pattern.partition(":")[0]
    among = catalog.prefixes() if re.search(r"[*?]", prefix) else (prefix,)
    return tuple(action for each in among for action in catalog.actions(each) if like.fullmatch(action))
