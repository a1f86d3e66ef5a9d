"""What all triggers start: a document by name or ARN, its parameters with the role among them, checked once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aws_cdk import Annotations, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from ...errors import AutomationRoleError, did_you_mean
from ...policy import access
from ...runbook.model import Runbook
from ...start.request import ROLE_PARAMETER, StartError, checked_parameters
from ...values.kinds import has
from ...values.tokens import is_opaque, is_opaque_list, is_opaque_number
from .. import arguments as _arguments
from ..startable_role import StartableRole
from ..started_documents import RunbookReference, StartedDocument, document_of
from ..types import IAutomationRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What every trigger renders.

    Attributes:
        document: the document's name or ARN.
        version: the version that is started; `None`: AWS's default.
        parameters: runbook parameter -> values, the role among them.
        runbook: the runbook itself, where it is known.
        role: what it runs as.
        role_parameter: the parameter that takes the role; `None`: the runbook has none.
        doubt: a warning if it is unknown whether the document is referenced by its name; else `None`.
    """

    document: str
    version: str | None
    parameters: dict[str, Any]
    runbook: Runbook | None
    role: IAutomationRole
    role_parameter: str | None
    doubt: str | None

    @property
    def one_version(self) -> str | None:
        """The version to which the grant can be restricted: only a number.

        AWS does not document whether IAM sees `$DEFAULT` or `$LATEST`, or the number that it stands for; its own refusals show the number (https://github.com/aws-solutions/automated-security-response-on-aws/issues/29), which a grant of the name would not match.
        """
        return None if self.version in {"$DEFAULT", "$LATEST"} else self.version

    def warn(self, scope: Construct, *, elsewhere: bool = False) -> None:
        """What the user should know of it, at the construct that starts it.

        Args:
            scope: that construct.
            elsewhere: whether it has target locations.
        """
        if self.doubt is not None:
            Annotations.of(scope).add_warning_v2("automation-role:documentByToken", self.doubt)
        if isinstance(self.role, StartableRole):
            self.role.check_start(scope, self.runbook, elsewhere=elsewhere)


def checked_start(
    where: str,
    runbook: RunbookReference,
    *,
    role: IAutomationRole,
    role_parameter: str | None,
    version: str | None,
    parameters: Mapping[str, Any] | None,
    fills: tuple[str, str | None] | None = None,
    placeholder: re.Pattern[str] | None = None,
    in_json: bool = False,
) -> Start:
    """Check a start and fill in the role.

    Args:
        where: the trigger, for messages.
        runbook: what is started.
        role: what it runs as.
        role_parameter: the runbook's parameter that takes the role; `None`: the one that its `assumeRole` refers to.
        version: the document version.
        parameters: runbook parameter -> value.
        fills: the trigger's argument that names the runbook parameter which the trigger fills in, and that name.
        placeholder: texts that the trigger's service replaces at run time.
        in_json: whether the parameters go into a JSON text.

    Raises:
        StartError: a parameter does not fit, the runbook has no parameter of the name given for the role, or there can be no such runbook
            or version.
    """
    argument, filled = fills or ("", None)
    document, version, found = _document(where, runbook, version)
    known = found.runbook
    taking = role_parameter or (known.assume_role_parameter if known is not None else ROLE_PARAMETER)
    if known is not None and role_parameter is not None and role_parameter not in known.parameters:
        raise StartError(
            f"{where}: role_parameter {role_parameter!r} is not a parameter of runbook {known.name!r} → "
            f"{known.assume_role_parameter!r} takes its role; leave role_parameter out"
        )
    if known is not None and filled is not None and filled not in known.parameters:
        near = did_you_mean(filled, known.parameters)
        raise StartError(f"{where}: {argument} {filled!r} → runbook {known.name!r} has {', '.join(known.parameters)}{near}")
    if taking is not None and taking == filled:
        raise StartError(f"{where}: parameter {taking!r} takes the role → the target goes into another parameter; pass that one's name")
    # Values that the runbook was read with, for which the permissions of its role are derived, need not be passed again. An empty default
    # cannot be passed.
    bound = {
        name: value
        for name, value in (known.bindings if known is not None else {}).items()
        if name not in (taking, filled) and not (known is not None and value == "" == known.parameters[name].default)
    }
    given = {name: _texts(value) for name, value in {**bound, **(parameters or {})}.items()}
    filled_in = [name for name in (filled, taking) if name is not None]
    checked = checked_parameters(where, known, given, filled=filled_in, placeholder=placeholder)
    if taking is not None:
        checked[taking] = [role.role_arn]
    if in_json:
        _check_json(where, checked)
    return Start(document=document, version=version, parameters=checked, runbook=known, role=role, role_parameter=taking, doubt=found.doubt)


