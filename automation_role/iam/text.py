"""Texts of policies and requests: wildcards, policy variables, unknown parts. `iam.matches` compares them.

A text is a tuple of atoms: characters, wildcards, and *opaque* atoms, which only a deployment knows. In plain strings these are
placeholders (`values.placeholders`): `⟨Bucket83908E77⟩` is the name that CloudFormation generates for that resource,
`⟨?import 'X'⟩` is anything at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final, TypeAlias

from ..values.placeholders import PLACEHOLDER
from .logic import Undecided, undecided


class Wild(Enum):
    """A wildcard."""

    STAR = "*"
    ONE = "?"
    NAME = "name"  # any characters of a name: what precedes the random end of a name that CloudFormation generates


STAR: Final = Wild.STAR
ONE: Final = Wild.ONE


@dataclass(frozen=True, slots=True)
class Opaque:
    """An unknown piece of text that is the same wherever it occurs.

    Attributes:
        label: the resource whose name CloudFormation generates, or why the text is unknown.
        name: whether it is a generated name: without `:` and `/`, and different from every literal text and other name.
    """

    label: str
    name: bool

    @property
    def reason(self) -> str:
        """What is missing, and how to provide it."""
        if self.name:
            return f"the name that CloudFormation will give {self.label!r} is not known"
        ask = next((ask for what, ask in _ASKS.items() if self.label.startswith(what)), "")
        return f"{self.label} is not known{ask}"


Atom: TypeAlias = str | Wild | Opaque
Atoms: TypeAlias = tuple[Atom, ...]

# How a placeholder begins -> how to provide its value, in a test and in the command.
_ASKS: Final = {
    "parameter ": ": pass it (parameters, --template-parameter)",
    "the import of ": ": pass it (imports, --template-import)",
    "the condition ": ": pass the parameters it depends on (parameters, --template-parameter)",
}

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_DEFAULT = re.compile(r"\s*([^,]*?)\s*,\s*'([^']*)'\s*")


def opaques(text: str) -> tuple[Opaque, ...]:
    """The opaque pieces of a plain string."""
    return tuple(_opaque(label) for label in PLACEHOLDER.findall(text))


def _opaque(label: str) -> Opaque:
    return Opaque(label.removeprefix("?"), name=not label.startswith("?"))


@lru_cache(maxsize=1 << 14)
def literal(text: str) -> Atoms:
    """A text in which `*` and `?` are plain characters."""
    pieces = PLACEHOLDER.split(text)
    return tuple(atom for i, piece in enumerate(pieces) for atom in ((_opaque(piece),) if i % 2 else piece))


@lru_cache(maxsize=1 << 14)
def wild(text: str) -> Atoms:
    """A text in which `*` and `?` are wildcards; runs of `*` are one."""
    atoms: list[Atom] = []
    for atom in literal(text):
        if atom == "*" and atoms[-1:] == [STAR]:
            continue
        atoms.append(STAR if atom == "*" else ONE if atom == "?" else atom)
    return tuple(atoms)


def no_variables(key: str) -> Atoms | Undecided | None:
    """For texts that have escapes (`${*}`) but no variables."""
    return undecided(f"the policy variable '${{{key}}}' is not known")


def expand(text: str, variable: Callable[[str], Atoms | Undecided | None], *, wildcards: bool) -> Atoms | Undecided | None:
    """A policy's text with its variables filled in.

    `${*}`, `${?}` and `${$}` are those characters; a variable's value is taken literally.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html

    Args:
        text: as written.
        variable: a context key's value; `None` when the request does not have it.
        wildcards: whether `*` and `?` are wildcards here.

    Returns:
        The text; `None` when a variable has no value, so that nothing matches it; or why it is unknown.
    """
    read = wild if wildcards else literal
    if "${" not in text:
        return read(text)
    atoms: list[Atom] = []
    for i, piece in enumerate(_VARIABLE.split(text)):
        if i % 2 == 0:
            atoms += read(piece)
        elif piece in ("*", "?", "$"):
            atoms.append(piece)
        else:
            match = _DEFAULT.fullmatch(piece)
            value = variable(match[1] if match else piece)
            if value is None and match:
                value = literal(match[2])
            if value is None or isinstance(value, Undecided):
                return value
            atoms += value
    return tuple(atoms)


def show(text: Atoms) -> str:
    """The text for people."""
    return "".join(atom if isinstance(atom, str) else atom.value if isinstance(atom, Wild) else f"⟨{atom.label}⟩" for atom in text)


def fold(text: Atoms) -> Atoms:
    """The text in lower case, for names that ignore case."""
    return tuple(atom.lower() if isinstance(atom, str) else atom for atom in text)


def has_wildcards(text: Atoms) -> bool:
    """Whether the text matches more than one text."""
    return any(isinstance(atom, Wild) for atom in text)
