"""Finds the operation or action that a misspelt name probably means, by comparing word for word.

Each word counts by itself: `DescribeStacks` and `DescribeTags` have most of their letters in common, and mean different things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# How similar two words must be (difflib's ratio) for one to be a misspelling of the other.
ALIKE: Final = 0.8
_NEAR: Final = 8  # how many similar names are looked at


def meant(given: str, names: Iterable[str]) -> str | None:
    """The one of these names (`DescribeInstances`) that a misspelt one (`describe_instnaces`) probably means; `None`: none of them."""
    import difflib  # needed only for mistakes

    plain = {plain_name(name): name for name in names}
    near = difflib.get_close_matches(plain_name(given), plain, n=_NEAR, cutoff=ALIKE)
    return next((plain[each] for each in near if _is_same(given, plain[each])), None)


def _is_same(given: str, name: str) -> bool:
    """Whether each word is nearly the same; a word more or less, as in `CreateLoadBalancerPolicy`, makes it another name."""
    words, meant_words = _words(given), _words(name)
    if len(words) == 1:  # `startinstance`
        return _are_alike(plain_name(given), plain_name(name), _ONE_WORD)
    return len(words) == len(meant_words) and all(_are_alike(one, other, ALIKE) for one, other in zip(words, meant_words, strict=True))


_ONE_WORD: Final = 0.9


# With one of these before it, a word means something else, or the opposite: `Restart`, `Deregister`, `Disassociate`, `Unsubscribe`.
_PREFIXES: Final = ("de", "dis", "re", "un")


def _are_alike(one: str, other: str, ratio: float) -> bool:
    import difflib

    if any(_has_more(*pair, prefix) for pair in ((one, other), (other, one)) for prefix in _PREFIXES):
        return False
    return sorted(one) == sorted(other) or difflib.SequenceMatcher(None, one, other).ratio() >= ratio


def _has_more(one: str, other: str, prefix: str) -> bool:
    """Whether a word is another one with this before it, as its first letters show."""
    return one.startswith(prefix) and not other.startswith(prefix) and one.startswith(other[:_FIRST], len(prefix))


_FIRST: Final = 3


def plain_name(spelling: str) -> str:
    """A name without what spellings differ in."""
    return spelling.strip().replace("_", "").replace("-", "").lower()


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name.strip())]
