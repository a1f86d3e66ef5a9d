"""Operations whose inputs decide which of their actions they need: DynamoDB's transactions and statements, S3's on directory buckets.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html and
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from ..values.patterns import Pattern
from ..values.value import Value
from .directory_buckets import of_directories
from .inputs import UNKNOWN_TEXT, given, texts
from .resources import named

# Action -> its resources; empty if the call's inputs name them.
_Kinds: TypeAlias = dict[str, tuple[Pattern, ...]]


def shown_kinds(*, service: str, operation: str, actions: tuple[str, ...], inputs: Mapping[str, Value]) -> _Kinds | None:
    """The actions that a call needs, out of those that its operation may need; `None` when it needs all of them, or it is unknown."""
    chosen = _SERVICES.get(service)
    return chosen(operation, actions, inputs) if chosen is not None else None


def _of_dynamodb(operation: str, _actions: tuple[str, ...], inputs: Mapping[str, Value]) -> _Kinds | None:
    if operation == "TransactWriteItems":
        return _of_items(given(inputs, "TransactItems"))
    path = _STATEMENTS.get(operation)
    return _of_statements(texts(inputs, path)) if path is not None else None


_SERVICES: Final[Mapping[str, Callable[[str, tuple[str, ...], Mapping[str, Value]], _Kinds | None]]] = {
    "dynamodb": _of_dynamodb,
    "s3": lambda _operation, actions, inputs: of_directories(actions, inputs),
}


# -- transactions --------------------------------------------------------------------------------------------------------------------

_ITEMS: Final[Mapping[str, str]] = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}


def _of_items(items: tuple[Value, ...]) -> _Kinds | None:
    found: _Kinds = {}
    for item in items:
        if not isinstance(item, Mapping) or not item or not item.keys() <= _ITEMS.keys():
            return None
        found.update((_ITEMS[kind], ()) for kind in item)
    return found or None


# -- statements ----------------------------------------------------------------------------------------------------------------------

_STATEMENTS: Final[Mapping[str, str]] = {
    "ExecuteStatement": "Statement",
    "BatchExecuteStatement": "Statements.Statement",
    "ExecuteTransaction": "TransactStatements.Statement",
}
_TABLE: Final = r"\s+(?:\"(?P<quoted>[^\"]+)\"|(?P<plain>[\w.-]+))(?:\s*\.\s*\"?(?P<index>[\w.-]+)\"?)?(?=[\s(;]|$)"
_SELECT: Final = "dynamodb:PartiQLSelect"
_VERBS: Final[Mapping[str, tuple[str, str]]] = {
    "select": (_SELECT, "from"),
    "exists": (_SELECT, "from"),
    "insert": ("dynamodb:PartiQLInsert", "into"),
    "update": ("dynamodb:PartiQLUpdate", "update"),
    "delete": ("dynamodb:PartiQLDelete", "from"),
}


def _of_statements(statements: tuple[Pattern, ...]) -> _Kinds | None:
    found: dict[str, dict[Pattern, None]] = {}
    for statement in statements:
        first = statement.parts[0] if statement.parts and isinstance(statement.parts[0], str) else ""
        verb = re.match(r"\s*([A-Za-z]+)\b", first)
        known = _VERBS.get(verb[1].lower()) if verb is not None else None
        if known is None:
            return None
        action, before = known
        found.setdefault(action, {}).update(dict.fromkeys(_tables(action, first, before, whole=statement.text is not None)))
    return {action: tuple(resources) for action, resources in found.items()} or None


def _tables(action: str, text: str, before: str, *, whole: bool) -> tuple[Pattern, ...]:
    """The table and index of a statement; any, if the known part of the statement ends before them."""
    at = re.search(rf"\b{before}{_TABLE}", text, re.IGNORECASE)
    if at is None or (at.end() == len(text) and not whole):
        return named(action, "table", (UNKNOWN_TEXT,))
    table = Pattern.literal(at["quoted"] or at["plain"])
    index = named(action, "index", (table,), (Pattern.literal(at["index"]),)) if at["index"] and action == _SELECT else ()
    return (*named(action, "table", (table,)), *index)
