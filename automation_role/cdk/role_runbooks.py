"""The runbooks of a role, and what is derived for them within the room that IAM's quotas leave."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..runbook.model import Runbook
from ..values.place import Place
from .role_plan import Plan, check_runbooks, make_plan
from .tokens import with_known_tokens


class RoleRunbooks:
    """The runbooks of a role.

    Args:
        runbooks: `None`: the role has the set-up guide's permissions, and none are derived.
        answered: the (runbook, step) pairs whose findings the user has answered.
        place: where the role acts.
        room: characters of inline policies, and managed policies, that derived statements can use.

    Attributes:
        are_known: whether the role's permissions are derived.
        room: as above.
    """

    def __init__(
        self, runbooks: Sequence[Runbook | str] | None, *, answered: Collection[tuple[str, str]], place: Place, room: tuple[int, int]
    ) -> None:
        self.are_known = runbooks is not None
        self.room = room
        self._answered, self._place = answered, place
        self._runbooks: tuple[Runbook, ...] = () if runbooks is None else tuple(check_runbooks(runbooks))

    def __contains__(self, runbook: Runbook) -> bool:
        return runbook in self._runbooks

    def plan(self) -> Plan | None:
        """What they need as policies; `None` if nothing is derived.

        Raises:
            AutomationRoleError: as `make_plan`.
        """
        return self._planned(self._runbooks) if self.are_known else None

    def add(self, runbook: Runbook | str) -> Plan:
        """What they need together with another one. If that is refused, they are what they were before.

        Raises:
            AutomationRoleError: as `check_runbooks` and `make_plan`.
        """
        runbooks = tuple(check_runbooks([*self._runbooks, runbook]))
        plan = self._planned(runbooks)
        self._runbooks = runbooks
        return plan

    def _planned(self, runbooks: Sequence[Runbook]) -> Plan:
        inline, managed = self.room
        seen = [with_known_tokens(runbook) for runbook in runbooks]
        return make_plan(seen, answered=self._answered, context=self._place, inline=inline, managed=managed)
