"""boto3's resources: `boto3.resource('ec2').SecurityGroup(x).revoke_ingress(…)`, their collections, attributes and waiters."""

from __future__ import annotations

from ....catalog import iam_actions
from ....catalog import operations as catalog
from ....catalog.boto3_resources import Resource, ResourceCall
from ....values.patterns import ANY, Pattern
from ....values.value import Text
from ..values.arguments import Args, Machine
from ..values.bound_methods import BoundMethod
from ..values.thing import BOTTOM, DATA, Abstract, EqualByParts
from .boto3_clients import Client, Meta, dynamic_operation
from .boto3_resource_extras import extra
from .operation_names import like_an_operation


class AwsResource(EqualByParts):
    """A resource.

    Attributes:
        client: what makes its calls.
        kind: its type (`Instance`); '' is the service resource itself.
        identifiers: what is known of its identifiers, in their order.
        is_loaded: its attributes came with it, so that reading them calls nothing.
    """

    __slots__ = ("client", "identifiers", "is_loaded", "kind")
    is_aws = True

    def __init__(self, client: Client, kind: str, identifiers: tuple[Abstract, ...], *, is_loaded: bool = False) -> None:
        self.client = client
        self.kind = kind
        self.identifiers = identifiers
        self.is_loaded = is_loaded

    def parts(self) -> tuple[object, ...]:
        return (self.client, self.kind, self.identifiers, self.is_loaded)

    def __repr__(self) -> str:
        return f"AwsResource({self.client.service}.{self.kind})"

    @property
    def model(self) -> Resource | None:
        service = catalog.service(self.client.service) if self.client.service is not None else None
        return service.resources.get(self.kind) if service is not None else None

    def factory(self, name: str) -> str | None:
        """The type that `ec2.Instance(…)` or `bucket.Object(…)` makes; the service resource makes every type."""
        service = catalog.service(self.client.service) if self.client.service is not None else None
        if service is None:
            return None
        if not self.kind and name and name in service.resources:
            return name
        model = service.resources.get(self.kind)
        return model.references.get(name) if model is not None else None

    def named(self) -> dict[str, Abstract]:
        """Its identifiers by name, as far as they are known."""
        model = self.model
        if model is None:
            return {}
        if self.client.service == "ec2" and model.identifiers == ("Id",) and (not self.identifiers or self.identifiers[0] is DATA):
            # An identifier's prefix shows the resource's type; for tags, nothing else does.
            begins = iam_actions.resource_type("ec2", _kebab(self.kind)).begins
            return {"Id": Text(tuple(Pattern((each, ANY)) for each in begins)) if begins else DATA}
        return dict(zip(model.identifiers, self.identifiers, strict=False))

    def attribute(self, machine: Machine, name: str, at: int) -> Abstract:
        model = self.model
        if name == "meta":
            return Meta(self.client)
        if model is None:
            return BoundMethod(self, name)
        if name in model.collections:
            return Collection(self, model.collections[name])
        if (
            name in model.actions
            or name in model.waiters
            or extra(self, name) is not None
            or name in {"load", "reload", "get_available_subresources"}
        ):
            return BoundMethod(self, name)
        for place, identifier in enumerate(model.identifiers):
            if name == _snake(identifier):
                return self.identifiers[place] if place < len(self.identifiers) else DATA
        related = self.factory(name)
        if related is not None:
            if name[:1].isupper():
                return BoundMethod(self, name)
            self.load(machine, at)
            return AwsResource(self.client, related, ())
        if name in model.attributes:
            self.load(machine, at)
            return DATA
        return DATA if name.startswith("_") else BoundMethod(self, name)

    def has(self, name: str) -> bool:
        model = self.model
        if model is None:
            return like_an_operation(name)
        known = (model.collections, model.actions, model.waiters, model.attributes)
        return any(name in each for each in known) or self.factory(name) is not None or extra(self, name) is not None

    def any_attribute(self, machine: Machine, name: Abstract, at: int) -> list[Abstract]:
        self.load(machine, at)
        return [dynamic_operation(machine, self.client, "calls an operation of", name, at)]

    def load(self, machine: Machine, at: int) -> None:
        """Make the call that reading an attribute makes; it loads all attributes, once."""
        model = self.model
        if not self.is_loaded and model is not None and model.load is not None:
            self._make(machine, model.load, {}, at, complete=True)

    def _make(self, machine: Machine, call: ResourceCall, given: dict[str, Abstract], at: int, *, complete: bool) -> None:
        own = self.named()
        inputs = {member: own[identifier] for member, identifier in call.inputs.items() if identifier in own}
        self.client.make(machine, call.operation, {**inputs, **given}, at, complete=complete)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        model = self.model
        complete = args.extra is BOTTOM
        if model is None:
            return self.client.make(machine, name, args.keywords, at, complete=complete)
        added = extra(self, name)
        if added is not None:
            return added(self, machine, args, at)
        related = self.factory(name)
        if related is not None:
            return self._related(related, args)
        if name in {"load", "reload"}:
            if model.load is not None:
                self._make(machine, model.load, {}, at, complete=True)
            return None
        if name in model.waiters:
            self._make(
                machine,
                model.waiters[name],
                {key: value for key, value in args.keywords.items() if key != "WaiterConfig"},
                at,
                complete=complete,
            )
            return None
        if name in model.actions:
            call = model.actions[name]
            self._make(machine, call, args.keywords, at, complete=complete)
            return DATA if call.returns is None else AwsResource(self.client, call.returns, (), is_loaded=call.is_loaded)
        target = self.attribute(machine, name, at)
        if isinstance(target, BoundMethod):
            if name != "get_available_subresources":
                self.client.make(machine, f"{self.kind}.{name}" if self.kind else name, args.keywords, at, complete=complete)
            return DATA
        return machine.call(target, args, at)

    def _related(self, kind: str, args: Args) -> Abstract:
        """`ec2.Instance('i-…')`, `bucket.Object('key')`."""
        service = catalog.service(self.client.service or "")
        model = service.resources.get(kind) if service is not None else None
        names = model.identifiers if model is not None else ()
        own = self.identifiers if self.kind else ()
        given = [args.get(place, _snake(name), DATA) for place, name in enumerate(names[len(own) :])]
        return AwsResource(self.client, kind, (*own, *given))

    def call(self, _machine: Machine, _args: Args, _at: int) -> Abstract:
        return self

    def item(self, _machine: Machine, _key: Abstract, _at: int) -> Abstract:
        return self

    def elements(self, _machine: Machine, _at: int) -> list[Abstract]:
        return [self]


