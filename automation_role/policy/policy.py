"""Statement, Policy: merge, pack into IAM's quotas, to JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ..errors import AutomationRoleError
from ..values.patterns import Bound, Pattern, Slot
from ..values.place import Place
from ..values.tokens import is_opaque

if TYPE_CHECKING:
    from ..values.calls import Condition, Permission

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: characters, white space not counted.
INLINE_QUOTA: Final = 10_240  # all inline policies of a role together
MANAGED_QUOTA: Final = 6_144  # one managed policy
MANAGED_COUNT: Final = 10  # managed policies attached to a role

VERSION: Final = "2012-10-17"
_EMPTY: Final = len(json.dumps({"Version": VERSION, "Statement": []}, separators=(",", ":")))


class PolicySizeError(AutomationRoleError):
    """Statements do not fit into IAM's quotas.

    Attributes:
        needed: managed policies that would be needed; `None` when one statement alone is too long to be split further.
        allowed: managed policies that may be used.
        characters: characters of all the statements together.
    """

    def __init__(self, needed: int | None, allowed: int, characters: int) -> None:
        self.needed, self.allowed, self.characters = needed, allowed, characters
        what = "one of their statements alone is too long" if needed is None else f"{needed} managed policies beside the inline one"
        super().__init__(
            f"the policy's statements need {characters:,} characters, {what} → IAM allows {allowed} more managed policies of "
            f"{MANAGED_QUOTA:,} characters here; split the runbooks over several roles"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a policy, as IAM means it.

    Attributes:
        sid: its id, letters and digits; empty for none.
        effect: `Allow` or `Deny`.
        actions: IAM actions, sorted.
        resources: ARNs with holes; empty in a trust policy.
        conditions: (operator, key, values), sorted.
        principals: of a trust policy: (kind, names), `("Service", ("ssm.amazonaws.com",))`.
    """

    sid: str = ""
    effect: str = "Allow"
    actions: tuple[str, ...]
    resources: tuple[Pattern, ...] = ()
    conditions: tuple[Condition, ...] = ()
    principals: tuple[tuple[str, tuple[Pattern, ...]], ...] = ()

    def patterns(self) -> Iterator[Pattern]:
        """Every text in it that may have holes."""
        yield from self.resources
        for _, _, values in self.conditions:
            yield from values
        for _, names in self.principals:
            yield from names

    def to_json(self, context: Place) -> dict[str, Any]:
        """The statement in IAM's JSON, its holes filled from where the role lives."""
        written: dict[str, Any] = {"Sid": self.sid} if self.sid else {}
        written["Effect"] = self.effect
        if self.principals:
            written["Principal"] = {kind: _write(names, context) for kind, names in self.principals}
        written["Action"] = list(self.actions)
        if self.resources:
            written["Resource"] = _write(self.resources, context)
        if self.conditions:
            condition: dict[str, Any] = {}
            for operator, key, values in self.conditions:
                texts = _write(values, context)
                if key == "iam:PassedToService" and context.in_china:
                    texts = _also_in_china(texts)
                condition.setdefault(operator, {})[key] = texts[0] if len(texts) == 1 else texts
            written["Condition"] = condition
        return written


# Services to which roles are passed in China under another name, while they are trusted there under the usual one; AWS's managed policies
# name both: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECS_FullAccess.html
_PASSED_IN_CHINA: Final = {
    "application-autoscaling.amazonaws.com": "application-autoscaling.amazonaws.com.cn",
    "ec2.amazonaws.com": "ec2.amazonaws.com.cn",
}


