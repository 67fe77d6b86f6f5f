"""The lines that stored calls make, in whatever order they come."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from cti_crm.calls.call import Call, CallOutcome, Direction
from cti_crm.calls.repository import CallRepository
from cti_crm.contacts.schemas import MatchReason, NumberIn
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.missed_calls.arranging import Affected, ClosedHow
from cti_crm.missed_calls.events import MissedCallsChanged
from cti_crm.missed_calls.lures import LureReason
from cti_crm.missed_calls.models import MissedAttempt, MissedLine
from cti_crm.missed_calls.schemas import MissedState
from tests.crm_setup import MOBILE, START, call
from tests.integration.missed_calls.conftest import MissedCrm

SHARED = "+4930123456"


def missed(number: str | None = MOBILE, minutes: int = 0, **more: Any) -> Call:
    return call(number, minutes=minutes, answered=False, **more)


def with_outcome(one: Call, outcome: CallOutcome) -> Call:
    return replace(one, outcome=outcome)


def placed(number: str = MOBILE, minutes: int = 0, **more: Any) -> Call:
    return call(number, minutes=minutes, direction=Direction.OUTBOUND, **more)


async def test_a_line_tells_who_when_how_often_and_how_long(crm: MissedCrm, anna: Principal) -> None:
    contact = await crm.add_contact("Karla Krüger", MOBILE, firm="Krüger GmbH")
    first, second = missed(queue="support"), missed(minutes=10, queue="sales")
    await crm.save(first)
    await crm.save(second, missed(SHARED, minutes=5))
    by_name = {line.contact.name if line.contact else "": line for line in await crm.lines(anna)}
    line = by_name["Karla Krüger"]
    assert line.contact is not None
    assert line.contact.id == contact.id
    assert line.organization is not None
    assert (line.organization.name, line.match_reason) == ("Krüger GmbH", MatchReason.EXACT_NUMBER)
    assert (line.number, line.display) == (MOBILE, "+49 176 12345678")
    assert [(one.call_id, one.queue, one.waited) for one in line.attempts] == [
        (second.id, "sales", 30),
        (first.id, "support", 30),
    ]
    assert (line.attempt_count, line.first_at, line.last_at) == (2, first.started_at, second.started_at)
    assert line.due_at == START + timedelta(hours=1)
    assert line.lure == []
    assert by_name[""].number == SHARED


@pytest.mark.parametrize("outcome", CallOutcome)
async def test_what_counts(crm: MissedCrm, anna: Principal, outcome: CallOutcome) -> None:
    counts = outcome in (CallOutcome.MISSED, CallOutcome.ABANDONED, CallOutcome.VOICEMAIL, CallOutcome.BUSY)
    await crm.save(with_outcome(missed(), outcome))
    await crm.save(with_outcome(placed(answered=False), outcome))
    await crm.save(with_outcome(call("102", direction=Direction.INTERNAL, answered=False), outcome))
    assert [line.attempts[0].outcome for line in await crm.lines(anna)] == ([outcome] if counts else [])


async def test_a_call_that_rings_is_not_missed_yet(crm: MissedCrm, anna: Principal) -> None:
    ringing = missed(ended=False, revision=1)
    await crm.save(ringing)
    assert await crm.lines(anna) == []
    await crm.save(replace(ringing, revision=2, ended_at=START + timedelta(seconds=9), outcome=CallOutcome.MISSED))
    await crm.save(replace(ringing, revision=2, ended_at=START + timedelta(seconds=9), outcome=CallOutcome.MISSED))
    assert [(line.attempt_count, line.longest_wait) for line in await crm.lines(anna)] == [(1, 9)]


async def test_a_conversation_in_either_direction_closes_it(crm: MissedCrm, anna: Principal) -> None:
    await crm.save(missed(), missed(SHARED))
    called_back = placed(minutes=5, ended=False)
    await crm.save(called_back)  # the moment they talk, not when they are done
    await crm.save(call(SHARED, minutes=6, agent="102"))
    lines = {line.number: line for line in await crm.lines(anna)}
    closed, other = lines[MOBILE], lines[SHARED]
    assert (closed.closed_how, closed.closed_agent, closed.closed_call_id) == (ClosedHow.TALK, "101", called_back.id)
    assert (other.closed_how, other.closed_agent) == (ClosedHow.TALK, "102")
    assert await crm.lines(anna, MissedState.OPEN) == []


async def test_a_conversation_before_does_not(crm: MissedCrm, anna: Principal) -> None:
    await crm.save(call(minutes=0))
    await crm.save(missed(minutes=5))
    await crm.save(placed(minutes=3))
    assert [line.closed_at for line in await crm.lines(anna)] == [None]


async def test_an_older_missed_call_that_is_filled_in_opens_nothing(crm: MissedCrm, anna: Principal) -> None:
    await crm.save(missed(minutes=10))
    await crm.save(placed(minutes=20))
    await crm.save(missed(minutes=5))
    (line,) = await crm.lines(anna)
    assert (line.attempt_count, line.closed_how) == (2, ClosedHow.TALK)
    await crm.save(placed(minutes=7))  # and a conversation in between, found later still
    assert sorted((line.attempt_count, line.closed_at) for line in await crm.lines(anna)) == [
        (1, START + timedelta(minutes=7, seconds=5)),
        (1, START + timedelta(minutes=20, seconds=5)),
    ]


async def test_we_tried_in_vain(crm: MissedCrm, anna: Principal) -> None:
    await crm.save(missed())
    crm.published.clear()
    await crm.save(with_outcome(placed(minutes=5, answered=False), CallOutcome.NO_ANSWER))
    (line,) = await crm.lines(anna)
    assert line.closed_at is None
    assert line.tries is not None
    assert (line.tries.count, line.tries.last_by) == (1, "101")
    assert line.tries.last_at == START + timedelta(minutes=5)
    assert MissedCallsChanged(line.id) in crm.published


async def test_a_contact_is_one_line_on_all_numbers_and_closed_on_any(crm: MissedCrm, anna: Principal) -> None:
    await crm.add_contact("Karla Krüger", MOBILE, "030 999999")
    await crm.save(missed(), missed("+4930999999", minutes=3))
    assert [line.attempt_count for line in await crm.lines(anna)] == [2]
    await crm.save(placed("+4930999999", minutes=9))
    assert await crm.lines(anna, MissedState.OPEN) == []


async def test_shared_numbers_stand_at_the_organisation_until_somebody_chooses(
    crm: MissedCrm, anna: Principal, bernd: Principal
) -> None:
    karla = await crm.add_contact("Karla Krüger", "030 123456", firm="Krüger GmbH")
    await crm.add_contact("Kurt Krüger", "030 123456", firm="Krüger GmbH")
    first, second = missed(SHARED), missed(SHARED, minutes=2)
    await crm.save(first, second)
    (line,) = await crm.lines(anna)
    assert line.organization is not None
    assert (line.contact, line.organization.name, line.attempt_count) == (None, "Krüger GmbH", 2)
    assert line.match_reason is MatchReason.SHARED_NUMBER
    async with crm.api(bernd) as client, client.put(f"/api/v1/missed-calls/{line.id}/claim", json={}) as answer:
        assert answer.status == 200
    async with crm.api(anna) as client:
        body = {"contact_id": str(karla.id), "remember": False}
        async with client.put(f"/api/v1/calls/{first.id}/contact", json=body) as answer:
            assert answer.status == 200
    await crm.work_off_events()
    lines = {line.contact.name if line.contact else None: line for line in await crm.lines(anna)}
    assert {name: one.attempt_count for name, one in lines.items()} == {"Karla Krüger": 1, None: 1}
    assert [one.id for one in lines.values() if one.claimed_by] == [line.id]


async def test_a_caller_who_becomes_known_keeps_one_line(crm: MissedCrm, anna: Principal) -> None:
    karla = await crm.add_contact("Karla Krüger", "030 999999")
    await crm.save(missed(), missed("+4930999999", minutes=3))
    assert len(await crm.lines(anna)) == 2
    async with crm.database.transaction() as session:
        await crm.contacts.attach_number(session, karla.id, NumberIn(value=MOBILE))
    await crm.work_off_events()
    assert [(line.attempt_count, line.contact and line.contact.name) for line in await crm.lines(anna)] == [
        (2, "Karla Krüger")
    ]
    async with crm.database.transaction() as session:
        await crm.contacts.delete(session, karla.id)
    assert [(line.attempt_count, line.contact) for line in await crm.lines(anna)] == [(2, None)]


async def test_two_contacts_that_become_one_are_one_line(crm: MissedCrm, anna: Principal) -> None:
    karla = await crm.add_contact("Karla Krüger", MOBILE)
    again = await crm.add_contact("K. Krüger", "030 999999")
    await crm.save(missed(), missed("+4930999999", minutes=3))
    assert len(await crm.lines(anna)) == 2
    async with crm.database.transaction() as session:
        for table in (MissedLine, MissedAttempt):  # as merging does with all that points to a contact
            moved = update(table).where(table.contact_id == again.id).values(contact_id=karla.id)
            await session.execute(moved)
    async with crm.database.transaction() as session:
        await crm.settler.settle(session, Affected(contact_ids={karla.id}))
    assert [(line.attempt_count, line.contact and line.contact.id) for line in await crm.lines(anna)] == [(2, karla.id)]


async def test_callers_without_a_number_are_one_line_that_is_never_due(crm: MissedCrm, anna: Principal) -> None:
    await crm.save(missed(None), missed(None, minutes=5))
    await crm.save(call(None, minutes=9))
    (line,) = await crm.lines(anna)
    assert (line.attempt_count, line.number, line.due_at, line.closed_at) == (2, None, None, None)
    assert line.match_reason is MatchReason.WITHHELD


async def test_a_call_corrected_later(crm: MissedCrm, anna: Principal) -> None:
    one = missed()
    await crm.save(one, missed(minutes=5))
    # The PBX's own records know better: somebody did answer it, or it was part of another call.
    await crm.save(replace(call(call_id=one.id), revision=9))
    (line,) = await crm.lines(anna)
    assert (line.attempt_count, line.closed_at) == (1, None)


async def test_a_conversation_that_was_none_after_all(crm: MissedCrm, anna: Principal) -> None:
    back = placed(minutes=5)
    await crm.save(missed(), back)
    assert [line.closed_how for line in await crm.lines(anna)] == [ClosedHow.TALK]
    await crm.save(
        replace(back, revision=9, answered_at=None, talk=(), final_agent=None, outcome=CallOutcome.NO_ANSWER)
    )
    assert [line.closed_how for line in await crm.lines(anna)] == [None]


async def test_a_call_that_was_part_of_another(crm: MissedCrm, anna: Principal) -> None:
    part, whole = missed(), missed(minutes=1)
    back = placed(minutes=5)
    await crm.save(part, whole, back)
    other = placed(minutes=5)
    async with crm.database.transaction() as session:
        for gone, into in ((part.id, whole.id), (back.id, other.id)):
            await crm.touchpoints.absorb(session, gone, into)
            await crm.missed_recorder.absorb(session, gone, into)
        await CallRepository(session).remove([part.id, back.id])
    await crm.save(other)
    (line,) = await crm.lines(anna)
    assert (line.attempt_count, line.closed_call_id) == (1, other.id)


async def test_lures_are_marked_until_we_talk_with_that_country(crm: MissedCrm, anna: Principal) -> None:
    def one_ring(number: str, minutes: int) -> Call:
        one = missed(number, minutes=minutes)
        return replace(one, ended_at=one.started_at + timedelta(seconds=2))

    await crm.save(one_ring("+2250707123456", 0), one_ring("+4930987654", 1))
    marked = {line.number: line.lure for line in await crm.lines(anna)}
    assert marked["+2250707123456"] == [LureReason.STRANGE_COUNTRY, LureReason.SINGLE_RING]
    assert marked["+4930987654"] == []
    await crm.save(call("+2250505999999", minutes=20))
    await crm.save(one_ring("+2250707000000", 30))
    assert {line.number: line.lure for line in await crm.lines(anna)}["+2250707000000"] == []


async def test_what_the_log_held_before_there_was_a_list(crm: MissedCrm, anna: Principal) -> None:
    await crm.save_unlisted(missed(), missed(minutes=5), missed(SHARED), call(SHARED, minutes=9))
    assert await crm.lines(anna) == []
    for _ in range(2):  # at each start
        await crm.upkeep.catch_up()
        lines = await crm.lines(anna)
        assert sorted((line.number, line.attempt_count, line.closed_at is None) for line in lines) == [
            (MOBILE, 2, True),
            (SHARED, 1, False),
        ]


def described(lines: list[Any]) -> list[tuple[str | None, tuple[datetime, ...], datetime | None]]:
    return sorted(
        (line.number, tuple(sorted(one.at for one in line.attempts)), line.closed_at) for line in lines if line.attempts
    )


@pytest.mark.parametrize("seed", range(12))
async def test_the_order_of_writing_makes_no_difference(crm: MissedCrm, anna: Principal, seed: int) -> None:
    """The same calls, in the order they happened, then in others, in batches, some of them twice."""
    dice = random.Random(seed)
    found = []
    events = [(minute, dice.choice("mmmta"), dice.choice((0, 0, 1))) for minute in dice.sample(range(50), 14)]
    for order in range(4):
        numbers = [f"+4930{seed:02}{order}{place}1234" for place in range(2)]
        calls = []
        for minute, kind, place in events:
            if kind == "m":
                calls.append(missed(numbers[place], minutes=minute))
            else:
                calls.append((placed if kind == "t" else call)(numbers[place], minutes=minute))
        calls.sort(key=lambda one: one.started_at)
        if order:
            dice.shuffle(calls)
            calls += dice.sample(calls, 4)
        while calls:
            size = dice.randint(1, 4)
            batch, calls = calls[:size], calls[size:]
            await crm.save(*{one.id: one for one in batch}.values())
        lines = [line for line in await crm.lines(anna, limit=200) if line.number in numbers]
        found.append([(numbers.index(number or ""), *rest) for number, *rest in described(lines)])
    assert found[1:] == [found[0]] * 3
