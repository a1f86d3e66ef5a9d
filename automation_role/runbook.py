"""Runbook, Step: parse, check, keep line numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .findings import Finding

# CONTRACT ONLY, TO BE FILLED IN (reader): names and shapes below are what derive/, the construct and the command use.


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A runbook's parameter."""

    name: str
    type: str
    default: Any = None
    has_default: bool = False
    allowed_values: tuple[Any, ...] | None = None
    allowed_pattern: str | None = None
    description: str | None = None
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step; the steps inside an `aws:loop` are its `steps`.

    Attributes:
        inputs: as written, plain data, `{{ }}` kept.
        line: the line of the step in the file, counted from 1.
        script_line: the file's line of the first line of `inputs.Script`, when its lines are lines of the file; else `None`.
    """

    name: str
    action: str
    inputs: Mapping[str, Any]
    line: int
    script_line: int | None = None
    steps: tuple[Step, ...] = ()
    on_failure: str | None = None
    on_cancel: str | None = None
    next_step: str | None = None
    is_end: bool = False
    is_critical: bool | None = None
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict)  # path in inputs -> line


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    """An Automation runbook (schema 0.3)."""

    name: str
    source: str  # path as given, or '<text>', '<mapping>', '<stdin>'
    text: str  # the document as it is uploaded
    format: str  # 'YAML' or 'JSON'
    description: str | None
    parameters: Mapping[str, Parameter]
    variables: Mapping[str, Parameter]
    steps: tuple[Step, ...]
    files: tuple[str, ...]  # names of the attachments
    assume_role: str | None  # as written
    assume_role_parameter: str | None  # the parameter it refers to
    bindings: Mapping[str, Any]  # parameter -> value the user gave (CDK tokens are opaque)
    attachments: Mapping[str, Path]  # attachment name -> zip that was given
    findings: tuple[Finding, ...]  # unknownAction, documentTooLarge

    @classmethod
    def from_file(
        cls, path: str | Path, *, name: str | None = None, parameters: Mapping[str, Any] = {}, attachments: Mapping[str, str | Path] = {}
    ) -> Runbook:
        raise NotImplementedError

    @classmethod
    def from_text(
        cls, text: str, *, name: str, source: str = "<text>", parameters: Mapping[str, Any] = {}, attachments: Mapping[str, str | Path] = {}
    ) -> Runbook:
        raise NotImplementedError

    @classmethod
    def from_mapping(
        cls, document: Mapping[str, Any], *, name: str, parameters: Mapping[str, Any] = {}, attachments: Mapping[str, str | Path] = {}
    ) -> Runbook:
        raise NotImplementedError

    def all_steps(self) -> tuple[Step, ...]:
        """Every step, those inside loops too, in the order of the document."""
        raise NotImplementedError
