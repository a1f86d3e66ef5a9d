"""How much work reading one script may take, and how deep it goes. All of it is counted, never timed: the same script reads the same on every machine and every Python.

The most of 1,093 public scripts is 21,000 units of work; the most of 1,700, 12 calls within calls and 84 levels.
"""

from __future__ import annotations

from typing import Final

from ....findings import BY_HAND

MAX_WORK: Final = 150_000  # expressions read, members looked at, variables joined, in one script; past it nothing more is read
MAX_CALLS: Final = 24  # calls within calls; deeper ones are read afterwards, their results unknown
MAX_LEVELS_OF_CALLS: Final = 120  # the same in levels: statements in statements, expressions in expressions, calls in calls
MAX_LEVELS: Final = 230  # what is deeper is not read; each takes up to three of the thousand frames that Python has
MAX_PASSES: Final = 24  # readings of the body of a loop, a comprehension, or of what a library calls many times

TOO_COMPLEX: Final = f"the script is too complex to follow to its end; add what it needs {BY_HAND}"


class TooComplexError(Exception):
    """The work of one script is spent: what was found so far is all that is found."""
