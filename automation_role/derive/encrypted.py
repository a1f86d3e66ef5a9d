"""What a step also needs if a customer managed key encrypts what its calls use: one note, because no runbook shows whether one does.

Which calls need what is data: the entries of `[[follow]]` with `on = "encrypted:…"` in `tools/exceptions.toml`, with the source of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from ..catalog import operations as catalog
from ..catalog.operations import Follow
from ..findings import BY_HAND, Finding
from ..values.calls import ApiCall
from .follows import ENCRYPTED, may_be_on
from .inputs import is_on


def keys_note(calls: Iterable[ApiCall]) -> Iterator[Finding]:
    """The note on the keys that may encrypt what the calls of one step use; none if no call uses anything that a key encrypts."""
    asking: dict[tuple[str, tuple[str, ...]], dict[str, None]] = {}
    first: ApiCall | None = None
    using = [call for call in calls if _of_keys(call.service, call.operation)]
    for call in sorted(using, key=lambda each: each.origin.line):
        for what, actions in _uses(call):
            first = first or call
            asking.setdefault((what, actions), {})[f"{call.service} {call.operation}"] = None
    if first is None:
        return
    needed = [
        f"if a customer managed key encrypts {what}, {' and '.join(by)} also need{'s' * (len(by) == 1)} {', '.join(actions)} on that key"
        for (what, actions), by in asking.items()
    ]
    message = f"{'; '.join(needed)}; if so, add it {BY_HAND}"
    yield first.origin.finding("mayAlsoNeed", message)


def _uses(call: ApiCall) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a key may encrypt, with the actions that the call then needs on it."""
    for each in _of_keys(call.service, call.operation):
        if not each.when or is_on(call.inputs, each.when) or may_be_on(call, each.when):
            yield each.on.removeprefix(ENCRYPTED), each.actions


@lru_cache(maxsize=1_024)  # runbooks repeat their operations
def _of_keys(name: str, called: str) -> tuple[Follow, ...]:
    """What an operation may need on keys."""
    service = catalog.service(name)
    operation = service.operation(called) if service is not None else None
    if service is None or operation is None:
        return ()
    return tuple(each for each in service.details(operation).follows if each.on.startswith(ENCRYPTED))
