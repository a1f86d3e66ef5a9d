"""What stacks export to each other: each value is resolved when a template imports it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import AutomationRoleError

if TYPE_CHECKING:  # a command that reads no template does not load the resolver
    from ..template.intrinsics import Resolver


class Exports(Mapping[str, str]):
    """Name of an export -> value, for all templates that are read together."""

    def __init__(self) -> None:
        self._templates: list[tuple[Resolver, Mapping[str, Any]]] = []
        self._found: dict[str, tuple[Resolver, Any]] | None = None
        self._resolving: set[str] = set()

    def add(self, resolver: Resolver, outputs: Any) -> None:
        """Add a template's outputs."""
        if isinstance(outputs, Mapping):
            self._templates.append((resolver, outputs))
            self._found = None

    def _names(self) -> dict[str, tuple[Resolver, Any]]:
        if self._found is None:
            self._found = {}
            for resolver, outputs in self._templates:
                for output in outputs.values():
                    export = output.get("Export") if isinstance(output, Mapping) else None
                    if isinstance(export, Mapping):
                        name = self._resolved(resolver, export.get("Name"))
                        if name is not None:
                            self._found[name] = (resolver, output.get("Value"))
        return self._found

    @staticmethod
    def _resolved(resolver: Resolver, value: Any) -> str | None:
        try:
            resolved = resolver.resolve(value)
        except AutomationRoleError:
            return None
        return resolved if isinstance(resolved, str) else None

    def __getitem__(self, name: str) -> str:
        """The value.

        Raises:
            KeyError: no template here exports it, or only by importing it.
        """
        resolver, value = self._names()[name]
        if name in self._resolving:
            raise KeyError(name)
        self._resolving.add(name)
        try:
            resolved = self._resolved(resolver, value)
        finally:
            self._resolving.discard(name)
        if resolved is None:
            raise KeyError(name)
        return resolved

    def __contains__(self, name: object) -> bool:
        return name in self._names() and name not in self._resolving

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())
