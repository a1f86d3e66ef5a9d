"""Templates for snapshot tests: they change only when their meaning changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from .load import Source, load

# What CDK changes with every build of an asset, and with every release.
_HASH: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_ASSET_METADATA: Final = re.compile(r"aws:(cdk|asset):")
_NOISE: Final[Mapping[str, frozenset[str]]] = {
    "Parameters": frozenset({"BootstrapVersion"}),
    "Rules": frozenset({"CheckBootstrapVersion"}),
    "Conditions": frozenset({"CDKMetadataAvailable"}),
    "Resources": frozenset({"CDKMetadata"}),
}


def stable(template: Source) -> dict[str, Any]:
    """A template without what changes on its own: asset hashes, CDK's version and metadata.

    Hashes of assets become `<hash>`; the `CDKMetadata` resource, the bootstrap version's parameter and rule, and `aws:cdk:…` and
    `aws:asset:…` metadata are removed; keys are sorted. Logical ids stay: a deployed stack depends on them.

    Args:
        template: an `aws_cdk.assertions.Template`, a template as data, or the path of a JSON or YAML file.

    Raises:
        TemplateError: it cannot be read, or isn't a template.
    """
    sections = {
        section: {key: one for key, one in content.items() if key not in _NOISE.get(section, frozenset())}
        if isinstance(content, Mapping)
        else content
        for section, content in load(template).items()
    }
    resources = {key: _without_metadata(one) for key, one in sections["Resources"].items()}
    kept = {section: content for section, content in {**sections, "Resources": resources}.items() if content != {}}
    cleaned = _clean({**kept, "Resources": resources})
    assert isinstance(cleaned, dict)  # noqa: S101
    return cleaned


def _without_metadata(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = resource.get("Metadata")
    if not isinstance(metadata, Mapping):
        return resource
    kept = {key: one for key, one in metadata.items() if not _ASSET_METADATA.match(key)}
    return {key: kept if key == "Metadata" else one for key, one in resource.items() if key != "Metadata" or kept}


def _clean(value: Any) -> Any:
    if isinstance(value, Mapping):
        items = [(_HASH.sub("<hash>", str(key)), _clean(one)) for key, one in value.items()]
        return dict(sorted(items, key=lambda item: item[0]))
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return _HASH.sub("<hash>", value) if isinstance(value, str) else value
