"""The call log as the API speaks of it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from cti_crm.calls.call import CallOutcome, Direction
from cti_crm.calls.schemas import CallDetail, StepOut
from cti_crm.contacts.schemas import MatchKind, MatchReason
from cti_crm.infrastructure.http.pagination import PageQuery
from cti_crm.infrastructure.text import CLEANED
from cti_crm.notes.schemas import NoteOut
from cti_crm.tasks.schemas import TaskOut
from cti_crm.touchpoints.schemas import DispositionOut


class CallQuery(PageQuery):
    """The call log's filters, newest call first. Agents see their own calls, managers all.

    `agent` is an extension: calls that rang there or were talked there. `running`: only calls that go on (true) or are
    over (false). `q`: any piece of a number, or of the contact's or organisation's name.
    """

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    agent: Annotated[str, Field(max_length=40), CLEANED] | None = None
    queue: Annotated[str, Field(max_length=80), CLEANED] | None = None
    direction: Direction | None = None
    outcome: CallOutcome | None = None
    contact_id: UUID | None = None
    organization_id: UUID | None = None
    running: bool | None = None
    q: Annotated[str, Field(max_length=100), CLEANED] = ""


class CallRecord(CallDetail):
    """One call with how it went and all that was written about it."""

    disposition: DispositionOut | None
    notes: list[NoteOut]
    tasks: list[TaskOut]


class PopChange(BaseModel):
    """How the call stands from now on for the agent of `extension`; if closed, the `reason` and who has it (`by`)."""

    extension: str
    state: str
    reason: str | None
    by: str | None


class ExplainedEvent(BaseModel):
    """Something the PBX said about the call.

    `text`: as recorded; `meanings`: what it was taken for, none if it
    told nothing new; `steps` and `pops`: what changed by it.
    """

    at: datetime
    event: str
    channel: str
    text: str
    meanings: list[str]
    steps: list[StepOut]
    pops: list[PopChange]


class CallMatch(BaseModel):
    """Whose call it was taken for, and why; `assigned_by`: the person who said so."""

    kind: MatchKind
    reason: MatchReason
    assigned_by: str | None


class CallExplanation(BaseModel):
    """Why a call became what it is.

    `recorded`: whether what the PBX said is still there; `masked`: telephone numbers in it are replaced by others.
    """

    recorded: bool
    masked: bool
    match: CallMatch | None
    events: list[ExplainedEvent]
