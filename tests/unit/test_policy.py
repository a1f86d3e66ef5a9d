"""Merging never changes what is allowed; packing never loses a statement and keeps IAM's quotas."""

from __future__ import annotations

import fnmatch
import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation_role.policy.pack import PolicySizeError
from automation_role.policy.policy import Policy
from automation_role.policy.quotas import INLINE_QUOTA, MANAGED_QUOTA
from automation_role.values.calls import Condition, Origin, Permission
from automation_role.values.patterns import ANY, Bound, Pattern, Slot
from automation_role.values.place import Place

HERE = Place(partition="aws", account="111122223333", regions=("eu-west-1",), role_arn="arn:aws:iam::111122223333:role/Me")
ORIGIN = (Origin("runbook", "step", 1),)

# Tiny alphabets, so that every text can be tried: brute force is the meaning that merging must keep.
ACTIONS = ["a:Get", "a:Put", "b:Get"]
TEXTS = ["".join(letters) for n in range(4) for letters in itertools.product("xy", repeat=n)]
parts = st.one_of(st.sampled_from(["x", "y", "xy"]), st.just(ANY))
patterns = st.lists(parts, min_size=1, max_size=3).map(lambda found: Pattern(tuple(found)))
# Operators of every kind: of which one value is enough, of which all count, on several values, and on a key that may be absent.
OPERATORS = ["StringEquals", "StringLike", "StringNotEquals", "StringEqualsIfExists", "ForAllValues:StringEquals", "ForAnyValue:StringLike"]
conditions_on_k: st.SearchStrategy[Condition] = st.builds(
    lambda operator, values: (operator, "k", tuple(Pattern.literal(value) for value in values)),
    st.sampled_from(OPERATORS),
    st.lists(st.sampled_from("12"), min_size=1, max_size=2, unique=True),
)
condition_sets = st.one_of(st.just(()), conditions_on_k.map(lambda one: (one,)))
# What a request has of the key: nothing, a value, or several.
KEYS: list[tuple[str, ...]] = [(), ("1",), ("2",), ("3",), ("1", "2"), ("1", "3")]
permissions = st.builds(
    lambda action, resources, conditions: Permission(action=action, resources=tuple(resources), conditions=conditions, origins=ORIGIN),
    st.sampled_from(ACTIONS),
    st.lists(patterns, min_size=1, max_size=3),
    condition_sets,
)


def holds(operator: str, wanted: list[str], sent: tuple[str, ...]) -> bool:
    """One condition, by the plainest reading of IAM's pages."""
    quantifier, _, plain = operator.rpartition(":")
    negated = plain.startswith("StringNot")
    matches = [any(fnmatch.fnmatchcase(value, want) for want in wanted) is not negated for value in sent]
    if quantifier == "ForAllValues":
        return all(matches)
    if not sent and not quantifier:
        return negated or plain.endswith("IfExists")
    return any(matches) if quantifier or not negated else all(matches)


def allowed(statements: list[dict[str, Any]], action: str, text: str, key: tuple[str, ...]) -> bool:
    """What the written JSON allows, by the plainest reading of it."""
    return any(
        action in s["Action"]
        and any(fnmatch.fnmatchcase(text, pattern) for pattern in s["Resource"])
        and all(holds(operator, wanted["k"], key) for operator, wanted in s.get("Condition", {}).items())
        for s in statements
    )


def meaning(statements: list[dict[str, Any]]) -> set[tuple[str, str, tuple[str, ...]]]:
    return {(a, t, k) for a in ACTIONS for t in TEXTS for k in KEYS if allowed(statements, a, t, k)}


def one_each(found: list[Permission]) -> list[dict[str, Any]]:
    return [statement for permission in found for statement in Policy.of([permission]).to_json(HERE)["Statement"]]


@given(st.lists(permissions, max_size=6))
def test_merging_never_changes_what_is_allowed(found: list[Permission]) -> None:
    assert meaning(Policy.of(found).to_json(HERE)["Statement"]) == meaning(one_each(found))


