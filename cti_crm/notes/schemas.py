"""Notes as the API speaks of them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cti_crm.accounts.schemas import UserRef
from cti_crm.infrastructure.http.pagination import PageQuery
from cti_crm.infrastructure.text import CLEANED

NoteText = Annotated[str, StringConstraints(max_length=20_000), CLEANED]


class CallNotePut(BaseModel):
    """The whole text of my note on a call, sent as it is typed; an empty text removes it.

    `version` is the one last seen (0: none yet). A newer one on the server means that I typed it in another window.
    """

    model_config = ConfigDict(extra="forbid")

    text: NoteText
    version: Annotated[int, Field(ge=0)] = 0


class DraftQuery(BaseModel):
    """What I write about: a contact or an organisation."""

    model_config = ConfigDict(extra="forbid")

    contact_id: UUID | None = None
    organization_id: UUID | None = None


class DraftPut(DraftQuery):
    """The whole text of the note I write, sent as it is typed; as `CallNotePut` for what is about no call."""

    text: NoteText
    version: Annotated[int, Field(ge=0)] = 0


class NoteCreate(BaseModel):
    """A note on a contact or an organisation, outside any call. My draft that reads the same becomes it."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[NoteText, Field(min_length=1)]
    contact_id: UUID | None = None
    organization_id: UUID | None = None


class NoteUpdate(BaseModel):
    """New text for a note."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[NoteText, Field(min_length=1)]
    version: int


class NoteOut(BaseModel):
    """A note. A call's note belongs to whoever the call belongs to."""

    id: UUID
    version: int
    text: str
    author: UserRef
    call_id: UUID | None
    contact_id: UUID | None
    organization_id: UUID | None
    created_at: datetime
    updated_at: datetime
    draft: Annotated[bool, Field(description="Its author is not done with it yet.")] = False


class NoteQuery(PageQuery):
    """Notes, newest first, of one call, contact or organisation."""

    call_id: UUID | None = None
    contact_id: UUID | None = None
    organization_id: UUID | None = None


TemplateTitle = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), CLEANED]
TemplateText = Annotated[str, StringConstraints(min_length=1, max_length=5_000), CLEANED]
QueueName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), CLEANED]


class TemplateIn(BaseModel):
    """A text to begin a note with. It may hold {{contact}}, {{number}} and {{date}}.

    `queues` empty: for every call. `language` null: in whatever language one reads. `version` of the one changed.
    """

    model_config = ConfigDict(extra="forbid")

    title: TemplateTitle
    text: TemplateText
    language: Literal["de", "en"] | None = None
    queues: Annotated[list[QueueName], Field(max_length=100)] = []
    position: Annotated[int, Field(ge=0, le=10_000)] = 0
    version: int = 0


class TemplateOut(BaseModel):
    """A template, and who changed it last."""

    id: UUID
    version: int
    title: str
    text: str
    language: Literal["de", "en"] | None
    queues: list[str]
    position: int
    changed_by: UserRef
    updated_at: datetime


class TemplateList(BaseModel):
    """All templates, in the order in which they are shown."""

    items: list[TemplateOut]
    next_cursor: None = None