def _also_in_china(services: list[str]) -> list[str]:
    return list(dict.fromkeys(name for service in services for name in (service, _PASSED_IN_CHINA.get(service, service))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A policy in the pieces that IAM's quotas ask for; `inline` may be empty."""

    inline: Policy
    managed: tuple[Policy, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Statements in an order that is the same in every process."""

    statements: tuple[Statement, ...]

    @classmethod
    def of(cls, permissions: Iterable[Permission]) -> Policy:
        """The permissions, merged into few statements that allow exactly the same.

        Statements stay within one service and have unique, readable `Sid`s.
        """
        return cls(_named(_merged(permissions)))

    def names_role(self) -> bool:
        """Whether a statement names the role that runs the automations, and so needs its ARN."""
        patterns = (pattern for statement in self.statements for pattern in statement.patterns())
        return any(Slot.ROLE in pattern.parts for pattern in patterns)

    def to_json(self, context: Place) -> dict[str, Any]:
        """The policy document in IAM's JSON."""
        return {"Version": VERSION, "Statement": [statement.to_json(context) for statement in self.statements]}

    def size(self, context: Place) -> int:
        """Characters as IAM counts them, CDK tokens at the longest they can become."""
        sizes = [_size(statement, _measuring(context)) for statement in self.statements]
        return _EMPTY + sum(sizes) + max(0, len(sizes) - 1)

    def pack(self, context: Place, *, inline: int = INLINE_QUOTA, managed: int = MANAGED_COUNT) -> Packed:
        """Spread the statements over one inline policy and as many managed ones as needed.

        Args:
            context: where the role lives; sizes do not depend on the text of its tokens.
            inline: characters still free in the role's inline policies.
            managed: managed policies that may still be attached.

        Raises:
            PolicySizeError: they do not fit.
        """
        measuring = _measuring(context)
        pieces = [piece for statement in self.statements for piece in _split(statement, measuring)]
        bins: list[tuple[int, list[Statement]]] = [(inline, []), *((MANAGED_QUOTA, []) for _ in range(managed))]
        used = [_EMPTY for _ in bins]
        for piece, size in pieces:
            at = next((i for i, (quota, _) in enumerate(bins) if used[i] + size <= quota), None)
            if at is None:
                raise _too_large([each for _, each in pieces], managed)
            used[at] += size + 1
            bins[at][1].append(piece)
        policies = [Policy(tuple(statements)) for _, statements in bins]
        return Packed(inline=policies[0], managed=tuple(policy for policy in policies[1:] if policy.statements))


def _write(patterns: Iterable[Pattern], context: Place) -> list[str]:
    return list(dict.fromkeys(text for pattern in patterns for text in context.write(pattern)))


# -- merging -----------------------------------------------------------------------------------------------------------------------


def _merged(permissions: Iterable[Permission]) -> list[Statement]:
    """Each action under the same conditions once, with all its resources; then actions of one service that share them together."""
    resources: dict[tuple[str, tuple[Condition, ...]], dict[Pattern, None]] = {}
    for permission in permissions:
        key = (permission.action, _sorted_conditions(permission.conditions))
        resources.setdefault(key, {}).update(dict.fromkeys(permission.resources))
    needed = _any_of({key: _widest(patterns) for key, patterns in resources.items()})
    together: dict[tuple[str, tuple[Condition, ...], tuple[Pattern, ...]], list[str]] = {}
    for (action, conditions), patterns in needed.items():
        unconditioned = needed.get((action, ()), ()) if conditions else ()
        left = tuple(p for p in patterns if not any(wide.covers(p) for wide in unconditioned))
        if left:
            together.setdefault((action.partition(":")[0], conditions, left), []).append(action)
    statements = [
        Statement(actions=tuple(sorted(actions)), resources=patterns, conditions=conditions)
        for (_, conditions, patterns), actions in together.items()
    ]
    return sorted(statements, key=_order)


# Operators of which one value that matches is enough.
_ONE_OF: Final = frozenset({"ArnEquals", "ArnLike", "Bool", "StringEquals", "StringLike"})


def _any_of(
    needed: dict[tuple[str, tuple[Condition, ...]], tuple[Pattern, ...]],
) -> dict[tuple[str, tuple[Condition, ...]], tuple[Pattern, ...]]:
    """An action on the same resources under one condition each, which differ in their values alone: once, with all the values."""
    values: dict[tuple[str, str, str, tuple[Pattern, ...]], dict[Pattern, None]] = {}
    made: dict[tuple[str, tuple[Condition, ...]], tuple[Pattern, ...]] = {}
    for (action, conditions), patterns in needed.items():
        if len(conditions) == 1 and conditions[0][0] in _ONE_OF:
            operator, key, some = conditions[0]
            values.setdefault((action, operator, key, patterns), {}).update(dict.fromkeys(some))
        else:
            made[action, conditions] = patterns
    for (action, operator, key, patterns), found in values.items():
        condition = (operator, key, _widest(found) if operator.endswith("Like") else tuple(sorted(found, key=Pattern.sort_key)))
        made[action, (condition,)] = _widest((*made.get((action, (condition,)), ()), *patterns))
    return made


def _widest(patterns: Iterable[Pattern]) -> tuple[Pattern, ...]:
    """The patterns that no other one covers, sorted."""
    kept: list[Pattern] = []
    for pattern in sorted(patterns, key=Pattern.sort_key):
        if not any(wide.covers(pattern) for wide in kept):
            kept = [narrow for narrow in kept if not pattern.covers(narrow)]
            kept.append(pattern)
    return tuple(kept)


def _sorted_conditions(conditions: Sequence[Condition]) -> tuple[Condition, ...]:
    return tuple(
        sorted(
            ((operator, key, tuple(sorted(dict.fromkeys(values), key=Pattern.sort_key))) for operator, key, values in conditions),
            key=lambda condition: condition[:2],
        )
    )


def _order(statement: Statement) -> tuple[Any, ...]:
    return (
        statement.actions[0].partition(":")[0],
        [resource.sort_key() for resource in statement.resources],
        [(operator, key, [value.sort_key() for value in values]) for operator, key, values in statement.conditions],
        statement.actions,
    )


# -- names -------------------------------------------------------------------------------------------------------------------------

_KIND = re.compile(r"[a-z][a-z-]*(?=[/:*]|$)", re.IGNORECASE)


def _named(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with readable `Sid`s: the service, then the one action or the kind of resource; a number where two are the same.

    IAM takes letters and digits alone: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
    """
    taken: dict[str, int] = {}
    named = []
    for statement in statements:
        sid = _sid(statement)
        taken[sid] = taken.get(sid, 0) + 1
        named.append(replace(statement, sid=sid if taken[sid] == 1 else f"{sid}N{taken[sid]}"))
    return tuple(named)


def _sid(statement: Statement) -> str:
    prefix, _, name = statement.actions[0].partition(":")
    if len(statement.actions) > 1:
        kinds = list(dict.fromkeys(_kind(resource) for resource in statement.resources))
        name = "On" + "And".join(_camel(kind) for kind in kinds) if len(kinds) <= 2 else f"On{len(kinds)}Kinds"
    return _camel(prefix) + _camel(name)


def _kind(resource: Pattern) -> str:
    """What an ARN is of: `instance` in `arn:{P}:ec2:{R}:{A}:instance/*`, else `Any`."""
    if resource.is_any:
        return "Any"
    skeleton = "".join(part if isinstance(part, str) else "*" for part in resource.parts)
    pieces = skeleton.split(":", 5)
    match = _KIND.match(pieces[5]) if len(pieces) == 6 else None
    return match[0] if match else "Named"


def _camel(text: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", text))


# -- packing -----------------------------------------------------------------------------------------------------------------------


def _measuring(context: Place) -> Place:
    """The same place with every token at the longest text it can have: sizes must not depend on how long a token's text is."""
    return replace(
        context,
        partition=_longest(context.partition, "aws-us-gov"),
        account=_longest(context.account, "123456789012"),
        regions=tuple(_longest(region, "ap-southeast-1") for region in context.regions),
        role_arn=context.role_arn and _longest(context.role_arn, "arn:aws-us-gov:iam::123456789012:role/" + "x" * 64),
    )


def _longest(text: str, longest: str) -> str:
    return longest if is_opaque(text) else text


# What a bound value becomes is CloudFormation's to know: most are names and ids, at most 64 characters; ARNs are longer.
_BOUND_SIZE: Final = 128


def _size(statement: Statement, measuring: Place) -> int:
    measured = replace(statement, resources=tuple(_measurable(resource, i) for i, resource in enumerate(statement.resources)))
    return len(json.dumps(measured.to_json(measuring), separators=(",", ":"), ensure_ascii=False))


def _measurable(pattern: Pattern, index: int) -> Pattern:
    if not any(isinstance(part, Bound) and is_opaque(part.value) for part in pattern.parts):
        return pattern
    filler = str(index).rjust(_BOUND_SIZE, "x")
    return Pattern(tuple(filler if isinstance(part, Bound) and is_opaque(part.value) else part for part in pattern.parts))


def _split(statement: Statement, measuring: Place) -> list[tuple[Statement, int]]:
    """Pieces that each fit into a managed policy, with their sizes; allowing all the pieces allows exactly what the statement did."""
    first, *others = _halves(statement, measuring)
    named = [replace(piece, sid=f"{piece.sid}Part{i}") if piece.sid else piece for i, (piece, _) in enumerate(others, 2)]
    return [first, *((piece, _size(piece, measuring)) for piece in named)]


def _halves(statement: Statement, measuring: Place) -> list[tuple[Statement, int]]:
    size = _size(statement, measuring)
    if _EMPTY + size <= MANAGED_QUOTA:
        return [(statement, size)]
    if half := len(statement.resources) // 2:
        halves = [replace(statement, resources=part) for part in (statement.resources[:half], statement.resources[half:])]
    elif half := len(statement.actions) // 2:
        halves = [replace(statement, actions=part) for part in (statement.actions[:half], statement.actions[half:])]
    else:
        return [(statement, size)]
    return [piece for part in halves for piece in _halves(part, measuring)]


def _too_large(sizes: Sequence[int], managed: int) -> PolicySizeError:
    characters = sum(sizes) + len(sizes)
    unsplittable = any(_EMPTY + size > MANAGED_QUOTA for size in sizes)
    room = MANAGED_QUOTA - _EMPTY
    needed = None if unsplittable else max(managed + 1, -(-characters // room))
    return PolicySizeError(needed, managed, characters)
