"""Takes the text of a failure (AccessDenied and its like) apart: joins its lines, finds each refusal, reads what surrounds it by `message_shapes`."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from .failure import Failure, Layer, execution_in
from .message_shapes import OTHER, REFUSALS, SHAPES, Shape

MOST: Final = 20
"""At most this many failures of one text are read."""
# How many characters before and after a refusal may belong to it (an encoded message is long).
_BEFORE: Final = 4_000
_AFTER: Final = 24_000
_BESIDE: Final = 400  # with at most this many characters between them, two refusals may be one
_SHOWN: Final = 600

_CORES: Final = tuple(shape for shape in SHAPES if shape.core)
_AROUND: Final = tuple(shape for shape in SHAPES if not shape.core)
# Where a report begins; the text before it belongs to the previous report.
_BEGINS: Final = re.compile(
    r"An error occurred \(|operation error [A-Za-z0-9 ]{1,60}: |Resource handler returned message: |Step fails when it is "
)
_FRAME: Final = re.compile(r'File "(?P<path>[^"]{1,400})", line (?P<line>\d{1,7})')
_LIBRARY: Final = re.compile(r"site-packages|dist-packages|/lib/python|botocore|boto3|<frozen")

_QUOTED: Final = re.compile(r"^[ \t]*(?:[>|│┃]+[ \t]*)+", re.MULTILINE)
# A line that ends inside an ARN or action, and how it continues on the next line.
_OPEN: Final = re.compile(r"(?:arn:[a-z-]+:[^\s\"']*|(?<![\w:])[a-z0-9-]{2,32}:[A-Z][A-Za-z0-9]*)\Z")
_REST: Final = re.compile(r"[A-Za-z0-9:/_.$*+=@,-]+")
_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d|https?:")
_WORDS: Final = frozenset({"action", "because", "with", "on", "is", "to"})
_COLONS: Final = 5  # of a whole ARN
_WIDE: Final = 40  # a shorter line was not broken because of its length


def failures_in(text: str) -> tuple[tuple[Failure, ...], int]:
    """Every failure of a text once, in its order, and how many more than `MOST` there are.

    Args:
        text: a message, or a log with messages in it.
    """
    joined = max((_joined(text), _unwrapped(text)), key=_sentences)  # the first, if both have as much information
    found: dict[tuple[object, ...], Failure] = {}
    left = 0
    for failure in _failures(joined):
        key = failure.key()
        if key not in found and len(found) == MOST:
            left += 1
        else:
            found.setdefault(key, failure)
    return tuple(found.values()), left


def _joined(text: str) -> str:
    """The text on one line, without quoting marks, escapes and breaks inside words."""
    if '\\"' in text or "\\n" in text:
        text = text.replace("\\n", "\n").replace('\\"', '"').replace("\\t", " ")
    lines = [line.strip() for line in _QUOTED.sub("", text).splitlines()]
    pieces: list[str] = []
    for before, line in zip(["", *lines], lines, strict=False):
        if pieces and not (len(before) >= _WIDE and _goes_on("".join(pieces[-8:])[-300:], line)):
            pieces.append(" ")
        pieces.append(line)
    return " ".join("".join(pieces).split())


def _unwrapped(text: str) -> str:
    """The text of a terminal that breaks lines at its width, also inside words: long lines continue on the next one."""
    lines = text.splitlines()
    joined = "".join(f"{'' if len(before) >= _WIDE else ' '}{line}" for before, line in zip(["", *lines], lines, strict=False))
    return " ".join(joined.split())


def _sentences(text: str) -> int:
    """How many of IAM's sentences a text has, and parts of them."""
    return sum(
        1 for shape in SHAPES if shape.id in ("notAuthorized", "because", "explicitDeny", "botocore") for _ in shape.pattern.finditer(text)
    )


def _goes_on(before: str, line: str) -> bool:
    """Whether the text ends inside an ARN or action that continues on the next line."""
    found = _OPEN.search(before)
    if found is None:
        return False
    rest = _REST.match(line)
    if rest is None or _STAMP.match(line):
        return False
    open_ = found[0]
    if before.endswith((":", "/")) or (open_.startswith("arn:") and open_.count(":") < _COLONS):
        return True
    after = line[rest.end() :].split(" ", 2)
    follows = after[1] if len(after) > 1 and not after[0] else ""
    return follows in ("because", "with", "on", "is", "(Service:") and rest[0] not in _WORDS


