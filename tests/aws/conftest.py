"""The command and a stack, as the tests of those have them; and the documents of AWS-owned runbooks, where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from automation_role.catalog import aws_runbooks
from tests.cli.conftest import folder, run
from tests.construct.conftest import stack
from tools import build_aws_runbooks

__all__ = ["folder", "run", "stack"]


@pytest.fixture(scope="session")
def documents() -> dict[str, Path]:
    """Name -> document, of those that the facts are of: in AUTOMATION_ROLE_CORPUS, a folder of documents, one JSON file each."""
    corpus = os.environ.get("AUTOMATION_ROLE_CORPUS", "")
    if not corpus:
        pytest.skip("AUTOMATION_ROLE_CORPUS names no folder of Automation documents")
    digests = {name: (aws_runbooks.facts(name) or {}).get("digest") for name in aws_runbooks.names()}
    found = build_aws_runbooks.documents(Path(corpus))
    return {name: path for name, path in found.items() if digests.get(name) == aws_runbooks.digest_of(build_aws_runbooks.content(path))}
