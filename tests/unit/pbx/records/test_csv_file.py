"""CSV files that grow without end: found by time, never read whole, whatever callers wrote into them."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cti_crm.calls.ports import RecordsError
from cti_crm.pbx.asterisk.records.csv_file import CsvFile
from cti_crm.pbx.asterisk.records.rows import Values
from cti_crm.pbx.asterisk.records.tables import CDR, CEL

START = datetime(2026, 11, 21, tzinfo=UTC)


def line(second: int, name: str = "101") -> str:
    """As cel_custom of `asterisk_conf/` writes it."""
    text = io.StringIO()
    at = f"{(START + timedelta(seconds=second)).timestamp():.6f}"
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(
        ["ANSWER", at, name, "s", "office", "PJSIP/101-1", "", "", f"{second}.0", f"{second}.0", "", ""]
    )
    return text.getvalue()


def write(file: Path, text: str) -> None:
    file.write_text(text)


async def read(file: Path, since: int, until: int, columns: tuple[str, ...] | None = None) -> list[Values]:
    table = CsvFile(file, CEL, columns, UTC)
    window = (START + timedelta(seconds=since), START + timedelta(seconds=until))
    return [row async for page in table.pages(*window) for row in page]


def seconds(rows: list[Values]) -> list[int]:
    return [int(str(row["uniqueid"]).partition(".")[0]) for row in rows]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cel.csv"


@pytest.mark.parametrize(("since", "until"), [(0, 50), (5000, 5100), (9990, 20000), (7, 7), (20000, 30000)])
async def test_only_what_was_asked_for_is_given(file: Path, since: int, until: int) -> None:
    write(file, "".join(line(second) for second in range(10_000)))
    found = seconds(await read(file, since, until))
    # a minute around it, for rows are not quite in order
    assert found == list(range(max(since - 60, 0), min(until + 61, 10_000)))


async def test_a_large_file_is_not_read_from_the_start(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(file, "".join(line(second) for second in range(100_000)))
    parsed = 0
    reader = csv.reader

    def counting(*arguments: object, **options: object) -> object:
        nonlocal parsed
        parsed += 1
        return reader(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("cti_crm.pbx.asterisk.records.csv_file.csv.reader", counting)
    assert len(await read(file, 99_900, 99_950)) == 160
    assert parsed < 2_000


async def test_line_breaks_and_quotes_in_names_break_nothing(file: Path) -> None:
    hostile = 'x"\n"ANSWER","1","\n' * 3 + '"'
    write(file, "".join(line(second, hostile if second % 3 else "101") for second in range(5000)))
    for since in (0, 2000, 4000):
        rows = await read(file, since, since + 100)
        assert seconds(rows) == list(range(max(since - 60, 0), since + 161))
        assert {row["cid_num"] for row in rows} == {"101", hostile}


async def test_a_row_that_is_still_being_written_is_left_out(file: Path) -> None:
    write(file, line(1) + line(2)[:40])
    assert seconds(await read(file, 0, 10)) == [1]


async def test_a_broken_row_costs_only_itself(file: Path) -> None:
    write(file, line(1) + '"ANSWER","17\n' + "".join(line(second) for second in range(2, 400)))
    assert seconds(await read(file, 300, 320)) == list(range(240, 381))


async def test_the_file_before_the_last_rotation_is_read_too(file: Path) -> None:
    write(file.with_name("cel.csv.1"), line(100) + line(200))
    write(file, line(300))
    assert seconds(await read(file, 150, 400)) == [100, 200, 300]
    assert seconds(await read(file, 365, 400)) == []


async def test_a_file_that_cannot_be_read_is_told(file: Path) -> None:
    assert await read(file, 0, 1) == []  # Asterisk has not written anything yet
    with pytest.raises(RecordsError, match=r"cel\.csv cannot be read: No such file"):
        await read(file.parent / "nowhere" / file.name, 0, 1)


async def test_columns_may_be_named(file: Path) -> None:
    write(file, "101,2026-11-21 00:00:05,ANSWER,PJSIP/101-1,5.0,5.0\n")
    columns = ("CIDNum", "eventtime", "eventtype", "channame", "uniqueid", "linkedid")
    assert seconds(await read(file, 0, 10, columns)) == [5]
    with pytest.raises(RecordsError, match="linkedid"):
        CsvFile(file, CEL, columns[:-1], UTC)


@pytest.mark.parametrize("more", ["", ",user", ",peer,1.0,7", ",user,peer,1.0,7"])
async def test_master_csv_of_cdr_csv(tmp_path: Path, more: str) -> None:
    file = tmp_path / "cdr-csv" / "Master.csv"
    file.parent.mkdir()
    write(
        file,
        '"","+49176","101","office","""Anna"" <+49176>","PJSIP/trunk-1","PJSIP/101-2","Dial","PJSIP/101,30",'
        '"2026-11-21 00:00:01","2026-11-21 00:00:02","2026-11-21 00:00:05",4,3,"ANSWERED","DOCUMENTATION",'
        f'"1.0"{more}\n',
    )
    pages = CsvFile(file, CDR, None, UTC).pages(START, START + timedelta(minutes=1))
    (row,) = [row async for page in pages for row in page]
    assert (row["uniqueid"], row["dstchannel"], row["end"]) == ("1.0", "PJSIP/101-2", "2026-11-21 00:00:05")
    assert row.get("linkedid") == ("1.0" if "peer" in more else None)
