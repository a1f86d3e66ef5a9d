"""IAM action + known inputs -> the ARNs that it can be narrowed to.

Each resource type of the action is taken by itself: its ARN has holes, the catalog says which inputs fill them (`Details.fills`), and
what an input holds may be a name, an identifier or a whole ARN. What only a running automation knows stays `*`, in its place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from typing import Final

from ..catalog import operations as catalog
from ..catalog.operations import Details, ResourceType
from ..values import arns
from ..values.calls import ApiCall
from ..values.patterns import ANY, Bound, Part, Pattern, Slot
from ..values.value import Text, Value
from .inputs import UNKNOWN_TEXT, given, is_on, texts
from .names import ACCOUNT, any_identifier, form_of, forms, is_access_point, is_arn, names_of, partial_arn, whole_arns

ANYTHING: Final = Pattern.of("*")
# A statement with more types than this would take a good part of what IAM lets a role have.
_MOST: Final = 20
# More ARNs than this for one type are not worth their place: names that vary most become `*`.
_MOST_NAMES: Final = 60


@dataclass(frozen=True, slots=True)
class Found:
    """The resources of one permission, what to say when they are more than can be listed, and which may not be needed (`Permission`)."""

    resources: tuple[Pattern, ...]
    many: str = ""
    perhaps: tuple[Pattern, ...] = ()
    either: tuple[Pattern, ...] = ()


def resources_of(call: ApiCall, details: Details, action: str, like: tuple[str, ...] = (), made_by: str = "") -> Found:
    """The resources that an action of a call needs.

    Args:
        call: the call.
        details: what its inputs mean.
        action: one that authorizes the call, or that follows from its inputs.
        like: the call's own actions when `action` only follows: its types are then those that one of them has, where there are such.
        made_by: the operation when `action` is about what it makes.
    """
    if details.path and not like:
        return Found((_path(details.path, call.inputs),))
    types = tuple(kind for kind in _types(action, like, made_by) if kind.name not in details.other_types)
    if not types or (details.anything and not like and is_on(call.inputs, details.anything)):
        return Found((ANYTHING,))
    chosen = _chosen(call, details, types)
    if chosen is not None:
        return chosen
    by_type = {kind: _documents(call, details, kind) or tuple(_of_type(call, details, action, kind, types)) for kind in types}
    named = dict.fromkeys(each for arns in by_type.values() for each in arns)
    found = tuple(named) or tuple(dict.fromkeys(wildcard(kind.arn) for kind in types))
    if len(types) > _MOST and len(set(found) & _wildcards(action)) > _MOST:
        wide = account_wide(action, types)
        return Found(wide, f"{action} has {len(types)} resource types, and which one is meant is not known", either=wide)
    sure = {each for kind, arns in by_type.items() if not _perhaps(call, details, action, kind) for each in arns}
    return Found(
        found,
        perhaps=tuple(each for each in found if each in named and each not in sure),
        either=_either(call, details, by_type),
    )


def _either(call: ApiCall, details: Details, by_type: Mapping[ResourceType, tuple[Pattern, ...]]) -> tuple[Pattern, ...]:
    """The ARNs of types that the same inputs name as another type's: an instance, or a managed one."""
    naming = {kind: _naming(details, kind) for kind in by_type}
    several = [kind for kind in by_type if naming[kind] and sum(naming[kind] == each for each in naming.values()) > 1]
    one_of = [kind for kind in several if not kind.required or _TAGS.search(call.operation)]
    return tuple(dict.fromkeys(each for kind in one_of for each in by_type[kind]))


def _naming(details: Details, kind: ResourceType) -> frozenset[str]:
    specs = [spec for key, spec in details.fills.items() if key.rpartition("/")[2].startswith(f"{kind.name}.")]
    return frozenset(member for spec in specs or [details.fills.get("*", "")] for member in _Spec.read(spec).members if member)


