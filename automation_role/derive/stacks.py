"""What a stack without its own role needs: every action of the handlers of its template's resources that run.

CloudFormation then acts with the role that the automation runs as.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from ..catalog import operations as catalog
from ..findings import BY_HAND, Finding
from ..template.text import TemplateTextError, parse
from ..values.calls import ChangedStack, Origin, Permission
from ..values.patterns import Pattern
from .arn_forms import ANYTHING, account_wide, form, wildcard
from .passing import ANY_ROLE
from .resources import MOST_TYPES, named
from .stack_calls import is_passed, linked_services, passed_to, tagged_types
from .stack_names import LAUNCH_TEMPLATE, ResourceNames, has_own_keys
from .stack_reads import SECRETS, keys, objects, references
from .stack_types import NAMING, PASSED_TO, is_used
from .stack_values import PLACEHOLDER, TemplateValues

# `{{ Parameter }}` in a template: Automation fills it in before CloudFormation sees it; `{{resolve:…}}` is CloudFormation's.
_REFERENCE: Final = re.compile(r"\{\{(?!resolve:).*?\}\}")

_WHAT_TO_DO: Final = f"set RoleARN, or add what its resources need {BY_HAND}"


class _Stack(NamedTuple):
    """What works on a template's resources, with which of their handlers."""

    origin: Origin
    handlers: tuple[str, ...]

    def resource(self, logical_id: str) -> str:
        return f"resource {logical_id!r} of the stack's template" if len(self.handlers) > 1 else "the resource"  # Cloud Control's only one


def needs_of_stack(changed: ChangedStack) -> Iterator[Permission | Finding]:
    """What a stack's resources need, and what could not be derived."""
    stack, body = _Stack(changed.origin, changed.handlers), changed.template
    if body is None or (isinstance(body, str) and _REFERENCE.fullmatch(body.strip())):
        yield stack.origin.finding(
            "templateNotInline",
            f"the stack's template is not in the runbook, so its resources' permissions were not derived; {_WHAT_TO_DO}",
        )
        return
    try:
        template = read_template(body)
    except TemplateTextError as error:
        yield stack.origin.finding(
            "templateNotInline", f"the stack's template cannot be read: {error.problem}; correct it, or {_WHAT_TO_DO}"
        )
        return
    resources = template.get("Resources") if isinstance(template, Mapping) else None
    if not isinstance(resources, Mapping):
        yield stack.origin.finding("templateNotInline", f"the stack's template has no Resources; correct it, or {_WHAT_TO_DO}")
        return
    if template.get("Transform"):
        yield stack.origin.finding(
            "templateTypeUnknown",
            f"the stack's template is expanded by a macro ({template['Transform']}), so its resources are not all known; {_WHAT_TO_DO}",
        )
    values = TemplateValues(template, changed.inputs)
    names = ResourceNames(template, values)
    created = {str(logical_id): resource for logical_id, resource in resources.items() if values.is_created(resource)}
    yield from _references(values, created, stack)
    for logical_id, resource in created.items():
        yield from _resource(logical_id, resource, names, values, stack)


def _references(values: TemplateValues, created: Mapping[str, Any], stack: _Stack) -> Iterator[Permission | Finding]:
    """What CloudFormation looks up in Parameter Store and Secrets Manager."""
    found = references(values, [each.get("Properties") for each in created.values() if isinstance(each, Mapping)])
    for action, resources in found.items():
        yield Permission(action=action, resources=resources, origins=(stack.origin,))
    if SECRETS in found:
        message = (
            f"if a customer managed key encrypts the secret, CloudFormation also needs kms:Decrypt on that key; if so, add it {BY_HAND}"
        )
        yield stack.origin.finding("mayAlsoNeed", message)


def read_template(body: Any) -> Any:
    """A template's data, with `PLACEHOLDER` for what Automation fills in.

    Raises:
        TemplateTextError: it is neither YAML nor JSON.
    """
    if isinstance(body, Mapping):
        return _with_placeholders(body)
    text = "\n".join(map(str, body)) if isinstance(body, list) else str(body)
    return parse(_REFERENCE.sub(PLACEHOLDER, text))


