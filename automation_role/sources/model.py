"""What is found in sources: runbooks, roles, and what starts a runbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import Problem, RunbookError
from ..findings import Finding
from ..runbook.document import Document
from ..runbook.model import Runbook
from .resolving import InProgress

if TYPE_CHECKING:  # a command that only reads runbooks does not load the policy engine
    from ..iam.conditions import Context as Keys
    from ..iam.documents import PolicyDocument
    from ..iam.identities import GuardRail, Identity
    from .template import CloudFormation


class Location(NamedTuple):
    """Where something was found.

    Attributes:
        source: the file, as the user would name it.
        line: its line, counted from 1; `None` where a line says nothing (an account's dump).
        path: its name there: the construct path, logical ID or Terraform address; empty for a file that is a runbook.
    """

    source: str
    line: int | None = None
    path: str = ""

    def __str__(self) -> str:
        where = self.source if self.line is None else f"{self.source}:{self.line}"
        return f"{where} {self.path}".rstrip()

    def to_json(self) -> dict[str, Any]:
        """Its fields in JSON."""
        return {"source": self.source, "line": self.line, "path": self.path}


class FoundRunbook(NamedTuple):
    """A runbook, as it was found; `runbook` checks it and gives it values.

    Attributes:
        name: its name in messages, and for other runbooks that start it.
        labels: the texts by which other resources refer to it: its name, its ARN, the placeholder of either.
        place: where it is.
        document: its document; `None`: see `problems` or `unread`.
        made: the runbook itself, if there is no document to read: an AWS-owned one.
        problems: why it isn't a valid document.
        unread: why its content is unknown before deployment; empty when it was read.
        account: the account it was found in; empty when nothing says.
    """

    name: str
    labels: tuple[str, ...]
    place: Location
    document: Document | None = None
    made: Runbook | None = None
    problems: tuple[Problem, ...] = ()
    unread: str = ""
    account: str = ""

    def runbook(self, parameters: Mapping[str, Any] | None = None, attachments: Mapping[str, str | Path] | None = None) -> Runbook:
        """The runbook.

        Raises:
            RunbookError: it isn't a valid runbook, or a value does not fit its parameter.
        """
        if self.problems:
            raise RunbookError(self.problems)
        if self.made is not None:
            return self.made.given(parameters=parameters or {}, attachments=attachments or {}) if parameters or attachments else self.made
        if self.document is None:
            return self._unread()
        try:
            return Runbook.from_document(
                self.document, name=self.name, source=self.place.source, parameters=parameters or {}, attachments=attachments or {}
            )
        except RunbookError as error:
            raise RunbookError([self._placed(each) for each in error.problems]) from None

    def _placed(self, problem: Problem) -> Problem:
        """A problem with the place where the user finds it; in a plan, only the address of the document says where it is."""
        line = problem.line or self.place.line
        if self.place.line is None and self.place.path:
            return problem._replace(line=None, message=f"{self.place.path}: {problem.message}")
        return problem._replace(line=line)

    def _unread(self) -> Runbook:
        line = self.place.line or 1
        message = f"the document's content is only known once it is deployed ({self.unread}), so nothing was derived from it"
        finding = Finding(id="unreadDocument", runbook=self.name, step="", line=line, message=message)
        return Runbook(
            name=self.name,
            source=self.place.source,
            text="",
            format="JSON",
            description=None,
            parameters={},
            variables={},
            steps=(),
            files=(),
            assume_role=None,
            assume_role_parameter=None,
            bindings={},
            attachments={},
            findings=(finding,),
        )

    def renamed(self, name: str) -> FoundRunbook:
        """The same, under another name."""
        return self._replace(name=name)


class FoundRole(NamedTuple):
    """A role.

    Attributes:
        identity: its policies, boundary and trust; the account in its ARN is `placeholders.ACCOUNT` when nothing says which it is.
        place: where it is.
        partition: of the account it lives in.
        managed: ARNs of the managed policies that make up what it may do.
    """

    identity: Identity
    place: Location
    partition: str
    managed: tuple[str, ...]


class FoundPerson(NamedTuple):
    """A user or a group, which may start runbooks.

    Attributes:
        place: where it is.
        policies: what it may do.
    """

    place: Location
    policies: tuple[PolicyDocument, ...]


class Starter(NamedTuple):
    """Something that starts a runbook.

    Attributes:
        place: the association, rule, remediation, window task or schedule; or the role, user or group.
        runbook: the runbook's name or ARN.
        parameters: what it passes, parameter -> texts.
        caller: the role that starts it, which a runbook without a role of its own runs as; empty: another one.
        role: the role that it passes, when the parameters do not say under which name; empty: they do.
    """

    place: Location
    runbook: str
    parameters: Mapping[str, tuple[str, ...]]
    caller: str = ""
    role: str = ""


class Situation(NamedTuple):
    """Where what is found is deployed, and what the user says about it besides the files.

    Attributes:
        partition, account, region: `None`: unknown.
        parameters: values of templates' parameters and pseudo parameters.
        imports: values of other stacks' exports, by the export's name.
        managed_policies: documents of managed policies, by ARN or name.
        keys: condition keys that every request of the roles has.
        rails: the organization's policies that apply to every role.
        boundary: the permissions boundary of every role, instead of its own; `None`: its own.
    """

    partition: str | None = None
    account: str | None = None
    region: str | None = None
    parameters: Mapping[str, str] = {}
    imports: Mapping[str, str] = {}
    managed_policies: Mapping[str, Any] = {}
    keys: Keys = {}  # noqa: RUF012  (as above: nobody changes it)
    rails: tuple[GuardRail, ...] = ()
    boundary: PolicyDocument | None = None


class Shared:
    """What files that are read together share.

    Attributes:
        templates: the templates, nested ones and those of other files included.
        managed: the managed policies of accounts and plans, by ARN.
        resolving: which of the templates are being resolved.
    """

    def __init__(self) -> None:
        self.templates: list[CloudFormation] = []
        self.managed: dict[str, Any] = {}
        self.resolving = InProgress()


def _nothing() -> Iterable[Any]:
    return ()


class SourceFile(NamedTuple):
    """One file. Its runbooks and roles are read only on demand, so an unreadable role does not stop `policy`.

    Attributes:
        path: the file.
        kind: the format's name.
        declared: the parameters of a template.
        problem: why it cannot be read; then it has no content.
        runbooks: finds its runbooks.
        roles: finds its roles; raises `AutomationRoleError` when the policies in it cannot be read.
        starts: finds what starts a runbook.
        people: finds its users and groups; those whose policies cannot be read are left out.
    """

    path: str
    kind: str
    declared: tuple[str, ...] = ()
    problem: Problem | None = None
    runbooks: Callable[[], Iterable[FoundRunbook]] = _nothing
    roles: Callable[[], Iterable[FoundRole]] = _nothing
    starts: Callable[[], Iterable[Starter]] = _nothing
    people: Callable[[], Iterable[FoundPerson]] = _nothing
