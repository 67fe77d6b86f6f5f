"""`cti-crm backfill`: what it says it did."""

from datetime import timedelta
from pathlib import Path

import pytest

from cti_crm.pbx.asterisk.replay import recorded_at
from tests.integration.cli.conftest import Run, words
from tests.unit.pbx.records.evidence import RECORDINGS, evidence

NAME = "queue_answered"
BEGAN = recorded_at(RECORDINGS / f"{NAME}.ami.jsonl")
SINCE = BEGAN.strftime("%Y-%m-%dT%H:%M:%S+0000")
UNTIL = (BEGAN + timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M+0000")


@pytest.fixture
def records(folder: Path) -> None:
    """CEL as `asterisk_conf/` writes it; the recording's is from before the present of any test."""
    lines = []
    for one in evidence(NAME)["cel"]:
        at = (BEGAN + timedelta(seconds=one["t"])).timestamp()
        data = "support,t" if one.get("app") == "Queue" else ""
        values = [one["event"], f"{at:.6f}", one.get("num", ""), one.get("exten", ""), "", one["channel"],
                  one.get("app", ""), data, one["uniqueid"], one["linkedid"], "", one.get("extra", "")]  # fmt: skip
        lines.append(",".join('"' + value.replace('"', '""') + '"' for value in values) + "\n")
    (folder / "cel.csv").write_text("".join(lines))
    (folder / "cti-crm.toml").write_text('[[pbx]]\nrecords = { cel = "csv:cel.csv" }\n')


@pytest.fixture(autouse=True)
def present(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cti_crm.cli.backfill.now", lambda: BEGAN + timedelta(hours=1))


@pytest.mark.usefixtures("records")
def test_says_what_was_added_and_what_was_right(run: Run) -> None:
    first = run(f"backfill --since {SINCE} --until {UNTIL}")
    assert first.exit_code == 0
    assert "main: 1 added, 0 corrected, 0 right already." in first.stdout
    assert "added 2026-11-21" in words(first.stdout)
    assert "+4917612345678 +49305550200 102 answered 3.0" in words(first.stdout)
    again = run(f"backfill --since {SINCE} --pbx main")
    assert again.stdout == "main: 0 added, 0 corrected, 1 right already.\n"


@pytest.mark.usefixtures("records")
def test_what_it_cannot_do_it_says(run: Run, folder: Path) -> None:
    assert "No PBX of the name other" in words(run(f"backfill --since {SINCE} --pbx other").stderr)
    assert "--since must be before --until" in words(run("backfill --since 2026-12-24").stderr)
    (folder / "cti-crm.toml").write_text('[[pbx]]\nrecords = { cel = "csv:nowhere/cel.csv" }\n')
    result = run(f"backfill --since {SINCE}")
    assert result.exit_code == 1
    assert "nowhere/cel.csv cannot be read: No such file or directory" in words(result.stderr)
    (folder / "cti-crm.toml").write_text("[[pbx]]\n")
    assert "No records are configured" in words(run(f"backfill --since {SINCE}").stderr)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ('records = { cel = "mysql://x" }', "must be csv:FILE, sqlite:FILE or postgresql://"),
        ('records = { timezone = "Mars/Olympus" }', "no such time zone"),
        ('records = { cel = { source = "csv:x", table = "a b" } }', "String should match pattern"),
    ],
)
def test_wrong_settings_are_told(run: Run, folder: Path, wrong: str, message: str) -> None:
    (folder / "cti-crm.toml").write_text(f"[[pbx]]\n{wrong}\n")
    result = run(f"backfill --since {SINCE}")
    assert result.exit_code == 2
    assert message in words(result.stderr)
