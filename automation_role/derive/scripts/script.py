"""One script, from its text to the API calls that its handler makes."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ...errors import did_you_mean
from ...findings import BY_HAND
from ...values.patterns import Pattern
from ...values.value import UNKNOWN, Value
from ..cache import frozen
from .attachments import Sources
from .libraries import LIBRARIES
from .reader.imports import parsed
from .reader.limits import TOO_COMPLEX, TooComplexError
from .reader.machine import Interpreter
from .reader.results import FoundCalls, Known
from .reader.statements import Reader
from .substitution import Placing
from .values.arguments import Args
from .values.asking import is_unknown
from .values.credentials import OF_UNKNOWN_ORIGIN
from .values.frames import Frame
from .values.inputs import lift
from .values.thing import BOTTOM, DATA

__all__ = ["Read", "Script", "read_script"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A script to read.

    Attributes:
        text: the script in the runbook, if it is there.
        handler: name of the function that runs, `file.function` in an attachment.
        files: Python files of the attachments, by path.
        has_attachment: the step names an attachment.
        attachments_missing: not all attachments of the runbook are in `files`.
        exact: whether the script's lines are lines of the runbook's file; else all are reported at its first line.
        payload: the handler's first argument.
        names: what is under the names that stand for `{{ }}` in the text.
    """

    text: str | None
    handler: str | None
    files: Mapping[str, str]
    has_attachment: bool = False
    attachments_missing: bool = False
    exact: bool = False
    payload: Value = UNKNOWN
    names: Mapping[str, Value] = field(default_factory=dict)

    def key(self) -> Hashable:
        """A cache key."""
        around = (tuple(self.files.items()), self.has_attachment, self.attachments_missing)
        return (self.text, self.handler, self.exact, frozen(self.payload), frozen(self.names), around)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was found.

    Attributes:
        calls: (service, operation, line) -> what is known of the call, each time differently.
        reported: (finding, line) -> message.
        needs_attachment: something in an attachment is needed that is not there.
        assumed: the ARN of a role that the script assumes -> what was found of the calls with its credentials.
    """

    calls: Mapping[tuple[str, str, int], list[Known]]
    reported: Mapping[tuple[str, int], str]
    needs_attachment: bool = False
    assumed: Mapping[Pattern, Read] = field(default_factory=dict)

    def moved(self, lines: int) -> Read:
        """The same results, some lines further down."""
        return Read(
            calls={(service, operation, line + lines): known for (service, operation, line), known in self.calls.items()},
            reported={(finding, line + lines): message for (finding, line), message in self.reported.items()},
            needs_attachment=self.needs_attachment,
            assumed={role: read.moved(lines) for role, read in self.assumed.items()},
        )


_FIRST: Final = 1  # the line in which each script is read as if it began there
_MOST: Final = 2_048  # scripts that are remembered; then all are forgotten
KNOWN: Final[dict[Hashable, Read]] = {}


def read_script(script: Script, first_line: int = _FIRST) -> Read:
    """Read a script that begins in a line as far as its handler reaches: once, wherever it is, since runbooks repeat each other."""
    if script.text is None and script.has_attachment and not script.files:
        return Read(calls={}, reported={}, needs_attachment=True)
    key = script.key()
    found = KNOWN.get(key)
    if found is None:
        if len(KNOWN) >= _MOST:
            KNOWN.clear()
        found = KNOWN[key] = _read(script)
    return found.moved(first_line - _FIRST)


def _read(script: Script) -> Read:
    unknown_modules_are = "attachedScript" if script.attachments_missing or script.has_attachment else "unreadableScript"
    machine = Interpreter(Sources(script.files), unknown_modules_are, _FIRST, Reader, LIBRARIES)
    reading = _Reading(script, machine)
    try:
        reading.read()
    except (TooComplexError, RecursionError):  # the latter when whoever asks is deep in functions already
        machine.report("unreadableScript", _FIRST, TOO_COMPLEX)
    finally:
        machine.forget()
    own, assumed = machine.found.pop(None), machine.found
    if (unknown := assumed.pop(OF_UNKNOWN_ORIGIN, None)) is not None:
        own.reported.setdefault(("otherCredentials", unknown.first_line), _as_nobody_knows_whom(unknown))
    return Read(
        calls=own.calls,
        reported=own.reported,
        needs_attachment=reading.needs_attachment,
        assumed={role: Read(calls=found.calls, reported=found.reported) for role, found in assumed.items() if role is not None},
    )


_MOST_CALLS: Final = 12  # that a message lists


def _as_nobody_knows_whom(found: FoundCalls) -> str:
    """What is reported of calls with credentials of unknown origin: this role gets nothing for them."""
    calls = [f"{service}:{operation}" for service, operation, _ in sorted(found.calls, key=lambda each: (each[2], each))]
    if found.reported:
        calls.append("what could not be read")
    names = list(dict.fromkeys(calls))
    listed = ", ".join(names[:_MOST_CALLS]) + (f" and {len(names) - _MOST_CALLS} more" if len(names) > _MOST_CALLS else "")
    what = f"the script makes API calls with credentials of unknown origin ({listed}), so nothing was derived for them"
    return f"{what}; if they are this role's, add what the calls need {BY_HAND}"


class _Reading:
    def __init__(self, script: Script, machine: Interpreter) -> None:
        self.script = script
        self.machine = machine
        self.needs_attachment = False

    def read(self) -> None:
        script, machine = self.script, self.machine
        module, name = self._module()
        if module is None:
            return
        if not name and _functions(module):
            machine.report("unreadableScript", _FIRST, "the step has no Handler, so it is unknown which function runs; set Handler")
        handler = module.captured.get(name, BOTTOM) if name else None
        if handler is BOTTOM and name:
            machine.report(
                "unreadableScript",
                _FIRST,
                f"the handler {script.handler!r} is not defined in the script{did_you_mean(name, _functions(module))}",
            )
            return
        if handler is not None and not is_unknown(handler):
            machine.call(handler, Args([lift(script.payload), DATA]), _FIRST)
        machine.finish()
        self._signing()

    def _module(self) -> tuple[Frame | None, str]:
        """The module with the handler, read, and the handler's name in it."""
        script = self.script
        name = script.handler or ""
        path, _, function = name.rpartition(".")
        if script.text is not None and not (script.has_attachment and _PLACEHOLDER.fullmatch(script.text)):
            frame = self._inline(script.text)
            if frame is None or not (path and script.has_attachment) or function in frame.captured:
                return frame, function
        found = self.machine.modules.source(path.replace("/", "."), "") if path else None
        if found is None:
            self.needs_attachment = script.has_attachment
            self._missing_file(path)
            return None, ""
        module = self.machine.read_module(*found, _FIRST)
        return (None, "") if module is None else (module.frame, function)

    def _missing_file(self, path: str) -> None:
        script = self.script
        if not script.has_attachment:
            self.machine.report(
                "unreadableScript", _FIRST, "the step has neither Script nor Attachment, so there is nothing to run; add one"
            )
        elif script.files and not script.attachments_missing:
            known = {each.removesuffix(".py").replace("/", ".") for each in script.files}
            self.machine.report(
                "unreadableScript",
                _FIRST,
                f"the handler {script.handler!r} is not in a file of the attachment{did_you_mean(path, known)}; a handler in an attachment is file.function",
            )

    def _inline(self, text: str) -> Frame | None:
        script, machine = self.script, self.machine
        try:
            tree = parsed(text)
        except SyntaxError as error:
            line = _FIRST + (error.lineno or 1) - 1 if script.exact else _FIRST
            machine.report(
                "unreadableScript",
                line,
                f"the script cannot be read: {error.msg} (line {error.lineno or 1} of the script); add what it needs {BY_HAND}",
            )
            return None
        frame = Frame(None)
        machine.modules_read.append(frame)
        frame.first, frame.is_exact = _FIRST, script.exact
        frame.captured.update({name: lift(value) for name, value in script.names.items()})
        frame.captured["__name__"] = "script"
        if script.names:
            Placing(script.names).visit(tree)
        reader = Reader(machine, frame, {})
        reader.block(tree.body)
        # Of several with the handler's name, the last one runs.
        handler = (script.handler or "").rpartition(".")[2]
        if reader.env is not None and handler in reader.env:
            frame.captured[handler] = reader.env[handler]
        return frame

    def _signing(self) -> None:
        """Requests that the script signs by itself don't go through boto3, and the metadata service has the credentials to sign them."""
        script = self.script
        read = {path: text for path, text in script.files.items() if path in self.machine.imported}
        for path, text in {"": script.text or "", **read}.items():
            for marks, pattern, what in _BY_ITSELF:
                # Looking for plain text first: the pattern is slow, and nearly no script has any of it.
                lines = text.split("\n") if any(mark in text for mark in marks) else []
                line = next((at for at, each in enumerate(lines) if any(mark in each for mark in marks) and pattern.search(each)), None)
                if line is not None:
                    where = f" ({path}:{line + 1})" if path else ""
                    at = _FIRST + (line if script.exact and not path else 0)
                    self.machine.report("otherAwsAccess", at, f"the script {what}{where}, which is not read; add what it needs {BY_HAND}")


