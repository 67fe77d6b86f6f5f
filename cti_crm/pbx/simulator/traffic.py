"""Random traffic that never ends: what a small firm's telephones do all day, for the demo."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from cti_crm.pbx.simulator.calls import Call
from cti_crm.pbx.simulator.clock import Clock
from cti_crm.pbx.simulator.phones import People
from cti_crm.pbx.simulator.scenarios import Life
from cti_crm.pbx.simulator.switch import Switch


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody outside: the number as their provider sends it ("" withholds it) and the display name, if any."""

    number: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Traffic:
    """How busy it is.

    callers: chosen at random, the same again and again.
    first_call: seconds until the first call. pause: seconds between two, shortest and longest.
    most_at_once: no further call begins while so many run.
    extensions, shared: where calls from outside go, half of them to one's own extension, half to a ring group or queue;
        what is named twice gets twice as many. The very first call goes from the first caller to the first extension.
    outbound_share, internal_share, transfer_share: 0 to 1, of all calls; transfers of those from outside.
    """

    callers: Sequence[Caller]
    first_call: float = 3.0
    pause: tuple[float, float] = (10.0, 15.0)
    most_at_once: int = 4
    extensions: Sequence[str] = ("101", "101", "102", "103", "105")
    shared: Sequence[str] = ("300", "200", "200", "201")
    outbound_share: float = 0.1
    internal_share: float = 0.05
    transfer_share: float = 0.15

    def __post_init__(self) -> None:
        if not self.callers:
            raise ValueError("traffic needs at least one caller")


class TrafficSource:
    """Starts one call after another; each lives by itself."""

    def __init__(self, traffic: Traffic, switch: Switch, clock: Clock, people: People, life: Life) -> None:
        self._traffic = traffic
        self._switch = switch
        self._clock = clock
        self._people = people
        self._life = life
        self.running = 0

    async def run(self) -> None:
        """Until cancelled."""
        await self._clock.sleep(self._traffic.first_call)
        async with asyncio.TaskGroup() as calls:
            first = True
            while True:
                if self.running < self._traffic.most_at_once:
                    self.running += 1
                    calls.create_task(self._one_call(first=first))
                    first = False
                await self._clock.sleep(self._people.span(self._traffic.pause))

    async def _one_call(self, *, first: bool) -> None:
        traffic, chance = self._traffic, self._people.chance
        try:
            caller = chance.choice(traffic.callers)
            dice = chance.random()
            if first:  # whoever opens the demo as the first agent wants to see a pop at once
                await self._inbound(traffic.callers[0], traffic.extensions[0])
            elif dice < traffic.outbound_share and caller.number and (phone := self._free_phone()):
                await self._life.outbound(Call.from_phone(self._switch, phone, caller.number))
            elif dice < traffic.outbound_share + traffic.internal_share and (phone := self._free_phone()):
                await self._internal(phone)
            else:
                places = traffic.extensions if chance.random() < 0.5 else traffic.shared
                await self._inbound(caller, chance.choice(places))
        finally:
            self.running -= 1

    async def _inbound(self, caller: Caller, extension: str) -> None:
        did = self._switch.office.did_prefix + extension
        call = Call.from_outside(self._switch, caller.number, caller.name, did)
        transfer = None
        if self._people.chance.random() < self._traffic.transfer_share:
            transfer = self._people.chance.choice([device.extension for device in self._switch.office.devices])
        await self._life.inbound(call, transfer=transfer)

    async def _internal(self, phone: str) -> None:
        others = [one.extension for one in self._switch.office.devices if one.extension != phone]
        await self._life.inbound(Call.from_phone(self._switch, phone, self._people.chance.choice(others)))

    def _free_phone(self) -> str | None:
        model = self._switch.model
        free = [one.extension for one in self._switch.office.devices if model.is_free(one.interface)]
        return self._people.chance.choice(free) if free else None
