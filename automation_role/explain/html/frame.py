"""The frame of a page: one self-contained file, with a content security policy that allows nothing else."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final

from ..._version import __version__
from .markup import Html, join

_HERE: Final = __package__


def frame(title: str, body: Html, *, package: str, name: str) -> str:
    """A whole page.

    Args:
        title: of the page.
        body: the content.
        package: the package that has its style sheet and its script.
        name: the name of both files, without the extension: `page` for `page.css` and `page.js`.
    """
    style = packaged(_HERE, "base.css") + packaged(package, f"{name}.css")
    script = packaged(_HERE, "search.js") + packaged(package, f"{name}.js")
    return Template(packaged(_HERE, "frame.html")).substitute(
        version=__version__, title=join(title), body=body, style=style, style_hash=_hash(style), script=script, script_hash=_hash(script)
    )


@cache
def packaged(package: str, name: str) -> str:
    """The text of a file of a package."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """An element's hash, as a content security policy names it: https://www.w3.org/TR/CSP3/#grammardef-hash-source."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
