"""The last hours of AMI, kept: what a link hears is handed in bulk to a process of low priority that writes it."""

import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from multiprocessing import Pipe
from pathlib import Path

import structlog

from cti_crm.pbx.asterisk import flight_process
from cti_crm.pbx.asterisk.flight_files import RecorderLimits, Written
from cti_crm.pbx.asterisk.flight_process import Heard, Orders
from cti_crm.pbx.asterisk.stream_file import Mark

log = structlog.get_logger(__name__)

_WAITING = 50_000  # packets kept while the disk is slow; about 20 MB
_AT_ONCE = 1_000  # packets; the event loop stands still while they are packed, some 0.2 ms
_EVERY = 0.5  # seconds between two times of handing over
_PATIENCE = 10.0  # seconds that the process may take to end, and between two starts


class FlightRecorder:
    """Keeps what a link hears: `link.listen(recorder.hear)`.

    A disk that is full or away, or a process that dies, stops the writing, not the service; it is logged once and tried
    again later. `dropped`: records that are lost.
    """

    def __init__(
        self,
        folder: Path,
        pbx: str,
        limits: RecorderLimits | None = None,
        *,
        mask: bool = True,
        on_rotate: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_rotate` is called, from a thread, when a file begins amid a connection."""
        self.dropped = 0
        self._orders = Orders(folder, pbx, limits or RecorderLimits(), mask)
        self._on_rotate = on_rotate
        self._waiting: list[Heard] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"recorder-{pbx}", daemon=True)
        self._writer: _Writer | None = None
        self._began = -_PATIENCE
        self._fault: str | None = None

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def hear(self, t: float, packets: Sequence[str], mark: Mark | None) -> None:
        """Note what was received at `t` (seconds since 1970), or what became of the connection. Never waits."""
        heard: list[Heard] = [(t, raw, None) for raw in packets] if mark is None else [(t, "", mark)]
        room = max(0, _WAITING - len(self._waiting))
        self._waiting += heard[:room]
        self.dropped += max(0, len(heard) - room)

    def stop(self) -> None:
        """Write what is noted and close; waits for that, but not for a disk that hangs."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)
            self._began = math.inf
            if self._thread.is_alive() and self._writer is not None:
                self._writer.kill()
            self._thread.join()

    # -- in the thread -------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.wait(_EVERY):
            self._hand_over()
        self._hand_over()
        if self._writer is not None:
            self._writer.close()

    def _hand_over(self) -> None:
        while self._waiting and (writer := self._writer or self._new_writer()):
            batch = self._waiting[:_AT_ONCE]
            del self._waiting[:_AT_ONCE]
            try:
                self._note(writer.write(batch))
            except (EOFError, OSError):
                self._writer = None
                self.dropped += len(batch)
                self._note_fault(f"its process ended with status {writer.close()}")

    def _new_writer(self) -> "_Writer | None":
        if time.monotonic() - self._began < _PATIENCE:
            return None
        self._began = time.monotonic()
        try:
            self._writer = _Writer(self._orders)
        except OSError as error:
            self._note_fault(f"no process can be started: {error}")
        return self._writer

    def _note(self, written: Written) -> None:
        self.dropped += written.dropped
        self._orders = replace(self._orders, signed_in=written.signed_in)
        self._note_fault(written.fault)
        if written.rotated:
            self._on_rotate()

    def _note_fault(self, fault: str | None) -> None:
        if fault is not None and self._fault is None:
            log.error("recorder_stopped", pbx=self._orders.pbx, folder=str(self._orders.folder), error=fault)
        elif fault is None and self._fault is not None:
            log.info("recorder_goes_on", pbx=self._orders.pbx, dropped=self.dropped)
        self._fault = fault


class _Writer:
    """A running `flight_process`. Raises OSError if it cannot be started."""

    def __init__(self, orders: Orders) -> None:
        # It finds modules where we find them, and nowhere else.
        command = [sys.executable, "-P", "-m", flight_process.__name__]
        env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._pipe, theirs = Pipe()
        with theirs:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - nobody else's words
                command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, env=env
            )
        try:
            self._pipe.send(orders)
        except OSError:
            self.close()
            raise

    def write(self, batch: list[Heard]) -> Written:
        """Have it written. Raises EOFError, OSError: the process ended."""
        self._pipe.send(batch)
        written: Written = self._pipe.recv()
        return written

    def close(self) -> int:
        """Let it end, and return its status."""
        self._pipe.close()
        try:
            return self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._process.wait()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
