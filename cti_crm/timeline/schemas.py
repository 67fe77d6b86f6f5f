"""The timeline as the API speaks of it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from cti_crm.calls.schemas import CallOut
from cti_crm.infrastructure.http.pagination import PageQuery
from cti_crm.infrastructure.text import CLEANED
from cti_crm.notes.schemas import NoteOut
from cti_crm.tasks.schemas import TaskOut
from cti_crm.touchpoints.schemas import DispositionOut


class EntryKind(StrEnum):
    """What stands in a timeline."""

    CALL = "call"
    NOTE = "note"
    TASK = "task"


class TimelineQuery(PageQuery):
    """A part of a timeline.

    kinds: of these only; colleague: a user of ours who had the call, wrote the note, made the task or has it;
    since, until: within this time; q: what the text of a note or task holds, also of one on a call.
    """

    kinds: list[EntryKind] = Field(default_factory=list)
    colleague: UUID | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    q: Annotated[str, Field(max_length=100), CLEANED] = ""


class CallEntry(BaseModel):
    """A call with its notes and tasks, in one entry."""

    kind: Literal["call"] = "call"
    at: datetime
    id: UUID
    call: CallOut
    disposition: DispositionOut | None
    notes: list[NoteOut]
    tasks: list[TaskOut]


class NoteEntry(BaseModel):
    """A note written outside a call."""

    kind: Literal["note"] = "note"
    at: datetime
    id: UUID
    note: NoteOut


class TaskEntry(BaseModel):
    """A task made outside a call."""

    kind: Literal["task"] = "task"
    at: datetime
    id: UUID
    task: TaskOut


TimelineEntry = Annotated[CallEntry | NoteEntry | TaskEntry, Field(discriminator="kind")]


class Timeline(BaseModel):
    """A page of a timeline, newest first."""

    items: list[TimelineEntry]
    next_cursor: str | None = None
