"""Recordings survive reading and writing, and hold no secret."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cti_crm.pbx.asterisk.stream_file import StreamFileError, StreamRecord, StreamWriter, read_stream

RECORDINGS = sorted((Path(__file__).parents[2] / "streams" / "recordings").glob("*.ami.jsonl"))

raw_bytes = st.binary(min_size=1).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
records = st.one_of(
    st.builds(StreamRecord, st.integers(0, 10**8).map(lambda n: n / 10_000), raw=raw_bytes),
    st.builds(StreamRecord, st.just(1.5), mark=st.sampled_from(["connected", "disconnected"])),
)


def written(path: Path, content: list[StreamRecord]) -> list[StreamRecord]:
    with StreamWriter(path) as writer:
        for record in content:
            writer.write(record)
    return list(read_stream(path))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(records))
def test_what_is_written_is_read_again(tmp_path: Path, content: list[StreamRecord]) -> None:
    assert written(tmp_path / "x.ami.jsonl", content) == content


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.name.removesuffix(".ami.jsonl"))
def test_a_recording_is_written_as_it_was(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.ami.jsonl"
    written(copy, list(read_stream(path)))
    assert copy.read_bytes() == path.read_bytes()


def test_secrets_are_not_written(tmp_path: Path) -> None:
    path = tmp_path / "x.ami.jsonl"
    content = [
        StreamRecord(0, raw="Action: Login\r\nUsername: cti\r\nSecret: hunter2\r\n\r\n"),
        StreamRecord(1, raw="Event: X\r\nSecret: hunter2\r\nkey: hunter2\r\nKeyword: stays\r\n\r\n"),
    ]
    assert written(path, content) == [StreamRecord(1, raw="Event: X\r\nKeyword: stays\r\n\r\n")]
    assert "hunter2" not in path.read_text(encoding="utf-8")


def test_bytes_that_are_not_utf8_stand_as_lone_surrogates(tmp_path: Path) -> None:
    path = tmp_path / "x.ami.jsonl"
    (record,) = written(path, [StreamRecord(0, raw=b"Name: J\xfcrgen".decode("utf-8", "surrogateescape"))])
    assert record.raw.encode("utf-8", "surrogateescape") == b"Name: J\xfcrgen"
    assert r"\udcfc" in path.read_text(encoding="ascii")


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "{}", '{"t": 1}', '{"raw": "x"}', '{"t": "1", "raw": "x"}', '{"t": 1, "mark": "paused"}', "null"],
)
def test_a_line_that_is_no_record_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "x.ami.jsonl"
    path.write_text('{"t": 0, "raw": "x"}\n\n' + line + "\n", encoding="utf-8")
    with pytest.raises(StreamFileError, match=r"x\.ami\.jsonl, line 3: "):
        list(read_stream(path))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.ami.jsonl"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StreamFileError, match="not UTF-8"):
        list(read_stream(path))
