"""The flight recorder with its process: it lives and dies with the service, comes again, and is never in the way."""

import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from cti_crm.pbx.asterisk import flight_recorder
from cti_crm.pbx.asterisk.flight_files import RecorderLimits, recordings
from cti_crm.pbx.asterisk.flight_recorder import FlightRecorder
from cti_crm.pbx.asterisk.stream_file import StreamRecord, read_stream

START = 1_795_284_000.0
CONNECTED = [
    StreamRecord(START, mark="connected"),
    StreamRecord(START, "Asterisk Call Manager/11.0.0\r\n"),
    StreamRecord(START, "Response: Success\r\nActionID: own-1\r\nMessage: Welcome\r\n\r\n"),
]

# A service that notes one record, says so, and is ended while it waits.
SERVICE = """
import sys, time
from pathlib import Path
from cti_crm.pbx.asterisk import flight_recorder
from cti_crm.pbx.asterisk.flight_recorder import FlightRecorder

flight_recorder._EVERY = 0.01
recorder = FlightRecorder(Path(sys.argv[1]), "main", mask=False)
recorder.start()
recorder.hear(1.0, ["Event: A\\r\\n\\r\\n"], None)
while not list(Path(sys.argv[1]).glob("*.gz")):
    time.sleep(0.01)
print(recorder._writer._process.pid, flush=True)
sys.stdin.read()
"""


def event(number: int) -> StreamRecord:
    return StreamRecord(START + number, f"Event: Newchannel\r\nUniqueid: 1.{number}\r\n\r\n")


def take(recorder: FlightRecorder, record: StreamRecord) -> None:
    recorder.hear(record.t, [record.raw] if record.raw else [], record.mark)


def raws(folder: Path) -> list[str]:
    return [one.raw for _, path in recordings(folder, "main") for one in read_stream(path)]


def until(true: Callable[[], object]) -> None:
    """Wait for another process or thread."""
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def pid(recorder: FlightRecorder) -> int:
    assert recorder._writer is not None
    return recorder._writer._process.pid


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flight_recorder, "_EVERY", 0.01)


def test_all_is_written_at_the_stop(tmp_path: Path) -> None:
    recorder = FlightRecorder(tmp_path, "main", mask=False)
    recorder.start()
    for number in range(5_000):
        take(recorder, event(number))
    recorder.stop()
    assert raws(tmp_path) == [event(number).raw for number in range(5_000)]
    assert recorder.dropped == 0


def test_without_records_there_is_no_process(tmp_path: Path) -> None:
    recorder = FlightRecorder(tmp_path, "main")
    recorder.start()
    recorder.stop()
    assert recorder._writer is None
    FlightRecorder(tmp_path, "main").stop()  # never started
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_died_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flight_recorder, "_PATIENCE", 0.0)
    asked: list[str] = []
    recorder = FlightRecorder(tmp_path, "main", mask=False, on_rotate=lambda: asked.append("check"))
    recorder.start()
    with capture_logs() as logs:
        for one in CONNECTED:
            take(recorder, one)
        until(lambda: len(raws(tmp_path)) == 3)
        assert asked == []
        os.kill(pid(recorder), signal.SIGKILL)
        number = 0
        while [log["event"] for log in logs] != ["recorder_stopped", "recorder_goes_on"]:
            number += 1
            take(recorder, event(number))
            until(lambda: not recorder._waiting)
        monkeypatch.undo()
        recorder.stop()
    assert logs[0]["error"] == "its process ended with status -9"
    assert logs[1]["dropped"] == recorder.dropped >= 1
    (_, first), (_, second) = recordings(tmp_path, "main")
    assert [one.raw for one in read_stream(first)] == [one.raw for one in CONNECTED]
    own, *rest = read_stream(second)
    assert own.raw == "Response: Success\r\nActionID: own-1\r\n\r\n"
    assert len(rest) == number - recorder.dropped
    assert asked == ["check"]


def test_it_never_waits_for_a_process_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = FlightRecorder(tmp_path, "main", mask=False)
    recorder.start()
    take(recorder, event(0))
    until(lambda: len(raws(tmp_path)) == 1)
    os.kill(pid(recorder), signal.SIGSTOP)
    taken = flight_recorder._AT_ONCE + flight_recorder._WAITING
    for number in range(taken + 1_000):
        take(recorder, event(number))
    assert recorder.dropped >= 1
    monkeypatch.setattr(flight_recorder, "_PATIENCE", 0.1)
    with capture_logs() as logs:
        recorder.stop()
    assert [log["error"] for log in logs] == ["its process ended with status -9"]


def test_a_fault_of_the_disk_is_logged_once(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    folder.write_text("in the way")
    recorder = FlightRecorder(folder, "main", RecorderLimits(pause=0.0), mask=False)
    with capture_logs() as logs:
        recorder.start()
        for number in range(3):
            take(recorder, event(number))
            until(lambda: not recorder._waiting)
        until(lambda: recorder.dropped == 3)
        folder.unlink()
        take(recorder, StreamRecord(time.time() + 60, event(3).raw))
        recorder.stop()
    assert [log["event"] for log in logs] == ["recorder_stopped", "recorder_goes_on"]
    assert raws(folder) == [event(3).raw]


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_the_process_ends_with_the_service_and_writes_all(end: signal.Signals, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SERVICE, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as service:
        assert service.stdout is not None
        writer = int(service.stdout.readline())
        os.kill(writer, signal.SIGTERM)  # as systemd tells all processes of a service
        os.kill(writer, signal.SIGINT)
        service.send_signal(end)
    until(lambda: not Path(f"/proc/{writer}").exists())
    ((_, file),) = recordings(tmp_path, "main")
    assert gzip.decompress(file.read_bytes()).count(b"Event: A") == 1  # whole, not cut off
