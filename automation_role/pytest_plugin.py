"""The pytest fixture `stable_template`; pytest finds it by itself where this package is installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(scope="session")
def stable_template() -> Callable[[Any], dict[str, Any]]:
    """Make templates comparable with snapshots.

    `assert stable_template(template) == snapshot`; see `automation_role.testing.stable` for what it accepts and leaves out.
    """
    from .template.snapshots import stable

    return stable
