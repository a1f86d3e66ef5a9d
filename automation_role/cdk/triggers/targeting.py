"""The targets of a start, one child automation each."""

from __future__ import annotations

from collections.abc import Sequence

from ...start.request import StartError, check_rate
from ...start.targets import Targets, check_targets


def check_targeting(
    where: str,
    targets: Targets | None,
    target_parameter: str | None,
    *,
    allowed: Sequence[str],
    max_concurrency: str | None,
    max_errors: str | None,
) -> None:
    """Check that targets and the parameter that takes them are set together, and rates only with targets.

    Raises:
        StartError: they do not.
    """
    if (targets is None) != (target_parameter is None):
        given, missing = ("targets", "target_parameter") if target_parameter is None else ("target_parameter", "targets")
        raise StartError(f"{where}: {given} without {missing} → Automation accepts both or neither; add {missing}")
    if targets is None and (max_concurrency is not None or max_errors is not None):
        raise StartError(f"{where}: max_concurrency and max_errors without targets → they apply only to targets; add targets")
    check_targets(where, targets, allowed=allowed)
    check_rate(where, max_concurrency=max_concurrency, max_errors=max_errors)
