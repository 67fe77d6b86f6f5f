"""Events of a link onto the bus: whatever comes in one breath, subscribers know in the end what the tracker knows."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import pytest

from cti_crm.calls.call import Call
from cti_crm.calls.call_events import CallChanged, CallEvent
from cti_crm.calls.ingest import Ingest
from cti_crm.calls.pbx_events import PbxEvent
from cti_crm.calls.ports import PbxLink
from cti_crm.calls.tracker import CallTracker
from cti_crm.infrastructure.event_bus.memory import MemoryEventBus
from tests.streams.mutations import stream
from tests.streams.truth import NAMES, TOPOLOGY


def _ids() -> Iterator[UUID]:
    number = 0
    while True:
        number += 1
        yield UUID(int=number)


def _tracker() -> CallTracker:
    ids = _ids()
    return CallTracker("main", TOPOLOGY, lambda: next(ids))


async def _ingested(name: str, breath: int) -> list[CallEvent]:
    """What subscribers hear if the PBX says `breath` events at once."""

    async def events() -> AsyncIterator[PbxEvent]:
        for place, event in enumerate(stream(name), start=1):
            yield event
            if place % breath == 0:
                await asyncio.sleep(0)

    heard: list[CallEvent] = []
    bus = MemoryEventBus()
    bus.subscribe(CallEvent, heard.append)
    await Ingest(cast("PbxLink", SimpleNamespace(name="main", events=events)), _tracker(), bus).run()
    await asyncio.sleep(0)
    return heard


def _last(told: list[CallEvent]) -> dict[UUID, Call]:
    return {event.call.id: event.call for event in told}


@pytest.mark.parametrize("breath", [1, 7, 1_000_000])
@pytest.mark.parametrize("name", NAMES)
async def test_the_bus_is_told_what_the_tracker_tells(name: str, breath: int) -> None:
    tracker = _tracker()
    all_told = [told for event in stream(name) for told in tracker.apply(event)]
    heard = await _ingested(name, breath)

    assert _last(heard) == _last(all_told)
    assert [one for one in heard if type(one) is not CallChanged] == [
        one for one in all_told if type(one) is not CallChanged
    ]
    assert len(heard) <= len(all_told)
    revisions: dict[UUID, int] = {}
    for one in heard:
        assert one.call.revision >= revisions.get(one.call.id, 0)
        revisions[one.call.id] = one.call.revision


async def test_that_a_call_merely_changed_is_told_once_a_breath() -> None:
    at_once, apart = await _ingested("direct_answered", 1_000_000), await _ingested("direct_answered", 1)
    assert len(at_once) < len(apart)


async def test_what_we_did_ourselves_is_told_at_once() -> None:
    heard: list[CallEvent] = []
    bus = MemoryEventBus()
    bus.subscribe(CallEvent, heard.append)
    alone, expected = _tracker(), list[CallEvent]()
    ingest = Ingest(cast("PbxLink", SimpleNamespace(name="main")), _tracker(), bus)
    for event in stream("direct_answered"):
        ingest.take(event)
        expected += alone.apply(event)
        assert heard == expected
