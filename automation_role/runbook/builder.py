"""Builds a `Runbook` from a checked document, with the findings about the document itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import did_you_mean, quoted
from ..findings import BY_HAND, Finding
from . import document
from .actions import ACTIONS, inner_steps
from .attachments import listed_files
from .bindings import check_bindings
from .braces import parameter_named_in
from .model import MAX_DOCUMENT, Output, Runbook, Step
from .parameter_store import stored_defaults
from .parameters import Parameter
from .syntax import KeyPath
from .undeclared import Declared, Undeclared


def _step_names(steps: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for step in steps:
        yield step["name"]
        inner = inner_steps(step["action"], step.get("inputs") or {})
        if inner is not None:
            yield from _step_names(inner[1])


def build(read: document.Document, name: str, source: str, bindings: Mapping[str, Any], attachments: Mapping[str, str | Path]) -> Runbook:
    """The runbook of a checked document.

    Args:
        read: the document; `schema.check` has found nothing wrong with it.
        name: its name in Systems Manager.
        source: its name in problems and findings.
        bindings: parameter -> value that the user set.
        attachments: attachment name -> the file that the user passed.

    Raises:
        RunbookError: a value does not fit its parameter, or an attachment does not fit the runbook.
    """
    return _Builder(read, name, source, bindings, attachments).runbook()


class _Builder:
    def __init__(
        self, read: document.Document, name: str, source: str, bindings: Mapping[str, Any], attachments: Mapping[str, str | Path]
    ) -> None:
        self.read, self.name, self.source = read, name, source
        self.bindings, self.attachments = bindings, attachments
        self.findings: list[Finding] = []

    def runbook(self) -> Runbook:
        data = self.read.data
        for twice in dict.fromkeys(self.read.duplicates):
            message = f"key {quoted(twice.key)} is used twice, on lines {twice.first} and {twice.line}; the last one is used here, but AWS does not document which one Automation uses; remove one of them"
            self.findings.append(Finding(id="duplicateKey", runbook=self.name, step="", line=twice.line, message=message))
        parameters = self._parameters("parameters")
        files = listed_files(data.get("files"))
        variables = self._parameters("variables")
        check_bindings(self.source, parameters, files, self.bindings, self.attachments)
        self.declared = Declared(parameters=parameters, variables=variables, steps=frozenset(_step_names(data["mainSteps"])))
        steps = tuple(self._step(step, ("mainSteps", index)) for index, step in enumerate(data["mainSteps"]))
        self.findings.extend(stored_defaults(self.name, parameters, self.bindings))
        size = len(self.read.text.encode(errors="surrogatepass"))
        if size > MAX_DOCUMENT:
            message = f"the document has {size:,} bytes → CreateDocument accepts {MAX_DOCUMENT:,}; move scripts into an attachment"
            self.findings.append(Finding(id="documentTooLarge", runbook=self.name, step="", line=1, message=message))
        assume_role = data.get("assumeRole") or None
        for each in self.declared.in_text(assume_role or "", ("assumeRole",)):
            self._report_reference(each, "", "assumeRole")
        named = parameter_named_in(assume_role) if assume_role else None
        return Runbook(
            name=self.name,
            source=self.source,
            text=self.read.text,
            format=self.read.format,
            description=data.get("description"),
            parameters=parameters,
            variables=variables,
            steps=steps,
            files=tuple(files),
            assume_role=assume_role,
            assume_role_parameter=named if named in parameters else None,
            bindings=dict(self.bindings),
            attachments={name: Path(path) for name, path in self.attachments.items()},
            findings=tuple(self.findings),
            read=self.read.without_data(),
        )

    def _parameters(self, kind: str) -> dict[str, Parameter]:
        return {
            name: Parameter(
                name=name,
                type=declared["type"],
                default=declared.get("default"),
                has_default=declared.get("default") is not None,
                allowed_values=tuple(declared["allowedValues"]) if declared.get("allowedValues") else None,
                allowed_pattern=declared.get("allowedPattern"),
                description=declared.get("description"),
                line=self.read.line((kind, name)),
            )
            for name, declared in (self.read.data.get(kind) or {}).items()
        }

    def _step(self, step: Mapping[str, Any], path: KeyPath) -> Step:
        name, action = step["name"], step["action"]
        inputs = step.get("inputs") or {}
        line = self.read.line(path)
        if action not in ACTIONS:
            near = did_you_mean(action, ACTIONS).replace("; ", " → ") or ";"
            message = f"unknown action {quoted(action)}{near} its permissions were not derived; add them {BY_HAND}"
            self.findings.append(Finding(id="unknownAction", runbook=self.name, step=name, line=line, message=message))
        for each in self.declared.in_inputs(action, inputs, (*path, "inputs")):
            self._report_reference(each, name, str(each.path[len(path) + 1]))
        holder, inner = inner_steps(action, inputs) or ("", ())
        return Step(
            name=name,
            action=action,
            inputs=inputs,
            line=line,
            script_line=self.read.first_line_of_text((*path, "inputs", "Script")),
            steps=tuple(self._step(each, (*path, "inputs", holder, index)) for index, each in enumerate(inner)),
            on_failure=step.get("onFailure"),
            on_cancel=step.get("onCancel"),
            next_step=step.get("nextStep"),
            is_end=_flag(step.get("isEnd")) or False,
            is_critical=_flag(step.get("isCritical")),
            outputs=_outputs(step.get("outputs")),
        )

    def _report_reference(self, found: Undeclared, step: str, where: str) -> None:
        finding = Finding(
            id="unknownReference", runbook=self.name, step=step, line=self.read.line(found.path), message=f"{where}: {found.message}"
        )
        if finding not in self.findings:
            self.findings.append(finding)


def _outputs(said: Any) -> tuple[Output, ...]:
    if not isinstance(said, list):
        return ()
    texts = [[one.get(key, "") for key in ("Name", "Selector", "Type")] for one in said if isinstance(one, dict)]
    return tuple([Output(*three) for three in texts if all(isinstance(text, str) for text in three)])


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) or value is None else str(value).strip().lower() == "true"
