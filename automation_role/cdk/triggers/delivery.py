"""Delivery: how often and how long a service tries to start an automation, and where events go that it could not deliver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs

from ...start.request import StartError, check_number

_T = TypeVar("_T")


def checked_seconds(where: str, name: str, given: Duration | None, *, least: int, most: int, default: str) -> int | float | None:
    """A duration in whole seconds, as AWS expects it.

    Raises:
        StartError: it is shorter or longer than AWS allows, or has a part of a second.
    """
    if given is None:
        return None
    if given.is_unresolved():
        return given.to_seconds()
    found = given.to_milliseconds() / 1000
    if not (least <= found <= most and found.is_integer()):
        raise StartError(f"{where}: {name} is {found:,.10g} seconds → {least} to {most:,} seconds; leave it out for {default}")
    return int(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How often and how long EventBridge and its Scheduler try, and where events go that could not be delivered."""

    max_event_age: int | float | None
    retry_attempts: float | None
    queue: sqs.IQueue | None

    def retry_policy(self, kind: Callable[..., _T]) -> _T | None:
        """The retries as the property of a trigger's resource; `None`: AWS's default."""
        if self.max_event_age is None and self.retry_attempts is None:
            return None
        return kind(maximum_event_age_in_seconds=self.max_event_age, maximum_retry_attempts=self.retry_attempts)

    def dead_letters(self, kind: Callable[..., _T]) -> _T | None:
        """The queue as the property of a trigger's resource; `None`: there is none."""
        return None if self.queue is None else kind(arn=self.queue.queue_arn)


def checked_delivery(where: str, *, max_event_age: Duration | None, retry_attempts: float | None, queue: sqs.IQueue | None) -> Delivery:
    """Check the retries and the dead-letter queue.

    Raises:
        StartError: a number that AWS does not accept, or a FIFO queue.

    Sources:
        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
        https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
    """
    age = checked_seconds(where, "max_event_age", max_event_age, least=60, most=86_400, default="24 hours")
    check_number(where, "retry_attempts", retry_attempts, least=0, most=185, default="185")
    if queue is not None and queue.fifo:
        raise StartError(f"{where}: dead_letter_queue {queue.node.path!r} is a FIFO queue → a standard queue; create one without fifo")
    return Delivery(max_event_age=age, retry_attempts=retry_attempts, queue=queue)
