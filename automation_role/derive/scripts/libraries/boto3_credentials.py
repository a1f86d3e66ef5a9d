"""Credentials of botocore that a script makes by itself, and those that renew themselves."""

from __future__ import annotations

from typing import Final

from ..values.arguments import Args, Machine
from ..values.credentials import OF_UNKNOWN_ORIGIN, OWN, Credentials, credentials_in, together
from ..values.dicts import keywords_of
from ..values.external import Model
from ..values.functions import Function, Method
from ..values.thing import DATA, Abstract
from ..values.unions import join_all
from .boto3_clients import Client


def _fetcher(machine: Machine, args: Args, at: int) -> Abstract:
    """`AssumeRoleCredentialFetcher(client_creator, source_credentials, role_arn)` assumes a role when credentials are needed."""
    source = [each.callers for each in credentials_in([args.get(1, "source_credentials", DATA)])]
    inputs = {"RoleArn": args.get(2, "role_arn", DATA)}
    return Client("sts", together(source) or OWN).make(machine, "assume_role", inputs, at, complete=False)


def _web_identity_fetcher(machine: Machine, args: Args, at: int) -> Abstract:
    """`AssumeRoleWithWebIdentityCredentialFetcher(client_creator, token_loader, role_arn)`: needs no credentials of AWS to assume the role."""
    inputs = {"RoleArn": args.get(2, "role_arn", DATA)}
    return Client("sts").make(machine, "assume_role_with_web_identity", inputs, at, complete=False)


_RENEWED: Final = (
    "Credentials",
    "ReadOnlyCredentials",
    "RefreshableCredentials",
    "RefreshableCredentials.create_from_metadata",
    "DeferredRefreshableCredentials",
)


def _credentials(machine: Machine, args: Args, at: int) -> Abstract:
    """`Credentials`, `RefreshableCredentials`: another role's, if its arguments are."""
    given = [machine.call(each, Args(), at) if isinstance(each, (Function, Method)) else each for each in args.values()]
    found = credentials_in(part for each in given for part in keywords_of(each).values())
    return join_all(found) if found else Credentials((OF_UNKNOWN_ORIGIN,))


FUNCTIONS: Final[dict[str, Model]] = {
    "botocore.credentials.AssumeRoleCredentialFetcher": _fetcher,
    "botocore.credentials.AssumeRoleWithWebIdentityCredentialFetcher": _web_identity_fetcher,
    **{f"botocore.credentials.{name}": _credentials for name in _RENEWED},
}
