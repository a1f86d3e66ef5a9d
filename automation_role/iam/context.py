"""The condition keys of a request: those that IAM adds to every request, and those that the caller passes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from .conditions import Context, Hidden
from .text import Atoms, literal

# Keys that IAM adds to requests, and that a template does not show: key -> whether it is always present.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html ("Availability")
HIDDEN: Mapping[str, bool] = {
    "aws:CurrentTime": True,
    "aws:EpochTime": True,
    "aws:MultiFactorAuthAge": False,
    "aws:MultiFactorAuthPresent": False,
    "aws:PrincipalOrgID": False,
    "aws:PrincipalOrgPaths": False,
    "aws:RequestedRegion": True,
    "aws:ResourceAccount": False,
    "aws:ResourceOrgID": False,
    "aws:ResourceOrgPaths": False,
    "aws:SecureTransport": True,
    "aws:SourceIp": False,
    "aws:SourceIdentity": False,
    "aws:SourceVpc": False,
    "aws:SourceVpcArn": False,
    "aws:SourceVpce": False,
    "aws:TokenIssueTime": False,
    "aws:UserAgent": True,
    "aws:userid": True,
    "aws:ViaAWSService": True,
    "aws:VpcSourceIp": False,
}


def hidden_context(*, without: Iterable[str] = ()) -> Context:
    """The keys that every request has."""
    return {key.lower(): Hidden(key, certain) for key, certain in HIDDEN.items() if key not in without}


Values = Mapping[str, str | bool | float | Collection[str] | None]


def given_context(values: Values) -> Context:
    """The context keys that the caller passes: a text, number or boolean, or several texts; `None`: the request does not have the key."""
    return {key.lower(): _values(value) for key, value in values.items()}


def _values(value: str | bool | float | Collection[str] | None) -> tuple[Atoms, ...]:  # noqa: FBT001
    if value is None:
        return ()
    if isinstance(value, str | bool | int | float):
        return (literal(str(value).lower() if isinstance(value, bool) else str(value)),)
    return tuple(literal(one) for one in value)
