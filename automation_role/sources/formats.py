"""The formats of files that hold runbooks or roles. To add one: an entry here, and a module next to this one with `fits` and `read`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, NamedTuple, Protocol, cast

from .files import FileText
from .model import Shared, Situation, SourceFile


class FormatReader(Protocol):
    """The interface of a format's module."""

    def fits(self, data: Any) -> bool:
        """Whether data is of this format."""

    def read(self, file: FileText, situation: Situation, scope: str, shared: Shared) -> SourceFile:
        """Read a file.

        Args:
            file: its text and data.
            situation: where its content is deployed.
            scope: distinguishes its names from those of the other files.
            shared: what files that are read together share.

        Raises:
            UnreadableError: it, or a file that it points to, cannot be read.
        """


class Format(NamedTuple):
    """A kind of file.

    Attributes:
        words: its name in messages.
        marks: every file of this kind contains one of these texts.
        module: the module next to this one that reads it, loaded for the first file with a mark: most commands need none.
        pattern: what such a file contains, too, where the marks are words of many files; `None`: they are not.
    """

    words: str
    marks: tuple[str, ...]
    module: str
    pattern: re.Pattern[str] | None = None

    def may_be(self, text: str) -> bool:
        """Whether a text may be of this kind, so that parsing it is worth the time. Most files of a repository are of no kind."""
        return any(mark in text for mark in self.marks) and (self.pattern is None or self.pattern.search(text) is not None)

    @property
    def reader(self) -> FormatReader:
        """The module."""
        return cast("FormatReader", import_module(f".{self.module}", __package__))


ACCOUNT: Final = "account"
FORMATS: Final[Mapping[str, Format]] = {
    "cloudformation": Format("a CloudFormation or SAM template", ("Resources",), "cloudformation", re.compile(r"Resources[\"']?\s*:")),
    "cdk": Format("the manifest of a CDK assembly (cdk.out)", ('"artifacts"',), "assembly"),
    "terraform": Format("what `terraform show -json` prints of a plan or a state", ('"format_version"',), "terraform.source"),
    ACCOUNT: Format("what `aws iam get-account-authorization-details` prints", ("RoleDetailList", "PolicyVersionList"), "account"),
}
# Anything else is read as a runbook, whose reader reports what is wrong with it.
RUNBOOK: Final = "runbook"
KINDS: Final = (RUNBOOK, *FORMATS)
