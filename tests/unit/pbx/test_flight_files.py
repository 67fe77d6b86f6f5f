"""The flight recorder's files: bounded, readable while it writes, masked but still the same calls."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cti_crm.calls.pbx_events import LegCreated, PbxSnapshot
from cti_crm.pbx.asterisk.flight_files import FlightFiles, RecorderLimits, Written, recorded_between, recordings
from cti_crm.pbx.asterisk.interpreter import Interpreter
from cti_crm.pbx.asterisk.pseudonyms import Pseudonyms
from cti_crm.pbx.asterisk.replay import pbx_events_of, recorded_at
from cti_crm.pbx.asterisk.stream_file import StreamFileError, StreamRecord, read_stream
from tests.streams.truth import NAMES, RECORDINGS, differences, run_of, truth

START = datetime(2026, 11, 21, 18, 0, tzinfo=UTC).timestamp()


def record(folder: Path, *records: StreamRecord, mask: bool = False, limits: RecorderLimits | None = None) -> None:
    with FlightFiles(folder, "main", limits or RecorderLimits(), mask=mask) as files:
        for part in range(0, len(records), 1000):
            written = files.write(records[part : part + 1000])
            assert (written.dropped, written.fault) == (0, None)


def event(number: int, t: float) -> StreamRecord:
    raw = (
        f"Event: Newchannel\r\nPrivilege: call,all\r\nChannel: PJSIP/trunk-{number:08x}\r\nUniqueid: 1.{number}\r\n\r\n"
    )
    return StreamRecord(START + t, raw)


@pytest.mark.parametrize("name", NAMES[::6])
def test_what_was_recorded_can_be_replayed(name: str, tmp_path: Path) -> None:
    path = RECORDINGS / f"{name}.ami.jsonl"
    begin = recorded_at(path)
    record(tmp_path, *(StreamRecord(begin.timestamp() + one.t, one.raw, one.mark) for one in read_stream(path)))
    ((_, file),) = recordings(tmp_path, "main")
    run = run_of(begin, pbx_events_of(file, begin))
    again = run_of(begin, pbx_events_of(path, begin))
    assert [type(one) for one in run.events] == [type(one) for one in again.events]


def test_numbers_are_masked_alike_everywhere(tmp_path: Path) -> None:
    path = RECORDINGS / "direct_answered.ami.jsonl"
    begin = recorded_at(path)
    record(
        tmp_path, *(StreamRecord(begin.timestamp() + one.t, one.raw, one.mark) for one in read_stream(path)), mask=True
    )
    ((_, file),) = recordings(tmp_path, "main")
    text = gzip.decompress(file.read_bytes()).decode()
    assert "4917612345678" not in text
    number = Pseudonyms.of(tmp_path / "pseudonyms.key").number("4917612345678")
    assert number.endswith("78")
    assert len(number) == 13
    run = run_of(begin, pbx_events_of(file, begin))
    (wanted,) = truth("direct_answered")
    called = run.calls[0].called.number
    assert called is not None
    wanted |= {"caller": "+" + number, "called": called}
    assert differences(run, [wanted], timed=False) == []


def test_ids_and_extensions_are_not_masked() -> None:
    raw = "Event: X\r\nChannel: Local/01701234567@followme-00000012;1\r\nUniqueid: 1795286622.1\r\nExten: 101\r\n\r\n"
    masked = Pseudonyms(b"key").packet(raw)
    assert masked.replace(Pseudonyms(b"key").number("01701234567"), "01701234567") == raw
    assert "01701234567" not in masked


def test_files_replace_each_other(tmp_path: Path) -> None:
    limits = RecorderLimits(hours=12)
    record(tmp_path, *(event(number, number * 600) for number in range(200)), limits=limits)
    files = recordings(tmp_path, "main")
    assert 12 <= len(files) <= 15
    assert files[-1][0].timestamp() - files[0][0].timestamp() <= 13.1 * 3600
    begin = datetime.fromtimestamp(START, UTC) + timedelta(hours=32)
    found = list(recorded_between(tmp_path, "main", begin, begin + timedelta(minutes=30)))
    assert found[0][0] <= begin
    assert found[-1][0] == begin + timedelta(minutes=30)
    assert [one for one, _ in found] == sorted(one for one, _ in found)


def test_no_more_is_kept_than_allowed(tmp_path: Path) -> None:
    record(tmp_path, *(event(number, number) for number in range(20_000)), limits=RecorderLimits(max_bytes=60_000))
    assert sum(path.stat().st_size for _, path in recordings(tmp_path, "main")) <= 80_000  # gzip looks a little ahead
    last = list(read_stream(recordings(tmp_path, "main")[-1][1]))
    assert "Uniqueid: 1.19999" in last[-1].raw


def test_a_file_that_begins_amid_a_connection_tells_what_is_ours(tmp_path: Path) -> None:
    begin = [
        StreamRecord(START, mark="connected"),
        StreamRecord(START, "Asterisk Call Manager/11.0.0\r\n"),
        StreamRecord(START, "Response: Success\r\nActionID: own-1\r\nMessage: Welcome\r\n\r\n"),
    ]
    later = [event(1, 7200)]
    for action, name in ((5, "CoreShowChannels"), (6, "QueueStatus"), (7, "ParkedCalls")):
        message = "Channels will follow" if action == 5 else "x"
        answer = f"Response: Success\r\nActionID: own-{action}\r\nEventList: start\r\nMessage: {message}\r\n\r\n"
        later.append(StreamRecord(START + 7201, answer))
        later.append(StreamRecord(START + 7201, f"Event: {name}Complete\r\nActionID: own-{action}\r\n\r\n"))
    with FlightFiles(tmp_path, "main", RecorderLimits(hours=12), mask=False) as files:
        assert not files.write(begin).rotated
        assert files.write(later).rotated
    interpreter = Interpreter()
    events = [
        told for one in read_stream(recordings(tmp_path, "main")[1][1]) for told in interpreter.feed(one.raw, EPOCH)
    ]
    assert [type(one) for one in events] == [LegCreated, PbxSnapshot]


EPOCH = datetime.fromtimestamp(0, UTC)


def test_a_disk_that_is_full_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cti_crm.pbx.asterisk.flight_files.gzip.open", full)
    with FlightFiles(tmp_path, "main", RecorderLimits(), mask=False) as files:
        written = files.write(event(number, number) for number in range(100))
        assert written == Written(100, rotated=False, fault="No space left on device", signed_in="")
        assert files.write([event(100, 100)]) == Written(1, rotated=False, fault=written.fault, signed_in="")


def test_what_a_full_disk_did_not_take_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    with FlightFiles(tmp_path, "main", RecorderLimits(), mask=False) as files:
        monkeypatch.setattr("gzip.GzipFile.flush", full)
        assert files.write(event(number, number) for number in range(100)).dropped == 100
        monkeypatch.undo()
        later = datetime.now(UTC).timestamp() + 3600
        written = files.write([StreamRecord(later, event(1, 0).raw)])
        assert (written.dropped, written.fault) == (0, None)
    assert len(recordings(tmp_path, "main")) == 2


def test_it_goes_on_when_there_is_room_again(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    folder.write_text("in the way")
    with FlightFiles(folder, "main", RecorderLimits(pause=0.0), mask=False) as files:
        assert files.write([event(1, 0)]).fault is not None
        folder.unlink()
        later = datetime.now(UTC).timestamp() + 60
        assert files.write([StreamRecord(later, event(2, 0).raw)]) == Written(
            0, rotated=False, fault=None, signed_in=""
        )
    assert len(recordings(folder, "main")) == 1


def test_what_was_written_can_be_read_at_once(tmp_path: Path) -> None:
    begin = datetime.fromtimestamp(START, UTC)
    with FlightFiles(tmp_path, "main", RecorderLimits(), mask=False) as files:
        for number in range(3):
            files.write([event(number, number)])
            found = recorded_between(tmp_path, "main", begin, begin + timedelta(hours=1))
            assert [one.raw for _, one in found] == [event(each, 0).raw for each in range(number + 1)]


def test_the_key_of_pseudonyms_is_made_once(tmp_path: Path) -> None:
    one, two = Pseudonyms.of(tmp_path / "pseudonyms.key"), Pseudonyms.of(tmp_path / "pseudonyms.key")
    assert one.number("4917612345678") == two.number("4917612345678")
    assert [path.name for path in tmp_path.iterdir()] == ["pseudonyms.key"]


def test_a_line_that_a_caller_broke_is_masked_too() -> None:
    raw = "Event: X\r\nCallerIDName: Kim\n01701234567\r\nUniqueid: 1795286622.1\r\n\r\n"
    masked = Pseudonyms(b"key").packet(raw)
    assert masked.replace(Pseudonyms(b"key").number("01701234567"), "01701234567") == raw
    assert "01701234567" not in masked


def test_a_file_that_is_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "x.ami.jsonl.gz"
    lines = "".join(json.dumps({"t": number, "raw": f"Event: {number}"}) + "\n" for number in range(5000))
    path.write_bytes(gzip.compress(lines.encode())[:-2000])
    assert 10 < len(list(read_stream(path))) < 5000
    path.write_text("no gzip")
    with pytest.raises(StreamFileError, match="not compressed"):
        list(read_stream(path))
