"""That the bench itself works; how fast anything is, no test says."""

from pathlib import Path

from rich.console import Console

from tests.load import report
from tests.load.__main__ import Plan, bench

TINY = Plan(
    stream_rounds=1,
    sizes=(100, 200),
    lookups=3,
    browsers=24,
    managers=1,
    rates=(10,),
    seconds=1,
    calls_at_once=20,
    rounds=1,
    databases=("sqlite",),
)


async def test_the_bench_measures_and_writes_its_document(tmp_path: Path) -> None:
    sections = await bench(TINY, Console(quiet=True))
    whole = next(section for section in sections if section.title.startswith("The whole way"))
    assert [row[:2] for row in whole.rows] == [["sqlite", "10"]]
    report.write(sections, 0.0, "", tmp_path / "benchmarks.md")
    text = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert all(f"## {section.title}" in text for section in sections)
    assert str(Path(__file__).parents[3]) not in text