def _failures(text: str) -> Iterator[Failure]:
    cores = list(_merged(sorted(_matches(_CORES, text), key=lambda found: (found[1].start(), -len(found[1][0]))), text))
    at = 0
    for index, (shape, match) in enumerate(cores):
        end = cores[index + 1][1].start() if index + 1 < len(cores) else len(text)
        yield from _others(text, at, match.start())
        failure = _read(shape, match, text, at, end)
        yield failure
        at = match.end()
    yield from _others(text, at, len(text))


def _matches(shapes: Sequence[Shape], text: str) -> Iterator[tuple[Shape, re.Match[str]]]:
    for shape in shapes:
        yield from ((shape, match) for match in shape.pattern.finditer(text))


def _merged(cores: Sequence[tuple[Shape, re.Match[str]]], text: str) -> Iterator[tuple[Shape, re.Match[str]]]:
    """One refusal for each report, without those that overlap another or have less information than one next to it."""
    kept: list[tuple[Shape, re.Match[str]]] = []
    for shape, match in cores:
        if kept:
            last, before = kept[-1]
            apart = match.start() - before.end()
            if apart < 0:
                continue
            same = apart <= _BESIDE and _BEGINS.search(text, before.end(), match.start()) is None
            if same and shape.bare:
                continue
            if same and last.bare:
                kept.pop()
        kept.append((shape, match))
    return iter(kept)


def _read(core: Shape, match: re.Match[str], text: str, start: int, end: int) -> Failure:
    """A refusal with what surrounds it: before it, since the last one; after it, up to the next report."""
    start = max(start, match.start() - _BEFORE)
    stop = _BEGINS.search(text, match.end(), end)
    end = min(stop.start() if stop else end, match.end() + _AFTER)
    facts: dict[str, Any] = dict(core.says)
    shapes = [core.id]
    _fill(facts, match)
    first = match.start()
    for shape in _AROUND:
        found = next(shape.pattern.finditer(text, match.end(), end), None) if shape.tail else _last(shape, text, start, match.start())
        if found is not None:
            shapes.append(shape.id)
            first = min(first, found.start())
            _fill(facts, found)
            for name, value in shape.says.items():
                facts.setdefault(name, value)
    frames = _frames(text, start, match.start()) or _frames(text, match.end(), end)
    facts["lines"] = tuple(frames)
    facts["text"] = _short(text[first : min(end, match.end() + _SHOWN)])
    facts["shapes"] = tuple(shapes)
    return _failure_of(facts)


def _last(shape: Shape, text: str, start: int, end: int) -> re.Match[str] | None:
    return next(iter(deque(shape.pattern.finditer(text, start, end), maxlen=1)), None)


def _fill(facts: dict[str, Any], match: re.Match[str]) -> None:
    """Add the facts of a shape's groups, unless a more specific shape has set them."""
    for name, value in match.groupdict().items():
        if value:
            facts.setdefault(name, value)


def _failure_of(facts: dict[str, Any]) -> Failure:
    facts["layer"] = Layer(facts.get("layer", Layer.UNTOLD))
    for name in ("resource", "principal", "policy"):
        if name in facts:
            facts[name] = _trimmed(facts[name])
    facts["execution"] = execution_in(facts.get("principal", ""))
    return Failure(**facts)


def _trimmed(arn: str) -> str:
    """Without punctuation and closing brackets at the end."""
    return arn.rstrip(".,;:)]}>\"'`")


def _frames(text: str, start: int, end: int) -> list[int]:
    """The traceback's lines in the script itself, without those in libraries."""
    return [int(frame["line"]) for frame in _FRAME.finditer(text, start, end) if not _LIBRARY.search(frame["path"])][-20:]


def _others(text: str, start: int, end: int) -> Iterator[Failure]:
    """Errors without a refusal in their message: either the error code is a refusal, or it is not about permissions."""
    for match in OTHER.finditer(text, start, end):
        following = OTHER.search(text, match.end(), end)
        stop = following.start() if following else end
        refused = match["code"] in REFUSALS
        if end < len(text) and following is None:
            continue  # this wraps the next refusal
        said = _short(text[match.start() : min(stop, match.end() + _SHOWN)])
        yield Failure(
            text=said,
            shapes=("botocore",),
            layer=Layer.UNTOLD if refused else Layer.NONE,
            code=match["code"],
            operation=match["operation"],
            lines=tuple(_frames(text, max(start, match.start() - _BEFORE), match.start())),
        )


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def within(failure: Failure, **facts: Any) -> Failure:
    """The failure, with unset fields filled in from what else is known."""
    return replace(failure, **{name: value for name, value in facts.items() if not getattr(failure, name)})


def string(value: Any) -> str:
    """A member that should be a string; empty when it isn't."""
    return value if isinstance(value, str) else ""
