"""Checks what a user passes for a runbook: values for its parameters, files for its attachments.

An invalid value would silently widen the role: it would be unknown, so any resource of the type would be allowed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ..errors import Problem, RunbookError, did_you_mean, quoted
from ..values.kinds import article, has
from ..values.tokens import is_opaque_list
from .attachments import attachment_problems
from .parameters import Parameter, value_problem

ALLOWED: Final = "a string, number, boolean, list, mapping or CDK token"


def check_bindings(
    source: str,
    parameters: Mapping[str, Parameter],
    files: Mapping[str, str | None],
    bindings: Mapping[str, Any],
    attachments: Mapping[str, str | Path],
) -> None:
    """Check that the user's values and attachments fit the runbook.

    Args:
        source: the runbook's source, as errors name it.
        parameters: the runbook's parameters, by name.
        files: the runbook's attachments -> the `sha256` that it lists for each, if any.
        bindings: parameter -> the value that the user passes.
        attachments: attachment -> the file on this machine.

    Raises:
        RunbookError: some do not fit; it lists every problem.
    """
    problems = []
    for name, value in bindings.items():
        if name not in parameters:
            message = f"parameters: the runbook has no parameter {name!r} → {', '.join(parameters) or 'it has none'}{did_you_mean(name, parameters)}"
            problems.append(Problem(source=source, line=None, message=message))
        elif (wrong := kind_problem(name, value) or value_problem(parameters[name], value)) is not None:
            problems.append(Problem(source=source, line=parameters[name].line, message=f"parameters: {name!r} is {wrong}"))
    problems += [Problem(source=source, line=None, message=wrong) for wrong in attachment_problems(files, attachments)]
    if problems:
        raise RunbookError(problems)


def kind_problem(parameter: str, value: object) -> str | None:
    """The problem with the type of a value, in the words of an error; `None`: none.

    CDK constructs and tokens are recognized by their form: only `cdk` imports `aws_cdk`.

    Args:
        parameter: the runbook's parameter; its name suggests which property of a construct is meant.
        value: its value.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value} → {ALLOWED}; pass one"
    if isinstance(value, (str, bool, int, float)) or _is_token(value):
        return None
    if isinstance(value, Mapping):
        if (wrong := next((key for key in value if not isinstance(key, str)), None)) is not None:
            return f"a mapping with the key {quoted(wrong)} → keys are strings; write it in quotes"
        return next(
            (f"a mapping whose {key!r} is {wrong}" for key, each in value.items() if (wrong := kind_problem(parameter, each))), None
        )
    if isinstance(value, (list, tuple)):
        if is_opaque_list(value) and len(value) > 1:
            return "a list token with other items → the token on its own, since its items are known only at deployment; pass each item with Fn.select"
        return next(
            (f"a list whose item {at} is {wrong}" for at, each in enumerate(value, 1) if (wrong := kind_problem(parameter, each))), None
        )
    if value is None:
        return f"None → {ALLOWED}; pass one, or leave {parameter!r} out"
    kind = _PROXY.sub(r"\1", _class(value).__name__)  # CDK's imported constructs have a hidden class: `_BucketBaseProxy`
    if not has(value, "node"):
        return f"{article(kind)} {kind} → {ALLOWED}; pass one of these"
    named = _property(parameter, value)
    instead = f"pass its {named}" if named else "pass the property that holds its name, id or ARN"
    return f"{article(kind)} {kind}, a construct → {ALLOWED}; {instead}"


def _is_token(value: object) -> bool:
    """Whether a value is an `IResolvable`, and not a construct that also is one."""
    return has(value, "resolve") and has(value, "creation_stack") and not (has(value, "node") or isinstance(value, type))


def _class(value: object) -> type:
    """A value's class; what CDK returns with several interfaces has a delegate for each."""
    return type(next(iter(getattr(value, "_delegates", ())), value))


# Endings of the properties that name a construct, the most likely first.
_ENDINGS: Final = ("_name", "_id", "_arn")
_PROXY: Final = re.compile(r"^_?(.+?)(?:Base)?Proxy$")
_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def _property(parameter: str, value: object) -> str | None:
    """The property of a construct that fits a parameter's name: `bucket_name` of a `Bucket` for `BucketName`."""
    kind = _class(value)
    properties = [name for name in dir(kind) if not name.startswith("_") and isinstance(getattr(kind, name, None), property)]
    # The other properties of an L1 construct are its arguments, or nothing.
    if kind.__name__.startswith("Cfn") and (found := next((name for name in ("value_as_string", "ref") if name in properties), None)):
        return found
    asked = _WORD.sub("_", parameter).lower()
    endings = sorted(_ENDINGS, key=lambda ending: not asked.endswith(ending.strip("_")))
    words = [_WORD.sub("_", base.__name__.strip("_")).lower() for base in kind.__mro__]
    likely = [asked, *(f"{word}{ending}" for ending in endings for word in words)]
    return next((name for name in likely if name in properties), None)
