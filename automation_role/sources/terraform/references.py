"""What an argument of a plan's configuration refers to: the resource, and which attribute of it.

A plan has no expressions, only what each refers to: `["aws_iam_role.r.arn", "aws_iam_role.r"]`. Locals are not in it at all.

Source: https://developer.hashicorp.com/terraform/internals/json-format#expression-representation
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .plan import PlannedResource, TerraformPlan, index_of, mapping, parent_of, segments, texts, unindexed

_PART: Final = re.compile(r"\[\"(?:[^\"\\]|\\.)*\"\]|\[[0-9]+\]|[^.\[\]]+")
# A reference by one of these means that the instances of both resources have the same indices.
_SAME_INDEX: Final = frozenset({"each.key", "count.index"})
# At most this many references are followed for one argument, and from module to module: modules that pass values to each other multiply them.
_MOST: Final = 1_000
_DEEPEST: Final = 20


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference refers to.

    Attributes:
        resources: the resource; all its instances, if it is unknown which one is meant.
        attribute: of it; empty: the whole resource, or one that an index hides (`aws_iam_role.r[each.key].arn`).
    """

    resources: tuple[PlannedResource, ...]
    attribute: str


@dataclass(frozen=True, slots=True)
class _Around:
    """Where a reference is written: the module, the index of the resource there, and what `each.value` comes from."""

    module: str
    index: str
    each: Sequence[str]


class References:
    """Follows the references of one plan."""

    def __init__(self, plan: TerraformPlan) -> None:
        self._plan = plan
        self._left = 0

    def written(self, resource: PlannedResource, argument: str) -> tuple[str, ...]:
        """What the configuration of an argument refers to, each in its longest form."""
        return written_in(self._plan.arguments(resource).get(argument))

    def targets(self, resource: PlannedResource, argument: str) -> tuple[Target, ...]:
        """The resources that an argument refers to; a reference that leads to none is not among them."""
        return self.targets_of(resource, self.written(resource, argument))

    def targets_of(self, resource: PlannedResource, references: Sequence[str]) -> tuple[Target, ...]:
        """The resources that references in the configuration of a resource refer to; none if there are too many references to follow."""
        each = _references(self._plan.configured(resource).get("for_each_expression"))
        around = _Around(resource.module, resource.index, each)
        self._left = _MOST
        found = {
            (tuple(one.address for one in target.resources), target.attribute): target for target in self._all(references, around, (), 0)
        }
        return tuple(found.values()) if self._left > 0 else ()

    def _all(self, references: Sequence[str], around: _Around, rest: tuple[str, ...], depth: int) -> Iterator[Target]:
        same = not _SAME_INDEX.isdisjoint(references)
        for reference in references:
            self._left = self._left - 1 if depth <= _DEEPEST else 0
            if self._left > 0:
                yield from self._one((*_PART.findall(reference), *rest), around, depth, same=same)

    def _one(self, parts: tuple[str, ...], around: _Around, depth: int, *, same: bool) -> Iterator[Target]:
        match parts:
            case ("var", name, *rest) if around.module:
                call = self._plan.call(around.module)
                outside = _Around(parent_of(around.module), index_of(around.module), _references(call.get("for_each_expression")))
                given = _references(mapping(call.get("expressions")).get(name))
                yield from self._all(given, outside, tuple(rest), depth + 1)
            case ("module", name, *rest):
                index, rest = (rest[0], rest[1:]) if rest and rest[0].startswith("[") else (around.index if same else "", rest)
                if rest:
                    child = f"{around.module}.module.{name}".removeprefix(".") + index
                    output = mapping(mapping(self._plan.module(child).get("outputs")).get(rest[0]))
                    given = _references(output.get("expression"))
                    yield from self._all(given, _Around(child, "", ()), tuple(rest[1:]), depth + 1)
            case ("each", "value", *rest):  # `for_each` over a resource has its indices
                for target in self._all(around.each, around, tuple(rest), depth + 1):
                    its = tuple(one for one in target.resources if one.index == around.index)
                    yield Target(its or target.resources, target.attribute)
            case ("each" | "count" | "local" | "path" | "self" | "terraform" | "var", *_):
                return
            case ("data", kind, name, *rest):
                yield from self._resource(f"data.{kind}.{name}", rest, around, same=same)
            case (kind, name, *rest):
                yield from self._resource(f"{kind}.{name}", rest, around, same=same)

    def _resource(self, own: str, rest: list[str], around: _Around, *, same: bool) -> Iterator[Target]:
        address = f"{around.module}.{own}".removeprefix(".")
        indexed = bool(rest) and rest[0].startswith("[")
        exact = self._plan.resources.get(f"{address}{rest[0] if indexed else ''}")
        attribute = next((part for part in rest[indexed:] if not part.startswith("[")), "")
        instances = [exact] if exact is not None else [one for one in self._plan.instances.get(unindexed(address), ()) if not indexed]
        instances = [one for one in instances if _within(one.module, around.module)]
        chosen = [one for one in instances if one.index == around.index] if same else []
        if instances:
            yield Target(tuple(chosen or instances), attribute)


def _within(module: str, written: str) -> bool:
    """Whether an instance of a module may be the one that a reference names, which may lack the indices."""
    own, named = segments(module), segments(written)
    return len(own) == len(named) and all(
        name == other and index in (its, "") for (other, its), (name, index) in zip(own, named, strict=True)
    )


def written_in(expression: Any) -> tuple[str, ...]:
    """What an expression, or the blocks in it, refers to, each in its longest form."""
    return _longest(list(_all_references(expression)))


def _longest(references: Sequence[str]) -> tuple[str, ...]:
    """Each reference in its longest form: `aws_iam_role.r.arn` comes with `aws_iam_role.r` behind it, which says nothing more."""
    found: list[str] = []
    before = ""
    for one in references:
        if not before.startswith((f"{one}.", f"{one}[")):
            found.append(one)
        before = one
    return tuple(dict.fromkeys(found))


def _references(expression: Any) -> tuple[str, ...]:
    return _longest(texts(mapping(expression).get("references")))


def _all_references(expression: Any) -> Iterator[str]:
    """References of an expression, and of the blocks in it."""
    todo = [expression]
    while todo:
        one = todo.pop()
        if isinstance(one, Mapping) and "references" in one:
            yield from texts(one["references"])
        elif isinstance(one, (Mapping, list)):
            todo += reversed(list(one.values()) if isinstance(one, Mapping) else one)
