"""`AsteriskLink`: keeps one PBX's events flowing, whatever happens to the PBX or the network."""

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import structlog

from cti_crm.calls.pbx_events import PbxEvent
from cti_crm.calls.ports import LinkState, LinkStatus
from cti_crm.infrastructure import clock
from cti_crm.pbx.asterisk.client import AmiConnection
from cti_crm.pbx.asterisk.counters import LinkCounters
from cti_crm.pbx.asterisk.errors import (
    ClosedEarlyError,
    LinkError,
    LoginRefusedError,
    LostError,
    PermissionMissingError,
)
from cti_crm.pbx.asterisk.fields import clean
from cti_crm.pbx.asterisk.interpreter import Interpreter
from cti_crm.pbx.asterisk.snapshot import QUESTIONS
from cti_crm.pbx.asterisk.stream_file import Mark, StreamRecord
from cti_crm.settings import PbxSettings

Listener = Callable[[float, Sequence[str], Mark | None], None]
"""Gets what was received at once, with the time in seconds since 1970; or no packet, but what became of the connection.
"""

_log = structlog.get_logger(__name__)

_TURN = 0.003  # seconds of reading, and of what follows from it, until others have their turn
_MAX_DOUBTED = 1000
_PATIENT_ATTEMPTS = 5  # with the usual pauses, about 15 s


@dataclass(frozen=True, slots=True)
class LinkTiming:
    """How patient the link is, in seconds.

    connect: for each step until signed in. boot: for the word that Asterisk has started. answer: for an answer, a list
    or a pong. ping: between two questions whether the PBX is still there. retry, retry_cap: the first and the longest
    pause before connecting again; each is shortened at random by up to half, lest all clients come back at once.
    check: between two lists of the channels while there are some, so that a lost end does not last; check_again: the
    least time between two, if something was odd.
    """

    connect: float = 5.0
    boot: float = 10.0
    answer: float = 10.0
    ping: float = 10.0
    retry: float = 0.5
    retry_cap: float = 15.0
    check: float = 120.0
    check_again: float = 5.0


@dataclass(frozen=True, slots=True)
class _Lost:
    reason: str


