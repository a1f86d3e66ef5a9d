"""What all triggers share: the start, checked and with the role filled in; its targets, and its delivery."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aws_cdk import Annotations, Duration, Stack, Token
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from ...errors import AutomationRoleError, RunbookError, did_you_mean
from ...policy import access
from ...runbook.model import Runbook
from ...start.request import ROLE_PARAMETER, StartError, Targets, check_number, check_rate, check_targets, checked_parameters
from ...values.patterns import is_opaque_list
from .. import arguments as _arguments
from ..grants import IAutomationRole, RunbookReference, document_reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What every trigger renders: the document by name or ARN, its parameters with the role among them."""

    document: str
    version: str | None
    parameters: dict[str, Any]
    unused_role: str | None

    @property
    def one_version(self) -> str | None:
        """The one version that the right to start it can be held to: a number.

        Whether IAM is asked for `$DEFAULT` or `$LATEST`, or for the number that it stands for, AWS does not say; its own refusals show the
        number (https://github.com/aws-solutions/automated-security-response-on-aws/issues/29), which a grant of the name would not match.
        """
        return None if self.version in {"$DEFAULT", "$LATEST"} else self.version

    def tell(self, scope: Construct) -> None:
        """What the user should know of it, at the construct that starts it."""
        if self.unused_role is not None:
            Annotations.of(scope).add_warning_v2("automation-role:noRoleParameter", self.unused_role)


def checked_start(
    where: str,
    runbook: RunbookReference,
    *,
    role: IAutomationRole,
    role_parameter: str | None,
    version: str | None,
    parameters: Mapping[str, Any],
    filled: Sequence[str] = (),
    placeholder: re.Pattern[str] | None = None,
) -> Start:
    """Check a start and fill in the role.

    Raises:
        StartError: a parameter does not fit, the runbook has no parameter of the name given for the role, or there can be no such runbook
            or version.
    """
    _check_kinds(where, role, parameters)
    document, version = _document(where, runbook, version)
    known = runbook_of(runbook)
    taking = role_parameter or (known.assume_role_parameter if known is not None else ROLE_PARAMETER)
    if known is not None and role_parameter is not None and role_parameter not in known.parameters:
        raise StartError(
            f"{where}: role_parameter {role_parameter!r} is no parameter of runbook {known.name!r} → "
            f"{known.assume_role_parameter!r} takes its role; leave role_parameter out"
        )
    if taking in filled:
        raise StartError(f"{where}: parameter {taking!r} takes the role → what it runs on goes into another parameter; name that one")
    # What the runbook was read for, and its role's permissions are derived for, need not be said again.
    bound = {} if known is None else {name: value for name, value in known.bindings.items() if name != taking and name not in filled}
    given = {name: _texts(value) for name, value in {**bound, **parameters}.items()}
    checked = checked_parameters(where, known, given, filled=[*filled, *([taking] if taking else [])], placeholder=placeholder)
    unused = None
    if taking is None:
        unused = (
            f"runbook {_name(known, runbook)!r} has no parameter for its role (assumeRole: '{{{{ {ROLE_PARAMETER} }}}}'), so the role given "
            f"here is not used: it runs as {_literal(known)}; add the parameter to the runbook"
        )
    else:
        checked[taking] = [role.role_arn]
    return Start(document=document, version=version, parameters=checked, unused_role=unused)


def check_arguments(where: str, **given: object) -> None:
    """Refuse arguments of the wrong kind.

    Raises:
        StartError: one is.
    """
    try:
        _arguments.kinds(**given)
    except AutomationRoleError as error:
        raise StartError(f"{where}: {error}") from None


def _check_kinds(where: str, role: object, parameters: object) -> None:
    if not callable(getattr(role, "grant_start_automation", None)):
        given = repr(role) if isinstance(role, str) else f"a {type(role).__name__}"
        raise StartError(
            f"{where}: role is {given} → an AutomationRole; for one made elsewhere write AutomationRole.from_role(...) or .from_role_arn(...)"
        )
    if not isinstance(parameters, Mapping) or not all(isinstance(name, str) for name in parameters):
        raise StartError(f"{where}: parameters is {parameters!r} → a dict, name to value; write parameters={{'Name': 'value'}}")


def _document(where: str, runbook: RunbookReference, version: str | None) -> tuple[str, str | None]:
    """The document as it is started, and its version; the ARN of an automation definition names both."""
    if isinstance(runbook, ssm.CfnDocument) and runbook.document_type not in {None, "Automation"}:
        raise StartError(
            f"{where}: document {runbook.node.path!r} is of type {runbook.document_type!r} → Automation starts documents of type 'Automation'"
        )
    try:
        document = document_reference(runbook)
    except AutomationRoleError as error:
        raise StartError(f"{where}: {error}") from None
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
    return document, version


_DEFINITION: Final = re.compile(r"(?P<before>arn:.+):automation-definition/(?P<name>[^:]+)(:(?P<version>[^:]+))?")


