"""A call as everybody outside sees it: API, socket, `cti-crm replay`. The form is the contract's."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cti_crm.calls.call import CallOutcome, Direction, LegEnd, LegKind, LegState, TransferKind
from cti_crm.infrastructure.values import value


class Ref(BaseModel):
    """Something of the CRM, by id and name."""

    id: UUID
    name: str


@value(frozen=True, slots=True)
class PartyOut:
    """Who is on one side. `number` is E.164 where it can be, null if withheld; `name` is what the network said."""

    number: str | None
    display: str = ""
    name: str = ""
    extension: str | None = None
    contact: Ref | None = None
    organization: Ref | None = None


class TransferOut(BaseModel):
    """A hand-over."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    kind: TransferKind
    from_party: Annotated[str, Field(alias="from")]
    to_party: Annotated[str, Field(alias="to")]
    at: datetime


class SpanOut(BaseModel):
    """A stretch of time; `to` is null while it lasts."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    since: Annotated[datetime, Field(alias="from")]
    until: Annotated[datetime | None, Field(alias="to")] = None


class HoldOut(SpanOut):
    """`by` had the other side on hold."""

    by: str


class ParkingOut(SpanOut):
    """A stay in a parking slot."""

    by: str | None
    slot: str
    retrieved_by: str | None = None


class TalkOut(SpanOut):
    """`agent` had the call. `seconds` is null while it lasts."""

    agent: str
    seconds: float | None = None


class EnteredOut(BaseModel):
    """What the caller keyed in before anyone answered. `name` is the PBX admin's word for it; `value` is hostile."""

    name: str
    value: str


@value(frozen=True, slots=True)
class LegOut:
    """One device's part."""

    id: str
    kind: LegKind
    device: str
    party: str
    name: str
    state: LegState
    placed: bool
    started_at: datetime
    alerting_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    end: LegEnd | None
    muted: bool = False


class StepOut(BaseModel):
    """One line of how the call went; `what` is a key: started, queued, ringing, answered, hold, ended, ..."""

    at: datetime
    what: str
    who: str | None = None
    detail: str | None = None


class CallOut(BaseModel):
    """A call. Fields beyond the contract's stand at the end; `remote` names the side that is the customer."""

    id: UUID
    pbx: str
    linkedid: str
    revision: int
    direction: Direction
    caller: PartyOut
    called: PartyOut
    queue: str | None
    offered_to: list[str]
    answered_by: str | None
    final_agent: str | None
    outcome: CallOutcome | None
    transfers: list[TransferOut]
    holds: list[HoldOut]
    parked: list[ParkingOut]
    talk: list[TalkOut]
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    wait_seconds: float | None
    talk_seconds: float | None
    inferred_end: bool
    entered: list[EnteredOut] = []
    legs: list[LegOut] = []


class CallDetail(CallOut):
    """A call with all that is known of how it went."""

    steps: list[StepOut] = []


class DialCreate(BaseModel):
    """A click-to-dial. `number` as it stands on the page; `device` is one of my own, by default my first.

    confirmed: the caller was asked about a number that is not to be called, and wants to call it.
    """

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    contact_id: UUID | None = None
    device: Annotated[str, StringConstraints(max_length=80)] | None = None
    confirmed: bool = False


class DialOut(BaseModel):
    """A click-to-dial that was accepted: the call `call_id` tells over the socket what becomes of it."""

    call_id: UUID
    number: str
    device: str
