"""Tasks as the API speaks of them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

from cti_crm.accounts.schemas import UserRef
from cti_crm.contacts.schemas import ContactRef, OrganizationRef
from cti_crm.infrastructure.http.pagination import PageQuery
from cti_crm.infrastructure.text import CLEANED

TaskText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), CLEANED]


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


class TaskUpdate(BaseModel):
    """The fields sent are changed, the others stay."""

    model_config = ConfigDict(extra="forbid")

    version: int
    text: TaskText | None = None
    due_at: AwareDatetime | None = None
    assignee_id: UUID | None = None
    done: bool | None = None


class TaskOut(BaseModel):
    """A task."""

    id: UUID
    version: int
    text: str
    due_at: datetime | None
    done_at: datetime | None
    assignee: UserRef
    created_by: UserRef
    contact: ContactRef | None
    organization: OrganizationRef | None
    call_id: UUID | None
    created_at: datetime


class TaskQuery(PageQuery):
    """Tasks, the most urgent first. `assignee`: "me", "all" (managers) or a user's id."""

    status: TaskStatus = TaskStatus.OPEN
    assignee: Annotated[str, StringConstraints(pattern=r"^(me|all|[0-9a-fA-F-]{36})$")] = "me"
    contact_id: UUID | None = None
    organization_id: UUID | None = None
    call_id: UUID | None = None
