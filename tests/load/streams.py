"""Events a second through reading, translation and tracker, beside cacofonisk on the same recordings."""

import gc
import importlib.metadata
import logging
import statistics
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cacofonisk import BaseReporter, EventHandler
from panoramisk import Manager
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from cti_crm.calls.pbx_events import PbxEvent
from cti_crm.calls.topology import Topology
from cti_crm.calls.tracker import CallTracker
from cti_crm.infrastructure.clock import new_id
from cti_crm.pbx.asterisk.interpreter import Interpreter
from cti_crm.pbx.asterisk.packet import PacketSplitter
from cti_crm.pbx.asterisk.stream_file import read_stream
from tests.load.report import Section
from tests.streams.truth import NAMES, RECORDINGS

_TOPOLOGY = Topology(trunks=frozenset({"PJSIP/trunk"}))
_START = datetime(2026, 1, 1, tzinfo=UTC)

_SEGMENT = 1460  # bytes: what Ethernet carries of a TCP stream at once


class _NoLoop:
    """What panoramisk's manager needs of a loop to dispatch: it sends waiting actions when Asterisk has started."""

    def create_task(self, work: Coroutine[Any, Any, Any]) -> None:
        work.close()


@dataclass(frozen=True, slots=True)
class Stream:
    """A recording: its packets with their times, and the same as it came over the network."""

    packets: list[tuple[datetime, str]]
    segments: list[bytes]


class _Counting(BaseReporter):
    def __init__(self) -> None:
        super().__init__()
        self.told = 0

    def _count(self, *_: object, **__: object) -> None:
        self.told += 1

    on_b_dial = on_up = on_hangup = on_queue_caller_abandon = _count
    on_attended_transfer = on_blonde_transfer = on_blind_transfer = on_user_event = _count

    def on_event(self, event: object) -> None:
        """Called for every event; its own tells nobody anything either."""


class Cacofonisk:
    """As its AmiRunner does it: panoramisk cuts, reads and dispatches, `EventHandler` follows the calls."""

    def __init__(self) -> None:
        self._quiet = logging.Logger("cacofonisk", logging.CRITICAL)
        self._wanted = EventHandler.event_handlers()
        self.told = 0
        self.failed = 0

    def whole(self, stream: Stream) -> None:
        handler, reporter = self._handler()
        manager = Manager(loop=_NoLoop(), log=self._quiet, encoding="utf8")
        for name in self._wanted:
            manager.register_event(name, lambda _manager, event: self._take(handler, event))
        protocol = AMIProtocol()
        protocol.connection_made(None)
        protocol.factory, protocol.log, protocol.encoding = manager, self._quiet, "utf8"
        protocol.closed = True  # so that a recorded Shutdown does not make it connect again
        for data in stream.segments:
            protocol.data_received(data)
        self.told += reporter.told

    def parse(self, stream: Stream) -> list[Message]:
        return [message for _, raw in stream.packets if (message := Message.from_line(raw.strip())) is not None]

    def track(self, messages: Sequence[Message]) -> None:
        handler, reporter = self._handler()
        for message in messages:
            if message.event in self._wanted:
                self._take(handler, message)
        self.told += reporter.told

    def _handler(self) -> tuple[EventHandler, _Counting]:
        reporter = _Counting()
        return EventHandler(reporter, logger=self._quiet), reporter

    def _take(self, handler: EventHandler, event: Message) -> None:
        try:
            handler.on_event(event)
        except Exception:
            self.failed += 1


class Ours:
    """As the service does it: splitter, interpreter (reading, distrust, snapshot, translation), tracker."""

    def __init__(self) -> None:
        self.told = 0

    def whole(self, stream: Stream) -> None:
        splitter, interpreter = PacketSplitter(), Interpreter()
        tracker = CallTracker("main", _TOPOLOGY, new_id)
        at = stream.packets[0][0]
        for data in stream.segments:
            for raw in splitter.feed(data):
                for event in interpreter.feed(raw, at):
                    self.told += len(tracker.apply(event))

    def parse(self, stream: Stream) -> list[PbxEvent]:
        interpreter = Interpreter()
        return [event for at, raw in stream.packets for event in interpreter.feed(raw, at)] + interpreter.finish()

    def track(self, events: Sequence[PbxEvent]) -> None:
        tracker = CallTracker("main", _TOPOLOGY, new_id)
        for event in events:
            self.told += len(tracker.apply(event))


def measure(rounds: int) -> Section:
    """`rounds` times all recordings, in turns."""
    streams = [_stream(name) for name in NAMES]
    count = sum(raw.startswith("Event:") for stream in streams for _, raw in stream.packets)
    ours, theirs = Ours(), Cacofonisk()
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, one in (("ours", ours), ("theirs", theirs)):
            whole = _spent(lambda one=one: [one.whole(stream) for stream in streams])  # type: ignore[misc]
            read: list[Any] = []
            parse = _spent(lambda one=one, read=read: read.extend(map(one.parse, streams)))  # type: ignore[misc]
            track = _spent(lambda one=one, read=read: [one.track(each) for each in read])  # type: ignore[misc]
            for part, spent in (("whole", whole), ("parse", parse), ("track", track)):
                times.setdefault(f"{name} {part}", []).append(spent)
    rate = {name: count / statistics.median(found) for name, found in times.items()}
    labels = {
        "whole": "bytes from the network to call events",
        "parse": "alone: reading packets (ours: and translating)",
        "track": "alone: following calls, packets read before",
    }
    rows = [
        [label, f"{rate[f'ours {part}']:,.0f}", f"{rate[f'theirs {part}']:,.0f}", _ratio(rate, part)]
        for part, label in labels.items()
    ]
    version = importlib.metadata.version("cacofonisk")
    return Section(
        "Events a second, beside cacofonisk",
        f"{len(streams)} recordings of a real Asterisk 22 with {count:,} events, {rounds} times in turns in one "
        f"process; processor time, medians. The first line is each one's own way in service: for cacofonisk {version} "
        "(MIT) that of its `AmiRunner` (panoramisk's protocol cuts and reads, its manager dispatches to the "
        "`EventHandler`), for ours splitter, interpreter and tracker, without database. Both get the same bytes in "
        f"segments of {_SEGMENT:,}. cacofonisk's log is off and its reporter only counts. Rates count all events of "
        "the recordings on both sides, wanted or not.",
        ["events/s", "cti-crm", "cacofonisk", "ratio"],
        rows,
        [
            f"cacofonisk failed on {theirs.failed // rounds} events with an exception.",
            "Alone, cacofonisk's handler does less: ours also keeps phones' and queues' "
            "states, holds, parking, steps and talk times, and gives the whole call, frozen, with every change.",
        ],
    )


def _ratio(rate: dict[str, float], part: str) -> str:
    return f"{rate[f'ours {part}'] / rate[f'theirs {part}']:.2f}"


def _spent(act: Callable[[], object]) -> float:
    """Processor seconds: other programs on the machine slow both sides down, but not at the same moment."""
    gc.collect()
    begin = time.process_time()
    act()
    return time.process_time() - begin


def _stream(name: str) -> Stream:
    records = read_stream(RECORDINGS / f"{name}.ami.jsonl")
    packets = [(_START + timedelta(seconds=record.t), record.raw) for record in records if record.raw]
    data = "".join(raw for _, raw in packets).encode("utf-8", "surrogateescape")
    return Stream(packets, [data[start : start + _SEGMENT] for start in range(0, len(data), _SEGMENT)])
