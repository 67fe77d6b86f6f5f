"""Which missed calls stand in one line, and what closes it."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti_crm.calls.call import Call, CallOutcome, Direction, Party
from cti_crm.contacts.ownership import Talk
from cti_crm.missed_calls.arranging import MISSED, Attempt, Caller, Mark, arrange, identity, is_missed

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ANNA, BERND = UUID(int=1001), UUID(int=1002)
MOBILE, SHARED = "+4917612345678", "+4930123456"


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def missed(minutes: int, number: str | None = MOBILE, contact: UUID | None = None) -> Attempt:
    return Attempt(UUID(int=minutes), contact, number, at(minutes))


def talk(minutes: int, number: str | None = MOBILE, contact: UUID | None = None) -> Talk:
    return Talk(UUID(int=10_000 + minutes), contact, number, at(minutes), "101")


def lines(attempts: list[Attempt], talks: list[Talk], marks: list[Mark] | None = None) -> list[tuple[list[int], int]]:
    """Each line as the minutes of its calls and that of its closing, 0 for an open one."""
    groups = arrange(attempts, talks, marks or [])
    minutes = [
        (
            [one.call_id.int for one in group.attempts],
            0 if group.closing is None else round((group.closing.at - START).total_seconds() / 60),
        )
        for group in groups
    ]
    return sorted(minutes)


def test_all_calls_of_a_caller_are_one_line() -> None:
    assert lines([missed(1), missed(7), missed(30)], []) == [([1, 7, 30], 0)]


def test_a_contact_is_one_caller_whichever_number_they_use() -> None:
    assert lines([missed(1, MOBILE, ANNA), missed(2, "+4930999", ANNA)], []) == [([1, 2], 0)]


def test_who_is_not_uniquely_known_is_their_number() -> None:
    assert lines([missed(1, SHARED), missed(2, SHARED, ANNA), missed(3, MOBILE)], []) == [([1], 0), ([2], 0), ([3], 0)]


def test_a_conversation_closes_what_came_before_it_only() -> None:
    assert lines([missed(1), missed(5), missed(9)], [talk(7)]) == [([1, 5], 7), ([9], 0)]
    assert lines([missed(5)], [talk(3)]) == [([5], 0)]


def test_the_first_conversation_counts() -> None:
    assert lines([missed(1)], [talk(9), talk(4), talk(6)]) == [([1], 4)]


def test_a_conversation_with_the_contact_on_another_number() -> None:
    assert lines([missed(1, MOBILE, ANNA)], [talk(2, "+4930999", ANNA)]) == [([1], 2)]


def test_of_those_who_share_a_number_only_the_one_spoken_with() -> None:
    attempts = [missed(1, SHARED, ANNA), missed(2, SHARED, BERND)]
    assert lines(attempts, [talk(5, SHARED, ANNA)]) == [([1], 5), ([2], 0)]
    # Nobody said which of them it was: whoever calls back that number asks for both.
    assert lines(attempts, [talk(5, SHARED)]) == [([1], 5), ([2], 5)]


def test_without_a_number_no_conversation_is_known_to_be_theirs() -> None:
    assert lines([missed(1, None), missed(2, None)], [talk(5, None)]) == [([1, 2], 0)]


def test_what_somebody_said_closes_as_a_conversation_does() -> None:
    mark = Mark(UUID(int=77), frozenset({Caller(None, MOBILE)}), at(6))
    assert lines([missed(1), missed(9), missed(2, SHARED)], [], [mark]) == [([1], 6), ([2], 0), ([9], 0)]
    assert lines([missed(1)], [talk(3)], [mark]) == [([1], 3)]


@pytest.mark.parametrize("outcome", CallOutcome)
@pytest.mark.parametrize("direction", Direction)
def test_which_calls_are_missed(outcome: CallOutcome, direction: Direction) -> None:
    call = Call(UUID(int=1), "main", "1.0", 1, direction, Party(MOBILE), Party("200"), START, outcome=outcome)
    assert not is_missed(call)  # it goes on
    ended = Call(
        UUID(int=1), "main", "1.0", 1, direction, Party(MOBILE), Party("200"), START, outcome=outcome, ended_at=at(1)
    )
    assert is_missed(ended) == (direction is Direction.INBOUND and outcome in MISSED)
    assert CallOutcome.ANSWERED not in MISSED


WHO = st.sampled_from([(None, MOBILE), (None, SHARED), (ANNA, MOBILE), (ANNA, SHARED), (BERND, SHARED), (None, None)])
EVENTS = st.lists(st.tuples(st.booleans(), st.integers(1, 60), WHO), max_size=25, unique_by=lambda one: one[1])


@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_in_which_calls_become_known_says_nothing(
    events: list[tuple[bool, int, tuple[UUID | None, str | None]]], random: Random
) -> None:
    attempts = [missed(minute, number, contact) for was_missed, minute, (contact, number) in events if was_missed]
    talks = [talk(minute, number, contact) for was_missed, minute, (contact, number) in events if not was_missed]
    expected = lines(attempts, talks)
    random.shuffle(attempts)
    random.shuffle(talks)
    assert lines(attempts, talks) == expected


@given(EVENTS)
def test_every_call_stands_in_one_line_and_no_line_spans_what_closes_it(
    events: list[tuple[bool, int, tuple[UUID | None, str | None]]],
) -> None:
    attempts = [missed(minute, number, contact) for was_missed, minute, (contact, number) in events if was_missed]
    talks = [talk(minute, number, contact) for was_missed, minute, (contact, number) in events if not was_missed]
    groups = arrange(attempts, talks, [])
    assert sorted(one.call_id for group in groups for one in group.attempts) == sorted(a.call_id for a in attempts)
    assert len({(group.caller, identity(group.closing)) for group in groups}) == len(groups)
    for group in groups:
        assert all(one.caller == group.caller for one in group.attempts)
        if group.closing is not None:
            assert all(one.counts_from < group.closing.at for one in group.attempts)
    # A further conversation closes more, or the same earlier; it opens nothing.
    open_now = {one.call_id for group in groups if group.closing is None for one in group.attempts}
    more = arrange(attempts, [*talks, talk(30, MOBILE)], [])
    assert {one.call_id for group in more if group.closing is None for one in group.attempts} <= open_now
