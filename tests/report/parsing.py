"""A page as a tree of its elements."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote

VOID = {"meta", "link", "input", "br"}


@dataclass
class Element:
    """An element of the page, with those inside of it and all of their text."""

    name: str
    attributes: dict[str, str]
    above: Element | None = None
    inside: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self) -> list[Element]:
        return [self, *(each for inner in self.inside for each in inner.all())]

    def links(self) -> list[str]:
        return [unquote(each.attributes["href"][1:]) for each in self.all() if each.name == "a"]


class Parsed(HTMLParser):
    """A page, read as strictly as this parser can: every element is closed by its own end."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Element("", {})
        self.feed(text)
        self.close()
        assert self.at is self.root, f"<{self.at.name}> is not closed"
        self.all = self.root.all()
        self.by_id = {each.attributes["id"]: each for each in self.all if "id" in each.attributes}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs}, self.at)
        assert len(element.attributes) == len(attrs), f"<{tag}> has an attribute twice"
        self.at.inside.append(element)
        if tag not in VOID:
            self.at = element

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.at.name, f"</{tag}> ends <{self.at.name}>"
        assert self.at.above is not None
        self.at = self.at.above

    def handle_data(self, data: str) -> None:
        above: Element | None = self.at
        while above is not None:
            above.text += data
            above = above.above