def _perhaps(call: ApiCall, details: Details, action: str, kind: ResourceType) -> bool:
    """Whether IAM asks about a type only when the call uses one, and no input shows that it does."""
    others = any(each.required for each in catalog.resource_types(action))
    if kind.required or not others or not details.fills.keys().isdisjoint("*?") or (action.partition(":")[0], kind.name) in _NEARLY_ALWAYS:
        return False
    specs = [_Spec.read(spec) for key, spec in details.fills.items() if key.rpartition("/")[2].startswith(f"{kind.name}.")]
    naming = {member.rpartition(".")[2] for spec in specs for member in (*spec.members, *spec.seconds)}
    used = any(spec.has_default for spec in specs) or _mentions(call.inputs, naming.union(_template(kind.arn).holes))
    return kind.name in _NO_LONGER or not used


def _mentions(value: Value, names: Collection[str], above: str = "") -> bool:
    """Whether one of these members is given anywhere in the inputs; `Placement.GroupName` is `PlacementGroupName`, too."""
    if isinstance(value, Mapping):
        return any(
            (f"{above}{name}".endswith(tuple(names)) and bool(given(value, name))) or _mentions(each, names, f"{above}{name}")
            for name, each in value.items()
        )
    return isinstance(value, tuple) and any(_mentions(each, names, above) for each in value)


# Since July 2025 it is the document and the execution that a start is authorized on; AWS's own policies still list this beside them.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/security-iam-awsmanpol.html
_NO_LONGER: Final = frozenset({"automation-definition"})
# The reference does not mark these as required, and yet a call is authorized on what is above the table that it reads, and on the volumes
# of all images but those without EBS.
# https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html (RunInstances)
_NEARLY_ALWAYS: Final = frozenset({("glue", "catalog"), ("ec2", "volume")})


