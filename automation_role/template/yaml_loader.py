"""PyYAML's loader for CloudFormation templates. In its own module, because PyYAML takes longer to load than everything else here."""

from __future__ import annotations

from typing import Any, Final

import yaml

_Safe: Final[type[yaml.SafeLoader]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBERS: Final = {f"tag:yaml.org,2002:{kind}" for kind in ("bool", "float", "int", "null")}


class TemplateLoader(_Safe):  # type: ignore[misc, valid-type]  # the C one where there is one
    """YAML with CloudFormation's short forms, in which `2012-10-17` is a text."""

    yaml_implicit_resolvers = {  # noqa: RUF012  (as PyYAML has it)
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  (PyYAML's)
        """Keys are texts, even if they look like numbers: accounts in Mappings."""
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag in _NUMBERS:
                key.tag = "tag:yaml.org,2002:str"
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return made


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)  # noqa: S101  (YAML has no fourth kind)
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


TemplateLoader.add_multi_constructor("!", _short_form)
