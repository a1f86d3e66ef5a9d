"""`string`: templates."""

from __future__ import annotations

import string
from typing import Final

from ..values.arguments import Args, Machine
from ..values.asking import texts_in
from ..values.bound_methods import BoundMethod as Attribute
from ..values.dicts import DictValue
from ..values.external import Model
from ..values.thing import BOTTOM, DATA, Abstract, Thing
from ..values.unions import join_all
from ..values.writing import concatenated


def _template(_machine: Machine, args: Args, _at: int) -> Abstract:
    return StringTemplate(args.get(0, "template", DATA))


class StringTemplate(Thing):
    """`string.Template`."""

    __slots__ = ("text",)

    def __init__(self, text: Abstract) -> None:
        self.text = text

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        return self.text if name == "template" else Attribute(self, name)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        machine.escape(args, at, DATA)
        texts = texts_in(self.text)
        if texts is None or name not in {"substitute", "safe_substitute"}:
            return DATA
        given = DictValue()
        for each in args.positional:
            given.update(machine, each, at, surely=True)
        given.update(machine, DictValue(args.keywords, rest=args.extra), at, surely=True)
        return join_all(_substituted(text, given, leaves_unknown=name == "safe_substitute") for text in texts)


def _substituted(text: str, given: DictValue, *, leaves_unknown: bool) -> Abstract:
    pieces: list[Abstract] = []
    end = 0
    for found in string.Template.pattern.finditer(text):
        pieces.append(text[end : found.start()])
        end = found.end()
        word = found["named"] or found["braced"]
        left = found[0] if leaves_unknown else BOTTOM
        value = "$" if found["escaped"] is not None else given.lookup(word, left) if word else found[0]
        pieces.append(DATA if value is BOTTOM else value)
    return concatenated([*pieces, text[end:]])


FUNCTIONS: Final[dict[str, Model]] = {"string.Template": _template}