@pytest.mark.parametrize("operator", OPERATORS)
@given(st.lists(conditions_on_k, min_size=2, max_size=3))
def test_merging_conditions_never_changes_what_is_allowed(operator: str, conditions: list[Condition]) -> None:
    found = [
        Permission(action="a:Get", resources=(Pattern((ANY,)),), conditions=((operator, key, values),), origins=ORIGIN)
        for _, key, values in conditions
    ]
    assert meaning(Policy.of(found).to_json(HERE)["Statement"]) == meaning(one_each(found))


@given(st.lists(permissions, max_size=6), st.randoms())
def test_the_order_in_which_permissions_are_found_does_not_matter(found: list[Permission], random: Any) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)
    assert Policy.of(shuffled) == Policy.of(found)


@given(st.lists(permissions, max_size=6))
def test_no_statement_repeats_what_another_one_of_the_same_action_allows(found: list[Permission]) -> None:
    statements = Policy.of(found).statements
    seen = [(action, s.conditions, resource) for s in statements for action in s.actions for resource in s.resources]
    assert len(seen) == len(set(seen))
    for (action, conditions, one), (other, others_conditions, two) in itertools.permutations(seen, 2):
        if action == other and others_conditions in ((), conditions):
            assert not two.covers(one)


@given(patterns, patterns)
def test_a_pattern_covers_another_only_if_it_matches_all_that_the_other_matches(one: Pattern, other: Pattern) -> None:
    (wide,), (narrow,) = HERE.write(one), HERE.write(other)
    texts = ["".join(letters) for n in range(7) for letters in itertools.product("xyz", repeat=n)]  # three parts have up to six letters
    contained = all(fnmatch.fnmatchcase(t, wide) for t in texts if fnmatch.fnmatchcase(t, narrow))
    assert one.covers(other) == contained


def test_a_bound_value_is_ordered_by_its_parameter_and_not_by_its_text() -> None:
    def arns(first: str, second: str) -> list[str]:
        found = [
            Permission(action="s3:GetObject", resources=(Pattern(("arn:", Slot.PARTITION, ":s3:::", bound)),), origins=ORIGIN)
            for bound in (Bound("B", "runbook", second), Bound("A", "runbook", first))
        ]
        resources: list[str] = Policy.of(found).to_json(HERE)["Statement"][0]["Resource"]
        return resources

    assert arns("${Token[Z.9]}", "${Token[A.1]}") == ["arn:aws:s3:::${Token[Z.9]}", "arn:aws:s3:::${Token[A.1]}"]
    assert arns("${Token[A.1]}", "${Token[Z.9]}") == ["arn:aws:s3:::${Token[A.1]}", "arn:aws:s3:::${Token[Z.9]}"]


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        (Pattern.literal("plain"), ("plain",)),
        (Pattern.literal("a*b?c"), ("a${*}b${?}c",)),
        (Pattern.literal("x${aws:username}"), ("x${$}{aws:username}",)),
        (Pattern.literal("$LATEST"), ("$LATEST",)),
        (Pattern.of("a/*") + Pattern.of("*"), ("a/*",)),
        (Pattern.of("{ROLE}"), ("arn:aws:iam::111122223333:role/Me",)),
        (Pattern((Bound("P", "r", "${Token[T.1]}"),)), ("${Token[T.1]}",)),
        (Pattern((Bound("P", "r", "a*"),)), ("a${*}",)),
        (Pattern((Bound("P", "r", "arn:aws:sns:‹REGION›:1:t"),)), ("arn:aws:sns:eu-west-1:1:t",)),
    ],
)
def test_only_the_unknown_part_of_a_resource_is_a_wildcard(pattern: Pattern, written: tuple[str, ...]) -> None:
    assert HERE.write(pattern) == written


def test_a_resource_is_written_once_a_region_and_only_if_it_has_one() -> None:
    two = Place(partition="aws", account="1", regions=("eu-west-1", "us-east-1"))
    assert two.write(Pattern.of("arn:{P}:sns:{R}:{A}:*")) == ("arn:aws:sns:eu-west-1:1:*", "arn:aws:sns:us-east-1:1:*")
    assert two.write(Pattern.of("arn:{P}:s3:::*")) == ("arn:aws:s3:::*",)


