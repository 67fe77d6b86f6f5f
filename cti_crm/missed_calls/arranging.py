"""Which missed calls stand in one line, and what closes it. Pure; says the same in whatever order calls are known.

Each missed call is closed by the first thing after it that settles it: a conversation with the caller, or somebody's
word that it is done. Calls of one caller that the same thing closes are one line; those nothing closes yet are the
caller's open line. So a call that is filled in late lands where it belongs, and never opens what is settled.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from cti_crm.calls.call import Call, CallOutcome, Direction
from cti_crm.contacts.ownership import Talk

MISSED = frozenset({CallOutcome.MISSED, CallOutcome.ABANDONED, CallOutcome.VOICEMAIL, CallOutcome.BUSY})
"""Outcomes of inbound calls after which somebody waits for a call back: also who found all our phones busy."""


class ClosedHow(StrEnum):
    """What closed a line."""

    TALK = "talk"  # somebody talked with them, in either direction
    DONE = "done"  # somebody said so
    EXPIRED = "expired"  # nobody did anything for a long time


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is missed: a contact; else whoever has this number; else somebody without a number, of whom there is one."""

    contact_id: UUID | None
    number: str | None

    @classmethod
    def of(cls, contact_id: UUID | None, number: str | None) -> "Caller":
        """The caller to whom a call belongs: a known contact counts whichever number they use."""
        return cls(contact_id, None) if contact_id else cls(None, number)

    @property
    def is_nobody(self) -> bool:
        """No number was sent: nobody can be called back, and no conversation be known to be with them."""
        return self.contact_id is None and self.number is None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A missed call; `contact_id` and `number` as its touchpoint has them."""

    call_id: UUID
    contact_id: UUID | None
    number: str | None
    counts_from: datetime

    @property
    def caller(self) -> Caller:
        """Whose line it stands in."""
        return Caller.of(self.contact_id, self.number)


@dataclass(frozen=True, slots=True)
class Mark:
    """Somebody's word, or the long time gone, that closes the line `line_id` for these callers."""

    line_id: UUID
    callers: frozenset[Caller]
    at: datetime


Closing = Talk | Mark


@dataclass(frozen=True, slots=True)
class Group:
    """The attempts of one line; `closing` is None for an open one."""

    caller: Caller
    closing: Closing | None
    attempts: tuple[Attempt, ...]


@dataclass(slots=True)
class Affected:
    """Whose lines are to be looked at anew, and from when on something changed.

    talk_ids: calls whose closings are to be thought over; line_ids: lines to look at in any case.
    """

    contact_ids: set[UUID] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    nobody: bool = False
    since: datetime | None = None
    talk_ids: set[UUID] = field(default_factory=set)
    line_ids: set[UUID] = field(default_factory=set)

    def add(self, caller: Caller, number: str | None, since: datetime) -> None:
        """Something happened with this caller, who used this number."""
        if caller.contact_id is not None:
            self.contact_ids.add(caller.contact_id)
        if number is not None:
            self.numbers.add(number)
        self.nobody = self.nobody or caller.is_nobody
        self.since = since if self.since is None else min(self.since, since)


def arrange(attempts: Iterable[Attempt], talks: Collection[Talk], marks: Collection[Mark]) -> list[Group]:
    """The lines these attempts make, in the order of their callers' first attempts."""
    groups: dict[tuple[Caller, UUID | None], tuple[Closing | None, list[Attempt]]] = {}
    for attempt in sorted(attempts, key=lambda one: (one.counts_from, one.call_id)):
        closing = _closing_of(attempt, talks, marks)
        _, members = groups.setdefault((attempt.caller, identity(closing)), (closing, []))
        members.append(attempt)
    return [Group(caller, closing, tuple(members)) for (caller, _), (closing, members) in groups.items()]


def identity(closing: Closing | None) -> UUID | None:
    """What makes two closings the same."""
    match closing:
        case Talk():
            return closing.call_id
        case Mark():
            return closing.line_id
        case None:
            return None


def settles(talk: Talk, attempt: Attempt) -> bool:
    """Whether it was a conversation with that caller; of the people who share a number only with the one meant."""
    if talk.contact_id and attempt.contact_id:
        return talk.contact_id == attempt.contact_id
    return talk.number is not None and talk.number == attempt.number


def _closing_of(attempt: Attempt, talks: Collection[Talk], marks: Collection[Mark]) -> Closing | None:
    settling: list[Closing] = [talk for talk in talks if talk.at > attempt.counts_from and settles(talk, attempt)]
    settling += [mark for mark in marks if mark.at > attempt.counts_from and attempt.caller in mark.callers]
    return min(settling, key=lambda one: (one.at, str(identity(one))), default=None)


def is_missed(call: Call) -> bool:
    """Whether somebody waits for a call back after this call."""
    return call.direction is Direction.INBOUND and call.ended_at is not None and call.outcome in MISSED
