"""Wildcards: matching, containment against brute force, and texts that are not known yet."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from automation_role.iam.logic import Undecided
from automation_role.iam.matches import covers, matches, touches
from automation_role.iam.text import expand, literal, no_variables, show, wild
from automation_role.values.placeholders import name_of, not_known

GENERATED = name_of("Bucket")
UNRESOLVED = not_known("the import of 'X'")


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html: * takes slashes, and nothing at all
        ("arn:aws:s3:::amzn-s3-demo-bucket/*/test/*", "arn:aws:s3:::amzn-s3-demo-bucket/1/test/object.jpg", True),
        ("arn:aws:s3:::amzn-s3-demo-bucket/*/test/*", "arn:aws:s3:::amzn-s3-demo-bucket/1/2/test/3/object.jpg", True),
        ("arn:aws:s3:::amzn-s3-demo-bucket/*/test/*", "arn:aws:s3:::amzn-s3-demo-bucket/1///test///object.jpg", True),
        ("arn:aws:s3:::amzn-s3-demo-bucket/*/test/*", "arn:aws:s3:::amzn-s3-demo-bucket//test/object.jpg", True),
        ("arn:aws:s3:::amzn-s3-demo-bucket/*/test/*", "arn:aws:s3:::amzn-s3-demo-bucket/1/test/", True),
        ("arn:aws:s3:::amzn-s3-demo-bucket/*/test/*", "arn:aws:s3:::amzn-s3-demo-bucket/1-test/object.jpg", False),
        ("arn:aws:s3:::amzn-s3-demo-bucket/*/test/*", "arn:aws:s3:::amzn-s3-demo-bucket/test/object.jpg", False),
        ("arn:aws:s3:::amzn-s3-demo-bucket/*/test/*", "arn:aws:s3:::amzn-s3-demo-bucket/1/2/test.jpg", False),
        ("arn:aws:iam::111122223333:user/accounting/*", "arn:aws:iam::111122223333:user/accounting/Bob", True),
        ("arn:aws:ssm:*:*:document/X", "arn:aws:ssm:us-east-1::document/X", True),  # * takes the empty account
        ("i-????", "i-1234", True),
        ("i-????", "i-123", False),
        ("Bob", "bob", False),
        # containment: every text that the second stands for
        ("arn:aws:ssm:*:1:document/*", "arn:aws:ssm:us-east-1:1:document/*", True),
        ("arn:aws:ssm:us-east-1:1:document/*", "arn:aws:ssm:*:1:document/*", False),
        ("*", "*", True),
        ("?*", "*", False),
        ("*a*", "?*", False),
        ("*?", "?*", True),
    ],
)
def test_a_pattern_matches_as_the_page_says(pattern, text, expected):
    assert matches(wild(pattern), wild(text), every=True) is expected


texts = st.text(alphabet="ab", max_size=4)
patterns = st.text(alphabet="ab*?", max_size=4)
# `c` is in no pattern: what a wildcard may be besides what the other pattern names.
WORDS = ["".join(word) for n in range(7) for word in itertools.product("abc", repeat=n)]


def language(pattern: str) -> set[str]:
    regex = re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."))
    return {word for word in WORDS if regex.fullmatch(word)}


@given(pattern=patterns, text=texts)
def test_matching_is_globbing(pattern, text):
    found = matches(wild(pattern), literal(text), every=True)
    assert found is (text in language(pattern))
    assert matches(wild(pattern), literal(text), every=False) is found


@given(one=patterns, other=patterns)
@example(one="*a?", other="?a*")
@example(one="??*", other="*??")
def test_containment_and_overlap_agree_with_trying_every_text(one, other):
    """Of two patterns of four atoms with a star each, the shortest text of both has six characters."""
    mine, theirs = language(one), language(other)
    assert covers(wild(one), wild(other)) is (theirs <= mine)
    assert matches(wild(one), wild(other), every=False) is bool(mine & theirs)


def test_containment_stays_quick_on_many_wildcards():
    assert covers(wild("*a?" * 20 + "*"), wild("?a*" * 40)) in (True, False)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (f"arn:aws:s3:::{GENERATED}", f"arn:aws:s3:::{GENERATED}", True),
        (f"arn:aws:s3:::{GENERATED}/*", f"arn:aws:s3:::{GENERATED}/key", True),
        ("arn:aws:s3:::*", f"arn:aws:s3:::{GENERATED}", True),
        (f"arn:aws:s3:::{GENERATED}", f"arn:aws:s3:::{name_of('Other')}", False),
        (f"arn:aws:s3:::{GENERATED}/*", f"arn:aws:s3:::{name_of('Other')}/key", False),
        (f"arn:aws:s3:::{GENERATED}", "arn:aws:s3:::literal", False),
        ("arn:aws:s3:::literal", f"arn:aws:s3:::{GENERATED}", False),
        (f"arn:aws:s3:::{GENERATED}", "arn:aws:s3:::*", False),  # not every bucket
        ("arn:aws:s3:::prod-*", f"arn:aws:s3:::{GENERATED}", None),  # the name may begin so
        ("arn:aws:sns:::prod-*", f"arn:aws:s3:::{GENERATED}", False),
        (UNRESOLVED, UNRESOLVED, True),
        (UNRESOLVED, "arn:aws:s3:::x", None),
        ("arn:aws:s3:::x", UNRESOLVED, None),
        (f"arn:aws:s3:::{UNRESOLVED}", "arn:aws:sns:::x", False),
        (UNRESOLVED, "*", None),  # it may be `*`
        (f"x{UNRESOLVED}", "*", False),
        ("*", UNRESOLVED, True),
    ],
)
def test_what_is_not_known_decides_only_where_it_cannot_matter(pattern, text, expected):
    found = matches(wild(pattern), wild(text), every=True)
    assert isinstance(found, Undecided) if expected is None else found is expected


def test_some_bucket_of_all_is_the_one_that_is_named():
    assert matches(wild(f"arn:aws:s3:::{GENERATED}"), wild("arn:aws:s3:::*"), every=False) is True


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*", True),
        ("arn:aws:ec2:*", True),
        ("arn:aws:ec2:*:*:instance/i-1", True),
        ("arn:aws:ec2:eu-west-1:111122223333:*", True),
        ("arn:aws:ec2:*:*:volume/*", False),
        ("arn:aws:ec2:*:*:instance/i-1:volume/*", True),
        # Reaches over a colon on purpose: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
        ("arn:aws:ec2:*:instance/i-1", True),
        ("arn:aws:ec2:*:instance/i-1:x", True),
    ],
)
def test_no_volume_is_among_the_instances(pattern, expected):
    assert touches(wild(pattern), wild("arn:aws:ec2:*:*:instance/*")) is expected


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a${*}b${?}c${$}{d}", literal("a*b?c${d}")),
        ("${aws:username}/*", wild("Bob/*")),
        ("${aws:PrincipalTag/team, 'company-wide'}", literal("company-wide")),
        ("${aws:username, 'nobody'}", literal("Bob")),
        ("${aws:PrincipalTag/team}", None),
    ],
)
def test_variables_and_escapes_are_filled_in(text, expected):
    assert expand(text, {"aws:username": literal("Bob")}.get, wildcards=True) == expected


def test_a_variables_value_is_taken_literally():
    read = expand("${aws:username}", {"aws:username": literal("*")}.get, wildcards=True)
    assert isinstance(read, tuple)
    assert matches(read, literal("Bob"), every=True) is False


def test_a_request_has_no_variables():
    assert isinstance(expand("${aws:username}", no_variables, wildcards=True), Undecided)


def test_a_text_is_shown_as_it_was_written():
    assert show(wild(f"arn:aws:s3:::{GENERATED}/*?")) == "arn:aws:s3:::⟨Bucket⟩/*?"
