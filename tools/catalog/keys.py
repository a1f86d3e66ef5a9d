"""Inputs that name a customer managed key: the caller may need `kms:` permissions on it, because many services use it with the caller's permissions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .roles import READS

# KmsKeyId, kmsKeyArn, AWSKMSKeyARN, KMSMasterKeyID, customerEncryptionKeyArn, CmkArn, …; not KMSContext, KmsKeyRegion or kmsAccessRoleArn.
_KEY = re.compile(
    r"(?i)(?:kms|cmk|kmskey|kms(?:master|encryption)key|customermanagedkey|encryptionkey|encryptionkmskey)(?:id|arn|identifier|override)?$"
)
_DEPTH = 6


def key_inputs(model: dict[str, Any], operation: str) -> list[str]:
    """Paths of the inputs that may name a key: `Encryption.KmsKeyId`."""
    shape = model["operations"][operation].get("input", {}).get("shape")
    if shape is None or READS.match(operation):
        return []
    return sorted(dict.fromkeys(_paths(model, shape, (), frozenset())))


def _paths(model: dict[str, Any], name: str, at: tuple[str, ...], above: frozenset[str]) -> Iterator[str]:
    shape = model["shapes"][name]
    if name in above or len(at) > _DEPTH:
        return
    if shape["type"] == "structure":
        for member, target in shape.get("members", {}).items():
            of = model["shapes"][target["shape"]]
            if of["type"] == "string" and "enum" not in of and _KEY.search(member):
                yield ".".join((*at, member))
            else:
                yield from _paths(model, target["shape"], (*at, member), above | {name})
    elif shape["type"] == "list":
        yield from _paths(model, shape["member"]["shape"], at, above | {name})
    elif shape["type"] == "map":
        yield from _paths(model, shape["value"]["shape"], (*at, "*"), above | {name})
