"""Calls that live by themselves, in virtual time."""

import asyncio
from collections import Counter

import pytest

from cti_crm.pbx.simulator import Call, Caller, Habits, Office, People, Reaction, SpeedClock, Traffic
from cti_crm.pbx.simulator.scenarios import Life
from cti_crm.pbx.simulator.switch import Switch
from cti_crm.pbx.simulator.traffic import TrafficSource
from tests.unit.simulator.clocks import VirtualClock

CALLERS = [Caller("+4917612345678", "Karla Kunde"), Caller("030 1234567"), Caller("")]
OFTEN = Traffic(CALLERS, pause=(4.0, 8.0), outbound_share=0.2, internal_share=0.1, transfer_share=0.5)


class Day:
    """Runs traffic and checks at every event that the model and the stream agree."""

    def __init__(self, traffic: Traffic, seed: int) -> None:
        self.clock = VirtualClock()
        self.names: Counter[str] = Counter()
        self.stream: list[bytes] = []
        self.open: set[str] = set()
        self.first_call: float | None = None
        self.most = 0
        people = People(seed=seed)
        self.switch = Switch(Office(), self.clock, self._see)
        life = Life(self.clock, people, lambda: self.switch.model)
        self.source = TrafficSource(traffic, self.switch, self.clock, people, life)

    def _see(self, privilege: str, data: bytes) -> None:
        fields = dict(line.partition(": ")[::2] for line in data.decode().split("\r\n") if line)
        name = fields["Event"]
        self.names[name] += 1
        self.stream.append(data)
        if name == "Newchannel":
            self.open.add(fields["Uniqueid"])
            self.first_call = self.first_call or self.clock.now()
        if name == "Hangup":
            self.open.remove(fields["Uniqueid"])
        self.most = max(self.most, self.source.running)
        assert self.open == {channel.uniqueid for channel in self.switch.model.channels.values()}
        for bridge in self.switch.model.bridges.values():
            assert all(channel.bridge is bridge for channel in bridge.channels)

    async def run(self, seconds: float) -> None:
        started = self.clock.now()
        running = asyncio.create_task(self.source.run())
        await self.clock.advance(seconds)
        assert not running.done(), running.exception()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert self.first_call == started + 3.0


async def test_a_day_has_everything_in_it() -> None:
    day = Day(OFTEN, seed=1)
    await day.run(3 * 3600)
    for name in (
        *("AgentConnect", "QueueCallerAbandon", "AgentRingNoAnswer", "BlindTransfer", "AttendedTransfer"),
        *("Hold", "Unhold", "MessageWaiting", "NewCallerid"),
    ):
        assert day.names[name] > 0, name
    assert 1 < day.most <= OFTEN.most_at_once


async def test_same_seed_same_day() -> None:
    days = [Day(OFTEN, seed=7), Day(OFTEN, seed=7), Day(OFTEN, seed=8)]
    for day in days:
        await day.run(1200)
    first, second, other = (day.names for day in days)
    assert first == second
    assert first != other


async def test_a_restart_in_the_middle_harms_nobody() -> None:
    day = Day(OFTEN, seed=3)
    running = asyncio.create_task(day.source.run())
    for killed in (True, False, True):
        await day.clock.advance(300)
        if killed:
            day.open.clear()
            day.switch.crash()
        else:
            day.switch.shut_down()
        assert not day.switch.model.channels
    await day.clock.advance(600)
    assert not running.done()
    assert day.source.running <= OFTEN.most_at_once
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


@pytest.mark.parametrize(
    ("reaction", "status"),
    [(Reaction.ANSWER, "ANSWER"), (Reaction.BUSY, "BUSY"), (Reaction.NO_ANSWER, "CANCEL")],
)
async def test_certain_numbers_react_as_told(reaction: Reaction, status: str) -> None:
    clock = VirtualClock()
    events: list[bytes] = []
    switch = Switch(Office(), clock, lambda _, data: events.append(data))
    people = People(Habits(outside={"03098765432": reaction}), seed=5)
    call = Call.from_phone(switch, "101", "03098765432")
    living = asyncio.create_task(Life(clock, people, lambda: switch.model).outbound(call))
    await clock.advance(300)
    await living
    assert call.over
    ends = [data for data in events if data.startswith(b"Event: DialEnd")]
    assert len(ends) == 1
    assert f"DialStatus: {status}".encode() in ends[0]


def test_wrong_values() -> None:
    with pytest.raises(ValueError, match="at least one caller"):
        Traffic([])
    with pytest.raises(ValueError, match="above 0"):
        SpeedClock(0)
