"""Condition operators: each row of the tables that AWS prints, then the corners that its prose has."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation_role.iam.conditions import Hidden, PolicyCondition
from automation_role.iam.context import given_context
from automation_role.iam.logic import Undecided, negate

OPERATORS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
SETS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html"
VARIABLES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"

ABSENT = object()


def holds(operator: str, values: Any, given_value: Any, *, key: str = "aws:key", **others: Any) -> Any:
    context = dict(others) if given_value is ABSENT else {key: given_value, **others}
    return PolicyCondition(operator=operator, key=key, values=tuple(values)).holds(given_context(context))


ARN = "arn:aws:sns:us-west-2:123456789012:TOPIC-ID"
EXECUTION = "arn:aws:ssm:us-east-1:111122223333:automation-execution/1"

CASES = [
    # String operators
    (OPERATORS, "StringEquals", ["iamuser-admin"], "iamuser-admin", True),
    (OPERATORS, "StringEquals", ["iamuser-admin"], "dev-ops", False),
    (OPERATORS, "StringEquals", ["iamuser-admin"], ABSENT, False),
    (OPERATORS, "StringEquals", ["a", "b"], "b", True),  # several values of the policy: one is enough
    (OPERATORS, "StringEquals", ["Admin"], "admin", False),  # values mind their case
    (OPERATORS, "StringEquals", ["a*"], "ab", False),  # no wildcards
    (OPERATORS, "StringEquals", ["a*"], "a*", True),
    (OPERATORS, "StringNotEquals", ["a"], "b", True),
    (OPERATORS, "StringNotEquals", ["a"], "a", False),
    (OPERATORS, "StringNotEquals", ["a", "b"], "b", False),  # several values: none may match
    (OPERATORS, "StringNotEquals", ["a"], ABSENT, True),
    (OPERATORS, "StringEqualsIgnoreCase", ["Admin"], "aDMIN", True),
    (OPERATORS, "StringNotEqualsIgnoreCase", ["Admin"], "aDMIN", False),
    (OPERATORS, "StringNotEqualsIgnoreCase", ["Admin"], ABSENT, True),
    (OPERATORS, "StringLike", ["home/*"], "home/martha", True),
    (OPERATORS, "StringLike", ["home/?"], "home/martha", False),
    (OPERATORS, "StringLike", ["home/*"], ABSENT, False),
    (OPERATORS, "StringNotLike", ["home/*"], "home/martha", False),
    (OPERATORS, "StringNotLike", ["home/*"], ABSENT, True),
    # ARN operators: Equals and Like are the same, and each of the six parts is compared on its own
    (OPERATORS, "ArnEquals", [ARN], ARN, True),
    (OPERATORS, "ArnEquals", [ARN], ARN.replace("123456789012", "777788889999"), False),
    (OPERATORS, "ArnEquals", [ARN], ABSENT, False),
    (OPERATORS, "ArnEquals", ["arn:aws:sns:*:123456789012:TOPIC-*"], ARN, True),
    (OPERATORS, "ArnLike", ["arn:aws:ssm:*:111122223333:automation-execution/*"], EXECUTION, True),
    (OPERATORS, "ArnLike", ["arn:aws:ssm:*:444455556666:automation-execution/*"], EXECUTION, False),
    (OPERATORS, "ArnLike", ["arn:*:us-east-1:1:log-group:a"], "arn:aws:logs:us-east-1:1:log-group:a", False),  # * takes one part here …
    (OPERATORS, "StringLike", ["arn:*:us-east-1:1:log-group:a"], "arn:aws:logs:us-east-1:1:log-group:a", True),  # … and two in a text
    (OPERATORS, "ArnLike", ["arn:aws:logs:*:*:log-group:*"], "arn:aws:logs:us-east-1:1:log-group:a:b", True),  # the sixth has colons
    (OPERATORS, "ArnNotLike", ["arn:aws:ssm:*:111122223333:automation-execution/*"], EXECUTION, False),
    (OPERATORS, "ArnNotEquals", [ARN], ABSENT, True),
    # Boolean
    (OPERATORS, "Bool", ["false"], "false", True),
    (OPERATORS, "Bool", ["false"], True, False),
    (OPERATORS, "Bool", ["true"], True, True),
    (OPERATORS, "Bool", ["false"], ABSENT, False),
    # Numeric and date
    (OPERATORS, "NumericLessThanEquals", ["10"], 10, True),
    (OPERATORS, "NumericLessThanEquals", ["10"], "20", False),
    (OPERATORS, "NumericLessThanEquals", ["10"], ABSENT, False),
    (OPERATORS, "NumericEquals", ["10"], "10.0", True),
    (OPERATORS, "NumericNotEquals", ["10"], "10.0", False),
    (OPERATORS, "NumericNotEquals", ["10"], ABSENT, True),
    (OPERATORS, "NumericGreaterThan", ["9"], "10", True),  # as numbers, not as texts
    (OPERATORS, "NumericLessThan", ["9"], "10", False),
    (OPERATORS, "NumericGreaterThanEquals", ["10"], "9", False),
    (OPERATORS, "DateGreaterThan", ["2020-01-01T00:00:01Z"], "2020-01-01T00:00:02Z", True),
    (OPERATORS, "DateGreaterThan", ["2020-01-01T00:00:01Z"], "2019-12-31", False),
    (OPERATORS, "DateLessThan", ["2020-01-01T00:00:01Z"], "1577836800", True),  # seconds since 1970
    (OPERATORS, "DateEquals", ["2020-01-01T00:00:00Z"], "2020-01-01T01:00:00+01:00", True),
    (OPERATORS, "DateNotEquals", ["2020-01-01T00:00:00Z"], ABSENT, True),
    # IP address
    (OPERATORS, "IpAddress", ["203.0.113.0/24"], "203.0.113.1", True),
    (OPERATORS, "IpAddress", ["203.0.113.0/24"], "198.51.100.1", False),
    (OPERATORS, "IpAddress", ["203.0.113.0/24", "2001:DB8:1234:5678::/64"], "2001:db8:1234:5678::1", True),
    (OPERATORS, "IpAddress", ["203.0.113.7"], "203.0.113.7", True),  # /32 when no prefix is given
    (OPERATORS, "IpAddress", ["203.0.113.0/24"], ABSENT, False),
    (OPERATORS, "NotIpAddress", ["203.0.113.0/24"], "203.0.113.1", False),
    (OPERATORS, "NotIpAddress", ["203.0.113.0/24"], ABSENT, True),
    # …IfExists
    (OPERATORS, "StringEqualsIfExists", ["a"], ABSENT, True),
    (OPERATORS, "StringEqualsIfExists", ["a"], "b", False),
    (OPERATORS, "StringNotEqualsIfExists", ["a"], ABSENT, True),
    (OPERATORS, "BoolIfExists", ["true"], False, False),
    (OPERATORS, "ForAnyValue:StringEqualsIfExists", ["a"], ABSENT, True),
    # Null
    (OPERATORS, "Null", ["true"], ABSENT, True),
    (OPERATORS, "Null", ["true"], "a", False),
    (OPERATORS, "Null", ["false"], "a", True),
    (OPERATORS, "Null", ["false"], ABSENT, False),
    # Set operators
    (SETS, "ForAllValues:StringEquals", ["environment", "cost-center"], ["environment"], True),
    (SETS, "ForAllValues:StringEquals", ["environment", "cost-center"], ["environment", "cost-center"], True),
    (SETS, "ForAllValues:StringEquals", ["environment", "cost-center"], ["environment", "dept"], False),
    (SETS, "ForAllValues:StringEquals", ["environment", "cost-center"], ABSENT, True),
    (SETS, "ForAnyValue:StringEquals", ["environment", "cost-center"], ["cost-center"], True),
    (SETS, "ForAnyValue:StringEquals", ["environment", "cost-center"], ["environment", "dept"], True),
    (SETS, "ForAnyValue:StringEquals", ["environment", "cost-center"], ["dept"], False),
    (SETS, "ForAnyValue:StringEquals", ["environment", "cost-center"], ABSENT, False),
    (OPERATORS, "ForAllValues:StringNotEquals", ["a"], ["b", "c"], True),  # none of the request's values may match
    (OPERATORS, "ForAllValues:StringNotEquals", ["a"], ["a", "c"], False),
    (OPERATORS, "ForAnyValue:StringNotEquals", ["a"], ["a", "c"], True),  # one of them must not
    (OPERATORS, "ForAnyValue:StringNotEquals", ["a"], ["a"], False),
    (SETS, "ForAnyValue:StringNotEquals", ["a"], ABSENT, False),
    (OPERATORS, "ForAnyValue:ArnLike", ["arn:aws:ssm:*:*:document/X"], [EXECUTION, "arn:aws:ssm:us-east-1::document/X"], True),
    # names of operators and keys ignore case
    (OPERATORS, "foranyvalue:stringequals", ["a"], ["a"], True),
]


@pytest.mark.parametrize(("source", "operator", "values", "value", "expected"), CASES, ids=[f"{c[1]}-{i}" for i, c in enumerate(CASES)])
def test_holds_as_aws_documents_it(source, operator, values, value, expected):
    assert holds(operator, values, value) is expected, source


def test_condition_keys_ignore_case():
    condition = PolicyCondition(operator="StringEquals", key="AWS:principalACCOUNT", values=("1",))
    assert condition.holds(given_context({"aws:PrincipalAccount": "1"})) is True


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("StringEquals", "Bob", True),
        ("StringEquals", "Eve", False),
        ("StringLike", "Bob", True),
        ("StringNotEquals", "Bob", False),
    ],
)
def test_a_variable_is_the_requests_value(operator, value, expected):
    assert holds(operator, ["${aws:username}"], value, **{"aws:username": "Bob"}) is expected, VARIABLES


@pytest.mark.parametrize(("operator", "expected"), [("StringEquals", False), ("StringLike", False), ("StringNotEquals", True)])
def test_a_variable_without_value_equals_nothing(operator, expected):
    assert holds(operator, ["${aws:PrincipalTag/Team}"], "x") is expected, VARIABLES


def test_without_the_newer_version_a_variable_is_plain_text():
    condition = PolicyCondition(operator="StringEquals", key="aws:key", values=("${aws:username}",), variables=False)
    assert condition.holds(given_context({"aws:key": "Bob", "aws:username": "Bob"})) is False
    assert condition.holds(given_context({"aws:key": "${aws:username}"})) is True


@pytest.mark.parametrize(
    ("operator", "values", "value"),
    [
        ("BinaryEquals", ["QQ=="], "QQ=="),
        ("StringEqual", ["a"], "a"),
        ("NullIfExists", ["true"], "a"),
        ("StringEquals", ["a"], ["a", "b"]),  # a set without a set operator
        ("NumericEquals", ["ten"], "10"),
        ("IpAddress", ["here"], "10.0.0.1"),
        ("DateLessThan", ["soon"], "2020-01-01"),
        ("DateLessThan", ["9" * 30], "2020-01-01"),
        ("ArnLike", ["*"], "arn:aws:iam::1:role/x"),  # not six parts
    ],
)
def test_rejects_to_guess(operator, values, value):
    assert isinstance(holds(operator, values, value), Undecided)


@pytest.mark.parametrize(("operator", "values"), [("StringEquals", ["a"]), ("StringNotEquals", ["a"]), ("StringEqualsIfExists", ["a"])])
def test_a_key_that_iam_adds_and_nobody_set_is_unknown(operator, values):
    hidden = {"aws:sourceip": Hidden("aws:SourceIp", certain=False)}
    assert isinstance(PolicyCondition(operator=operator, key="aws:SourceIp", values=tuple(values)).holds(hidden), Undecided)


@pytest.mark.parametrize(("certain", "expected"), [(True, False), (False, None)])
def test_null_is_answered_when_the_key_is_there_for_certain(certain, expected):
    found = PolicyCondition(operator="Null", key="aws:k", values=("true",)).holds({"aws:k": Hidden("aws:k", certain=certain)})
    assert isinstance(found, Undecided) if expected is None else found is expected


texts = st.sampled_from(["a", "b", "ab"])
POSITIVE = ["StringEquals", "StringLike", "StringEqualsIgnoreCase"]


@given(operator=st.sampled_from(POSITIVE), values=st.lists(texts, min_size=1), value=st.none() | texts)
def test_a_negated_operator_is_the_opposite(operator, values, value):
    negated = operator.replace("String", "StringNot")
    assert holds(negated, values, value) is negate(holds(operator, values, value))


@given(operator=st.sampled_from(POSITIVE), values=st.lists(texts, min_size=1), value=st.lists(texts, min_size=1))
def test_set_operators_are_each_others_complement(operator, values, value):
    negated = operator.replace("String", "StringNot")
    assert holds(f"ForAllValues:{operator}", values, value) is negate(holds(f"ForAnyValue:{negated}", values, value))
