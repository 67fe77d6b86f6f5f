"""The command line on a store of its own, in an empty folder."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cti_crm.cli import app, common

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("CTI_CRM_CONFIG", "CTI_CRM_DATABASE__URL"):
        monkeypatch.delenv(name, raising=False)
    for console in (common.out, common.err):
        monkeypatch.setattr(console, "width", 200)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


@pytest.fixture
def run(folder: Path, logging_restored: None) -> Run:
    """Runs a command line, given as one text; `url` is the store's, else SQLite in the folder."""
    store = f"sqlite+aiosqlite:///{folder / 'store.db'}"

    def run(line: str, stdin: str = "", url: str = store, **environment: str) -> Result:
        result = CliRunner().invoke(
            app, line.split(), input=stdin, env={"CTI_CRM_DATABASE__URL": url, **environment}, catch_exceptions=False
        )
        assert "Traceback" not in result.output
        return result

    return run


def words(text: str) -> str:
    """Without the frames and line breaks of the terminal."""
    return re.sub(r"[\s│╭╮╰╯─]+", " ", text)
