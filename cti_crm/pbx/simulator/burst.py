"""Hundreds of calls a second for the load bench: each phone's call is played once, its text used again and again."""

import asyncio
import heapq
import itertools
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cti_crm.pbx.simulator.ami_actions import channel_item
from cti_crm.pbx.simulator.calls import Call
from cti_crm.pbx.simulator.clock import Clock
from cti_crm.pbx.simulator.events import Fields
from cti_crm.pbx.simulator.office import Device, Office
from cti_crm.pbx.simulator.switch import Emit, Switch

_EPOCH = "1000000000"
_NUMBER = "+10000000000000"
_TICK = 0.005  # seconds


@dataclass(frozen=True, slots=True)
class BurstCall:
    """One call of a burst. `rang`: `time.monotonic()` just before its first event was sent."""

    uniqueid: str
    number: str
    extension: str
    rang: float


@dataclass(frozen=True, slots=True)
class _Step:
    """A piece of the template: packets, joined as long as their class is the same; what CoreShowChannels says after."""

    packets: tuple[tuple[str, bytes], ...]
    channels: tuple[Fields, ...]


class _TemplateClock:
    def now(self) -> float:
        return float(_EPOCH)

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError("a template's call takes no time")


async def _template(device: Device, did_prefix: str, trunk: str) -> tuple[list[_Step], str]:
    """The three steps (rings, answered, hung up) of a direct call, and its bridge's id."""
    packets: list[tuple[str, bytes]] = []
    office = Office(devices=(device,), queues=(), ring_groups={}, trunk=trunk, did_prefix=did_prefix)
    clock = _TemplateClock()
    switch = Switch(office, clock, lambda privilege, data: packets.append((privilege, data)))
    call = Call.from_outside(switch, _NUMBER, "", did_prefix + device.extension)
    steps, bridge = [], ""
    for act in (call.ring, call.answer, call.hang_up):
        await act()
        bridge = next(iter(switch.model.bridges), bridge)
        grouped = itertools.groupby(packets, key=lambda one: one[0])
        joined = tuple((privilege, b"".join(data for _, data in group)) for privilege, group in grouped)
        channels = tuple(channel_item(one, clock.now()) for one in switch.model.channels.values())
        steps.append(_Step(joined, channels))
        packets.clear()
    return steps, bridge


class _Running:
    """A call of the burst: where it is, and the texts that make the template its own."""

    def __init__(
        self, steps: list[_Step], bridge: str, uniqueids: tuple[str, str], serials: tuple[int, int], number: str
    ):
        self._steps = steps
        self._next = 0
        texts = (
            (_NUMBER, number),
            (f"{_EPOCH}.0", uniqueids[0]),
            (f"{_EPOCH}.1", uniqueids[1]),
            ("-00000000", f"-{serials[0]:08x}"),
            ("-00000001", f"-{serials[1]:08x}"),
            (bridge, str(uuid.uuid4())),
        )
        self._texts = texts
        self._bytes = [(old.encode(), new.encode()) for old, new in texts]

    def step(self, emit: Emit) -> bool:
        """Send the next piece; False after the last."""
        for privilege, data in self._steps[self._next].packets:
            own = data
            for old, new in self._bytes:
                own = own.replace(old, new)
            emit(privilege, own)
        self._next += 1
        return self._next < len(self._steps)

    def channels(self) -> Iterator[Fields]:
        """As in CoreShowChannels, now."""
        for fields in self._steps[self._next - 1].channels:
            yield [(key, self._own(value)) for key, value in fields]

    def _own(self, value: str) -> str:
        for old, new in self._texts:
            value = value.replace(old, new)
        return value


class Burst:
    """Plays bursts into a switch's stream. They are in CoreShowChannels, but occupy no phone of the model."""

    def __init__(self, switch: Switch, clock: Clock) -> None:
        self._switch = switch
        self._clock = clock
        self._running: dict[str, _Running] = {}
        self._restarts = 0

    def channels(self) -> Iterator[Fields]:
        """The running calls' entries for CoreShowChannels."""
        for running in self._running.values():
            yield from running.channels()

    def forget(self) -> None:
        """The PBX went away: no running call says anything more, and bursts end."""
        self._running.clear()
        self._restarts += 1

    async def play(
        self, calls_per_second: float, seconds: float, *, ring: float, talk: float, extensions: Sequence[str] = ()
    ) -> list[BurstCall]:
        """Direct calls to the extensions in turn (all phones, if none are named), each answered and ended.

        Wall-clock seconds throughout. Returns when the last call has ended, or at a restart.
        Raises ValueError: an extension has no phone, or the rate is not above 0.
        """
        if calls_per_second <= 0:
            raise ValueError("calls_per_second must be above 0")
        office = self._switch.office
        templates = []
        for extension in extensions or [device.extension for device in office.devices]:
            device = office.device(extension)
            if device is None:
                raise ValueError(f"no phone {extension}")
            templates.append((extension, *await _template(device, office.did_prefix, office.trunk)))
        loop = asyncio.get_running_loop()
        began = loop.time()
        total = int(calls_per_second * seconds)
        made: list[BurstCall] = []
        due: list[tuple[float, str]] = []
        restarts = self._restarts
        while restarts == self._restarts and (len(made) < total or due):
            now = loop.time()
            while len(made) < total and began + len(made) / calls_per_second <= now:
                call = self._begin(*templates[len(made) % len(templates)], number=f"+4915{len(made):09d}")
                made.append(call)
                heapq.heappush(due, (now + ring, call.uniqueid))
            while due and due[0][0] <= now:
                _, uniqueid = heapq.heappop(due)
                if self._running[uniqueid].step(self._switch.emit):
                    heapq.heappush(due, (now + talk, uniqueid))
                else:
                    del self._running[uniqueid]
            await asyncio.sleep(_TICK)
        return made

    def _begin(self, extension: str, steps: list[_Step], bridge: str, number: str) -> BurstCall:
        serials = (self._switch.next_serial(), self._switch.next_serial())
        epoch = int(self._clock.now())
        uniqueids = (f"{epoch}.{serials[0]}", f"{epoch}.{serials[1]}")
        running = _Running(steps, bridge, uniqueids, serials, number)
        self._running[uniqueids[0]] = running
        call = BurstCall(uniqueids[0], number, extension, time.monotonic())
        running.step(self._switch.emit)
        return call
