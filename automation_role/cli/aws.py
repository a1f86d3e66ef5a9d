"""The user's AWS account, for commands that call AWS: a boto3 session, and clear errors about credentials."""

from __future__ import annotations

import os
from typing import Any, Final

from ..errors import AutomationRoleError

# Errors about the credentials, not about the request.
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html
CREDENTIALS: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "OptInRequired",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


def session(command: str, profile: str | None) -> tuple[Any, Any]:
    """A session with a profile's credentials, and botocore's exceptions.

    Raises:
        AutomationRoleError: boto3 is not installed, or the profile does not exist.
    """
    try:
        import boto3
        from botocore import exceptions
    except ModuleNotFoundError:
        raise AutomationRoleError(f"{command} needs boto3, which is not installed → pip install 'automation-role[aws]'") from None
    try:
        return boto3.session.Session(profile_name=profile), exceptions
    except exceptions.BotoCoreError as error:
        given = f"--profile {profile}: " if profile is not None else ""
        raise AutomationRoleError(f"{given}{said(error)} → a profile that `aws configure list-profiles` has") from None


def client(session: Any, region: str | None) -> Any:
    """A client of Systems Manager; without a Region, in that of the user's settings.

    Reads `AWS_REGION`, as all other SDKs do; boto3 itself reads only `AWS_DEFAULT_REGION`.
    """
    from botocore.config import Config

    config = Config(connect_timeout=10, retries={"mode": "standard"})
    return session.client("ssm", region_name=region or os.environ.get("AWS_REGION") or None, config=config)


def refused(error: Exception, exceptions: Any) -> AutomationRoleError:
    """The error that makes every request fail: no Region, no credentials, no network.

    Args:
        error: what botocore raised; a `ClientError` only when its code is one of `CREDENTIALS`.
        exceptions: botocore's.
    """
    if isinstance(error, exceptions.NoRegionError):
        return AutomationRoleError("no Region is set → --region, AWS_REGION, or a profile that has one")
    if isinstance(error, (exceptions.NoCredentialsError, exceptions.PartialCredentialsError)):
        return AutomationRoleError(f"{said(error)} → AWS_PROFILE, AWS_ACCESS_KEY_ID, or --profile")
    if isinstance(error, exceptions.ClientError):
        return AutomationRoleError(
            f"AWS refused the credentials: {said_by(error) or code_of(error)} → credentials of the account that has the runbooks"
        )
    return AutomationRoleError(f"Systems Manager cannot be reached: {said(error)}")


def code_of(error: Any) -> str:
    """The code of a service's error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def said_by(error: Any) -> str:
    """The message in a service's error, on one line without a full stop."""
    return " ".join(str(error.response.get("Error", {}).get("Message", "")).split()).rstrip(".")


def said(error: Exception) -> str:
    """What botocore says, in our form: one line, lower case, no full stop."""
    text = " ".join(str(error).split()).rstrip(".")
    return f"{text[:1].lower()}{text[1:]}"