def named(action: str, kind: str, *values: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
    """The resources of one type of an action that these texts name; any of the type where none does.

    Args:
        action: the action.
        kind: the type.
        values: what fills the last holes of its ARN, or is the whole of it.
    """
    made: list[Pattern] = []
    for each in (each for each in catalog.resource_types(action) if each.name == kind):
        holes = _template(each.formats[0]).holes[-len(values) :]
        for texts_of in product(*(said or (UNKNOWN_TEXT,) for said in values)):
            if len(values) == 1:
                made.extend(_full(texts_of[0], each, {}))
            filled = [names_of(text, each, hole, {}) for text, hole in zip(texts_of, holes, strict=True)]
            for names in (dict(zip(holes, names, strict=True)) for names in product(*filled)):
                made.extend(_template(form).write(names) for form in forms(each, names))
    return tuple(dict.fromkeys(made)) or (ANYTHING,)


def _full(text: Pattern, kind: ResourceType, inputs: Mapping[str, Value]) -> tuple[Pattern, ...]:
    """The ARNs that a text says of a type by being one, or the end of one."""
    arn = partial_arn(text, kind)
    if arn is not None:
        return whole_arns(arn, kind, inputs)
    return whole_arns(text, kind, inputs) if is_arn(text) and _form(kind.arn).covers(text) else ()


def _documents(call: ApiCall, details: Details, kind: ResourceType) -> tuple[Pattern, ...]:
    """Systems Manager's documents, which are AWS's own, shared, or the account's."""
    if kind.name not in _DOCUMENTS or not kind.arn.startswith("arn:{P}:ssm:"):
        return ()
    hole = _template(kind.arn).holes[0]
    names = _of_inputs(call, details.fills.get(f"{kind.name}.{hole}", ""))
    versions = _of_inputs(call, details.fills.get(f"{kind.name}.VersionId", "")) or (UNKNOWN_TEXT,)
    if kind.name == "document":
        return tuple(dict.fromkeys(arns.document_arn(name) for name in names))
    return tuple(dict.fromkeys(arns.definition_arn(name, version) for name in names for version in versions))


_DOCUMENTS: Final = frozenset({"document", "automation-definition"})


def wildcard(arn: str) -> Pattern:
    """Every resource of a type, of the role's account where the ARN has one."""
    return _template(arn).write({})


def account_wide(action: str, types: tuple[ResourceType, ...]) -> tuple[Pattern, ...]:
    """The service's resources of the account, and of no account where a type has none."""
    prefix = action.partition(":")[0]
    own = [each for each in types if each.arn.split(":")[2] == prefix] or types
    return tuple(dict.fromkeys(Pattern.of(":".join([*each.arn.split(":", 5)[:5], "*"])) for each in own))


@cache
def _wildcards(action: str) -> frozenset[Pattern]:
    return frozenset(wildcard(kind.arn) for kind in catalog.resource_types(action))


@cache
def _types(action: str, like: tuple[str, ...], made_by: str) -> tuple[ResourceType, ...]:
    types = catalog.resource_types(action)
    own = {kind.name for each in like for kind in catalog.resource_types(each)}
    same = {kind.name for kind in types if kind.name in own}
    made = {kind.name for kind in types if _makes(made_by, kind.name)} or {
        kind.name for kind in types if _makes(made_by, kind.name, part=True)
    }
    chosen = made if made <= same else made | same
    return tuple(kind for kind in types if kind.name in (chosen or same)) or types


def _makes(operation: str, kind: str, *, part: bool = False) -> bool:
    """Whether an operation is called after a type that it makes: CreateCacheCluster a `cluster`, in part CreateRule a `listener-rule/app`."""
    match = _MAKES.match(operation)
    if match is None:
        return False
    about, name = _plain(match[1]), _plain(re.split(r"[/#]", kind)[0])
    return name.endswith(about) if part else about.endswith(name)


# What an operation makes, without what it makes it from: CreateVolumeFromBackup, CreateAutoMLJobV2.
_MAKES: Final = re.compile(
    r"(?:Allocate|Create|Import|Put|Register|Request|Run|Start)([A-Z]\w*?)s?(?:V\d)?(?:(?:By|For|From|To|Using|With)[A-Z]\w*)?$"
)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


# -- one type ------------------------------------------------------------------------------------------------------------------------


def _of_type(call: ApiCall, details: Details, action: str, kind: ResourceType, types: tuple[ResourceType, ...]) -> Iterator[Pattern]:
    """The ARNs of one type, and AWS's own where only a running automation knows which is read."""
    found = tuple(_of_own(call, details, action, kind, types))
    yield from found
    if kind.aws_owned and wildcard(kind.arn) in found and action.partition(":")[2].startswith(_READS):
        yield wildcard(kind.aws_owned)


_READS: Final = (
    "Get",
    "List",
    "Describe",
    "Search",
    "RegisterPatchBaseline",
    "RegisterDefaultPatchBaseline",
    "AttachPolicy",
    "DetachPolicy",
)


def _of_own(call: ApiCall, details: Details, action: str, kind: ResourceType, types: tuple[ResourceType, ...]) -> Iterator[Pattern]:
    """The ARNs of one type; none when the inputs show that it is not meant."""
    arns, others = _whole(call, details, action, kind, types)
    yield from arns
    if kind.only_by_arn:
        return
    holes = _holes(call, details, action, kind)
    if holes is None:  # no input says its name
        if not arns and not (others and (not kind.required or _TAGS.search(call.operation))):
            for names in _combined(_accounts(call, details, kind)):
                yield _template(kind.arn).write(names)
    elif not holes.left_out or (not arns and (kind.required or not call.complete or (not holes.filled and _describes(call)))):
        for names in _combined(holes.filled):
            for form in forms(kind, names):
                yield _template(form).write(names)


# Of these operations the types are the ones that an ARN may be of, each marked as required or not.
_TAGS: Final = re.compile(r"(?i)tag|resource_?polic(y|ies)")


def _describes(call: ApiCall) -> bool:
    """Whether what is given may be a filter, and the type that is left out the one that is listed."""
    return call.operation.lower().startswith("describe")


def _whole(
    call: ApiCall, details: Details, action: str, kind: ResourceType, types: tuple[ResourceType, ...]
) -> tuple[tuple[Pattern, ...], bool]:
    """The ARNs of this type that inputs hold, and whether they hold one of another type of the action instead."""
    found: dict[Pattern, None] = {}
    given_as_arns = _of_inputs(call, details.fills.get(_key(details, action, kind.name, "*"), ""))
    for text in _that_may_be_arns(given_as_arns, kind):
        if not _of_other_service(text, kind):
            found.update(dict.fromkeys(whole_arns(text, kind, call.inputs)))
    loose, others = _loose(call, details, kind, types)
    found.update(dict.fromkeys(loose))
    for member in _named_by(details, action, kind):
        for text in texts(call.inputs, member):
            arn = partial_arn(text, kind)
            if arn is not None:
                found.update(dict.fromkeys(whole_arns(arn, kind, call.inputs)))
            elif (is_arn(text) and kind.name in _fitting(text, types)) or (kind.name == "accesspointobject" and is_access_point(text)):
                found.update(dict.fromkeys(whole_arns(text, kind, call.inputs)))
    return tuple(found), others


def _that_may_be_arns(given_as_arns: tuple[Pattern, ...], kind: ResourceType) -> tuple[Pattern, ...]:
    """Those that a policy can name; any of the type where what is given is no ARN (`no_arns`)."""
    usable = tuple(text for text in given_as_arns if kind.name == "object" or arns.may_be_arn(text))
    return usable or (UNKNOWN_TEXT,)[: len(given_as_arns)]


def no_arns(call: ApiCall, details: Details) -> Iterator[tuple[str, Pattern]]:
    """Inputs that take nothing but ARNs, and what each is given that is none; its bound values are still to be seen."""
    specs = [spec for key, spec in details.fills.items() if key.endswith(".*")]
    for member in dict.fromkeys(member for spec in specs for member in _Spec.read(spec).members if _ARN_MEMBER.search(member)):
        options = [option for value in given(call.inputs, member) if isinstance(value, Text) for option in value.options]
        if not any(arns.may_be_arn(arns.plain(option)) for option in options):
            yield from ((member, option) for option in options)


_ARN_MEMBER: Final = re.compile(r"(?i)arns?$")


def _loose(call: ApiCall, details: Details, kind: ResourceType, types: tuple[ResourceType, ...]) -> tuple[list[Pattern], bool]:
    """The ARNs of this type in inputs that may hold those of several, and whether they hold one of another."""
    found: list[Pattern] = [text for text in _of_inputs(call, details.fills.get("*", "")) if _is_token(text)]
    others = False
    for key in ("*", "?"):
        for text in _of_inputs(call, details.fills.get(key, "")):
            fit = _fitting(text, types) if is_arn(text) else ()
            found.extend(whole_arns(text, kind, call.inputs) if kind.name in fit else ())
            others = others or bool(fit and kind.name not in fit)
    return found, others


def _of_other_service(text: Pattern, kind: ResourceType) -> bool:
    """Whether an ARN is one that the input may hold besides those of this type: a function, where logs go to a destination."""
    first = text.parts[0] if text.parts else ANY
    fields = first.split(":") if isinstance(first, str) and is_arn(text) else []
    service = kind.arn.split(":")[2]
    return len(fields) > _SERVICE + 1 and "{" not in service and fields[_SERVICE] != service


_SERVICE: Final = 2


def _named_by(details: Details, action: str, kind: ResourceType) -> tuple[str, ...]:
    """The inputs that name resources of a type, which may hold whole ARNs, too; of one known by its ARN alone, any that names something."""
    return tuple(
        dict.fromkeys(
            member
            for key, spec in details.fills.items()
            if key.removeprefix(f"{action.rpartition(':')[2]}/").startswith(f"{kind.name}.") or kind.only_by_arn
            for member in _Spec.read(spec).members
        )
    )


def _of_inputs(call: ApiCall, spec: str) -> tuple[Pattern, ...]:
    members = _Spec.read(spec).members if spec else ()
    return tuple(text for member in members for text in texts(call.inputs, member))


def _key(details: Details, action: str, kind: str, hole: str) -> str:
    """What is said for this action alone goes before what is said for all of the operation's."""
    closer = f"{action.rpartition(':')[2]}/{kind}.{hole}"
    return closer if closer in details.fills else f"{kind}.{hole}"


@dataclass(frozen=True, slots=True)
class _Holes:
    """What fills an ARN's holes (and its account, `A`), and whether an input that would name the resource is left out."""

    filled: tuple[tuple[str, tuple[Pattern, ...]], ...] = ()
    left_out: bool = False


def _holes(call: ApiCall, details: Details, action: str, kind: ResourceType) -> _Holes | None:
    """What inputs fill in; `None` when there is no input for it."""
    if _key(details, action, kind.name, "*") != f"{kind.name}.*":
        return _Holes(left_out=True)
    filled: list[tuple[str, tuple[Pattern, ...]]] = []
    known = f"{kind.name}.*" in details.fills
    left_out = known and not any(f"{kind.name}.{hole}" in details.fills for hole in _template(kind.formats[0]).holes)
    for hole in _template(kind.formats[0]).holes:
        spec = details.fills.get(_key(details, action, kind.name, hole))
        if spec is None:
            continue
        known = True
        read = _Spec.read(spec)
        values = tuple(text for member in read.members for text in texts(call.inputs, member))
        if any(given(call.inputs, second) for second in read.seconds):
            values = (UNKNOWN_TEXT,)
        elif not values:
            left_out = left_out or not read.has_default
            continue
        names = tuple(dict.fromkeys(name for value in values for name in names_of(value, kind, hole, call.inputs)))
        if not names:  # what is given is a whole ARN, or names another type
            return _Holes(left_out=True)
        filled.append((hole, names))
    return _Holes((*filled, *_accounts(call, details, kind)), left_out) if known else None


def _accounts(call: ApiCall, details: Details, kind: ResourceType) -> tuple[tuple[str, tuple[Pattern, ...]], ...]:
    accounts = tuple(dict.fromkeys(_of_inputs(call, details.fills.get(f"{kind.name}.{ACCOUNT}", ""))))
    return ((ACCOUNT, accounts),) if accounts and all(_is_account(account) for account in accounts) else ()


def _is_account(text: Pattern) -> bool:
    """Whether a text may be an account's identifier; that of a Glue catalog, where none is needed, may be a name."""
    return text.text is None or re.fullmatch(r"\d{12}", text.text) is not None


def _combined(holes: tuple[tuple[str, tuple[Pattern, ...]], ...]) -> Iterator[Mapping[str, Pattern]]:
    """Every combination of names."""
    wide = dict(holes)
    while prod(map(len, wide.values())) > _MOST_NAMES:
        wide[max(wide, key=lambda hole: len(wide[hole]))] = (UNKNOWN_TEXT,)
    for names in product(*wide.values()):
        yield dict(zip(wide, names, strict=True))


# -- which type ----------------------------------------------------------------------------------------------------------------------


def _chosen(call: ApiCall, details: Details, types: tuple[ResourceType, ...]) -> Found | None:
    """Where an input says of which type the resource is, or its identifier's prefix does."""
    if details.choice is not None:
        return _by_choice(call, *details.choice, types)
    if details.ids is not None:
        return _by_id(call, *details.ids, types)
    return None


def _by_choice(call: ApiCall, member: str, name: str, kinds: Mapping[str, str], types: tuple[ResourceType, ...]) -> Found | None:
    said = [text.text for text in texts(call.inputs, member)]
    if not said or None in said:
        return None
    chosen = {kinds.get(text) for text in said if text is not None}
    found: list[Pattern] = []
    for kind in types:
        if kind.name in chosen:
            holes = _template(kind.formats[0]).holes
            for value in texts(call.inputs, name) or (UNKNOWN_TEXT,):
                for text in names_of(value, kind, holes[-1], call.inputs):
                    names = {holes[-1]: text}
                    found.extend(_template(form).write(names) for form in forms(kind, names))
    return Found(tuple(dict.fromkeys(found))) if found else None


def _by_id(call: ApiCall, member: str, kinds: Mapping[str, str], types: tuple[ResourceType, ...]) -> Found | None:
    by_name = {kind.name: kind for kind in types}
    found: list[Pattern] = []
    for value in texts(call.inputs, member):
        first = value.parts[0] if value.parts else ANY
        prefix = first.rpartition("-")[0] if isinstance(first, str) else ""
        kind = by_name.get(kinds.get(prefix, ""))
        if kind is None:
            return None
        hole = _template(kind.arn).holes[-1]
        found.append(_template(kind.arn).write({hole: any_identifier(value, hole)}))
    return Found(tuple(dict.fromkeys(found))) if found else None


def _fitting(arn: Pattern, types: tuple[ResourceType, ...]) -> frozenset[str]:
    """The types that an ARN is of: those whose form says the most of it."""
    fixed = {kind.name: len(_HOLE.sub("", kind.arn)) for kind in types if _form(kind.arn).covers(form_of(arn))}
    most = max(fixed.values(), default=0)
    return frozenset(name for name, size in fixed.items() if size == most)


_HOLE: Final = re.compile(r"\{\w+\}")


@cache
def _form(arn: str) -> Pattern:
    """Every ARN of a type, whosever and wherever."""
    return Pattern.of(_HOLE.sub("*", arn))


def _is_token(text: Pattern) -> bool:
    return len(text.parts) == 1 and isinstance(text.parts[0], Bound)


# -- writing ARNs ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Template:
    """An ARN's form, `arn:{P}:ec2:{R}:{A}:instance/{InstanceId}`, taken apart."""

    parts: tuple[Part | tuple[str], ...]
    holes: tuple[str, ...]

    def write(self, names: Mapping[str, Pattern]) -> Pattern:
        """With these names in its holes; `*` in the others."""
        made: list[Part] = []
        for part in self.parts:
            if isinstance(part, tuple):
                made.extend(names[part[0]].parts if part[0] in names else (ANY,))
            elif part is Slot.ACCOUNT and ACCOUNT in names:
                made.extend(names[ACCOUNT].parts)
            else:
                made.append(part)
        return Pattern(tuple(made))


@cache
def _template(arn: str) -> _Template:
    parts: list[Part | tuple[str]] = []
    for piece in re.split(r"(\{\w{2,}\})", arn):
        parts.extend([(piece[1:-1],)] if re.fullmatch(r"\{\w{2,}\}", piece) and piece != "{ROLE}" else Pattern.of(piece).parts)
    return _Template(tuple(parts), tuple(part[0] for part in parts if isinstance(part, tuple)))


def _path(path: str, inputs: Mapping[str, Value]) -> Pattern:
    """API Gateway's ARNs are the paths of requests.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
    """
    made = Pattern.of("arn:{P}:apigateway:{R}::")
    for piece in re.split(r"(\{\w+\})", path):
        if not piece.startswith("{"):
            made += Pattern.literal(piece)
            continue
        values = texts(inputs, piece[1:-1])
        # A slash in a value is written as %2F in a path, and one of several values is any.
        made += values[0] if len(values) == 1 and "/" not in (values[0].text or "") else UNKNOWN_TEXT
    return made


@dataclass(frozen=True, slots=True)
class _Spec:
    """`A|B!C?` of the catalog: inputs that name the resource, inputs with which that is not all, whether a default stands for none."""

    members: tuple[str, ...]
    seconds: tuple[str, ...]
    has_default: bool

    @staticmethod
    @cache
    def read(spec: str) -> _Spec:
        names, _, seconds = spec.rstrip("?").partition("!")
        return _Spec(tuple(names.split("|")), tuple(filter(None, seconds.split("|"))), spec.endswith("?"))
