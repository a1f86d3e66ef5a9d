"""IAM's actions: which exist, and which resource types narrow each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from ..errors import nearest
from ._files import read
from .misspelt import meant


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResourceType:
    """A type of resource that actions can be narrowed to; there is one object for each type of a prefix, and another where it is required.

    Attributes:
        name: IAM's name for it (`instance`).
        arn: its ARN, `arn:{P}:ec2:{R}:{A}:instance/{InstanceId}`.
        formats: the ARN's formats: mostly only `arn`; for a role, one with a path and one without.
        required: whether the action is always authorized on one of these.
        asked: `always` or `no_longer` where IAM does not check it as `required` says; else empty.
        only_by_arn: whether only an ARN can name it: the name of a bucket does not name an access point.
        aws_owned: the ARN of AWS's own resources of the type, which any account can read; empty for nearly all types.
        aws_owned_names: names that only AWS's own resources have.
        small_letters: whether the service stores names in lower case.
        begins: the prefix of its identifiers; one with another prefix is of another type. Empty: unknown.
        whole: how a call is authorized whose input holds a whole ARN, in the words of `tools/exceptions.toml`; empty: by that ARN.
    """

    name: str
    arn: str
    formats: tuple[str, ...]
    required: bool
    asked: str
    only_by_arn: bool
    aws_owned: str
    aws_owned_names: frozenset[str]
    small_letters: bool
    begins: tuple[str, ...]
    whole: tuple[str, ...]

    @property
    def service(self) -> str:
        """The service in its ARN, which may differ from the action's."""
        return self.arn.split(":")[2]


@cache
def resource_types(action: str) -> tuple[ResourceType, ...]:
    """The resource types that narrow an action; empty when IAM allows only `*`."""
    prefix, _, name = action.partition(":")
    names: str = _of_prefix(prefix).get("actions", {}).get(name, "")
    return tuple(_type(prefix, each) for each in names.split(",") if each)


@cache
def _type(prefix: str, word: str) -> ResourceType:
    data = _of_prefix(prefix)
    name = word.removesuffix("*")
    arn: str = data["types"][name]
    return ResourceType(
        name=name,
        arn=arn,
        formats=tuple(data.get("arns", {}).get(name, (arn,))),
        required=word.endswith("*"),
        asked=next((when for when in ("always", "no_longer") if name in data.get(f"asked_{when}", ())), ""),
        only_by_arn=name in data.get("only_by_arn", ()),
        aws_owned=data.get("aws_owned", {}).get(name, ""),
        aws_owned_names=frozenset(data.get("aws_owned_names", {}).get(name, ())),
        small_letters=bool(data.get("small_letters")),
        begins=tuple(data.get("begins", {}).get(name, ())),
        whole=tuple(data.get("whole", {}).get(name, ())),
    )


def resource_type(prefix: str, name: str) -> ResourceType:
    """A type by its name, required by no action."""
    return _type(prefix, name)


def takes_aws_owned(action: str) -> bool:
    """Whether an action can act on AWS's own resources: those that only read can, and a few more."""
    prefix, _, name = action.partition(":")
    return name.startswith(_READS) or name in _of_prefix(prefix).get("aws_owned_also", ())


_READS: Final = ("Get", "List", "Describe", "Search")


def following_condition(action: str) -> tuple[str, str, str] | None:
    """The condition that an action always has when an input requires it: operator, key, value."""
    prefix, _, name = action.partition(":")
    found = _of_prefix(prefix).get("following", {}).get(name)
    return (found[0], found[1], found[2]) if found is not None else None


def targets_input(action: str) -> str | None:
    """The input that selects an action's nodes, by identifiers or by tags."""
    prefix, _, name = action.partition(":")
    found: str | None = _of_prefix(prefix).get("targets", {}).get(name)
    return found


def tagging_actions(prefix: str) -> tuple[tuple[str, str], ...]:
    """The actions of a prefix that tag a resource, each with the one that untags; several where they are for different types."""
    return tuple((f"{prefix}:{tag}", f"{prefix}:{untag}") for tag, untag in _of_prefix(prefix).get("tagging", ()))


def actions(prefix: str) -> tuple[str, ...]:
    """All the actions of a prefix in any letter case, sorted: `("s3:AbortMultipartUpload", …)`; empty when there is no such prefix."""
    found = _by_name(prefix.lower())
    return tuple(found.values()) if found is not None else ()


def prefixes() -> tuple[str, ...]:
    """The prefixes of all services that have actions, sorted."""
    return tuple(sorted(_prefixes()))


def canonical_action(action: str) -> str | None:
    """An action as IAM writes it: `EC2:startinstances` is `ec2:StartInstances`; `None` when it does not exist."""
    prefix, _, name = action.partition(":")
    return (_by_name(prefix.lower()) or {}).get(name.lower())


def action_exists(action: str) -> bool:
    """Whether IAM has an action, in any letter case."""
    return canonical_action(action) is not None


def nearest_action(action: str) -> str | None:
    """The action of the same prefix, or of the nearest one, that a misspelt one means."""
    prefix, _, name = action.partition(":")
    known = prefix.lower() if _by_name(prefix.lower()) is not None else nearest(prefix, _prefixes())
    near = meant(name, (each.partition(":")[2] for each in actions(known))) if known is not None else None
    return f"{known}:{near}" if near is not None else None


@cache
def _by_name(prefix: str) -> dict[str, str] | None:
    return {name.lower(): f"{prefix}:{name}" for name in _of_prefix(prefix)["actions"]} if prefix in _prefixes() else None


def _of_prefix(prefix: str) -> dict[str, Any]:
    """What is known of a prefix; empty if no service has it. A prefix may be any text of a user's policy, so it isn't a file's name before that."""
    return (read(f"actions/{prefix}.json") or {}) if prefix in _prefixes() else {}


@cache
def _prefixes() -> frozenset[str]:
    return frozenset((read("prefixes.json") or {}).get("prefixes", ()))