def check_single(where: str, **given: object) -> None:
    """Refuse constructs whose ARN stands for many.

    Raises:
        StartError: one does.
    """
    try:
        _arguments.single(**given)
    except AutomationRoleError as error:
        raise StartError(f"{where}: {error}") from None


_TAGS: Final = 5
_ALARM_NAME: Final = 255


def checked_tags(where: str, tags: Mapping[str, str]) -> list[dict[str, str]] | None:
    """The tags of an execution as StartAutomationExecution accepts them; `None`: none.

    Raises:
        StartError: a tag that Systems Manager does not accept, or too many.

    Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html
    """
    try:
        access.check_tags(tags)
    except AutomationRoleError as error:
        raise StartError(f"{where}: {error}") from None
    if len(tags) > _TAGS:
        raise StartError(f"{where}: {len(tags)} tags → StartAutomationExecution accepts at most {_TAGS}; pass fewer")
    return [{"Key": name, "Value": tags[name]} for name in sorted(tags)] or None


def checked_alarm(where: str, alarm: cloudwatch.IAlarm | str | None, *, ignored: bool) -> dict[str, Any] | None:
    """The alarm of an execution as StartAutomationExecution accepts it: one, by its name; `None`: none.

    Raises:
        StartError: it is not an alarm, or its option is set without one.

    Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AlarmConfiguration.html
    """
    if alarm is None:
        if ignored:
            raise StartError(f"{where}: ignore_poll_alarm_failure without an alarm → it is about an alarm; add alarm or leave it out")
        return None
    name = alarm if isinstance(alarm, str) else alarm.alarm_name
    if not is_opaque(name) and not (name.strip() and len(name) <= _ALARM_NAME and "\n" not in name):
        raise StartError(f"{where}: alarm is {name!r} → an alarm, or its name of 1 to {_ALARM_NAME} characters")
    return {"Alarms": [{"Name": name}], **({"IgnorePollAlarmFailure": True} if ignored else {})}


def _document(where: str, runbook: RunbookReference, version: str | None) -> tuple[str, str | None, StartedDocument]:
    """The document as it is started, and its version; the ARN of an automation definition names both."""
    try:
        found = document_of(runbook)
    except AutomationRoleError as error:
        raise StartError(f"{where}: {error}") from None
    document = found.reference
    definition = _DEFINITION.fullmatch(document)
    if definition is not None:
        named = None if definition["version"] in {None, "*"} else definition["version"]
        if None not in {named, version} and named != version:
            raise StartError(f"{where}: version is {version!r} and the runbook's ARN has {named!r} → one version; leave version out")
        document, version = f"{definition['before']}:document/{definition['name']}", version or named
    try:
        access.start((document,), version=version)
    except AutomationRoleError as error:
        raise StartError(f"{where}: {error}") from None
    return document, version, found


_DEFINITION: Final = re.compile(r"(?P<before>arn:.+):automation-definition/(?P<name>[^:]+)(:(?P<version>[^:]+))?")


def _texts(value: Any) -> Any:
    """A value whose tokens are texts, also of numbers and objects that only CloudFormation knows."""
    if isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, Mapping):
        return {name: _texts(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_texts(each) for each in value]
    if isinstance(value, float):  # not a number at all would end Node.js
        return Token.as_string(value) if is_opaque_number(value) else value
    return Token.as_string(value) if has(value, "resolve") and has(value, "creation_stack") else value


def _check_json(where: str, parameters: Mapping[str, Any]) -> None:
    """Refuse a list of CloudFormation's where parameters go into a JSON text: CDK would write it there as one text."""
    for name, values in parameters.items():
        if is_opaque_list(values):
            raise StartError(
                f"{where}: parameter {name!r} is a list whose items are known only at deployment → known items, since they go into JSON; "
                f"pass each item separately, with Fn.select"
            )
