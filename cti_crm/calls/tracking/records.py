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

# The same parties are told again with every change of their calls.
_party = lru_cache(maxsize=4096)(Party)


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
    _frozen: tuple[tuple[object, ...], Leg] | None = None

    @property
    def real(self) -> bool:
        """Whether a person may stand at its end."""
        return self.kind is not LegKind.LOCAL

    @property
    def active(self) -> bool:
        """Whether it is still there."""
        return self.ended_at is None

    @property
    def party_name(self) -> str:
        """What to call this party: the extension of a phone of ours, else the outside number."""
        if self.kind is LegKind.DEVICE:
            return self.extension
        return self.number if self.placed else self.dialled or self.number

    @property
    def leg_state(self) -> LegState:
        """The state in our words."""
        if not self.active:
            return LegState.CLEARED
        if self.held:
            return LegState.HELD
        if self.bridge or self.conference or self.dial_answered:
            return LegState.CONNECTED
        if self.queue:
            return LegState.QUEUED
        if self.alerting_at is not None and self.answered_at is None:
            return LegState.ALERTING
        return LegState.CONNECTED if self.state is ChannelState.UP else LegState.INITIATED

    def freeze(self) -> Leg:
        """The leg as others may hold it; the same object as long as nothing about it changes."""
        if self.kind is LegKind.DEVICE:
            party = _party(self.extension, self.name if not self.originated else "", self.extension)
        else:
            party = _party(outside_number(self.party_name), self.name)
        state = self.leg_state
        times = (self.alerting_at, self.answered_at, self.ended_at)
        now = (party, state, self.placed, self.device, *times, self.end, self.muted)
        if self._frozen is not None and self._frozen[0] == now:
            return self._frozen[1]
        leg = Leg(
            id=self.id,
            kind=self.kind,
            device=self.device,
            party=party,
            state=state,
            placed=bool(self.placed),
            started_at=self.started_at,
            alerting_at=self.alerting_at,
            answered_at=self.answered_at,
            ended_at=self.ended_at,
            end=self.end,
            muted=self.muted,
        )
        self._frozen = (now, leg)
        return leg


@dataclass(slots=True, eq=False)
class TalkRecord:
    """A stretch in which `agent`, at `leg`, had the customer. `leg` is None if it is not known."""

    agent: str
    since: datetime
    leg: LegRecord | None = None
    until: datetime | None = None

    def freeze(self) -> Talk:
        """The stretch as others may hold it."""
        return Talk(self.agent, self.since, self.until)


@dataclass(slots=True, eq=False)
class CallRecord:
    """What is known of a call."""

    id: UUID
    pbx: str
    linkedid: str
    started_at: datetime
    linkedids: set[str] = field(default_factory=set)  # all by which legs are known to belong to it
    legs: dict[str, LegRecord] = field(default_factory=dict)
    origin: LegRecord | None = None
    anchor: LegRecord | None = None  # of an internal call: the side that is not credited with the talk
    revision: int = 0
    announced: bool = False
    told: dict[str, Any] | None = None  # the content as last told
    direction: Direction | None = None
    direction_is_sure: bool = False
    caller: Party | None = None
    called: Party | None = None
    queue: str | None = None
    queue_abandoned: bool = False
    voicemail: bool = False
    offered_to: list[str] = field(default_factory=list)
    answered_by: str | None = None
    talk: list[TalkRecord] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    parked: list[Parking] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: CallOutcome | None = None
    inferred_end: bool = False
    entered: dict[str, str] = field(default_factory=dict)

    def active_legs(self) -> list[LegRecord]:
        """The legs that are still there and at whose end somebody may stand."""
        return [leg for leg in self.legs.values() if leg.active and leg.real]

    def anchors(self) -> list[LegRecord]:
        """The customer's side, whose view counts: inbound the caller, outbound the outside lines."""
        match self.direction:
            case Direction.OUTBOUND:
                return [leg for leg in self.legs.values() if leg.kind is LegKind.TRUNK]
            case Direction.INTERNAL if self.anchor is not None:
                return [self.anchor]
            case _:
                return [self.origin] if self.origin is not None else []

    def step(self, at: datetime, what: str, who: str | None = None, detail: str | None = None) -> None:
        """Write one line of how the call went."""
        if len(self.steps) < MAX_STEPS:
            self.steps.append(Step(at, what, who, detail))

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
        last = None if None in ends or not ends else max(end for end in ends if end is not None)
        return next((talk.agent for talk in reversed(self.talk) if talk.until == last), None)

    def freeze(self) -> Call:
        """The call as others may hold it."""
        return Call(revision=self.revision, **self.content())

    def content(self) -> dict[str, Any]:
        """All fields of the frozen call but its revision."""
        origin = self.origin
        caller = self.caller or (caller_of(origin) if origin else Party())
        return {
            "id": self.id,
            "pbx": self.pbx,
            "linkedid": self.linkedid,
            "direction": self.direction or Direction.INTERNAL,
            "caller": caller,
            "called": self.called or called_of(self),
            "started_at": self.started_at,
            "queue": self.queue,
            "offered_to": tuple(self.offered_to),
            "answered_by": self.answered_by,
            "final_agent": self._final_agent(),
            "outcome": self.outcome,
            "transfers": tuple(self.transfers),
            "holds": tuple(self.holds),
            "parked": tuple(self.parked),
            "talk": tuple([one.freeze() for one in self.talk]),
            "answered_at": self.answered_at,
            "ended_at": self.ended_at,
            "inferred_end": self.inferred_end,
            "entered": tuple(self.entered.items()),
            "legs": tuple([leg.freeze() for leg in self.legs.values()]),
            "steps": tuple(self.steps),
        }


def caller_of(origin: LegRecord) -> Party:
    """Who placed the call."""
    if origin.kind is LegKind.DEVICE:
        return _party(origin.extension, "" if origin.originated else origin.name, origin.extension)
    return _party(outside_number(origin.number), origin.name)


def called_of(call: CallRecord) -> Party:
    """Whom they called: the number as first dialled, for the dialplan makes others of it."""
    origin = call.origin
    if origin is None:
        return Party()
    number = origin.dialled or origin.exten
    if number in ("", "s"):
        number = origin.connected_number if origin.originated else ""
    if not number:
        # Joined late: the number dialled is told only once. The first phone that rang is the next best.
        number = next((leg.party_name for leg in call.legs.values() if leg is not origin and leg.real), "")
    target = next((leg for leg in call.legs.values() if leg.kind is LegKind.DEVICE and leg.extension == number), None)
    return _party(number or None, target.name if target else "", number if target else None)


def outside_number(number: str) -> str | None:
    """An outside party's number; None if withheld."""
    return None if number.strip().lower() in WITHHELD else number


def first(legs: Iterable[LegRecord]) -> LegRecord | None:
    """The first of some legs, if there is one."""
    return next(iter(legs), None)
