"""The line of each value in a template's text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..runbook.json_text import json_places
from ..runbook.syntax import KeyPath

if TYPE_CHECKING:
    import yaml

_DEPTH: Final = 100  # as `template.text` reads
# An extra key in a mapping; no text of a template begins with a null character.
_MARK: Final = "\0lines"


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a template.

    Attributes:
        of: path of keys and indices, with functions in their long form -> line, counted from 1; for a mapping's value, the line of its key.
        blocks: path of a text -> its first line, if its lines are lines of the file (a YAML block).
    """

    of: Mapping[KeyPath, int]
    blocks: Mapping[KeyPath, int]

    @classmethod
    def read(cls, text: str) -> Lines:
        """The lines of a template that `template.text.parse` can read."""
        text = text.removeprefix("\ufeff")
        if text.lstrip().startswith("{"):
            try:
                return cls(dict(_json_lines(text)), {})
            except (ValueError, RecursionError):
                pass
        import yaml  # not needed for templates in JSON, or for what isn't a template

        from ..runbook.yaml_text import Loader

        of: dict[KeyPath, int] = {}
        blocks: dict[KeyPath, int] = {}
        try:
            node = yaml.compose(text, Loader=Loader)
        except (yaml.YAMLError, RecursionError):  # the error was reported when the text was parsed
            return cls(of, blocks)
        if node is not None:
            _walk(node, (), of, blocks)
        return cls(of, blocks)

    def line(self, path: KeyPath) -> int:
        """The line of the value at this path, or of the nearest one around it."""
        while path and path not in self.of:
            path = path[:-1]
        return self.of.get(path, 1)


def _json_lines(text: str) -> Iterator[tuple[KeyPath, int]]:
    line, counted = 1, 0
    for path, place in sorted(json_places(text, _DEPTH).items(), key=lambda item: item[1]):
        line += text.count("\n", counted, place.begins)
        counted = place.begins
        yield path, line


def _walk(node: yaml.Node, path: KeyPath, of: dict[KeyPath, int], blocks: dict[KeyPath, int]) -> None:
    import yaml  # already loaded; for the names of its nodes

    if len(path) > _DEPTH:  # an alias that contains itself
        return
    if node.tag.startswith("!") and len(node.tag) > 1:
        name = node.tag[1:]
        path = (*path, name if name in ("Ref", "Condition") else f"Fn::{name}")
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                of.setdefault((*path, key.value), key.start_mark.line + 1)
                _walk(value, (*path, key.value), of, blocks)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            of.setdefault((*path, index), item.start_mark.line + 1)
            _walk(item, (*path, index), of, blocks)
    elif isinstance(node, yaml.ScalarNode) and node.style == "|":
        blocks[path] = node.start_mark.line + 2


# -- through functions -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Where:
    """Where a mapping and its values are; resolving functions keeps this mark."""

    line: int
    keys: Mapping[str, int]
    blocks: Mapping[str, int]


def marked(data: Any, path: KeyPath, lines: Lines) -> Any:
    """A part of a template with a mark in each mapping, so that its lines are still known after its functions are resolved."""
    if isinstance(data, Mapping):
        function = next(iter(data)) if len(data) == 1 else None
        if isinstance(function, str) and (function in ("Ref", "Condition") or function.startswith("Fn::")):
            return {function: marked(data[function], (*path, function), lines)} if function == "Fn::If" else data
        made = {key: marked(value, (*path, key), lines) for key, value in data.items()}
        keys = {str(key): lines.line((*path, key)) for key in data}
        blocks = {str(key): line for key in data if (line := _block((*path, key), lines)) is not None}
        return {**made, _MARK: _Where(lines.line(path), keys, blocks)}
    if isinstance(data, list):
        return [marked(one, (*path, index), lines) for index, one in enumerate(data)]
    return data


def _block(path: KeyPath, lines: Lines) -> int | None:
    """The first line of a text that is written as a block, by itself or as the argument of `Fn::Sub`."""
    return next((lines.blocks[at] for at in (path, (*path, "Fn::Sub"), (*path, "Fn::Sub", 0)) if at in lines.blocks), None)


def unmarked(data: Any) -> tuple[Any, dict[KeyPath, int], dict[KeyPath, int]]:
    """The data without marks, the line of each value, and where its texts begin."""
    of: dict[KeyPath, int] = {}
    blocks: dict[KeyPath, int] = {}

    def plain(value: Any, path: KeyPath) -> Any:
        if isinstance(value, Mapping):
            where = value.get(_MARK)
            if isinstance(where, _Where):
                of.setdefault(path, where.line)
                of.update({(*path, key): line for key, line in where.keys.items()})
                blocks.update({(*path, key): line for key, line in where.blocks.items()})
            return {key: plain(one, (*path, key)) for key, one in value.items() if key != _MARK}
        if isinstance(value, list):
            return [plain(one, (*path, index)) for index, one in enumerate(value)]
        return value

    return plain(data, ()), of, blocks
