"""IAM policies as sentences, and what they allow: for the demo's tables and the end-to-end tests.

Reads plain JSON from the IAM API. Not part of the library: it knows only the conditions that the sample uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

OPERATORS = {
    "StringEquals": "is",
    "StringLike": "is like",
    "ArnEquals": "is",
    "ArnLike": "is like",
    "ForAnyValue:StringEquals": "is",
    "Bool": "is",
    "StringNotEquals": "is not",
}

# Actions that have a verb of their own, and the word before their object.
DEEDS = {("sts:AssumeRole",): ("assume", ""), ("iam:PassRole",): ("pass", "")}


def as_list(value: Any) -> list[Any]:
    """A list, also of a single value, which IAM writes without one."""
    return value if isinstance(value, list) else [value]


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    *head, tail = words
    return f"{', '.join(head)} {last} {tail}" if head else tail


def policy_in_words(document: Mapping[str, Any]) -> list[str]:
    """One sentence for each statement."""
    return [statement_in_words(statement) for statement in as_list(document["Statement"])]


def statement_in_words(statement: Mapping[str, Any]) -> str:
    """What a statement of a policy or a trust policy says."""
    who = f"{listed(principals(statement['Principal']))} " if "Principal" in statement else ""
    verb = "may" if statement["Effect"] == "Allow" else "may never"
    actions = as_list(statement.get("Action", []))
    deed = "do anything except " + listed(as_list(statement["NotAction"])) if "NotAction" in statement else f"call {listed(actions)}"
    deed, on = DEEDS.get(tuple(actions), (deed, "on "))
    if "Resource" in statement:
        where = f" {on}{listed(map(resource_in_words, as_list(statement['Resource'])))}"
    elif "NotResource" in statement:
        where = f" {on}everything except {listed(map(resource_in_words, as_list(statement['NotResource'])))}"
    else:
        where = " it" if who else ""
    conditions = [
        f"{key} {OPERATORS.get(operator, operator)} {listed(map(str, as_list(values)), 'or')}"
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    ]
    sentence = f"{who}{verb} {deed}{where}{', if ' + listed(conditions) if conditions else ''}."
    return sentence[0].upper() + sentence[1:] if not who else sentence


def principals(principal: Any) -> list[str]:
    """The principals in a trust policy."""
    if isinstance(principal, str):
        return ["anybody" if principal == "*" else principal]
    return [name for names in principal.values() for name in as_list(names)]


def resource_in_words(arn: str) -> str:
    """What an ARN means, in a few words; the ARN itself if its form is unusual."""
    if arn == "*":
        return "everything"
    match = re.fullmatch(r"arn:[^:]*:([^:]*):([^:]*):([^:]*):(?:([A-Za-z-]+)[/:])?(.+)", arn)
    if match is None:
        return arn
    service, region, account, kind, name = match.groups()
    if kind is None:
        kind, name = ("bucket", name) if service == "s3" else (service, name)
    if service == "s3" and "/" in arn.rpartition(":")[2]:
        bucket, _, key = arn.rpartition(":")[2].partition("/")
        objects = "all objects" if key == "*" else f"objects {key}"
        return f"{objects} of {'any bucket' if bucket == '*' else bucket}"
    what = f"any {service} {kind}" if name in {"*", "*:*"} else f"the {service} {kind} {name}"
    owner = " of AWS" if service == "ssm" and not account else ""
    place = " in any Region" if region == "*" and "any" in what else ""
    return f"{what}{owner}{place}"


def allows(documents: Iterable[Mapping[str, Any]], action: str, resource: str, context: Mapping[str, str] | None = None) -> bool:
    """Whether policies allow an action on a resource; a statement that denies it wins.

    Args:
        documents: the policies of one identity.
        action: `ssm:StartAutomationExecution`
        resource: the ARN, without wildcards.
        context: the request's condition keys. A condition on any other key is not met.
    """
    effects = {
        statement["Effect"]
        for document in documents
        for statement in as_list(document["Statement"])
        if _matches(statement.get("Action", []), action.lower(), str.lower)
        and _matches(statement.get("Resource", []), resource)
        and _holds(statement.get("Condition", {}), context or {})
    }
    return effects == {"Allow"}


def _matches(patterns: Any, text: str, fold: Any = str) -> bool:
    return any(fnmatchcase(text, fold(pattern).replace("[", "[[]")) for pattern in as_list(patterns))


def _holds(conditions: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    return all(
        operator in OPERATORS and operator != "StringNotEquals" and key in context and _matches(values, context[key])
        for operator, keys in conditions.items()
        for key, values in keys.items()
    )