def _functions(module: Frame) -> list[str]:
    return [name for name, value in module.captured.items() if not name.startswith("__") and hasattr(value, "node")]


# What a signature of version 4 is made with, and where credentials come from.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
_BY_ITSELF: Final = (
    (
        ("AWS4", "aws4_request", "SigV4", "HmacV1", "RequestSigner", "AUTH_TYPE_MAPS"),
        re.compile(
            r"AWS4-HMAC-SHA256|aws4_request|[\"']AWS4[\"']|\b(?:\w*(?:SigV4|HmacV1)\w*Auth|AWS4Auth|RequestSigner|AUTH_TYPE_MAPS)\b"
        ),
        "signs its own requests to AWS",
    ),
    (
        (
            "169.254.",
            "fd00:ec2::254",
            "meta-data/",
            "MetadataFetcher",
            "MetadataProvider",
            "IMDSFetcher",
            "ContainerProvider",
            "AWS_CONTAINER_",
            "//instance-data",
        ),
        re.compile(
            r"169\.254\.169\.254|169\.254\.170\.2\b|fd00:ec2::254|meta-data/(?:iam|identity-credentials)|(?:Instance|Container)Metadata(?:Fetcher|Provider)"
            r"|\b(?:IMDSFetcher|ContainerProvider)\b|//instance-data\b"
            r"|AWS_CONTAINER_(?:CREDENTIALS|AUTHORIZATION)_"
        ),
        "asks the metadata service for the role's credentials",
    ),
    (
        ("botocore.endpoint", "botocore.httpsession", "create_credential_resolver"),
        re.compile(r"\bbotocore\.(?:endpoint|httpsession)\b|\bcreate_credential_resolver\b"),
        "sends requests with botocore's own parts",
    ),
    (  # https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html
        (".aws", "credential_source", "credential_process", "source_profile"),
        re.compile(r"(?<!\w)\.aws\b(?![.\w-])|credential_(?:source|process)\b|source_profile\b"),
        "chooses a role by a configuration file of AWS",
    ),
)
_PLACEHOLDER: Final = re.compile(r"\s*%\w+%\s*")
