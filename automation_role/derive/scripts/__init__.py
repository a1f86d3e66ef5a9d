"""Which API calls a script makes: `aws:executeScript`, read and never run.

A script is read by an abstract interpreter: `reader` walks its syntax from the handler on, `values` is what its variables may hold, `libraries`
says what boto3 and Python's own libraries do with these values. Imports point down: reader, libraries, values.

Where to look:
    `script`: one script, from its text to its calls; `substitution`: `{{ }}` in its text; `attachments`: scripts in archives; `powershell`
    `reader/`: syntax; `reader/limits`: how much work a script may take; `values/`: a file for each kind of value, with what its methods do
        (`{}.pop()` is in `values/dicts`); `libraries/`: a file for each library, with its tables

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeScript.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ...findings import BY_HAND, Finding
from ...runbook.model import Runbook, Step
from ...runbook.references import resolve
from ...values.calls import ApiCall, Origin
from ...values.value import Value
from .. import unset_parameters
from ..step_context import AsRole
from . import attachments, substitution
from .script import Read, Script, read_script


def needs_of_script(step: Step, runbook: Runbook) -> Iterator[ApiCall | Finding | AsRole]:
    """The API calls that one `aws:executeScript` step makes, and what of them could not be read.

    Args:
        step: its inputs: `Runtime`, `Handler`, `Script` or `Attachment`, `InputPayload`.
        runbook: the runbook it is a step of: its parameters, and the attachments that were passed.

    Returns:
        The calls in the order of their lines, then the findings, then the same of each role that the script assumes. A line is the file's own for
        a script in the runbook, the step's for one in an attachment.
    """
    inputs = step.inputs
    script, attachment, handler = _text(_joined(inputs.get("Script"))), _text(inputs.get("Attachment")), _text(inputs.get("Handler"))
    if str(inputs.get("Runtime", "")).lower().startswith("powershell"):
        yield from _powershell(step, runbook, script, attachment)
        return
    files, told = _files(step, runbook, attachment)
    assumes = any(map(_assumes, (script or "", *files.values())))
    named = unset_parameters.with_placeholders(runbook) if assumes else runbook
    text, names = substitution.with_names(script, named) if script is not None and script.strip() else (None, {})
    read = read_script(
        Script(
            text=text,
            handler=handler,
            files=files,
            has_attachment=bool(inputs.get("Attachment")),
            attachments_missing=bool(told) or bool(set(runbook.files) - set(runbook.attachments)),
            exact=step.script_line is not None,
            payload=_payload(inputs.get("InputPayload"), named),
            names=names,
        ),
        step.script_line if step.script_line is not None else step.line,
    )
    yield from _needs(read, step, runbook, told if read.needs_attachment else {}, has_placeholders=assumes)
    for role, found in sorted(read.assumed.items(), key=lambda item: item[0].sort_key()):
        yield from (AsRole(role=role, need=each) for each in _needs(found, step, runbook, {}, has_placeholders=assumes))


def _assumes(script: str) -> bool:
    small = script.lower()
    return "assume_role" in small or "assumerole" in small


def _needs(
    read: Read, step: Step, runbook: Runbook, more: Mapping[tuple[str, int], str], *, has_placeholders: bool
) -> Iterator[ApiCall | Finding]:
    for (service, operation, line), variants in sorted(read.calls.items(), key=lambda item: (item[0][2], item[0])):
        for known in variants:
            call = ApiCall(
                service=service,
                operation=operation,
                inputs=known.inputs,
                complete=known.complete,
                regions=known.regions,
                origin=Origin(runbook.name, step.name, line),
            )
            yield unset_parameters.without_placeholders(call, runbook) if has_placeholders else call
    for (finding, line), message in sorted({**read.reported, **more}.items(), key=lambda item: (item[0][1], item[0])):
        yield Finding(id=finding, runbook=runbook.name, step=step.name, line=line, message=message)


def _text(given: Any) -> str | None:
    """An input that must be a text, and is reported elsewhere when it is something else."""
    return given if isinstance(given, str) else None


def _joined(script: Any) -> Any:
    """A script that is written as a list of its lines, as the guide's own example of the action is."""
    return "\n".join(script) if isinstance(script, list) and all(isinstance(line, str) for line in script) else script


def _payload(data: Any, runbook: Runbook) -> Value:
    """What the handler's first argument holds."""
    return resolve(data if data is not None else {}, runbook)


def _files(step: Step, runbook: Runbook, named: str | None) -> tuple[dict[str, str], dict[tuple[str, int], str]]:
    """The Python files of the attachments that were passed, the step's own first; and the findings about those that were not."""
    line = step.line
    files: dict[str, str] = {}
    told: dict[tuple[str, int], str] = {}
    for name, path in sorted(runbook.attachments.items(), key=lambda item: (item[0] != named, item[0])):
        try:
            files = {**attachments.read(path, name), **files}
        except attachments.AttachmentError as error:
            if name == named or named is None:
                told[("attachedScript", line)] = (
                    f"attachment {name!r} cannot be read: {error}; pass its zip archive with attachments={{{name!r}: path}} (--attachment {name}=PATH)"
                )
    if named is not None and named not in runbook.attachments:
        told[("attachedScript", line)] = (
            f"the script is in attachment {named!r}, which was not provided; pass it with attachments={{{named!r}: path}} (--attachment {named}=PATH), or add what it needs {BY_HAND}"
        )
    return files, told


_MOST_USES: Final = 12  # of AWS in one PowerShell script, that are listed


def _listed_uses(uses: list[tuple[int, str]], first: int | None) -> str:
    """Each use of AWS with its lines: of the file, or of the script when that has no lines of its own there."""
    lines: dict[str, list[int]] = {}
    for line, word in uses:
        lines.setdefault(word, []).append(line if first is None else first + line - 1)
    said = [f"{word} in line {', '.join(map(str, each))}" for word, each in lines.items()]
    return "; ".join(said[:_MOST_USES]) + (f"; and {len(said) - _MOST_USES} more" if len(said) > _MOST_USES else "")


def _powershell(step: Step, runbook: Runbook, script: str | None, attachment: str | None) -> tuple[Finding, ...]:
    def finding(identifier: str, line: int, message: str) -> Finding:
        return Finding(id=identifier, runbook=runbook.name, step=step.name, line=line, message=message)

    found: list[Finding] = []
    if script is not None:
        from . import powershell  # few scripts are, and its patterns take Python 3 ms to compile

        uses = powershell.aws_uses(script)
        if uses:
            first = step.script_line if step.script_line is not None else None
            at = first + uses[0][0] - 1 if first is not None else step.line
            said = _listed_uses(uses, first)
            message = (
                f"the PowerShell script uses AWS, or something that may use AWS ({said}), which is not read; add what it needs {BY_HAND}"
            )
            found.append(finding("powershellScript", at, message))
    if attachment is not None:
        message = f"the PowerShell script is in attachment {attachment!r}, which is not read; add what it needs {BY_HAND}"
        found.append(finding("attachedScript", step.line, message))
    return tuple(found)
