"""Alerts as SARIF 2.1.0, which code scanning reads.

Sources: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html,
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from .._version import __version__
from .alerts import Alert

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(alerts: Iterable[Alert], rules: Mapping[str, str]) -> dict[str, Any]:
    """A SARIF log with one run.

    Args:
        alerts: what it reports, in this order.
        rules: id -> what it means, for the ids that occur.
    """
    alerts = tuple(alerts)
    ids = sorted({alert.rule for alert in alerts})
    seen: Counter[str] = Counter()
    results = []
    for alert in alerts:
        seen[alert.fingerprint] += 1
        results.append(_result(alert, ids.index(alert.rule), seen[alert.fingerprint]))
    driver = {"name": "automation-role", "version": __version__, "rules": [_rule(each, rules.get(each, each)) for each in ids]}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _rule(name: str, meaning: str) -> dict[str, Any]:
    text = meaning.replace("`", "")
    return {"id": name, "shortDescription": {"text": text}, "help": {"text": text, "markdown": meaning}}


def _result(alert: Alert, rule: int, number: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": alert.rule,
        "ruleIndex": rule,
        "level": alert.level.value,
        "message": {"text": alert.message},
        "partialFingerprints": {"automationRole/v1": f"{alert.fingerprint}:{number}"},
    }
    if alert.source:
        region = {"region": {"startLine": alert.line}} if alert.line else {}
        result["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": _uri(alert.source)}, **region}}]
    return result


def _uri(source: str) -> str:
    """A path as a relative URI reference; an absolute one as a `file:` URI."""
    path = PurePath(source)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
