"""The list of missed calls as the API speaks of it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from cti_crm.accounts.schemas import UserRef
from cti_crm.calls.call import CallOutcome
from cti_crm.contacts.schemas import ContactRef, MatchKind, MatchReason, OrganizationRef
from cti_crm.infrastructure.http.pagination import PageQuery
from cti_crm.infrastructure.text import CLEANED
from cti_crm.missed_calls.arranging import ClosedHow
from cti_crm.missed_calls.lures import LureReason


class MissedState(StrEnum):
    """Which lines a list shows."""

    OPEN = "open"  # who waits for a call back, whoever sees to it
    UNCLAIMED = "unclaimed"  # of these, to whom nobody sees
    MINE = "mine"  # claimed by me
    SNOOZED = "snoozed"
    DONE = "done"  # closed, in whatever way
    ALL = "all"


class MissedSort(StrEnum):
    """The order of a list."""

    DUE = "due"  # the most urgent first
    LAST = "last"  # who called last first
    ATTEMPTS = "attempts"  # who called most often first
    WAITED = "waited"  # who waited longest first


class DoneReason(StrEnum):
    """Why a line is done though nobody talked with them on the phone."""

    REACHED_OTHERWISE = "reached_otherwise"
    NOT_REACHED = "not_reached"
    NOT_NEEDED = "not_needed"
    UNWANTED = "unwanted"


class MissedCallQuery(PageQuery):
    """Lines of the list. `since`, `until`: with a missed call in that time; `extension`: it rang there.

    `q`: any piece of a number, or of the contact's or organisation's name.
    """

    state: MissedState = MissedState.OPEN
    sort: MissedSort = MissedSort.DUE
    queue: Annotated[str, Field(max_length=80), CLEANED] | None = None
    extension: Annotated[str, Field(max_length=80), CLEANED] | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    contact_id: UUID | None = None
    call_id: UUID | None = None
    q: Annotated[str, Field(max_length=100), CLEANED] = ""


class MissedAttemptOut(BaseModel):
    """One missed call. `waited`: seconds."""

    call_id: UUID
    at: datetime
    waited: float
    outcome: CallOutcome
    queue: str | None
    called: str | None


class TriesOut(BaseModel):
    """How often we tried to reach them since, in vain; when last, and from which extension."""

    count: int
    last_at: datetime
    last_by: str | None


class MissedCallOut(BaseModel):
    """A caller who was missed.

    number: E.164 where it can be; null if they hide it. name: what the network called them. attempts: the newest
    first, at most 50 of `attempt_count`. due_at: until when they are to be called back, by business hours. lure: why it
    looks like a lure call; empty if it does not.
    """

    id: UUID
    version: int
    number: str | None
    display: str
    name: str
    contact: ContactRef | None
    organization: OrganizationRef | None
    match_kind: MatchKind
    match_reason: MatchReason
    attempts: list[MissedAttemptOut]
    attempt_count: int
    first_at: datetime
    last_at: datetime
    longest_wait: float
    due_at: datetime | None
    lure: list[LureReason]
    tries: TriesOut | None
    claimed_by: UserRef | None
    claimed_at: datetime | None
    claimed_until: datetime | None
    snoozed_by: UserRef | None
    snoozed_until: datetime | None
    closed_at: datetime | None
    closed_how: ClosedHow | None
    closed_by: UserRef | None
    closed_call_id: UUID | None
    closed_agent: str | None
    reason: DoneReason | None
    remark: str


class MissedCounts(BaseModel):
    """How many callers wait: to whom nobody sees, and how many each user claimed."""

    unclaimed: int = 0
    claimed: dict[UUID, int] = {}


class Claim(BaseModel):
    """I see to this caller. `instead_of`: the user who claimed it before, whom I relieve; else it must be free."""

    model_config = ConfigDict(extra="forbid")

    instead_of: UUID | None = None


class Done(BaseModel):
    """Nothing is left to do. `version`: the line as I saw it, so that a new call in between is not overlooked."""

    model_config = ConfigDict(extra="forbid")

    version: int
    reason: DoneReason | None = None
    remark: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), CLEANED] = ""


class Snooze(BaseModel):
    """Put it off until then; null brings it back now."""

    model_config = ConfigDict(extra="forbid")

    until: AwareDatetime | None
