"""Tasks as the API speaks of them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from cti_crm.accounts.schemas import UserRef
from cti_crm.contacts.schemas import ContactRef, OrganizationRef
from cti_crm.infrastructure.http.pagination import PageQuery
from cti_crm.infrastructure.text import CLEANED
from cti_crm.tasks.recurrence import Recurrence

TaskText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), CLEANED]
Comment = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), CLEANED]
RemindMinutes = Annotated[
    int | None, Field(ge=0, le=60 * 24 * 14, description="Minutes before it is due; null: no reminder.")
]
# Enough to catch a slip of the pen: whether a mailbox exists only a message to it tells.
_MAILBOX = r"^[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\"]+$"
MailAddress = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=_MAILBOX)]


class TaskStatus(StrEnum):
    """Which tasks a list shows."""

    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"
    ALL = "all"


class TaskCreate(BaseModel):
    """A new task; mine without `assignee_id`, some day without `due_at`. With `call_id` it is the call's contact's."""

    model_config = ConfigDict(extra="forbid")

    text: TaskText
    due_at: AwareDatetime | None = None
    assignee_id: UUID | None = None
    contact_id: UUID | None = None
    organization_id: UUID | None = None
    call_id: UUID | None = None
    recurrence: Recurrence | None = None
    remind_minutes: RemindMinutes = 0


class TaskUpdate(BaseModel):
    """The fields sent are changed, the others stay."""

    model_config = ConfigDict(extra="forbid")

    version: int
    text: TaskText | None = None
    due_at: AwareDatetime | None = None
    assignee_id: UUID | None = None
    done: bool | None = None
    recurrence: Recurrence | None = None
    remind_minutes: RemindMinutes = None


class TaskStep(BaseModel):
    """What is done to a task as it was when it was seen last."""

    model_config = ConfigDict(extra="forbid")

    version: int


class HandOver(TaskStep):
    """Give a task to a colleague, with a word on it."""

    assignee_id: UUID
    comment: Comment = ""


class Snooze(BaseModel):
    """Remind again then."""

    model_config = ConfigDict(extra="forbid")

    until: AwareDatetime


class Handed(BaseModel):
    """How a task came to its assignee."""

    by: UserRef
    at: datetime
    comment: str
    seen: bool


class TaskOut(BaseModel):
    """A task. `reminded_at`: a reminder stands since then."""

    id: UUID
    version: int
    text: str
    due_at: datetime | None
    done_at: datetime | None
    skipped: bool = False
    assignee: UserRef
    created_by: UserRef
    contact: ContactRef | None
    organization: OrganizationRef | None
    call_id: UUID | None
    recurrence: Recurrence | None = None
    remind_minutes: int | None = None
    remind_at: datetime | None = None
    reminded_at: datetime | None = None
    handed: Handed | None = None
    created_at: datetime


class TaskQuery(PageQuery):
    """Tasks, the most urgent first. `assignee`: "me", "team" (mine), "all" (managers) or a user's id."""

    status: TaskStatus = TaskStatus.OPEN
    assignee: Annotated[str, StringConstraints(pattern=r"^(me|team|all|[0-9a-fA-F-]{36})$")] = "me"
    contact_id: UUID | None = None
    organization_id: UUID | None = None
    call_id: UUID | None = None
    due_from: Annotated[AwareDatetime | None, Field(description="Due then or later.")] = None
    due_before: Annotated[AwareDatetime | None, Field(description="Due before then.")] = None


class NoticeList(BaseModel):
    """What I am to be told of my tasks: reminders that stand, and what was handed to me. Oldest first."""

    items: list[TaskOut]
    next_cursor: None = None


class ReminderMailIn(BaseModel):
    """Where my reminders go by e-mail; without an address they do not."""

    model_config = ConfigDict(extra="forbid")

    address: MailAddress | None
    language: Literal["de", "en"] = "en"
    timezone: Annotated[str, StringConstraints(max_length=64)] = "UTC"


class ReminderMailOut(BaseModel):
    """Whether this service can send e-mail, and where my reminders go."""

    possible: bool
    address: str | None
