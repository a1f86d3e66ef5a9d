"""Identity policies, boundaries and explicit denies: AWS's evaluation logic, case by case, and what must hold for any policies."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation_role.iam.context import given_context, hidden_context
from automation_role.iam.decision import Decision, Outcome, UndecidedError, decide
from automation_role.iam.documents import PolicyDocument, PolicyDocumentError
from automation_role.iam.identities import Identity
from automation_role.iam.statements import Request
from automation_role.values.placeholders import not_known

LOGIC = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html"
BOUNDARIES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
NOT_ACTION = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html"
NOT_RESOURCE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html"
VARIABLES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"


def statement(effect: str = "Allow", action: Any = "s3:*", resource: Any = "*", **others: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **others}


def policy(*statements: dict[str, Any], name: str = "P", version: str = "2012-10-17") -> PolicyDocument:
    return PolicyDocument.read(name, {"Version": version, "Statement": list(statements)})


def who(*policies: PolicyDocument, boundary: PolicyDocument | None = None) -> Identity:
    arn = "arn:aws:iam::111122223333:user/Bob"
    context = {**hidden_context(), **given_context({"aws:username": "Bob", "aws:PrincipalArn": arn})}
    return Identity(
        kind="user", label="Bob", name="Bob", arn=arn, account="111122223333", policies=policies, boundary=boundary, context=context
    )


def ask(identity: Identity, action: str = "s3:GetObject", resource: str = "arn:aws:s3:::b/k", **context: Any) -> Decision:
    return decide(identity, Request.of(action, resource, given_context({key.replace("__", ":"): one for key, one in context.items()})))


EVERYTHING = policy(statement(action="*"), name="Everything")

CASES: list[tuple[str, str, Identity, str, str, bool]] = [
    (LOGIC, "without a policy, nothing is allowed", who(), "s3:GetObject", "arn:aws:s3:::b/k", False),
    (LOGIC, "an allow allows", who(policy(statement())), "s3:GetObject", "arn:aws:s3:::b/k", True),
    (LOGIC, "an explicit deny wins", who(policy(statement(), statement("Deny"))), "s3:GetObject", "arn:aws:s3:::b/k", False),
    (LOGIC, "also one in another policy", who(EVERYTHING, policy(statement("Deny"))), "s3:GetObject", "arn:aws:s3:::b/k", False),
    (LOGIC, "a deny of something else does not", who(policy(statement(), statement("Deny", "s3:Put*"))), "s3:Get", "arn:aws:s3:::b", True),
    (LOGIC, "one of several policies is enough", who(policy(statement(action="ec2:*")), EVERYTHING), "s3:Get", "arn:aws:s3:::b", True),
    (BOUNDARIES, "a boundary alone allows nothing", who(boundary=EVERYTHING), "s3:GetObject", "arn:aws:s3:::b/k", False),
    (BOUNDARIES, "what both allow is allowed", who(EVERYTHING, boundary=policy(statement())), "s3:GetObject", "arn:aws:s3:::b/k", True),
    (BOUNDARIES, "what the boundary lacks is not", who(EVERYTHING, boundary=policy(statement())), "iam:CreateUser", "*", False),
    (BOUNDARIES, "its deny denies", who(EVERYTHING, boundary=policy(statement(), statement("Deny"))), "s3:Get", "arn:aws:s3:::b", False),
    (
        NOT_ACTION,
        "NotAction allows all the others",
        who(policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})),
        "s3:X",
        "*",
        True,
    ),
    (NOT_ACTION, "and not those", who(policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})), "iam:X", "*", False),
    (
        NOT_ACTION,
        "NotAction denies all the others",
        who(EVERYTHING, policy({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"})),
        "s3:X",
        "*",
        False,
    ),
    (
        NOT_RESOURCE,
        "NotResource allows elsewhere",
        who(policy({"Effect": "Allow", "Action": "s3:*", "NotResource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]})),
        "s3:GetObject",
        "arn:aws:s3:::c/k",
        True,
    ),
    (
        NOT_RESOURCE,
        "and not there",
        who(policy({"Effect": "Allow", "Action": "s3:*", "NotResource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]})),
        "s3:GetObject",
        "arn:aws:s3:::b/k",
        False,
    ),
    (
        NOT_RESOURCE,
        "NotResource denies elsewhere",
        who(EVERYTHING, policy({"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"})),
        "s3:GetObject",
        "arn:aws:s3:::c/k",
        False,
    ),
    (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html",
        "action names ignore case",
        who(policy(statement(action="S3:getobject"))),
        "s3:GetObject",
        "arn:aws:s3:::b/k",
        True,
    ),
    (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html",
        "wildcards are for any part of an action",
        who(policy(statement(action="iam:*AccessKey*"))),
        "iam:CreateAccessKey",
        "*",
        True,
    ),
    (
        NOT_RESOURCE,
        "resource names mind their case",
        who(policy(statement(resource="arn:aws:s3:::B/*"))),
        "s3:Get",
        "arn:aws:s3:::b/k",
        False,
    ),
    (
        VARIABLES,
        "a variable is the request's value",
        who(policy(statement(resource="arn:aws:s3:::b/${aws:username}/*"))),
        "s3:GetObject",
        "arn:aws:s3:::b/Bob/k",
        True,
    ),
    (
        VARIABLES,
        "and no other's",
        who(policy(statement(resource="arn:aws:s3:::b/${aws:username}/*"))),
        "s3:GetObject",
        "arn:aws:s3:::b/Eve/k",
        False,
    ),
    (
        VARIABLES,
        "a variable without value matches no resource",
        who(policy(statement(resource="arn:aws:s3:::b/${aws:PrincipalTag/team}*"))),
        "s3:GetObject",
        "arn:aws:s3:::b/",
        False,
    ),
    (
        VARIABLES,
        "its default does",
        who(policy(statement(resource="arn:aws:s3:::b-${aws:PrincipalTag/team, 'company-wide'}"))),
        "s3:ListBucket",
        "arn:aws:s3:::b-company-wide",
        True,
    ),
    (
        VARIABLES,
        "in the older version a variable is plain text",
        who(policy(statement(resource="arn:aws:s3:::b/${aws:username}"), version="2008-10-17")),
        "s3:GetObject",
        "arn:aws:s3:::b/Bob",
        False,
    ),
]


@pytest.mark.parametrize(("source", "case", "identity", "action", "resource", "expected"), CASES, ids=[case[1] for case in CASES])
def test_decides_as_aws_documents_it(source, case, identity, action, resource, expected):
    assert bool(ask(identity, action, resource)) is expected, source


# -- what a decision says ----------------------------------------------------------------------------------------------------------


def test_a_decision_names_the_statement_that_decided():
    found = ask(who(policy(statement(action="ec2:*"), statement(Sid="Reads"), name="Inline")))
    assert (found.outcome, found.policy, found.statement) == (Outcome.ALLOWED, "Inline", "Reads")
    assert repr(found) == "allowed: user 'Bob': s3:GetObject on arn:aws:s3:::b/k: 'Reads' of policy 'Inline' allows it"


def test_a_denial_names_the_statement_that_denies():
    found = ask(who(EVERYTHING, policy(statement("Deny"), name="Guard")))
    assert (found.outcome, found.policy, found.statement) == (Outcome.DENIED, "Guard", "statement 1")
    assert found.reason == "'statement 1' of policy 'Guard' denies it"


@pytest.mark.parametrize(
    ("near", "reason"),
    [
        (statement(action="ec2:*"), "no statement allows it"),
        (
            statement(resource="arn:aws:s3:::c/*"),
            "no statement allows it; 'statement 1' of policy 'P' has the action, but on arn:aws:s3:::c/*",
        ),
        (
            statement(Condition={"StringEquals": {"s3:x": "y"}}),
            "no statement allows it; 'statement 1' of policy 'P' comes closest, but its condition StringEquals s3:x 'y' is not met",
        ),
    ],
)
def test_an_implicit_denial_names_the_statement_that_came_nearest(near, reason):
    assert ask(who(policy(near))).reason == reason


# -- many requests at once ---------------------------------------------------------------------------------------------------------


def test_a_wildcard_asks_about_every_resource():
    assert ask(who(policy(statement(resource="arn:aws:s3:::b*"))), resource="arn:aws:s3:::b/*")


@pytest.mark.parametrize("truth", [True, False])
def test_rejects_to_call_a_part_the_whole_or_nothing(truth):
    """Neither `assert may(…)` nor `assert not may(…)` passes when only some of the resources are allowed."""
    found = ask(who(policy(statement(resource="arn:aws:s3:::b/public/*"))), resource="arn:aws:s3:::b/*")
    assert found.outcome is Outcome.PARTLY
    with pytest.raises(UndecidedError, match="not every such request is allowed"):
        assert bool(found) is truth


def test_a_deny_of_some_is_not_a_deny_of_all():
    found = ask(who(policy(statement(), statement("Deny", resource="arn:aws:s3:::b/secret/*"))), resource="arn:aws:s3:::b/*")
    assert found.outcome is Outcome.PARTLY
    assert found.statement == "statement 2"


def test_a_deny_of_all_of_them_is_a_denial():
    found = ask(who(policy(statement(), statement("Deny", resource="arn:aws:s3:::b*"))), resource="arn:aws:s3:::b/*")
    assert found.outcome is Outcome.DENIED


# -- what is not known -------------------------------------------------------------------------------------------------------------

SOMETHING = PolicyDocument.unreadable("Unknown", "the managed policy 'X' is not known")


def test_rejects_to_answer_when_an_unknown_policy_could_decide():
    found = ask(who(policy(statement()), SOMETHING))  # it may deny
    assert found.outcome is Outcome.UNDECIDED
    with pytest.raises(UndecidedError, match="the managed policy 'X' is not known"):
        bool(found)
    assert ask(who(SOMETHING)).outcome is Outcome.UNDECIDED  # it may allow


def test_answers_when_an_unknown_policy_cannot_change_it():
    assert ask(who(policy(statement("Deny")), SOMETHING)).outcome is Outcome.DENIED
    assert ask(who(boundary=SOMETHING)).outcome is Outcome.DENIED


def test_rejects_to_answer_when_it_is_unknown_whether_the_boundary_allows():
    boundary = policy(statement("Allow", "s3:*", f"arn:aws:s3:::{not_known('the import of X')}"))
    assert ask(who(policy(statement()), boundary=boundary)).outcome is Outcome.UNDECIDED


def test_answers_when_the_unknown_part_is_about_something_else():
    unknown = not_known("the import of 'X'")
    identity = who(policy(statement(), statement("Deny", "ec2:*", unknown), statement("Deny", "s3:*", f"arn:aws:s3:::other/{unknown}")))
    assert ask(identity).outcome is Outcome.ALLOWED
    assert ask(identity, resource="arn:aws:s3:::other/k").outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(
    "unclear",
    [
        not_known("the condition 'C'"),
        {"Effect": not_known("the parameter 'E'"), "Action": "*", "Resource": "*"},
        statement("Deny", Condition=not_known("the condition 'C'")),
        statement("Deny", Condition={"StringEquals": not_known("the condition 'C'")}),
        statement("Deny", not_known("the parameter 'A'")),
        statement("Deny", Condition={"Bool": {"aws:SecureTransport": "false"}}),
    ],
)
def test_rejects_to_answer_when_a_statement_that_is_not_known_could_deny(unclear):
    assert ask(who(policy(statement(), unclear))).outcome is Outcome.UNDECIDED


def test_a_key_that_is_given_settles_it():
    identity = who(policy(statement(), statement("Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})))
    assert ask(identity, aws__SecureTransport=True).outcome is Outcome.ALLOWED
    assert ask(identity, aws__SecureTransport=False).outcome is Outcome.DENIED
    assert ask(identity, aws__SecureTransport=None).outcome is Outcome.ALLOWED  # the request does not have it


@pytest.mark.parametrize("key", [not_known("the parameter 'K'"), f"{not_known('the issuer')}:sub"])
def test_rejects_to_answer_when_a_conditions_key_is_not_known(key):
    assert ask(who(policy(statement(Condition={"StringEquals": {key: "x"}})))).outcome is Outcome.UNDECIDED


# -- what IAM would not take -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            {},
            "policy 'P': not a policy document: {} → a mapping with 'Version' and 'Statement', as `aws iam get-policy-version` prints it",
        ),
        ({"Statement": ["x"]}, "policy 'P': statement 1: 'x' → a mapping"),
        (
            {"Statement": {"Effect": "allow", "Action": "*", "Resource": "*"}},
            "policy 'P': statement 1: Effect is 'allow' → 'Allow' or 'Deny'",
        ),
        ({"Statement": statement(Sid="S") | {"NotAction": "x"}}, "policy 'P': S: has Action and NotAction → one of Action and NotAction"),
        (
            {"Statement": {"Effect": "Allow", "Action": "*"}},
            "policy 'P': statement 1: has neither Resource nor NotResource → one of Resource and NotResource",
        ),
        ({"Statement": statement(Actions="x")}, "policy 'P': statement 1: unknown element 'Actions'; did you mean 'Action'?"),
        ({"Statement": statement(action=[])}, "policy 'P': statement 1: Action is [] → a string or a list of strings"),
        (
            {"Statement": statement(Principal="*")},
            "policy 'P': statement 1: has a Principal → a policy of a user, group or role has none",
        ),
        ({"Statement": statement(Condition=[])}, "policy 'P': statement 1: Condition is [] → a mapping of operators"),
        (
            {"Statement": statement(Condition={None: {}})},
            "policy 'P': statement 1: Condition has the key None → strings; write it in quotes",
        ),
        (
            {"Statement": statement(Condition={"Bool": {True: "a"}})},
            "policy 'P': statement 1: Condition has the key True → strings; write it in quotes",
        ),
    ],
)
def test_rejects_a_document_that_iam_would_not_take(data, message):
    with pytest.raises(PolicyDocumentError) as raised:
        PolicyDocument.read("P", data)
    assert str(raised.value) == message


def test_rejects_a_trust_policy_with_resources():
    data = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}}
    with pytest.raises(PolicyDocumentError) as raised:
        PolicyDocument.read("P", data, trust=True)
    assert str(raised.value) == "policy 'P': statement 1: has Resource → a trust policy has none; leave it out"


@pytest.mark.parametrize(
    "write", [json.dumps, lambda data: quote(json.dumps(data), safe=""), lambda data: f" {json.dumps(data, indent=2)}\n"]
)
def test_a_document_may_be_a_text(write):
    """CloudFormation takes JSON as text, and IAM's API gives it percent-encoded."""
    data = {"Version": "2012-10-17", "Statement": [statement()]}
    assert PolicyDocument.read("P", write(data)) == PolicyDocument.read("P", data)


