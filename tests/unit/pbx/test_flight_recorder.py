"""The flight recorder: bounded, readable while it writes, masked but still the same calls, and never in the way."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from cti_crm.calls.pbx_events import LegCreated, PbxSnapshot
from cti_crm.pbx.asterisk import flight_recorder
from cti_crm.pbx.asterisk.flight_recorder import FlightRecorder, RecorderLimits, recorded_between, recordings
from cti_crm.pbx.asterisk.interpreter import Interpreter
from cti_crm.pbx.asterisk.pseudonyms import Pseudonyms
from cti_crm.pbx.asterisk.replay import pbx_events_of, recorded_at
from cti_crm.pbx.asterisk.stream_file import StreamFileError, StreamRecord, read_stream
from tests.streams.truth import NAMES, RECORDINGS, differences, run_of, truth

START = datetime(2026, 11, 21, 18, 0, tzinfo=UTC).timestamp()


def record(folder: Path, *records: StreamRecord, mask: bool = False, limits: RecorderLimits | None = None) -> None:
    recorder = FlightRecorder(folder, "main", limits, mask=mask)
    recorder.start()
    for one in records:
        recorder.take(one)
    recorder.stop()


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
    asked = []
    recorder = FlightRecorder(
        tmp_path, "main", RecorderLimits(hours=12), mask=False, on_rotate=lambda: asked.append("check")
    )
    recorder.start()
    recorder.take(StreamRecord(START, mark="connected"))
    recorder.take(StreamRecord(START, "Asterisk Call Manager/11.0.0\r\n"))
    recorder.take(StreamRecord(START, "Response: Success\r\nActionID: own-1\r\nMessage: Welcome\r\n\r\n"))
    recorder.take(event(1, 7200))
    for action, name in ((5, "CoreShowChannels"), (6, "QueueStatus"), (7, "ParkedCalls")):
        message = "Channels will follow" if action == 5 else "x"
        answer = f"Response: Success\r\nActionID: own-{action}\r\nEventList: start\r\nMessage: {message}\r\n\r\n"
        recorder.take(StreamRecord(START + 7201, answer))
        recorder.take(StreamRecord(START + 7201, f"Event: {name}Complete\r\nActionID: own-{action}\r\n\r\n"))
    recorder.stop()
    assert asked == ["check"]
    interpreter = Interpreter()
    events = [
        told for one in read_stream(recordings(tmp_path, "main")[1][1]) for told in interpreter.feed(one.raw, EPOCH)
    ]
    assert [type(one) for one in events] == [LegCreated, PbxSnapshot]


EPOCH = flight_recorder.EPOCH


def test_a_disk_that_is_full_stops_the_writer_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cti_crm.pbx.asterisk.flight_recorder.gzip.open", full)
    recorder = FlightRecorder(tmp_path, "main", mask=False)
    with capture_logs() as logs:
        recorder.start()
        for number in range(100):
            recorder.take(event(number, number))
        recorder.stop()
    assert [log["event"] for log in logs] == ["recorder_stopped"]
    assert logs[0]["error"] == "No space left on device"
    assert recorder.dropped == 99


def test_it_goes_on_when_there_is_room_again(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    folder.write_text("in the way")
    recorder = FlightRecorder(folder, "main", RecorderLimits(pause=0.0), mask=False)
    with capture_logs() as logs:
        recorder.start()
        recorder.take(event(1, 0))
        while not logs:
            pass
        folder.unlink()
        later = datetime.now(UTC).timestamp() + 60
        recorder.take(StreamRecord(later, event(2, 0).raw))
        recorder.stop()
    assert [log["event"] for log in logs] == ["recorder_stopped", "recorder_goes_on"]
    assert len(recordings(folder, "main")) == 1


def test_a_file_that_is_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "x.ami.jsonl.gz"
    lines = "".join(json.dumps({"t": number, "raw": f"Event: {number}"}) + "\n" for number in range(5000))
    path.write_bytes(gzip.compress(lines.encode())[:-2000])
    assert 10 < len(list(read_stream(path))) < 5000
    path.write_text("no gzip")
    with pytest.raises(StreamFileError, match="not compressed"):
        list(read_stream(path))
