"""The tracker's own changeable records of legs and calls, and how they become frozen ones. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from cti_crm.calls.call import (
    Call,
    CallOutcome,
    Direction,
    Hold,
    Leg,
    LegEnd,
    LegKind,
    LegState,
    Parking,
    Party,
    Step,
    Talk,
    Transfer,
)
from cti_crm.calls.pbx_events import ChannelState

# A queue that rings its members for an hour makes thousands of legs; nobody reads them all.
MAX_LEGS = 200
MAX_STEPS = 400

WITHHELD = frozenset(
    {"", "anonymous", "unavailable", "restricted", "private", "withheld", "unknown", "asserted-identity"}
)

# Up to Python 3.11, looking an enum's member up by its name takes ten times as long as a name of the module.
_DEVICE, _TRUNK, _LOCAL = LegKind.DEVICE, LegKind.TRUNK, LegKind.LOCAL
_OUTBOUND, _INTERNAL = Direction.OUTBOUND, Direction.INTERNAL
_UP = ChannelState.UP
_CLEARED, _HELD, _CONNECTED, _QUEUED = LegState.CLEARED, LegState.HELD, LegState.CONNECTED, LegState.QUEUED
_ALERTING, _INITIATED = LegState.ALERTING, LegState.INITIATED

_NOBODY = Party()

# The same parties are told again with every change of their calls.
_party = lru_cache(maxsize=4096)(Party)


@lru_cache(maxsize=4096)
def _outsider(number: str, name: str) -> Party:
    return Party(outside_number(number), name)


@dataclass(slots=True, eq=False)
class LegRecord:
    """What is known of a leg. `placed` is None while it is not known who called whom."""

    id: str
    channel: str
    kind: LegKind
    device: str
    extension: str  # "" unless kind is DEVICE
    linkedid: str
    call: "CallRecord"
    started_at: datetime
    number: str = ""
    name: str = ""
    connected_number: str = ""
    exten: str = ""
    state: ChannelState = ChannelState.UNKNOWN
    dialled: str = ""  # what was dialled: by a leg that placed a call, or to reach a trunk leg
    placed: bool | None = None
    originated: bool = False  # the PBX called this device first, to connect it then (click-to-dial)
    dialled_by: "LegRecord | None" = None
    dial_answered: bool = False
    alerting_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    end: LegEnd | None = None
    bridge: str = ""
    conference: str = ""
    left_bridge_at: datetime | None = None
    held: bool = False
    muted: bool = False
    queue: str = ""
    slot: str = ""
    pair: "LegRecord | None" = None
    hung_up_at: datetime | None = None  # its device asked to be cleared
    real: bool = field(init=False)  # whether a person may stand at its end
    _frozen: Leg | None = None

    def __post_init__(self) -> None:
        self.real = self.kind is not _LOCAL

    @property
    def active(self) -> bool:
        """Whether it is still there."""
        return self.ended_at is None

    @property
    def party_name(self) -> str:
        """What to call this party: the extension of a phone of ours, else the outside number."""
        if self.kind is _DEVICE:
            return self.extension
        return self.number if self.placed else self.dialled or self.number

    @property
    def leg_state(self) -> LegState:
        """The state in our words."""
        if self.ended_at is not None:
            return _CLEARED
        if self.held:
            return _HELD
        if self.bridge or self.conference or self.dial_answered:
            return _CONNECTED
        if self.queue:
            return _QUEUED
        if self.alerting_at is not None and self.answered_at is None:
            return _ALERTING
        return _CONNECTED if self.state is _UP else _INITIATED

    def freeze(self) -> Leg:
        """The leg as others may hold it; the same object as long as nothing about it changes."""
        if self.kind is _DEVICE:
            party = _party(self.extension, "" if self.originated else self.name, self.extension)
        else:
            party = _outsider(self.party_name, self.name)
        state, placed, known = self.leg_state, bool(self.placed), self._frozen
        if (
            known is not None
            and known.party is party
            and known.state is state
            and known.placed is placed
            and known.alerting_at is self.alerting_at
            and known.answered_at is self.answered_at
            and known.ended_at is self.ended_at
            and known.end is self.end
            and known.muted is self.muted
        ):
            return known
        self._frozen = leg = Leg(
            self.id,
            self.kind,
            self.device,
            party,
            state,
            placed,
            self.started_at,
            self.alerting_at,
            self.answered_at,
            self.ended_at,
            self.end,
            self.muted,
        )
        return leg


@dataclass(slots=True, eq=False)
class TalkRecord:
    """A stretch in which `agent`, at `leg`, had the customer. `leg` is None if it is not known."""

    agent: str
    since: datetime
    leg: LegRecord | None = None
    until: datetime | None = None
    _frozen: Talk | None = None

    def freeze(self) -> Talk:
        """The stretch as others may hold it; the same object as long as nothing about it changes."""
        if self._frozen is None or self._frozen.until is not self.until:
            self._frozen = Talk(self.agent, self.since, self.until)
        return self._frozen


@dataclass(slots=True, eq=False)
class CallRecord:
    """What is known of a call. What a call has several of stands in tuples, so that it is frozen without a copy."""

    id: UUID
    pbx: str
    linkedid: str
    started_at: datetime
    linkedids: tuple[str, ...] = ()  # all by which legs are known to belong to it
    legs: dict[str, LegRecord] = field(default_factory=dict)
    origin: LegRecord | None = None
    anchor: LegRecord | None = None  # of an internal call: the side that is not credited with the talk
    revision: int = 0
    announced: bool = False
    direction: Direction | None = None
    direction_is_sure: bool = False
    caller: Party | None = None
    called: Party | None = None
    queue: str | None = None
    queue_abandoned: bool = False
    voicemail: bool = False
    offered_to: tuple[str, ...] = ()
    answered_by: str | None = None
    talk: tuple[TalkRecord, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    holds: tuple[Hold, ...] = ()
    parked: tuple[Parking, ...] = ()
    steps: tuple[Step, ...] = ()
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: CallOutcome | None = None
    inferred_end: bool = False
    entered: dict[str, str] = field(default_factory=dict)
    _told: tuple[object, ...] | None = None  # the content as last told

    def active_legs(self) -> list[LegRecord]:
        """The legs that are still there and at whose end somebody may stand."""
        return [leg for leg in self.legs.values() if leg.ended_at is None and leg.real]

    def anchors(self) -> list[LegRecord]:
        """The customer's side, whose view counts: inbound the caller, outbound the outside lines."""
        if self.direction is _OUTBOUND:
            return [leg for leg in self.legs.values() if leg.kind is _TRUNK]
        if self.direction is _INTERNAL and self.anchor is not None:
            return [self.anchor]
        return [self.origin] if self.origin is not None else []

    def step(self, at: datetime, what: str, who: str | None = None, detail: str | None = None) -> None:
        """Write one line of how the call went."""
        if len(self.steps) < MAX_STEPS:
            self.steps = (*self.steps, Step(at, what, who, detail))

    def offer(self, extension: str) -> None:
        """A phone of this extension was made to ring."""
        if extension not in self.offered_to:
            self.offered_to = (*self.offered_to, extension)

    def fix_caller(self) -> None:
        """From the first attempt to reach somebody on, the caller's number is not asked again.

        Before, the dialplan puts it right; later it may set it to ours, to show that to an outside party.
        """
        if self.caller is None and self.origin is not None:
            self.caller = caller_of(self.origin)

    def forget_old_legs(self) -> None:
        """Keep a call that rings for hours small: legs that never answered are dropped, oldest first."""
        if len(self.legs) > MAX_LEGS:
            for leg in list(self.legs.values())[: len(self.legs) - MAX_LEGS]:
                if not leg.active and leg.answered_at is None and leg is not self.origin:
                    del self.legs[leg.id]

    def _final_agent(self) -> str | None:
        """Who talked last: of a talk of three the one who stayed, else who came last."""
        ends = {talk.until for talk in self.talk}
        last = None if None in ends else max(end for end in ends if end is not None)
        return next((talk.agent for talk in reversed(self.talk) if talk.until == last), None)

    def freeze(self) -> Call:
        """The call as others may hold it."""
        return Call(self.id, self.pbx, self.linkedid, self.revision, *self._content())

    def freeze_changed(self) -> Call | None:
        """The call in its next revision, to be told; None if nothing that others see has changed since it was told."""
        content = self._content()
        if content == self._told:
            return None
        self._told = content
        self.revision += 1
        return Call(self.id, self.pbx, self.linkedid, self.revision, *content)

    def _content(self) -> tuple[Any, ...]:
        """What changes about a call but its revision, in the order of `Call`'s fields."""
        origin = self.origin
        return (
            self.direction or _INTERNAL,
            self.caller or (caller_of(origin) if origin is not None else _NOBODY),
            self.called or called_of(self),
            self.started_at,
            self.queue,
            self.offered_to,
            self.answered_by,
            self._final_agent() if len(self.talk) > 1 else self.talk[0].agent if self.talk else None,
            self.outcome,
            self.transfers,
            self.holds,
            self.parked,
            tuple([one.freeze() for one in self.talk]) if self.talk else (),
            self.answered_at,
            self.ended_at,
            self.inferred_end,
            tuple(self.entered.items()) if self.entered else (),
            tuple([leg.freeze() for leg in self.legs.values()]),
            self.steps,
        )


def caller_of(origin: LegRecord) -> Party:
    """Who placed the call."""
    if origin.kind is _DEVICE:
        return _party(origin.extension, "" if origin.originated else origin.name, origin.extension)
    return _outsider(origin.number, origin.name)


def called_of(call: CallRecord) -> Party:
    """Whom they called: the number as first dialled, for the dialplan makes others of it."""
    origin = call.origin
    if origin is None:
        return _NOBODY
    number = origin.dialled or origin.exten
    if number in ("", "s"):
        number = origin.connected_number if origin.originated else ""
    if not number:
        # Joined late: the number dialled is told only once. The first phone that rang is the next best.
        number = next((leg.party_name for leg in call.legs.values() if leg is not origin and leg.real), "")
    for leg in call.legs.values():
        if leg.extension == number and leg.kind is _DEVICE:
            return _party(number or None, leg.name, number)
    return _party(number or None)


def outside_number(number: str) -> str | None:
    """An outside party's number; None if withheld."""
    return None if number.strip().lower() in WITHHELD else number


def first(legs: Iterable[LegRecord]) -> LegRecord | None:
    """The first of some legs, if there is one."""
    return next(iter(legs), None)