def _texts(value: Any) -> Any:
    """A value whose tokens are texts, also of numbers and objects that only CloudFormation knows."""
    if isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, Mapping):
        return {name: _texts(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_texts(each) for each in value]
    is_token = isinstance(value, float) or hasattr(value, "resolve")
    return Token.as_string(value) if is_token and Token.is_unresolved(value) else value


def check_json(where: str, start: Start) -> None:
    """Refuse a list of CloudFormation's where parameters go into a JSON text: CDK would write it there as one text.

    Raises:
        StartError: one is such a list.
    """
    for name, values in start.parameters.items():
        if is_opaque_list(values):
            raise StartError(
                f"{where}: parameter {name!r} is a list that only CloudFormation knows → its items go into a JSON text; "
                f"give each by itself, with Fn.select"
            )


def runbook_of(reference: RunbookReference) -> Runbook | None:
    """The runbook itself, where more of it is known than its name: parameters are checked against it.

    An `ssm.CfnDocument` is read when its content is plain data that is a runbook.
    """
    if isinstance(reference, Runbook):
        return reference
    if isinstance(reference, ssm.CfnDocument):
        return _content(reference)
    return getattr(reference, "runbook", None)


def _content(document: ssm.CfnDocument) -> Runbook | None:
    content = Stack.of(document).resolve(document.content)
    try:
        if isinstance(content, str):
            return Runbook.from_text(content, name=document.node.id, source=document.node.path)
        return Runbook.from_mapping(content, name=document.node.id) if isinstance(content, Mapping) else None
    except RunbookError:  # with references of CloudFormation's in it, it is no runbook yet
        return None


def _name(known: Runbook | None, runbook: RunbookReference) -> str:
    return known.name if known is not None else str(runbook)


def _literal(known: Runbook | None) -> str:
    return known.assume_role if known is not None and known.assume_role else "whatever starts it"


def checked_seconds(where: str, name: str, given: Duration | None, *, least: int, most: int, default: str) -> int | float | None:
    """A duration in seconds, as AWS takes it.

    Raises:
        StartError: less, more, or a part of a second.
    """
    if given is None:
        return None
    if not _is_duration(given):
        raise StartError(f"{where}: {name} is {given!r} → a Duration; write cdk.Duration.seconds(...)")
    if given.is_unresolved():
        return given.to_seconds()
    found = given.to_milliseconds() / 1000
    if not (least <= found <= most and found.is_integer()):
        raise StartError(f"{where}: {name} is {found:,.10g} seconds → {least} to {most:,} seconds; leave it out for {default}")
    return int(found)


def _is_duration(given: object) -> bool:
    return isinstance(given, Duration)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How often, and for how long, EventBridge and its Scheduler try, and where goes what could not be delivered."""

    max_event_age: int | float | None
    retry_attempts: float | None
    queue: sqs.IQueue | None


def checked_delivery(where: str, *, max_event_age: Duration | None, retry_attempts: float | None, queue: sqs.IQueue | None) -> Delivery:
    """Check the retries and the dead-letter queue.

    Raises:
        StartError: numbers that AWS does not take, or a FIFO queue.

    Sources:
        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
        https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
    """
    age = checked_seconds(where, "max_event_age", max_event_age, least=60, most=86_400, default="24 hours")
    check_number(where, "retry_attempts", retry_attempts, least=0, most=185, default="185")
    if queue is not None and queue.fifo:
        raise StartError(f"{where}: dead_letter_queue {queue.node.path!r} is a FIFO queue → a standard queue; make one without fifo")
    return Delivery(max_event_age=age, retry_attempts=retry_attempts, queue=queue)


def filled_by(target_parameter: str | None) -> list[str]:
    return [] if target_parameter is None else [target_parameter]


def check_targeting(
    where: str,
    runbook: RunbookReference,
    targets: Targets | None,
    target_parameter: str | None,
    *,
    allowed: Sequence[str],
    max_concurrency: str | None,
    max_errors: str | None,
) -> None:
    """Targets and the parameter that takes them go together; rates only go with targets.

    Raises:
        StartError: they do not.
    """
    if (targets is None) != (target_parameter is None):
        given, missing = ("targets", "target_parameter") if target_parameter is None else ("target_parameter", "targets")
        raise StartError(f"{where}: {given} without {missing} → Automation takes both or neither; add {missing}")
    known = runbook_of(runbook)
    if known is not None and target_parameter is not None and target_parameter not in known.parameters:
        names = ", ".join(known.parameters)
        near = did_you_mean(target_parameter, known.parameters)
        raise StartError(f"{where}: target_parameter {target_parameter!r} → runbook {known.name!r} has {names}{near}")
    if targets is None and (max_concurrency is not None or max_errors is not None):
        raise StartError(f"{where}: max_concurrency and max_errors without targets → they say how targets are worked through; add targets")
    check_targets(where, targets, allowed=allowed)
    check_rate(where, max_concurrency=max_concurrency, max_errors=max_errors)
