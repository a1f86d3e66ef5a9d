"""`automation-role fetch`: runbooks from the account to files, all or none. Against moto, and against a server that answers as the test says."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.cli.conftest import GAP, LOOK, TELL, Run, refused

SHARED = "arn:aws:ssm:eu-west-1:999999999999:document/Shared"
COMMAND = json.dumps({"schemaVersion": "2.2", "description": "x", "mainSteps": []})


@pytest.fixture
def account(folder: Path, models: None) -> Iterator[Any]:
    """An account with documents, a new one for each test."""
    with mock_aws():
        client = boto3.client("ssm")
        for name, text, kind, form in (
            ("AWS-Look", json.dumps({"schemaVersion": "0.3", "mainSteps": []}, indent=2), "Automation", "JSON"),
            ("Mine", LOOK, "Automation", "YAML"),
            ("Other.One", TELL, "Automation", "YAML"),
            ("RunIt", COMMAND, "Command", "JSON"),
        ):
            client.create_document(Name=name, Content=text, DocumentType=kind, DocumentFormat=form)
        yield client


@pytest.mark.usefixtures("account")
def test_runbooks_become_files_and_their_paths_are_printed(run: Run, folder: Path) -> None:
    done = run("fetch", "Mine", "Other.One", "-o", "books/here")
    assert (done.code, done.out, done.err) == (0, "books/here/Mine.yaml\nbooks/here/Other.One.yaml\n", "")
    assert (folder / "books/here/Mine.yaml").read_text() == LOOK
    assert (folder / "books/here/Other.One.yaml").read_text() == TELL
    assert sorted(path.name for path in (folder / "books/here").iterdir()) == ["Mine.yaml", "Other.One.yaml"]
    assert "ec2:DescribeInstances" in run("policy", *done.out.split()).out


@pytest.mark.usefixtures("account")
def test_they_go_to_the_current_directory_by_default_and_one_may_go_to_stdout(run: Run, folder: Path) -> None:
    assert run("fetch", "Mine").out == "Mine.yaml\n"
    piped = run("fetch", "Mine", "-o", "-")
    assert (piped.code, piped.out, piped.err) == (0, LOOK, "")
    assert [path.name for path in folder.iterdir()] == ["Mine.yaml"]
    refused(run("fetch", "Mine", "Other.One", "-o", "-"), "--output - for 2 runbooks → one; pass a directory")


@pytest.mark.usefixtures("account")
def test_the_format_may_be_chosen(run: Run, folder: Path) -> None:
    assert run("fetch", "Mine", "--format", "json").out == "Mine.json\n"
    assert json.loads((folder / "Mine.json").read_text())["mainSteps"][0]["name"] == "look"
    assert (folder / "Mine.json").read_text().endswith("}\n")
    assert run("fetch", "AWS-Look").out == "AWS-Look.json\n"


def test_a_version_may_be_chosen(run: Run, folder: Path, account: Any) -> None:
    account.update_document(Name="Mine", Content=GAP, DocumentVersion="$LATEST", DocumentFormat="YAML")
    assert run("fetch", "Mine", "-o", "-", "--document-version", "2").out == GAP
    assert run("fetch", "Mine", "-o", "-", "--document-version", "$LATEST").out == GAP
    assert run("fetch", "Mine", "-o", "-").out == LOOK


@pytest.mark.usefixtures("account")
def test_all_of_awss_come_with_their_versions(run: Run, folder: Path) -> None:
    done = run("fetch", "Mine", "--all-aws", "-o", "all")
    assert done.out.split() == ["all/Mine.yaml", "all/AWS-Look.json", "all/list-documents.json"]
    (listed,) = json.loads((folder / "all/list-documents.json").read_text())["DocumentIdentifiers"]
    assert (listed["Name"], listed["DocumentVersion"]) == ("AWS-Look", "1")
    refused(run("fetch", "--all-aws", "-o", "-"), "--output - for all runbooks → one; pass a directory")
    refused(run("fetch"), "no name → NAME..., --all-owned or --all-aws")


@pytest.mark.usefixtures("account")
def test_everything_that_cannot_be_fetched_is_reported_at_once_and_nothing_is_written(run: Run, folder: Path) -> None:
    refused(
        run("fetch", "Mine", "Nobodys", "RunIt", "-o", "books"),
        "Nobodys: is not in eu-central-1, or is not shared with this account → a document that `aws ssm list-documents` has",
        "RunIt: is a document of type 'Command' → an Automation runbook",
    )
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("account")
def test_a_file_that_differs_is_kept_unless_forced(run: Run, folder: Path) -> None:
    (folder / "Mine.yaml").write_text("mine")
    (folder / "Other.One.yaml").symlink_to("nowhere")
    refused(
        run("fetch", "Mine", "Other.One", "AWS-Look"),
        "Mine.yaml: exists and differs → --force overwrites it",
        "Other.One.yaml: exists and differs → --force overwrites it",
    )
    assert (folder / "Mine.yaml").read_text() == "mine"
    assert not (folder / "AWS-Look.json").exists()
    assert run("fetch", "Mine", "--force").code == 0
    assert (folder / "Mine.yaml").read_text() == LOOK
    assert run("fetch", "Mine").code == 0, "the same again is fine"


@pytest.mark.usefixtures("account")
def test_a_place_that_cannot_be_written_to_is_reported(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "file").touch()
    (folder / "Mine.yaml").mkdir()
    refused(run("fetch", "Mine"), "Mine.yaml: is a directory → a file of that name; write elsewhere with --output")
    refused(run("fetch", "Mine", "-o", "file"), "file: the directory cannot be created: file exists")
    refused(run("fetch", "Mine", "-o", "file/x"), "file/x: the directory cannot be created: not a directory")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    refused(run("fetch", "Mine", "-o", "there"), "there/Mine.yaml: cannot be written: no space left on device")
    assert list((folder / "there").iterdir()) == []


def test_a_runbook_that_this_version_cannot_read_is_written_and_reported(run: Run, folder: Path, account: Any) -> None:
    text = LOOK.replace("0.3", "0.4")
    account.create_document(Name="Newer", Content=text, DocumentType="Automation", DocumentFormat="YAML")
    done = run("fetch", "Newer")
    assert (done.code, done.out) == (0, "Newer.yaml\n")
    assert done.err.startswith("automation-role: warning: Newer:1: ")
    assert (folder / "Newer.yaml").read_text() == text


@pytest.mark.usefixtures("account")
def test_all_that_the_account_owns_can_be_had_at_once(run: Run) -> None:
    done = run("fetch", "--all-owned", "-o", "books")
    assert done.code == 0
    assert {"books/Mine.yaml", "books/Other.One.yaml"} <= set(done.out.split())
    assert not any("RunIt" in path for path in done.out.split())
    assert run("fetch", "Mine", "--all-owned", "-o", "books").out.split().count("books/Mine.yaml") == 1
    refused(run("fetch"), "no name → NAME..., --all-owned or --all-aws")


# -- names ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["", "ab", "../up", "/etc/passwd", "a b c", "a" * 129, "arn:aws:s3:::bucket", f"{SHARED}:1", f"{SHARED}/../x", "Mine\n", "Münze", "-"],
)
def test_an_invalid_name_is_not_requested(run: Run, folder: Path, name: str) -> None:
    done = run("fetch", name)
    assert (done.code, done.out, len(done.said)) == (2, "", 1)
    assert "is not a valid document name → AWS-RestartEC2Instance, or arn:aws:ssm:REGION:ACCOUNT:document/NAME" in done.err


def test_an_empty_place_is_no_place(run: Run) -> None:
    refused(run("fetch", "Mine", "-o", ""), "--output '' → a directory, or -")


def test_two_that_would_be_one_file_are_refused(run: Run) -> None:
    refused(run("fetch", SHARED, "Shared"), f"Shared: would be the same file as {SHARED} → fetch them into two directories")
    refused(run("fetch", SHARED, "--region", "eu-west-2"), f"{SHARED}: is in eu-west-1 → --region is 'eu-west-2'; leave it out")


# -- a service that answers as the test says --------------------------------------------------------------------------------------------------


class Service:
    """Answers every GetDocument the same way, and remembers them."""

    def __init__(self) -> None:
        self.answer: dict[str, Any] = {"Content": LOOK, "DocumentType": "Automation", "DocumentFormat": "YAML", "Status": "Active"}
        self.error: dict[str, str] | None = None
        self.form: dict[str, Any] | None = None
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def fails(self, code: str, message: str) -> None:
        self.error = {"__type": code, "message": message}

    def reply(self, operation: str) -> tuple[int, dict[str, Any]]:
        if operation == "DescribeDocument":  # not everybody may
            return (200, {"Document": self.form}) if self.form is not None else (400, {"__type": "AccessDeniedException", "message": ""})
        return (200, self.answer) if self.error is None else (400, self.error)


@pytest.fixture
def service(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    told = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            region = re.search(r"Credential=\w+/\d+/([\w-]+)/ssm/", self.headers["Authorization"])
            assert region is not None
            operation = self.headers["X-Amz-Target"].removeprefix("AmazonSSM.")
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if operation == "GetDocument":
                told.asked.append((region[1], asked))
            status, answer = told.reply(operation)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    yield told
    server.shutdown()
    server.server_close()


def test_documents_that_may_not_be_listed_are_one_line(run: Run, service: Service) -> None:
    service.reply = lambda operation: (400, {"__type": "AccessDeniedException", "message": f"no {operation}"})  # type: ignore[method-assign]
    refused(run("fetch", "--all-owned"), "documents cannot be listed: no ListDocuments → allow ssm:ListDocuments")


def test_a_shared_runbook_is_asked_for_by_its_arn_in_its_region(run: Run, folder: Path, service: Service) -> None:
    own = "arn:aws:ssm:us-east-1::document/AWS-Look"
    done = run("fetch", SHARED, own, "Mine")
    assert done.out == "Shared.yaml\nAWS-Look.yaml\nMine.yaml\n"
    assert service.asked == [("eu-west-1", {"Name": SHARED}), ("us-east-1", {"Name": own}), ("eu-central-1", {"Name": "Mine"})]


def test_the_region_is_that_of_the_option_or_of_the_settings(run: Run, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    for options, variables, expected in (
        (["--region", "eu-west-3"], {"AWS_REGION": "eu-west-2"}, "eu-west-3"),
        ([], {"AWS_REGION": "eu-west-2"}, "eu-west-2"),
        ([], {}, "eu-central-1"),
        ([], {"AWS_REGION": ""}, "eu-central-1"),
    ):
        monkeypatch.delenv("AWS_REGION", raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        assert run("fetch", "Mine", *options).code == 0
        assert service.asked[-1] == (expected, {"Name": "Mine"})


def test_format_and_version_are_asked_for(run: Run, service: Service) -> None:
    assert run("fetch", "Mine", "--format", "yaml", "--document-version", "3").code == 0
    assert service.asked == [("eu-central-1", {"Name": "Mine", "DocumentFormat": "YAML", "DocumentVersion": "3"})]


def test_the_form_is_the_one_it_was_written_in(run: Run, service: Service) -> None:
    service.form = {"DocumentFormat": "YAML"}
    assert run("fetch", "Mine", "--document-version", "3").code == 0
    service.form = {"DocumentFormat": "TEXT"}
    assert run("fetch", "Mine").code == 0
    assert [asked for _, asked in service.asked] == [
        {"Name": "Mine", "DocumentFormat": "YAML", "DocumentVersion": "3"},
        {"Name": "Mine"},
    ]


def test_a_profile_may_be_chosen(run: Run, folder: Path, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "config").write_text("[profile other]\nregion = ap-south-1\naws_access_key_id = k\naws_secret_access_key = s\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", "config")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert run("fetch", "Mine", "--profile", "other").code == 0
    assert service.asked[-1][0] == "ap-south-1"
    refused(
        run("fetch", "Mine", "--profile", "nobody"),
        "--profile nobody: the config profile (nobody) could not be found → a profile that `aws configure list-profiles` has",
    )


def test_attachments_are_reported(run: Run, service: Service) -> None:
    service.answer["AttachmentsContent"] = [{"Name": "helper.zip", "Url": "https://example.com"}]
    done = run("fetch", "Mine")
    assert done.code == 0
    assert done.said == [
        "automation-role: note: Mine: has the attachment 'helper.zip', which was not fetched; pass it to the other commands with --attachment"
    ]


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        (
            "AccessDeniedException",
            "User: x is not\nauthorized.",
            "Mine: access denied: User: x is not authorized → allow ssm:GetDocument on it",
        ),
        ("InvalidDocumentVersion", "", "Mine: has no such version → a number, $LATEST or $DEFAULT"),
        ("InternalServerError", "An error occurred.", "Mine: cannot be fetched: InternalServerError: An error occurred"),
        ("ThrottlingException", "Rate exceeded", "Mine: cannot be fetched: ThrottlingException: Rate exceeded"),
    ],
)
def test_the_service_s_error_about_a_document_is_reported(run: Run, service: Service, code: str, message: str, said: str) -> None:
    service.fails(code, message)
    refused(run("fetch", "Mine", "Other"), said, said.replace("Mine", "Other"))


@pytest.mark.parametrize("code", ["ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException"])
def test_refused_credentials_are_reported_once(run: Run, service: Service, code: str) -> None:
    service.fails(code, "The security token is bad.")
    refused(
        run("fetch", "Mine", "Other"),
        "AWS refused the credentials: The security token is bad → credentials of the account that has the runbooks",
    )
    assert len(service.asked) == 1


def test_a_document_without_content_is_reported(run: Run, service: Service) -> None:
    service.answer = {"DocumentType": "Automation", "Status": "Creating"}
    refused(run("fetch", "Mine"), "Mine: has no content; its status is 'Creating' → 'Active'")


def test_a_service_that_does_not_answer_is_reported(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    refused(
        run("fetch", "Mine", "Other"),
        'Systems Manager cannot be reached: could not connect to the endpoint URL: "http://127.0.0.1:9/"',
    )
    refused(
        run("fetch", "Mine", "--region", "not a region"),
        "Systems Manager cannot be reached: provided region_name 'not a region' doesn't match a supported format",
    )


def test_missing_credentials_are_reported(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    done = run("fetch", "Mine")
    assert (done.code, done.out, len(done.said)) == (2, "", 1)
    assert done.err.startswith("automation-role: error: partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY → AWS_PROFILE,")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    refused(run("fetch", "Mine"), "unable to locate credentials → AWS_PROFILE, AWS_ACCESS_KEY_ID, or --profile")


def test_a_missing_region_is_reported(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    refused(run("fetch", "Mine"), "no Region is set → --region, AWS_REGION, or a profile that has one")


@pytest.mark.parametrize("missing", ["boto3", "botocore"])
def test_missing_boto3_is_reported(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    refused(run("fetch", "Mine"), "fetch needs boto3, which is not installed → pip install 'automation-role[aws]'")
