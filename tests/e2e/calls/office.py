"""The office in which real calls are made: a real Asterisk, its people, and our link and tracker that listen to them.

With CTI_CRM_RECORD=1 each test writes the stream it heard, and what its people lived through, to
`tests/streams/recordings`, unless there is a recording of that name already.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from cti_crm.calls.call import Call, LegState
from cti_crm.calls.call_events import CallEvent
from cti_crm.calls.pbx_events import PbxEvent, PbxSnapshot
from cti_crm.calls.tracker import CallTracker
from cti_crm.infrastructure import clock
from cti_crm.infrastructure.event_bus.memory import MemoryEventBus
from cti_crm.pbx.asterisk.connection import AsteriskLink
from cti_crm.pbx.asterisk.stream_file import StreamRecord, StreamWriter
from cti_crm.settings import PbxSettings
from tests.e2e.calls.lived import Lived
from tests.lab.people import People
from tests.lab.sip import Customer, Outside, Phone
from tests.lab.sip_call import SipCall
from tests.streams.truth import RECORDINGS, TOPOLOGY, Run, differences, ended_once, last_told

PATIENCE = 20.0


async def a_while() -> None:
    """People talk, or listen to it ring: long enough to tell one moment from the next."""
    await asyncio.sleep(0.5)


class Office:
    """What the tracker tells of the calls that the people make. `check` at the end of a test compares the two."""

    def __init__(
        self, people: People, name: str, record_to: Path | None, variables: dict[str, str] | None = None
    ) -> None:
        self.people = people
        self.pbx = people.pbx
        self.events: list[CallEvent] = []
        self.bus = MemoryEventBus()
        self._name = name
        self._record_to = record_to
        self._tracker = CallTracker("main", TOPOLOGY, clock.new_id)
        self._began = clock.now()
        self._link = AsteriskLink(
            PbxSettings.model_validate(
                {"port": self.pbx.ports.ami, "secret": self.pbx.events_secret, "variables": variables or {}}
            )
        )
        self._changed = asyncio.Condition()
        self._listening = asyncio.Event()
        self._problem: BaseException | None = None
        self._paused: list[str] = []

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Office"]:
        """The link is up and has seen that nobody talks."""
        async with AsyncExitStack() as stack:
            if self._record_to is not None:
                writer = stack.enter_context(StreamWriter(self._record_to / f"{self._name}.ami.jsonl"))
                self._link.tap(lambda record: writer.write(StreamRecord(record.t, record.raw, record.mark)))
            tasks = [asyncio.create_task(self._link.run()), asyncio.create_task(self._listen())]
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._listening.wait()
                yield self
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
                for extension in self._paused:
                    await self.pbx.cli(f"queue unpause member PJSIP/{extension} queue support")

    async def phone(self, extension: str, device: int = 0) -> Phone:
        return await self.people.phone(extension, device)

    async def outside(self) -> Outside:
        return await self.people.outside()

    async def customer(self, number: str | None = "+4917612345678", name: str = "") -> Customer:
        return await self.people.customer(number, name)

    async def only_in_support(self, extension: str) -> None:
        """For this test the queue rings only that member: the other one is on a break."""
        other = {"101": "102", "102": "101"}[extension]
        await self.pbx.cli(f"queue pause member PJSIP/{other} queue support reason lunch")
        self._paused.append(other)

    async def crowd(self, callers: list[str], dialled: list[str], per_second: int) -> list[SipCall]:
        """Many customers, each with a number of their own, call at that rate."""
        return await self.people.crowd(callers, dialled, per_second)

    async def connected(self, phone: Phone) -> tuple[SipCall, SipCall]:
        """A customer who talks with the agent at that phone: the customer's call and the agent's."""
        call = await (await self.customer()).call(f"+49305550{phone.number}")
        at_phone = await (await phone.next_call()).answer()
        await call.answered()
        await a_while()
        return call, at_phone

    async def channel_of(self, device: str) -> str:
        """The PBX's name for the one channel of a phone or line."""
        async with self.pbx.ami() as ami:
            (channel,) = [
                one["Channel"] for one in await ami.listing("CoreShowChannels") if one["Channel"].startswith(device)
            ]
        return channel

    async def told(self, wanted: Callable[[CallEvent], bool]) -> CallEvent:
        """The first event about a call, past or to come, that is `wanted`."""
        await self._until(lambda: any(map(wanted, self.events)), "what was awaited was not told")
        return next(filter(wanted, self.events))

    def calls(self) -> list[Call]:
        """The calls as last told, in the order in which they began."""
        return last_told(self.events)

    async def check(self, *lived: Lived, timed: bool = True) -> list[Call]:
        """All calls are over, and told as the people lived them. Returns them.

        timed: times too; not so where many calls keep this test itself too busy to take events as they come.
        """

        def over() -> bool:  # also not before it began: what a phone did, the PBX tells a moment later
            return len(self._tracker) == 0 and len(self.calls()) >= len(lived)

        await self._until(over, "a call was not told, or did not end")
        async with self.pbx.ami() as ami, asyncio.timeout(PATIENCE):
            seen = 0
            while await ami.listing("CoreShowChannels"):
                await ami.wait_for(lambda event: event.get("Event") == "Hangup", start=seen)
                seen = len(ami.events)
        await self._until(over, "a call was not told, or did not end")
        began = self._began.timestamp()
        truth = [one.as_truth(began) for one in sorted(lived, key=lambda one: one.start)]
        if self._record_to is not None:
            self._write_truth(truth)
        # By caller, for of two who call at the same moment either may come first.
        calls = sorted(self.calls(), key=lambda call: (call.caller.number or "", call.started_at))
        run = Run(self._began, self.events, calls, self._tracker)
        truth.sort(key=lambda call: (call["caller"].replace("anonymous", ""), call["start"]))
        if found := differences(run, truth, timed=timed):
            raise AssertionError("\n".join(["told otherwise than lived", *found]))
        assert ended_once(run), "a call ended twice"
        return calls

    def _write_truth(self, calls: list[dict[str, Any]]) -> None:
        assert self._record_to is not None
        began = self._began.timestamp()
        truths = [call.truth.as_dict() for person in self.people.everybody() for call in person.calls]
        sip = [
            {key: round(value - began, 2) if isinstance(value, float) else value for key, value in one.items()}
            for one in truths
        ]
        text = json.dumps({"scenario": self._name, "calls": calls, "sip": sip}, indent=1)
        (self._record_to / f"{self._name}.truth.json").write_text(text + "\n")

    def take(self, event: PbxEvent) -> None:
        """Something happened at the PBX."""
        for told in self._tracker.apply(event):
            self.events.append(told)
            self.bus.publish(told)

    async def _listen(self) -> None:
        try:
            async for event in self._link.events():
                self.take(event)
                async with self._changed:
                    self._changed.notify_all()
                if isinstance(event, PbxSnapshot):
                    self._listening.set()
        except Exception as error:
            self._problem = error
            async with self._changed:
                self._changed.notify_all()

    async def _until(self, condition: Callable[[], bool], problem: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE), self._changed:
                while not condition():
                    if self._problem is not None:
                        raise self._problem
                    await self._changed.wait()
        except TimeoutError:
            story = "\n".join(f"{type(event).__name__}: {event.call}" for event in self.events[-6:])
            raise AssertionError(f"{problem}; last told:\n{story}") from None


def record_to(name: str) -> Path | None:
    """Where a test's stream shall be written, if it shall."""
    if os.environ.get("CTI_CRM_RECORD") != "1" or (RECORDINGS / f"{name}.truth.json").exists():
        return None
    return RECORDINGS


def state_of(call: Call, extension: str) -> LegState | None:
    """How the phone with that extension is in a call; None if it is not in it."""
    legs = [leg.state for leg in call.legs if leg.party.extension == extension and leg.ended_at is None]
    return legs[-1] if legs else None


async def leg_is(office: Office, extension: str, state: LegState) -> float:
    """When the phone was first told to be in that state."""
    told = await office.told(lambda event: state_of(event.call, extension) is state)
    return told.call.steps[-1].at.timestamp()
