"""One browser for all of these tests; without one they are skipped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from automation_role.explain.html import page
from tests.report import samples
from tests.report.browser import NAMES, Browser, find_browser


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = find_browser()
    if program is None:
        pytest.skip(f"no browser on this machine ({', '.join(NAMES)}); on Debian: apt-get install chromium")
    with Browser(program, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def browser(running: Browser) -> Browser:
    """The browser, with its screen reset."""
    running.look()
    return running


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The samples as files: name -> path."""
    folder = tmp_path_factory.mktemp("pages")
    made = {"everything": samples.everything(), "harmful": samples.harmful(), "plain": samples.plain(), "large": samples.large(500)}
    for name, runbook in made.items():
        (folder / f"{name}.html").write_text(page(samples.explained(runbook), samples.CONTEXT), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}
