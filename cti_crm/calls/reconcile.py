"""What the log has of a conversation beside what the PBX's records tell of it: what is new, what is better. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from cti_crm.calls.call import Call, CallOutcome, Hold, Parking, Party, Talk
from cti_crm.calls.ports import Conversation

_Span = TypeVar("_Span", Hold, Parking, Talk)

_LATE = timedelta(seconds=1)  # an event that came later than that was not seen as it happened


@dataclass(slots=True)
class Changes:
    """What is to be done to the log. `absorbed`: call -> the call it turned out to be part of."""

    added: list[Call] = field(default_factory=list)
    corrected: list[Call] = field(default_factory=list)
    absorbed: dict[UUID, UUID] = field(default_factory=dict)

    @property
    def calls(self) -> list[Call]:
        """The calls to be written."""
        return [*self.added, *self.corrected]


def reconcile(stored: Sequence[Call], told: Conversation, doubted: Collection[UUID]) -> Changes:
    """Compare what is stored of a conversation with what the records tell.

    A stored call that was seen from beginning to end is believed; one whose end was inferred, and those `doubted` (they
    went on while nobody looked), take over what the records know better; a doubted one that agrees with them stays as
    it was seen. Doing it again changes nothing.
    """
    changes = Changes()
    if stored and not any(_doubtful(call, doubted) for call in stored):
        return changes
    pairs = _pairs(stored, told.calls)
    into: dict[UUID, UUID] = {}
    for call in told.calls:
        match = pairs.get(call.id)
        into[call.id] = match.id if match is not None else call.id
        if match is None:
            changes.added.append(call)
        elif _doubtful(match, doubted) and not _agree(match, call):
            better = corrected(match, call, detailed=told.detailed)
            if better != match:
                changes.corrected.append(replace(better, revision=match.revision + 1))
    matched = {call.id for call in pairs.values()}
    for gone in (call for call in stored if call.id not in matched):
        part_of = max(told.calls, key=lambda call: _shared_legs(gone, call), default=None)
        if told.detailed and part_of is not None and _shared_legs(gone, part_of):
            changes.absorbed[gone.id] = into[part_of.id]
    return changes


def with_ends_seen(stored: Sequence[Call], told: Conversation) -> Conversation:
    """Records that stop in the middle, for the PBX was killed, with the ends that were seen.

    Only calls of which they know more than the log, somebody who talked or a transfer, differ from what is stored.
    """
    pairs = _pairs(stored, told.calls)
    calls = []
    for call in told.calls:
        seen = pairs.get(call.id)
        if seen is not None:
            call = _to_the_end_of(seen, call) if _knows_more(call, seen) else seen
        calls.append(call)
    return replace(told, calls=tuple(calls))


def _knows_more(told: Call, seen: Call) -> bool:
    more = len(told.talk) > len(seen.talk) or len(told.transfers) > len(seen.transfers)
    ours, theirs = [one.agent for one in seen.talk], [one.agent for one in told.talk]
    # Who joined in the middle saw the last of them.
    return more and ours in (theirs[: len(ours)], theirs[len(theirs) - len(ours) :])


def _to_the_end_of(seen: Call, told: Call) -> Call:
    """What was going on when the records stop went on until the end that was seen."""
    last, end = told.ended_at, seen.ended_at
    if last is None or end is None or end <= last:
        return told
    return replace(
        told,
        talk=tuple(replace(one, until=end) if one.until == last else one for one in told.talk),
        ended_at=end,
    )


def _doubtful(call: Call, doubted: Collection[UUID]) -> bool:
    return call.inferred_end or call.ended_at is None or call.id in doubted


def _agree(seen: Call, told: Call) -> bool:
    """Whether a call whose end was seen was what the records tell."""
    if seen.inferred_end or seen.ended_at is None or told.ended_at is None or _facts(seen) != _facts(told):
        return False
    return set(told.offered_to) <= set(seen.offered_to) and all(
        abs(one - other) <= _LATE for one, other in zip(_moments(seen), _moments(told), strict=True)
    )


def _facts(call: Call) -> tuple[object, ...]:
    transfers = [(one.kind, one.from_party, one.to_party) for one in call.transfers]
    talk = [(one.agent, one.until is None) for one in call.talk]
    away = [
        *((one.by, one.until is None) for one in call.holds),
        *((one.retrieved_by, one.until is None) for one in call.parked),
    ]
    numbers = call.caller.number, call.called.number
    agents = call.answered_by, call.final_agent
    return numbers, call.direction, call.queue, call.outcome, agents, talk, away, transfers


def _moments(call: Call) -> list[datetime]:
    moments = [call.started_at, *(moment for one in call.talk for moment in (one.since, one.until))]
    return [one for one in (*moments, call.ended_at) if one is not None]


def _pairs(stored: Sequence[Call], told: Sequence[Call]) -> dict[UUID, Call]:
    """Told id -> the stored call that is the same: most legs in common first, then the closest beginnings."""
    alike = sorted(
        (
            (one, other)
            for one in stored
            for other in told
            if _shared_legs(one, other) or one.linkedid == other.linkedid
        ),
        key=lambda pair: (-_shared_legs(*pair), abs((pair[0].started_at - pair[1].started_at).total_seconds())),
    )
    pairs: dict[UUID, Call] = {}
    taken: set[UUID] = set()
    for one, other in alike:
        if other.id not in pairs and one.id not in taken:
            pairs[other.id] = one
            taken.add(one.id)
    return pairs


def _shared_legs(one: Call, other: Call) -> int:
    return len({leg.id for leg in one.legs} & {leg.id for leg in other.legs})


def corrected(stored: Call, told: Call, *, detailed: bool) -> Call:
    """`stored` with what the records know better, its revision unchanged.

    Records do not tell of ringing, of holds (before Asterisk 22) and of parking slots: what was seen of them stays.
    `detailed`: told leg by leg; else only who talked with whom, and when.
    """
    ended_at = told.ended_at or stored.ended_at
    better = replace(
        told,
        id=stored.id,
        linkedid=stored.linkedid,
        revision=stored.revision,
        queue=stored.queue or told.queue,
        offered_to=tuple(dict.fromkeys((*stored.offered_to, *told.offered_to))),
        holds=told.holds or tuple(_closed(one, ended_at) for one in stored.holds),
        parked=_parked(stored.parked, told.parked, ended_at),
        caller=_fuller(told.caller, stored.caller),
        called=_fuller(told.called, stored.called),
        inferred_end=True,
    )
    if detailed:
        return better
    if stored.talk and not told.talk:  # too short for CDR, which has such rows of phones that nobody talked at, too
        better = replace(
            better,
            talk=tuple(_closed(one, ended_at) for one in stored.talk),
            answered_by=stored.answered_by,
            final_agent=stored.final_agent,
            answered_at=stored.answered_at,
            outcome=CallOutcome.ANSWERED,
        )
    return replace(
        better,
        direction=stored.direction,
        caller=_fuller(stored.caller, told.caller),
        called=_fuller(stored.called, told.called),
        started_at=min(stored.started_at, told.started_at),
        transfers=stored.transfers,
        legs=stored.legs if stored.ended_at is not None else told.legs,
        steps=stored.steps,
    )


def _fuller(first: Party, second: Party) -> Party:
    """`first`, with what only `second` knows."""
    return (
        first
        if first.number and first.name
        else replace(first if first.number else second, name=first.name or second.name)
    )


def _closed(span: _Span, at: datetime | None) -> _Span:
    return span if span.until is not None else replace(span, until=at)


def _parked(seen: tuple[Parking, ...], told: tuple[Parking, ...], at: datetime | None) -> tuple[Parking, ...]:
    if not told:
        return tuple(_closed(one, at) for one in seen)
    slots = [one.slot for one in seen if one.slot]
    return tuple(
        replace(one, slot=one.slot or (slots[index] if index < len(slots) else "")) for index, one in enumerate(told)
    )
