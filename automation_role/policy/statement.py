"""One statement of a policy, and how it is written as IAM JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..values.patterns import Pattern
from ..values.place import Place

if TYPE_CHECKING:
    from ..values.calls import Condition

VERSION: Final = "2012-10-17"


class Statement(NamedTuple):
    """One statement of a policy, as IAM means it.

    Attributes:
        sid: its id, letters and digits; empty for none.
        effect: `Allow` or `Deny`.
        actions: IAM actions, sorted.
        resources: ARNs with holes; empty in a trust policy.
        conditions: (operator, key, values), sorted.
        principals: of a trust policy: (kind, names), `("Service", ("ssm.amazonaws.com",))`.
    """

    actions: tuple[str, ...]
    sid: str = ""
    effect: str = "Allow"
    resources: tuple[Pattern, ...] = ()
    conditions: tuple[Condition, ...] = ()
    principals: tuple[tuple[str, tuple[Pattern, ...]], ...] = ()

    def patterns(self) -> Iterator[Pattern]:
        """Every text in it that may have holes."""
        yield from self.resources
        for _, _, values in self.conditions:
            yield from values
        for _, names in self.principals:
            yield from names

    def to_json(self, place: Place) -> dict[str, Any]:
        """The statement as IAM JSON, its holes filled in from the place."""
        written: dict[str, Any] = {"Sid": self.sid} if self.sid else {}
        written["Effect"] = self.effect
        if self.principals:
            written["Principal"] = {kind: _write(names, place) for kind, names in self.principals}
        written["Action"] = list(self.actions)
        if self.resources:
            written["Resource"] = _write(self.resources, place)
        if self.conditions:
            condition: dict[str, Any] = {}
            for operator, key, values in self.conditions:
                texts = _write(values, place)
                if key == "iam:PassedToService" and place.in_china:
                    texts = _also_in_china(texts)
                condition.setdefault(operator, {})[key] = texts[0] if len(texts) == 1 else texts
            written["Condition"] = condition
        return written


# In China, roles are passed to these services under another name, but trusted under the usual one. AWS's managed policies name both:
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECS_FullAccess.html
_PASSED_IN_CHINA: Final = {
    "application-autoscaling.amazonaws.com": "application-autoscaling.amazonaws.com.cn",
    "ec2.amazonaws.com": "ec2.amazonaws.com.cn",
}


def _also_in_china(services: list[str]) -> list[str]:
    return list(dict.fromkeys(name for service in services for name in (service, _PASSED_IN_CHINA.get(service, service))))


def _write(patterns: Iterable[Pattern], place: Place) -> list[str]:
    return list(dict.fromkeys(text for pattern in patterns for text in place.write(pattern)))
