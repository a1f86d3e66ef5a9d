"""Which input of an operation names which resource: `InstanceIds` of StartInstances is `instance/{InstanceId}`.

Names are compared word for word, and only certain matches count: a wrong match would make a policy too narrow, which is worse than the
type's wildcard. `exceptions.toml` has what the names don't show.
"""

from __future__ import annotations

import re
from typing import Any

_KINDS = ("identifier", "arn", "name", "id")
# After one of these, the same name means a second resource (SourceImageId, NewUserName).
_SECOND = re.compile(
    r"(source|target|new|destination|original|peer|parent|old|restore|replica|associated|accepter|requester|remote|linked|final|snapshot)"
)
# What is added or removed has the same name after these: AddSubnetIds.
_CHANGE = re.compile(r"^(?:[aA]dd|[rR]emove)(?=[A-Z])")
# If an input of such an operation is left out, nothing changes there, so no default of the service applies.
# A named default (`cluster?default`) is then what is changed.
_MODIFY = re.compile(r"(?:Modify|Update)[A-Z]")
_VERB = re.compile(r"^(?:Batch)?[A-Z][a-z]+")
# Holes whose names say nothing about the type.
BARE = frozenset(
    ("", "resource", "token", "version", "owner", "region", "type", "resourcetype", "account", "uuid", "random", "vendor", "scope")
)
_GENERIC = frozenset(("arn", "resourcearn", "resourcearnlist", "resource", "resourcename", "resourceidentifier", "resourceidlist"))


def fills(
    operation: str, inputs: dict[str, Any], actions: dict[str, dict[str, str]], hints: dict[str, str], following: set[str]
) -> tuple[dict[str, str], set[str]]:
    """What fills the holes of the ARNs of an operation's resource types: `{"instance.InstanceId": "InstanceIds"}`.

    The values are in the notation of `[names]` in `exceptions.toml`; the hole `*` is the whole ARN, the key `*` an ARN of any type.

    Args:
        operation: the operation's name.
        inputs: its members and their shapes.
        actions: its actions, each with its resource types and their ARNs.
        hints: what `exceptions.toml` says about this API.
        following: actions that follow from inputs; their resources may be named, too.

    Returns:
        What fills the holes, and the hints that were used.
    """
    hinted = _Hints(hints, inputs, changes=_MODIFY.match(operation) is not None)
    texts = [member for member, shape in inputs.items() if shape["type"] in {"string", "list"}]
    types = {kind: arn for each in actions.values() for kind, arn in each.items()}
    found: dict[str, str] = {}
    for kind, arn in types.items():
        found.update(_of_type(operation, texts, kind, arn, hinted))
    for key in hints:
        action, slash, rest = key.partition("/")
        if slash and any(name.endswith(f":{action}") for name in (*actions, *following)) and (spec := hinted(key)):
            found[f"{action}/{rest}"] = spec
    if any_type := hinted("*"):
        return {**found, "*": any_type}, hinted.used
    taken = {word for spec in found.values() for word in re.split(r"[|!]", spec.partition("?")[0])}
    loose = [m for m in texts if m not in taken and (plain_name(m) in _GENERIC or (_kind(m) == "arn" and not _SECOND.match(plain_name(m))))]
    for key, members in (("*", [m for m in loose if _says_type(m, types)]), ("?", [m for m in loose if not _says_type(m, types)])):
        if members and types:
            found[key] = "|".join(members)
    return found, hinted.used


class _Hints:
    """What `exceptions.toml` says about an API, limited to the inputs that the operation has; and which hints were used."""

    def __init__(self, hints: dict[str, str], inputs: dict[str, Any], *, changes: bool) -> None:
        self.hints, self.inputs, self.changes = hints, inputs, changes
        self.used: set[str] = set()

    def __call__(self, key: str) -> str | None:
        spec = _hinted(self.hints.get(key), self.inputs)
        if spec is not None and self.changes:
            spec = spec.removesuffix("?")
        if spec is not None:
            self.used.add(key)
        return spec