def test_an_unknown_role_is_any_role_of_the_account() -> None:
    assert Place(account="1").write(Pattern.of("{ROLE}")) == ("arn:*:iam::1:role/*",)


def test_sids_are_unique_and_have_the_service_and_the_type() -> None:
    def permission(action: str, resource: str) -> Permission:
        return Permission(action=action, resources=(Pattern.of(resource),), origins=ORIGIN)

    policy = Policy.of(
        [
            permission("ec2:StartInstances", "arn:{P}:ec2:{R}:{A}:instance/*"),
            permission("ec2:StopInstances", "arn:{P}:ec2:{R}:{A}:instance/*"),
            permission("ec2:RebootInstances", "arn:{P}:ec2:{R}:{A}:instance/i-1"),
            permission("ec2:GetConsoleOutput", "arn:{P}:ec2:{R}:{A}:instance/i-1"),
            permission("resource-groups:ListGroups", "*"),
        ]
    )
    assert [s.sid for s in policy.statements] == ["Ec2OnInstance", "Ec2OnInstanceN2", "ResourceGroupsListGroups"]


def long_permissions(count: int, value: str = "x" * 60) -> list[Permission]:
    return [
        Permission(action=f"s3:Action{i:04}", resources=(Pattern((f"arn:aws:s3:::{i:04}", Bound("B", f"r{i:04}", value))),), origins=ORIGIN)
        for i in range(count)
    ]


@given(st.integers(0, 120), st.integers(0, INLINE_QUOTA))
def test_packing_keeps_every_statement_and_every_quota(count: int, free: int) -> None:
    policy = Policy.of(long_permissions(count))
    packed = policy.pack(HERE, inline=free)
    pieces = [packed.inline, *packed.managed]
    assert sorted(s.sid for p in pieces for s in p.statements) == sorted(s.sid for s in policy.statements)
    for piece, quota in zip(pieces, [free] + [MANAGED_QUOTA] * len(packed.managed), strict=True):
        if piece.statements:
            assert len(json.dumps(piece.to_json(HERE), separators=(",", ":"))) <= quota


def test_a_size_does_not_depend_on_how_long_the_text_of_a_conditions_token_is() -> None:
    def size(token: str) -> int:
        value = Pattern((Bound("P", "r", token),))
        return Policy.of(
            [
                Permission(
                    action="iam:PassRole",
                    resources=(Pattern.of("{ROLE}"),),
                    origins=ORIGIN,
                    conditions=(("StringEquals", "iam:PassedToService", (value,)),),
                )
            ]
        ).size(HERE)

    assert size("${Token[T.1]}") == size("${Token[T.1234567]}")


def test_packing_does_not_depend_on_how_long_a_tokens_text_is() -> None:
    short, long = (Policy.of(long_permissions(60, f"${{Token[T.{n}]}}")).pack(HERE) for n in ("1", "1234567"))
    assert [len(p.statements) for p in short.managed] == [len(p.statements) for p in long.managed]


def test_a_statement_too_long_for_one_policy_is_split_and_its_pieces_have_their_own_sids() -> None:
    resources = tuple(Pattern.literal(f"arn:aws:s3:::bucket-{i:04}") for i in range(500))
    policy = Policy.of([Permission(action="s3:GetObject", resources=resources, origins=ORIGIN)])
    packed = policy.pack(HERE)
    pieces = [*packed.inline.statements, *(s for p in packed.managed for s in p.statements)]
    assert sorted(r.sort_key() for s in pieces for r in s.resources) == sorted(r.sort_key() for r in resources)
    assert len({s.sid for s in pieces}) == len(pieces) > 1


def test_rejects_what_does_not_fit_into_iams_quotas() -> None:
    with pytest.raises(PolicySizeError, match="split the runbooks over several roles") as raised:
        Policy.of(long_permissions(900)).pack(HERE)
    assert raised.value.needed is not None
    assert raised.value.needed > raised.value.allowed == 10
