"""What the libraries that scripts use do with clients, functions and containers; what they do with data does not matter.

One file per library. A new function is one entry in its library's `FUNCTIONS`, a method of objects that a library makes one in `METHODS`,
a name that is no function one in `VALUES`.
"""

from __future__ import annotations

from ..values.external import METHODS, MODELS, VALUES
from . import (
    asyncio,
    boto3,
    builtins,
    collections,
    concurrency,
    dataclasses,
    functools,
    importlib,
    itertools,
    operator,
    os,
    stdlib,
    subprocess,
)

for _functions in (
    asyncio.FUNCTIONS,
    boto3.FUNCTIONS,
    builtins.FUNCTIONS,
    collections.FUNCTIONS,
    concurrency.FUNCTIONS,
    dataclasses.FUNCTIONS,
    functools.FUNCTIONS,
    importlib.FUNCTIONS,
    itertools.FUNCTIONS,
    operator.FUNCTIONS,
    os.FUNCTIONS,
    stdlib.FUNCTIONS,
    subprocess.FUNCTIONS,
):
    MODELS.update(_functions)
for _methods in (asyncio.METHODS, concurrency.METHODS, stdlib.METHODS):
    METHODS.update(_methods)
for _values in (boto3.VALUES, importlib.VALUES, os.VALUES, stdlib.VALUES):
    VALUES.update(_values)