def _of_type(operation: str, texts: list[str], kind: str, arn: str, hinted: _Hints) -> dict[str, str]:
    """What fills the holes of one resource type's ARN."""
    found: dict[str, str] = {}
    for hole in re.findall(r"\{(\w{2,})\}", arn):
        spec = hinted(f"{kind}.{hole}")
        if spec is None and f"{kind}.{hole}" not in hinted.hints:
            spec = _spec(_members(operation, texts, kind, hole), texts)
        if spec:
            found[f"{kind}.{hole}"] = spec
    whole = [
        m
        for m in texts
        if _kind(m) == "arn" and stem_of(m) and stem_of(m) in {plain_name(kind), plain_name(kind.split("/", maxsplit=1)[0])}
    ]
    told = hinted(f"{kind}.*")
    if told or whole:
        found[f"{kind}.*"] = told or _spec(whole, texts)
    if "{A}" in arn and (account := hinted("account")):
        found[f"{kind}.A"] = account
    return found


def _says_type(member: str, types: dict[str, str]) -> bool:
    """Whether the ARN in an input is of one of these types, and not of a role, a topic or a key that the call also uses."""
    stem = stem_of(member)
    names = {plain_name(name) for kind in types for name in (kind, kind.split("/")[0])}
    return plain_name(member) in _GENERIC or any(name.endswith(stem) or stem.endswith(name) for name in names)


def _hinted(hint: str | None, inputs: dict[str, Any]) -> str | None:
    """A hint, limited to the inputs that the operation has."""
    if hint is None:
        return None
    said, default, of_name = hint.partition("?")
    names, _, seconds = said.partition("!")
    there = [name for name in names.split("|") if re.split(r"[.{[]", name)[0] in inputs]
    also = [name for name in seconds.split("|") if name and name.split(".")[0] in inputs]
    # In most operations, `Name` or `GroupName` names the resource; the more certain input comes first.
    return "|".join(there) + ("!" + "|".join(also) if also else "") + default + of_name if there else None


def _spec(members: list[str], texts: list[str]) -> str:
    if not members:
        return ""
    seconds = [each for each in texts if each not in members and any(_is_second(each, m) for m in members)]
    return "|".join(members) + ("!" + "|".join(seconds) if seconds else "")


def _members(operation: str, texts: list[str], kind: str, hole: str) -> list[str]:
    if stem_of(hole) not in BARE:
        names = _names(kind, hole)
        found = [m for m in texts if plain_name(m) in names] or [
            m for m in texts if _CHANGE.sub("", m) != m and plain_name(_CHANGE.sub("", m)) in names
        ]
        if found:
            return found
    # The operation is about this type and has only the bare word: GetParameter(Name).
    about = plain_name(_VERB.sub("", operation))
    bare = _kind(hole)
    if bare in {"name", "id"} and about in {plain_name(kind), stem_of(hole)} - {""}:
        return [m for m in texts if plain_name(m) == bare]
    return []


def _names(kind: str, hole: str) -> frozenset[str]:
    """Every name that an input for this hole may have."""
    names = {plain_name(hole)}
    suffix = _kind(hole)
    if suffix in {"name", "id"} and plain_name(kind) == stem_of(hole):
        names.add(plain_name(kind) + suffix)
    if suffix == "name":
        names.add(stem_of(hole))
    return frozenset(names)


def _is_second(member: str, first: str) -> bool:
    prefix = plain_name(member).removesuffix(plain_name(first))
    return prefix != plain_name(member) and bool(_SECOND.fullmatch(prefix))


def plain_name(name: str) -> str:
    """A name in lower case and in the singular, only letters and digits: `InstanceIds` and `instance-id` become the same."""
    text = re.sub(r"[^a-z0-9]", "", name.lower())
    if text.endswith("ies"):
        return text[:-3] + "y"
    return text[:-1] if text.endswith("s") and not text.endswith(("ss", "us", "is", "as")) else text


def _kind(name: str) -> str:
    return next((kind for kind in _KINDS if plain_name(name).endswith(kind)), "")


def stem_of(name: str) -> str:
    """A name without its last word, if that says what it is: `instance` of `InstanceArn`."""
    return plain_name(plain_name(name).removesuffix(_kind(name)))