class Collection(EqualByParts):
    """`ec2.instances`, `bucket.objects`: requests its members when they are read."""

    __slots__ = ("asked", "of", "source")
    is_aws = True
    leads = ("all", "filter", "limit", "page_size", "pages")

    def __init__(self, source: AwsResource, of: ResourceCall, *, asked: bool = False) -> None:
        self.source = source
        self.of = of
        self.asked = asked

    def parts(self) -> tuple[object, ...]:
        of = self.of
        return (self.source, of.operation, tuple(of.inputs.items()), of.returns, of.is_loaded, self.asked)

    def member(self) -> AwsResource:
        """A value that may be any of its members; it has its parent's identifiers (`BucketName` is the Bucket's `Name`)."""
        source, kind = self.source, self.of.returns or ""
        service = catalog.service(source.client.service or "")
        model = service.resources.get(kind) if service is not None else None
        known = source.named()
        inherited = {**known, **{f"{source.kind}{name}": value for name, value in known.items()}}
        names = model.identifiers if model is not None else ()
        own = tuple(inherited.get(name, DATA) if place < len(names) - 1 else DATA for place, name in enumerate(names))
        return AwsResource(source.client, kind, own, is_loaded=self.of.is_loaded)

    def ask(self, machine: Machine, args: Args, at: int) -> Collection:
        """Make the call, unless it was made."""
        if not self.asked:
            self.source._make(machine, self.of, args.keywords, at, complete=args.extra is BOTTOM)  # its source's own call
        return Collection(self.source, self.of, asked=True)

    def attribute(self, _machine: Machine, name: str, _at: int) -> Abstract:
        return BoundMethod(self, name)

    def any_attribute(self, machine: Machine, name: Abstract, at: int) -> list[Abstract]:
        self.ask(machine, Args(), at)
        return [dynamic_operation(machine, self.source.client, "calls an operation of", name, at)]

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if name in {"all", "filter"}:
            return self.ask(machine, args, at)
        if name in {"limit", "page_size"}:
            return self if self.asked else self.ask(machine, Args(), at)
        self.ask(machine, Args(), at)
        if name == "pages":
            return self.member()
        member = self.member()
        model = member.model
        if model is not None and name in model.actions:
            member._make(machine, model.actions[name], args.keywords, at, complete=False)  # the member's own call
        return DATA

    def elements(self, machine: Machine, at: int) -> list[Abstract]:
        self.ask(machine, Args(), at)
        return [self.member()]

    def item(self, machine: Machine, _key: Abstract, at: int) -> Abstract:
        return self.elements(machine, at)[0]


def _kebab(name: str) -> str:
    """A resource's type as IAM has it: `NetworkAcl` is `network-acl`."""
    return _snake(name).removeprefix("_").replace("_", "-")


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() and place else char.lower() for place, char in enumerate(name))