# -- any policies ------------------------------------------------------------------------------------------------------------------

actions = st.sampled_from(["a:Get", "a:Put", "b:Get"])
patterns = st.text(alphabet="xy*?", min_size=1, max_size=3)
condition_blocks = st.sampled_from(
    [{}, {"StringEquals": {"k": "1"}}, {"StringNotEquals": {"k": "1"}}, {"StringLikeIfExists": {"k": "1*"}}, {"Null": {"k": "true"}}]
)
effects = st.sampled_from(["Allow", "Deny"])


@st.composite
def statements(draw: st.DrawFn, effect: st.SearchStrategy[str] = effects) -> dict[str, Any]:
    return {
        "Effect": draw(effect),
        draw(st.sampled_from(["Action", "NotAction"])): draw(st.lists(actions | st.just("a:*"), min_size=1, max_size=2)),
        draw(st.sampled_from(["Resource", "NotResource"])): draw(st.lists(patterns, min_size=1, max_size=2)),
        "Condition": draw(condition_blocks),
    }


policies = st.lists(statements(), max_size=4)
requests = st.tuples(actions, st.text(alphabet="xyz", min_size=1, max_size=3), st.sampled_from([{}, {"k": "1"}, {"k": "2"}]))


def outcome(found: list[dict[str, Any]], request: tuple[str, str, dict[str, str]], boundary: list[dict[str, Any]] | None = None) -> bool:
    bounded = None if boundary is None else policy(*boundary, name="Boundary")
    return bool(decide(who(policy(*found), boundary=bounded), Request.of(request[0], request[1], given_context(request[2]))))


