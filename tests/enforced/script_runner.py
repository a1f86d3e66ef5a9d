"""Runs the Python of `aws:executeScript` steps, each in a process of its own, and notes the API calls that they make.

A script has its credentials, Region and endpoint from its environment, as on AWS. Scripts come in as lines of JSON, and their answers go
out so; boto3 is imported once, before the first, since that takes longer than most scripts.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

import boto3

# (botocore's name of the service, the operation, its inputs, the message of the error that came back)
Note = Callable[[str, str, dict[str, Any], str | None], None]


def record(events: Any, note: Note) -> None:
    """Note every call of a boto3 client or session, whether or not it succeeds and whoever catches its error."""

    def asked(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["asked"] = dict(params)

    def answered(parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        error = parsed.get("Error", {}).get("Message")
        note(model.service_model.service_name, model.name, context.get("asked", {}), error)

    events.register("provide-client-params.*.*", asked)
    events.register("after-call.*.*", answered)


def answer(given: dict[str, Any]) -> dict[str, Any]:
    """Run a script: the calls that it made, and what came of it."""
    os.environ.update(given["environment"])
    calls: list[Any] = []
    boto3.setup_default_session()
    record(boto3.DEFAULT_SESSION.events, lambda *call: calls.append(call))
    try:
        names: dict[str, Any] = {"__name__": "script"}
        exec(compile(given["script"], "script", "exec"), names)
        return {"calls": calls, "payload": names[given["handler"]](given["events"], {})}
    except Exception:  # noqa: BLE001  (whatever a script raises is its failure)
        return {"calls": calls, "failure": traceback.format_exc()}


def main() -> None:
    """Answer every line of stdin, from a child process."""
    out, sys.stdout = sys.stdout, sys.stderr  # what a script prints is not its answer
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            print(json.dumps(answer(json.loads(line)), default=str), file=out, flush=True)
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
