"""The timeline as the API speaks of it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from cti_crm.calls.schemas import CallOut
from cti_crm.notes.schemas import NoteOut
from cti_crm.tasks.schemas import TaskOut
from cti_crm.touchpoints.schemas import DispositionOut


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