@settings(max_examples=60)
@given(found=policies, request=requests, more=statements(st.just("Allow")))
def test_adding_an_allow_never_takes_one_away(found, request, more):
    assert outcome([*found, more], request) >= outcome(found, request)


@settings(max_examples=60)
@given(found=policies, request=requests, more=statements(st.just("Deny")))
def test_adding_a_deny_never_gives_one(found, request, more):
    assert outcome([*found, more], request) <= outcome(found, request)


@settings(max_examples=60)
@given(found=policies, request=requests)
def test_a_deny_that_applies_wins_whatever_else_there_is(found, request):
    deny = {"Effect": "Deny", "Action": request[0], "Resource": request[1]}
    assert outcome([*found, deny], request) is False


@settings(max_examples=60)
@given(found=policies, request=requests, boundary=policies)
def test_a_boundary_never_gives_and_both_must_allow(found, request, boundary):
    assert outcome(found, request, boundary) is (outcome(found, request) and outcome(boundary, request))


@settings(max_examples=60)
@given(found=policies, request=requests, order=st.randoms(use_true_random=False))
def test_the_order_of_statements_does_not_matter(found, request, order):
    shuffled = list(found)
    order.shuffle(shuffled)
    assert outcome(shuffled, request) is outcome(found, request)


@settings(max_examples=60, deadline=None)
@given(found=policies, action=actions, resource=patterns)
def test_a_question_about_many_resources_says_nothing_untrue_about_one(found, action, resource):
    """`x` and `y` are all that patterns name, so these texts show every kind of resource."""
    many = ask(who(policy(*found)), action, resource)
    for text in ("x", "y", "z", "xy", "yx", "xx", "zz", "xyz", "zzz", "xyx"):
        if ask(who(policy(statement(action="*", resource=resource))), action, text):
            one = ask(who(policy(*found)), action, text).outcome
            if many.outcome in (Outcome.ALLOWED, Outcome.DENIED):
                assert one is many.outcome
