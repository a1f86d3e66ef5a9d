"""cfn-lint finds nothing in what starts automations, in three partitions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.triggers.test_triggers import template  # noqa: F401  (the fixture)

# W3005: what depends on the role's policies depends on the construct as a whole, its role too, which it refers to anyway.
REDUNDANT = ("I", "W3005")
REGIONS = ("eu-central-1", "cn-north-1", "us-gov-west-1")


def test_cfn_lint_finds_nothing(template: dict[str, Any]) -> None:  # noqa: F811
    cfnlint = pytest.importorskip("cfnlint.api")
    lint = pytest.importorskip("cfnlint.config").ManualArgs
    found = cfnlint.lint(json.dumps({"Resources": template}), config=lint(regions=[*REGIONS]))
    assert [str(match) for match in found if not match.rule.id.startswith(REDUNDANT)] == []
