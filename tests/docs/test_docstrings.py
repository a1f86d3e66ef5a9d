"""Public docstrings name the arguments that there are, all of them, in their order."""

from __future__ import annotations

import enum
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import automation_role
from automation_role import testing


def public() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every class and function of the interface, with its public methods."""
    for module in (automation_role, testing):
        for name in module.__all__:
            value = getattr(module, name)
            if not callable(value) or (inspect.isclass(value) and issubclass(value, enum.Enum)):
                continue
            yield name, value
            for method, function in inspect.getmembers(value, callable) if inspect.isclass(value) else ():
                if not method.startswith("_") and str(getattr(function, "__module__", "")).startswith("automation_role"):
                    yield f"{name}.{method}", function


PUBLIC = dict(public())


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_documented(name: str) -> None:
    assert len(inspect.getdoc(PUBLIC[name]) or "") > 10


@pytest.mark.parametrize("name", PUBLIC)
def test_a_docstring_names_the_arguments_that_there_are(name: str) -> None:
    text = inspect.getdoc(PUBLIC[name]) or ""
    match = re.search(r"^Args:\n((?: {4}.*\n?|\n)+)", text, flags=re.MULTILINE)
    if match is None:
        pytest.skip("says nothing of its arguments")
    told = [name for name in re.findall(r"^ {4}\*?(\w+):", match[1], flags=re.MULTILINE) if name not in {"scope", "construct_id"}]
    # jsii's metaclass hides a construct's own signature.
    function = PUBLIC[name].__init__ if inspect.isclass(PUBLIC[name]) else PUBLIC[name]
    assert told == [parameter for parameter in inspect.signature(function).parameters if parameter not in {"self", "scope", "construct_id"}]