def _with_placeholders(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_with_placeholders(name): _with_placeholders(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_with_placeholders(each) for each in value]
    return _REFERENCE.sub(PLACEHOLDER, value) if isinstance(value, str) and "{{" in value else value


def _resource(
    logical_id: str, resource: Any, names: ResourceNames, values: TemplateValues, stack: _Stack
) -> Iterator[Permission | Finding]:
    kind = resource.get("Type") if isinstance(resource, Mapping) else None
    if not isinstance(kind, str):
        yield stack.origin.finding("templateTypeUnknown", f"{stack.resource(logical_id)} has no Type; {_WHAT_TO_DO}")
        return
    custom = kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"
    actions = ("lambda:InvokeFunction",) if custom else catalog.handler_actions(kind, stack.handlers)
    if actions is None:
        yield stack.origin.finding(
            "templateTypeUnknown",
            f"{stack.resource(logical_id)} has the type {kind}, whose permissions are not known; {_WHAT_TO_DO}",
        )
        return
    properties = resource.get("Properties")
    places = None if custom or "Fn::Transform" in resource or INCLUDE in str(properties) else "\n".join(_places(properties))
    own = names.of(logical_id)
    roles = names.roles(kind, properties) if not custom else {}
    # Not every handler's schema says that it passes the role that a property holds.
    passed = {name: arns for name, arns in roles.items() if is_passed(kind, name) or name == LAUNCH_TEMPLATE}
    if "iam:PassRole" in actions and (passed or places is None or is_used(kind, "iam:PassRole", places)):
        yield from _passed(logical_id, kind, roles, stack)
    elif passed:
        yield from _passed(logical_id, kind, passed, stack)
    for action in actions:
        if action == "iam:PassRole" or (places is not None and not is_used(kind, action, places)):
            continue
        if action == "iam:CreateServiceLinkedRole":
            yield _linked(kind, stack)
        else:
            resources = _named(action, kind, properties, values) or _on(action, kind, own)
            # A handler lists everything that it may need; the catalog says what it always needs.
            perhaps = () if custom or action in catalog.certain_actions(kind) else resources
            yield Permission(action=action, resources=resources, origins=(stack.origin,), perhaps=perhaps)

    if kind == _NESTED:
        yield Permission(action="s3:GetObject", resources=objects(values, properties) or (_ANY_OBJECT,), origins=(stack.origin,))
        message = f"{stack.resource(logical_id)} is a stack with a template of its own, which is not in the runbook, so what it needs was not derived; {_WHAT_TO_DO}"
        yield stack.origin.finding("templateNotInline", message)


def _named(action: str, kind: str, properties: Any, values: TemplateValues) -> tuple[Pattern, ...]:
    """The objects or keys that an action of a handler is about, if the properties name them."""
    prefix, _, name = action.partition(":")
    if prefix == "kms" and not kind.startswith("AWS::KMS::") and any(each.name == "key" for each in catalog.resource_types(action)):
        return keys(values, action, properties)
    if prefix == "s3" and name.startswith("GetObject") and not kind.startswith("AWS::S3"):
        return objects(values, properties)
    return ()


_NESTED: Final = "AWS::CloudFormation::Stack"
_ANY_OBJECT: Final = Pattern.of("arn:{P}:s3:::*/*")
# The macro that includes a file in S3.
INCLUDE: Final = "AWS::Include"


def _passed(logical_id: str, kind: str, roles: Mapping[str, tuple[Pattern | None, ...]], stack: _Stack) -> Iterator[Permission | Finding]:
    """The roles that a resource passes, each to the service that its property is for."""
    by_service: dict[str, dict[Pattern | None, None]] = {}
    for name, arns in roles.items() or (("", (None,)),):
        by_service.setdefault(PASSED_TO.get(kind) or passed_to(kind, name), {}).update(dict.fromkeys(arns))
    for service, passed in by_service.items():
        if not service:
            message = f"{stack.resource(logical_id)} has the type {kind} and passes a role to an unknown service; {_WHAT_TO_DO}"
            yield stack.origin.finding("passedToUnknown", message)
            continue
        yield Permission(
            action="iam:PassRole",
            resources=(ANY_ROLE,) if None in passed else tuple(each for each in passed if each is not None),
            conditions=(("StringEquals", "iam:PassedToService", tuple(map(Pattern.literal, service.split("|")))),),
            origins=(stack.origin,),
        )
        if None in passed:
            message = (
                f"{stack.resource(logical_id)} passes a role whose name is not known, so the policy lets it pass any role of the account "
                f"to {service.replace('|', ' or ')}; write its name or ARN in the template, or set RoleARN"
            )
            yield stack.origin.finding("passedRoleUnknown", message)


def _linked(kind: str, stack: _Stack) -> Permission:
    """The service-linked role that a handler may create: of the services that the calls of the handler are of, as far as that is known."""
    services = linked_services(kind)
    resources = tuple(Pattern.of(f"arn:{{P}}:iam::{{A}}:role/aws-service-role/{each}/*") for each in services) or (_ANY_LINKED,)
    conditions = (("StringEquals", "iam:AWSServiceName", tuple(map(Pattern.literal, services))),) if services else ()
    return Permission(
        action="iam:CreateServiceLinkedRole", resources=resources, conditions=conditions, origins=(stack.origin,), perhaps=resources
    )


_ANY_LINKED: Final = Pattern.of("arn:{P}:iam::{A}:role/aws-service-role/*")


@lru_cache(maxsize=1_024)  # templates repeat their types, mostly without names
def _on(action: str, kind: str, names: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
    """The resource by its name, and any of the other types that the action is authorized on; only new resources get tags."""
    naming = NAMING.get(kind)
    types = catalog.resource_types(action)
    if naming is None and _TAGS.search(action) and (tagged := tagged_types(kind, action)) != types:
        return tuple(dict.fromkeys(wildcard(each.arn) for each in tagged))
    if naming is None or action.partition(":")[0] != _prefix(kind):
        return anywhere(action)
    hole = _name_hole(catalog.resource_type(_prefix(kind), naming.resource).arn)
    others = tuple(each for each in types if each.name != naming.resource)
    if len(others) == len(types) and not any(hole in form(each.arn).holes for each in types):
        return anywhere(action)
    own = [
        arn
        for each in types
        if each.name == naming.resource
        for arn in named(action, each.name, *(names if of == hole else () for of in form(each.arn).holes))
    ]
    if own and _TAGS.search(action):
        return tuple(own)
    for each in others:  # the objects of a bucket, the indexes of a table; any of the other types
        own += [form(each.arn).write({hole: name}) for name in names if hole in form(each.arn).holes] or [wildcard(each.arn)]
    return tuple(dict.fromkeys(own))


@cache
def _name_hole(arn: str) -> str:
    """The hole of an ARN that has the resource's name: `stack/{StackName}/{Id}`."""
    holes = form(arn).holes
    return next((each for each in holes if each.endswith("Name")), holes[-1])


# `sns:TagResource`, `ssm:AddTagsToResource`, `iam:UntagRole`, `s3:PutBucketTagging`, `ec2:CreateTags`.
_TAGS: Final = re.compile(r":(Tag|Untag|AddTags|RemoveTags|ListTags)|Tagging$|:(Create|Delete)Tags$|:CreateOrUpdateTags$")


def _prefix(kind: str) -> str:
    return _PREFIXES.get(kind.split("::")[1], kind.split("::")[1].lower())


# Services whose IAM prefix differs from their name in types.
_PREFIXES: Final[Mapping[str, str]] = {"KinesisFirehose": "firehose", "StepFunctions": "states"}


@cache
def anywhere(action: str) -> tuple[Pattern, ...]:
    """Every resource of the action's types, for a resource that the template does not name."""
    types = catalog.resource_types(action)
    found = tuple(dict.fromkeys(wildcard(each.arn) for each in types))
    return account_wide(action, types) if len(found) > MOST_TYPES else found or (ANYTHING,)


def _places(properties: Any, above: str = "") -> Iterator[str]:
    """Where properties are set: `Code.ZipFile`. Keys that the user chooses (tags, variables) are not properties."""
    if isinstance(properties, Mapping):
        for name, value in properties.items():
            if str(name).startswith("Fn::"):
                yield from _places(value, above)
                continue
            place = f"{above}{name}"
            yield place
            if not has_own_keys(str(name)):
                yield from _places(value, f"{place}.")
    elif isinstance(properties, list):
        for item in properties:
            yield from _places(item, above)
