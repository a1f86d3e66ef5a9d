"""The dumps of many accounts, read one account at a time, so that memory holds only one; and which files belong to one account.

Pages: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ..errors import AutomationRoleError, Problem
from ..template.text import TemplateTextError, parse
from .account import arn_of, details, fits, managed_policies
from .files import UnreadableError, text_of

_LISTS: Final = ("RoleDetailList", "Policies", "UserDetailList", "GroupDetailList")
_ACCOUNT: Final = 4  # of the parts of an ARN


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account, as its dumps have it.

    Attributes:
        id: 12 digits.
        partition: where it is.
        sources: its files.
        roles: (file, role) in the order of the files; each role once.
        documents: managed policies, by ARN.
    """

    id: str
    partition: str
    sources: tuple[str, ...]
    roles: tuple[tuple[str, Mapping[str, Any]], ...]
    documents: Mapping[str, Any]


@dataclass(slots=True)
class Dumps:
    """Records which dumps there are, and then reads them again, account by account.

    Attributes:
        problems: what is wrong with the dumps.
        incomplete: what is missing of them.
    """

    problems: list[Problem] = field(default_factory=list)
    incomplete: list[Problem] = field(default_factory=list)
    _files: dict[str, list[str]] = field(default_factory=dict)  # account -> its files
    _partitions: dict[str, str] = field(default_factory=dict)
    _open: dict[str, int] = field(default_factory=dict)  # account -> pages after which another one comes
    _of_aws: dict[str, Any] = field(default_factory=dict)
    _last: Counter[str] = field(default_factory=Counter)  # directory -> its last pages that have only policies of AWS's own

    def __len__(self) -> int:
        """How many accounts there are."""
        return len(self._files)

    def take(self, path: str, data: Mapping[str, Any]) -> None:
        """Record a dump, or a page of one."""
        if path == "<stdin>":
            self.problems.append(Problem(source=path, line=None, message="standard input can't be read twice → save the dump to a file"))
            return
        owners: dict[str, str] = {}
        for kind in _LISTS:
            for one in details(data, kind):
                parts = str(one.get("Arn")).split(":")
                if len(parts) > _ACCOUNT and parts[_ACCOUNT].isdigit():
                    owners.setdefault(parts[_ACCOUNT], parts[1])
        for owner, partition in owners.items():
            self._files.setdefault(owner, []).append(path)
            self._partitions[owner] = partition
            self._open[owner] = self._open.get(owner, 0) + _is_followed(data)
        if not owners:  # a page with only AWS's own policies belongs to an account in the same directory
            self._of_aws.update(managed_policies(data))
            self._last[_directory(path)] += not _is_followed(data)
            for role in details(data, "RoleDetailList"):  # their ARNs have no account, which is reported
                self._add(path, role, {})

    def accounts(self) -> Iterator[Account]:
        """Each account, in the order of their IDs; what is wrong with one is in `problems`."""
        incomplete = self._incomplete()
        for owners, paths in self._together():
            roles: dict[str, dict[str, tuple[str, Mapping[str, Any]]]] = {owner: {} for owner in owners}
            documents = dict(self._of_aws)
            for path in paths:
                data = self._read(path)
                documents.update(managed_policies(data))
                for role in details(data, "RoleDetailList"):
                    self._add(path, role, roles)
            for owner in owners:
                own = self._files[owner]
                if owner in incomplete:
                    message = f"isn't the last page of account {owner}, and the next one is missing → all pages of the dump"
                    self.incomplete.append(Problem(source=own[-1], line=None, message=message))
                yield Account(
                    id=owner,
                    partition=self._partitions[owner],
                    sources=tuple(own),
                    roles=tuple(roles[owner].values()),
                    documents=documents,
                )

    def _incomplete(self) -> set[str]:
        """The accounts without their last page. A last page with only AWS's own policies doesn't name its account, but it is the last page of one."""
        there: dict[str, set[str]] = {}
        for owner, paths in self._files.items():
            if self._open[owner] >= len(paths):
                there.setdefault(_directory(paths[-1]), set()).add(owner)
        return {owner for directory, owners in there.items() if len(owners) > self._last[directory] for owner in owners}

    def _together(self) -> Iterator[tuple[list[str], list[str]]]:
        """Groups of accounts that share files, with these files; mostly one account and its files."""
        owners_of: dict[str, list[str]] = {}
        for owner, paths in self._files.items():
            for path in paths:
                owners_of.setdefault(path, []).append(owner)
        left = dict.fromkeys(sorted(self._files))
        while left:
            owners: list[str] = []
            found: dict[str, None] = {}
            todo = [next(iter(left))]
            while todo:
                owner = todo.pop()
                if owner in left:
                    del left[owner]
                    owners.append(owner)
                    found.update(dict.fromkeys(self._files[owner]))
                    todo += (other for path in self._files[owner] for other in owners_of[path])
            yield sorted(owners), list(found)

    def _read(self, path: str) -> Mapping[str, Any]:
        try:
            data = parse(text_of(path))
        except UnreadableError as error:
            self.problems.append(error.problem)
            return {}
        except TemplateTextError:
            data = None
        if not fits(data):
            self.problems.append(Problem(source=path, line=None, message="changed while it was being read → run it again"))
            return {}
        read: Mapping[str, Any] = data
        return read

    def _add(self, path: str, role: Mapping[str, Any], roles: dict[str, dict[str, tuple[str, Mapping[str, Any]]]]) -> None:
        try:
            arn = arn_of(path, role)
        except AutomationRoleError as error:
            self.problems.append(Problem(source=path, line=None, message=str(error).removeprefix(f"{path}: ")))
            return
        theirs = roles.get(arn.split(":")[_ACCOUNT])
        if theirs is None:
            self.problems.append(Problem(source=path, line=None, message=f"a role has the Arn {arn!r} → an ARN with a 12-digit account"))
        elif arn in theirs and theirs[arn][1] != role:
            message = f"differs from {theirs[arn][0]} about {arn} → keep one dump of each account"
            self.problems.append(Problem(source=path, line=None, message=message))
        else:
            theirs.setdefault(arn, (path, role))


def _directory(path: str) -> str:
    return os.path.dirname(path)  # noqa: PTH120  (as text)


def _is_followed(data: Mapping[str, Any]) -> bool:
    """Whether another page comes after this one."""
    return bool(data.get("IsTruncated") or data.get("NextToken"))
