"""HTML in which every text is escaped: anything that is not `Html` yet is escaped first."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

from ..visible import visible


class Html(str):
    """HTML that goes into a page unchanged."""

    __slots__ = ()


Content: TypeAlias = "Html | str | int | Iterable[Content] | None"


def tag(name: str, *content: Content, **attributes: str | bool | None) -> Html:
    """An element.

    Args:
        name: `p`.
        content: texts, escaped; elements; any number of either; `None` is nothing.
        attributes: `class_` is `class`, `aria_label` is `aria-label`; `True`: without a value; `None` and `False`: left out.
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{text(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Html(f"<{name}{written}>{join(*content)}</{name}>" if name not in _VOID else f"<{name}{written}>")


def join(*content: Content) -> Html:
    """Texts and elements, one after the other."""
    return Html("".join(map(_one, content)))


def text(said: str) -> Html:
    """A text with its control characters made visible and harmless."""
    return Html(escape(visible(said)))


def _one(content: Content) -> str:
    if isinstance(content, Html):
        return content
    if isinstance(content, str):
        return text(content)
    if content is None:
        return ""
    return f"{content:,}" if isinstance(content, int) else join(*content)


_VOID = frozenset({"br", "input"})