class AsteriskLink:
    """Implements `PbxLink`. `counters` are for the metrics; `queue_depth` is how many packets wait for the reader.

    queue_limit: if the reader falls behind by so many packets, the connection is given up, and a new one with a new
    snapshot takes its place as soon as the reader has caught up.
    """

    def __init__(
        self,
        settings: PbxSettings,
        *,
        timing: LinkTiming | None = None,
        queue_limit: int = 50_000,
        now: Callable[[], datetime] = clock.now,
        on_status: Callable[[LinkStatus], None] = lambda _status: None,
    ) -> None:
        self.counters = LinkCounters()
        self._settings = settings
        self._timing = timing or LinkTiming()
        self._queue_limit = queue_limit
        self._now = now
        self._on_status = on_status
        self._status = LinkStatus(LinkState.CONNECTING)
        self._queue: deque[tuple[datetime, str | _Lost]] = deque()
        self._queued = asyncio.Event()
        self._drained = asyncio.Event()
        self._receiving = False
        self._booted: asyncio.Future[str]
        self._overflow: asyncio.Future[str]
        self._check_wanted = asyncio.Event()
        self._doubted_channels: set[str] = set()
        self._interpreter = Interpreter(self._doubt, self.counters, settings.variables)
        self._listeners: list[Listener] = []
        self._connects = 0

    @property
    def name(self) -> str:
        """Our name for the PBX."""
        return self._settings.name

    @property
    def status(self) -> LinkStatus:
        """How the link is now. A fault stays until the link is up again."""
        return self._status

    @property
    def queue_depth(self) -> int:
        """Packets received but not yet read."""
        return len(self._queue)

    def listen(self, listener: Listener) -> None:
        """Have `listener` called with all packets and with every break of the connection, at once and in order.

        It must not wait. If it raises it is called no more.
        """
        self._listeners.append(listener)

    def tap(self, callback: Callable[[StreamRecord], None]) -> None:
        """As `listen`, packet by packet, `t` in seconds since now: a recording."""
        begin = self._now().timestamp()

        def each(t: float, packets: Sequence[str], mark: Mark | None) -> None:
            for raw in packets:
                callback(StreamRecord(t - begin, raw))
            if mark is not None:
                callback(StreamRecord(t - begin, mark=mark))

        self.listen(each)

    async def run(self) -> None:
        """Keep the link up until cancelled. To be run once."""
        failures = 0
        while True:
            try:
                await self._connect_and_stay()
            except LinkError as error:
                was_up = self._status.state is LinkState.UP
                failures = 1 if was_up else failures + 1
                self._set_status(self._status_after(error, failures))
            if self._overflow.done():
                await self._drained.wait()
            pause = min(self._timing.retry_cap, self._timing.retry * 2 ** min(failures - 1, 10))
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  # spreads load, guards nothing

    async def events(self) -> AsyncIterator[PbxEvent]:
        """All events in order, from one reader only; ends never."""
        while True:
            until = time.monotonic() + _TURN
            while self._queue:
                at, item = self._queue.popleft()
                if isinstance(item, _Lost):
                    events = self._interpreter.disconnected(at, item.reason)
                else:
                    events = self._interpreter.feed(item, at)
                for event in events:
                    yield event
                if time.monotonic() > until:
                    break
            if self._interpreter.wants_check:
                self.request_check()
            if self._queue:
                await asyncio.sleep(0)
                continue
            self._drained.set()
            self._queued.clear()
            await self._queued.wait()

    def request_check(self) -> None:
        """Have the calls compared soon with what the PBX says goes on, over the same connection."""
        self._check_wanted.set()

    def _status_after(self, error: LinkError, failures: int) -> LinkStatus:
        if isinstance(error, ClosedEarlyError) and self._connects and failures <= _PATIENT_ATTEMPTS:
            return LinkStatus(LinkState.CONNECTING, "The PBX let us in before; now it closes: it may stop, or start")
        return LinkStatus(LinkState.REFUSED if error.needs_person else LinkState.DOWN, str(error))

    async def _connect_and_stay(self) -> None:
        loop = asyncio.get_running_loop()
        self._booted, self._overflow, self._receiving = loop.create_future(), loop.create_future(), False
        try:
            login = self._settings.events_login()
        except (OSError, UnicodeDecodeError) as error:
            raise LoginRefusedError(f"The file with the password of the PBX cannot be read: {error}") from error
        reason = "the service stops"
        connection: AmiConnection | None = None
        try:
            connection = await AmiConnection.open(
                self._settings.host,
                self._settings.port,
                login,
                self._take,
                events=True,
                deadline=self._timing.connect,
            )
            await self._synchronise(connection)
            self._set_status(LinkStatus(LinkState.UP))
            await self._stay(connection)
        except LinkError as error:
            reason = str(error)
            raise
        finally:
            if connection is not None:
                await connection.close()
            if self._receiving:
                at = self._now()
                self._queue.append((at, _Lost(reason)))
                self._queued.set()
                self._tell(at, mark="disconnected")

    async def _synchronise(self, connection: AmiConnection) -> None:
        """Wait until Asterisk has started, then ask for all that goes on; `_take` gets the answers."""
        await asyncio.wait(
            {self._booted, connection.lost}, timeout=self._timing.boot, return_when=asyncio.FIRST_COMPLETED
        )
        if not self._booted.done() and not connection.lost.done() and _tells_fully_booted(connection.version):
            raise PermissionMissingError(
                f"Asterisk lets the user {self._settings.username!r} in but sends it no events: its section in "
                "manager.conf needs `read = system,call,agent,user,dtmf` (or Asterisk has not finished starting)"
            )
        for question in QUESTIONS:
            answer = await connection.ask(question, deadline=self._timing.answer)
            if question == "CoreShowChannels" and not answer[0].success:
                raise PermissionMissingError(
                    f"The user {self._settings.username!r} may not list the calls that go on: its section in "
                    f"manager.conf needs `write = reporting` (Asterisk said: {answer[0].message})"
                )
        await connection.ask("DeviceStateList", deadline=self._timing.answer)
        self._connects += 1
        self.counters.resyncs += self._connects > 1

    async def _stay(self, connection: AmiConnection) -> None:
        """Return never; raise when the connection is lost, or to be given up."""
        loop = asyncio.get_running_loop()
        checked = loop.time()
        while True:
            await self._happens(connection, self._timing.ping, self._check_wanted)
            since = loop.time() - checked
            if self._check_wanted.is_set():
                await self._happens(connection, self._timing.check_again - since)
            elif since < self._timing.check or not self._interpreter.channels:
                await connection.ask("Ping", deadline=self._timing.answer)
                continue
            self._check_wanted.clear()
            checked = loop.time()
            for question in QUESTIONS:
                await connection.ask(question, deadline=self._timing.answer)

    async def _happens(self, connection: AmiConnection, within: float, wanted: asyncio.Event | None = None) -> None:
        """Wait, at most `within` seconds, for `wanted`. Raises if the connection is lost, or to be given up."""
        waiting = [asyncio.create_task(wanted.wait())] if wanted is not None else []
        ends: set[asyncio.Future[str] | asyncio.Task[Literal[True]]] = {connection.lost, self._overflow, *waiting}
        try:
            await asyncio.wait(ends, timeout=max(within, 0.0), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        if self._overflow.done():
            raise LinkError("We cannot keep up with the events of the PBX: connecting anew")
        if connection.lost.done():
            raise LostError(connection.lost.result())

    def _doubt(self, channel: str, reason: str) -> None:
        """Logged once for each channel; the counters tell how often."""
        if channel in self._doubted_channels:
            return
        if len(self._doubted_channels) >= _MAX_DOUBTED:
            self._doubted_channels.clear()
        self._doubted_channels.add(channel)
        _log.warning(
            "somebody wrote into the stream of the PBX: filter callers' numbers there",
            pbx=self.name,
            channel=clean(channel),
            reason=str(reason),
        )

    def _take(self, packets: Sequence[str]) -> None:
        """The one callback. Called between any two reads of the network, so it must not raise or wait."""
        if self._overflow.done():
            return
        room = max(0, self._queue_limit - len(self._queue))
        taken = packets[:room]
        if taken:
            at = self._now()
            if not self._receiving:
                self._receiving = True
                self._tell(at, mark="connected")
            self._queue.extend([(at, raw) for raw in taken])
            self._queued.set()
            self._tell(at, taken)
            if not self._booted.done() and any(raw.startswith("Event: FullyBooted") for raw in taken):
                self._booted.set_result("")
        if len(packets) > room:
            self.counters.overflows += 1
            self._drained.clear()
            self._overflow.set_result("")

    def _tell(self, at: datetime, packets: Sequence[str] = (), mark: Mark | None = None) -> None:
        for listener in self._listeners:
            try:
                listener(at.timestamp(), packets, mark)
            except Exception:  # whatever a listener does, the events go on
                _log.exception("a listener to the AMI stream failed", pbx=self.name)
                self._listeners = [other for other in self._listeners if other is not listener]

    def _set_status(self, status: LinkStatus) -> None:
        if status == self._status:
            return
        if LinkState.UP not in (status.state, self._status.state):
            status = replace(status, since=self._status.since)
        self._status = status
        if status.state is LinkState.UP:
            _log.info("the link to the PBX is up", pbx=self.name)
        else:
            _log.warning("the link to the PBX is down", pbx=self.name, state=status.state, message=status.message)
        self._on_status(status)


def _tells_fully_booted(version: str) -> bool:
    """Asterisk 13 (AMI 2) and later says FullyBooted to everybody who may read `system`; of older ones some do."""
    major = version.partition(".")[0]
    return major.isdigit() and int(major) >= 3
