"""From a step to its API calls, its further permissions, and its findings.

Which calls an action type makes is in its table (`runbook.actions`), as data or as the name of a reading (`readings`). Which permissions a
call needs is in the catalog, the same for all action types.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..runbook.actions import ACTIONS, ActionType, Call
from ..runbook.model import Runbook, Step
from ..values.calls import ApiCall
from ..values.value import UNKNOWN
from .own_execution import restarting
from .readings import READINGS
from .step_context import Needs, StepContext, is_given


def needs_of_step(step: Step, runbook: Runbook) -> Iterator[Needs]:
    """What a step calls and needs; the inner steps of a loop are separate steps.

    An action type that is not in the table was reported by the reader (`unknownAction`).
    """
    action = ACTIONS.get(step.action)
    if action is None:
        return
    yield from restarting(_needs(action, StepContext.of(step, runbook)), step, runbook)


def _needs(action: ActionType, context: StepContext) -> Iterator[Needs]:
    for call in action.calls:
        if not call.when or is_given(context.input(call.when)):
            yield _sent(call, context)
    if action.reading:
        yield from READINGS[action.reading](context)


def _sent(call: Call, context: StepContext) -> ApiCall:
    return context.call(call.service, call.operation, {**context.sent(**call.sends), **dict.fromkeys(call.finds, UNKNOWN)})


_MISSING = {action.reading for action in ACTIONS.values() if action.reading} ^ READINGS.keys()
if _MISSING:
    raise ImportError(f"readings of runbook.actions and of derive.readings differ: {', '.join(sorted(_MISSING))}")
