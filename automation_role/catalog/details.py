"""What an API operation's inputs mean to IAM, as the generated files have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Follow(NamedTuple):
    """Further actions that an input requires, in the words of `[[follow]]` in `tools/exceptions.toml`.

    Attributes:
        when: the input that requires them; empty: always.
        actions: the further IAM actions.
        on: their resources; `?`: it is not certain that they are needed.
    """

    when: str
    actions: tuple[str, ...]
    on: str


class Choice(NamedTuple):
    """An input that says of which type the resource is.

    Attributes:
        member: the input.
        name: the input that names the resource.
        types: what the input may say -> the type.
        beside: further types that the call is always about, whatever the input says.
    """

    member: str
    name: str
    types: Mapping[str, str]
    beside: tuple[str, ...]


class Tags(NamedTuple):
    """The input that tags what the call creates.

    Attributes:
        action: the action that authorizes them.
        member: the input.
        on: the types that get them, where the operation's name does not say it.
    """

    action: str
    member: str
    on: tuple[str, ...]


class Passed(NamedTuple):
    """A role that an input passes.

    Attributes:
        service: the service that it is passed to, `a|b` for either; empty when unknown.
        holder: what the input names, when that contains the role (`a launch template`); empty when it names the role itself.
    """

    service: str
    holder: str


class Held(NamedTuple):
    """A condition key whose value an input determines, in the words of `[[condition]]` in `tools/exceptions.toml`.

    Attributes:
        operator: of the condition (`ArnLike`).
        key: the condition key.
        member: the input.
        what: what the key contains, if not the text itself: `alias`, or `PREFIX:TYPE` for an ARN of that type; else empty.
    """

    operator: str
    key: str
    member: str
    what: str


class Details(NamedTuple):
    """What an operation's inputs mean for IAM.

    Attributes:
        fills: hole of a resource type's ARN -> the inputs that fill it (`{"instance.InstanceId": "InstanceIds"}`), in the words of
            `tools/exceptions.toml`; the hole `*` is the whole ARN, `A` its account, the key `*` an ARN of any type,
            the key `?` one that may be of something else.
        path: of the request, for API Gateway, whose ARNs are paths; else empty.
        choice: input that says of which type the resource is; `None` for nearly all.
        ids: input of identifiers whose prefix says of which type they are, prefix -> type; `None` for nearly all.
        passes: input that passes a role -> the service it goes to.
        tags: the tags in an input; `None` if no input has tags.
        follows: further actions that inputs require.
        conditions: condition keys that inputs determine.
        other_types: resource types of its actions that belong to another API.
        anything: with which inputs the operation is authorized on no resource, but on `*`; empty for nearly all.
    """

    fills: Mapping[str, str]
    path: str
    choice: Choice | None
    ids: tuple[str, Mapping[str, str]] | None
    passes: Mapping[str, Passed]
    tags: Tags | None
    follows: tuple[Follow, ...]
    conditions: tuple[Held, ...]
    anything: str
    other_types: frozenset[str]
