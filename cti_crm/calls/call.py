"""What a call is: frozen values that everybody may hold and nobody may change. Pure."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from cti_crm.infrastructure.values import value


class Direction(StrEnum):
    """Seen from the firm. A call from outside that is sent on to the outside stays inbound."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


class CallOutcome(StrEnum):
    """What the network did with a call. What the agent made of it is the disposition."""

    ANSWERED = "answered"  # both sides talked
    MISSED = "missed"  # someone of ours was called, nobody answered
    ABANDONED = "abandoned"  # the caller left a queue before anyone answered
    VOICEMAIL = "voicemail"
    BUSY = "busy"
    NO_ANSWER = "no_answer"  # outbound, the other side did not answer
    FAILED = "failed"  # never reached the other side


class LegState(StrEnum):
    """What one device is doing in a call."""

    INITIATED = "initiated"  # dialled or dialling, no sign of ringing yet
    ALERTING = "alerting"
    CONNECTED = "connected"  # talking; for a caller's leg also listening to an announcement
    HELD = "held"  # has put the other side on hold
    QUEUED = "queued"
    CLEARED = "cleared"


class LegKind(StrEnum):
    """What stands at the end of a leg."""

    DEVICE = "device"  # a phone of ours
    TRUNK = "trunk"  # a line to the outside
    LOCAL = "local"  # Asterisk's own glue (Local channels), never a person


class LegEnd(StrEnum):
    """Why a leg is over, as far as the PBX says."""

    HUNG_UP = "hung_up"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    CANCELLED = "cancelled"  # the caller gave up, or the call was sent elsewhere
    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    TRANSFERRED = "transferred"  # handed the call to somebody else
    LOST = "lost"  # gone without a word; seen only by a resync


class TransferKind(StrEnum):
    """How a call was handed over."""

    BLIND = "blind"
    ATTENDED = "attended"


@value(frozen=True, slots=True)
class Party:
    """Who is on a leg. Caller names come from outside and are hostile text: shown as text only.

    number: as the PBX gave it, control and bidi characters stripped, at most 80 characters;
        None if withheld or unknown.
    name: display name, cleaned the same way; "" if unknown.
    extension: the internal number, if the party is one of ours.
    """

    number: str | None = None
    name: str = ""
    extension: str | None = None


@value(frozen=True, slots=True)
class Leg:
    """One device's part in a call. `id` is the PBX's Uniqueid, unique only together with the PBX."""

    id: str
    kind: LegKind
    device: str  # "PJSIP/101"
    party: Party
    state: LegState
    placed: bool  # this leg made the call (or asked for it), rather than being called
    started_at: datetime
    alerting_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    end: LegEnd | None = None
    muted: bool = False  # by us: what a phone mutes by itself, no PBX knows


@value(frozen=True, slots=True)
class Transfer:
    """`from_party` and `to_party` are extensions, outside numbers or queue names."""

    kind: TransferKind
    from_party: str
    to_party: str
    at: datetime


@value(frozen=True, slots=True)
class Hold:
    """`by` had the other side on hold. `until` is None while it lasts."""

    by: str
    since: datetime
    until: datetime | None = None


@value(frozen=True, slots=True)
class Parking:
    """`until` and `retrieved_by` are None while the call is parked."""

    by: str | None
    slot: str
    since: datetime
    until: datetime | None = None
    retrieved_by: str | None = None


@value(frozen=True, slots=True)
class Talk:
    """`agent` (an extension, or an outside number) had the call from `since` until `until`, holds included."""

    agent: str
    since: datetime
    until: datetime | None = None


@value(frozen=True, slots=True)
class Step:
    """One line of how the call went, in the order it happened; `what` is a stable key the browser translates."""

    at: datetime
    what: str
    who: str | None = None
    detail: str | None = None


@value(frozen=True, slots=True)
class Call:
    """One conversation with all its legs; the meanings of the fields are the contract's (docs/contract.md).

    Every change has a higher `revision` (1, 2, 3 ...); it never goes down, and a call that has ended stays ended
    unless a snapshot of the PBX proves that it goes on.
    """

    id: UUID
    pbx: str
    linkedid: str
    revision: int
    direction: Direction
    caller: Party
    called: Party
    started_at: datetime
    queue: str | None = None
    offered_to: tuple[str, ...] = ()
    answered_by: str | None = None
    final_agent: str | None = None
    outcome: CallOutcome | None = None
    transfers: tuple[Transfer, ...] = ()
    holds: tuple[Hold, ...] = ()
    parked: tuple[Parking, ...] = ()
    talk: tuple[Talk, ...] = ()
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    inferred_end: bool = False
    entered: tuple[tuple[str, str], ...] = ()  # what the caller keyed in, by what the PBX's admin calls it
    legs: tuple[Leg, ...] = ()
    steps: tuple[Step, ...] = field(default=(), repr=False)

    @property
    def remote(self) -> Party | None:
        """The customer's side; None for an internal call."""
        match self.direction:
            case Direction.INBOUND:
                return self.caller
            case Direction.OUTBOUND:
                return self.called
            case Direction.INTERNAL:
                return None

    @property
    def wait_seconds(self) -> float | None:
        """From the start to the first conversation, or to the end if there was none; None while waiting."""
        until = self.answered_at or self.ended_at
        return None if until is None else (until - self.started_at).total_seconds()

    @property
    def talk_seconds(self) -> float | None:
        """From the first conversation to the end of the last, holds included; 0 if none; None while talking."""
        if not self.talk:
            return 0.0 if self.ended_at else None
        last = self.talk[-1].until
        if last is None or self.ended_at is None:
            return None
        return (max(one.until or self.ended_at for one in self.talk) - self.talk[0].since).total_seconds()
