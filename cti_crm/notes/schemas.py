"""Notes as the API speaks of them."""

from datetime import datetime
from typing import Annotated
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


class NoteCreate(BaseModel):
    """A note on a contact or an organisation, outside any call."""

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


class NoteQuery(PageQuery):
    """Notes, newest first, of one call, contact or organisation."""

    call_id: UUID | None = None
    contact_id: UUID | None = None
    organization_id: UUID | None = None
