"""The search as the API speaks of it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from cti_crm.contacts.schemas import NumberOut
from cti_crm.contacts.search_find import Kind
from cti_crm.infrastructure.text import CLEANED


class SearchAllQuery(BaseModel):
    """What is typed, as it is typed; the last word may be only begun. `kinds`: of these only; without it, of all."""

    q: Annotated[str, Field(max_length=100), CLEANED] = ""
    kinds: list[Kind] = []
    limit: Annotated[int, Field(ge=1, le=50)] = 12


class SearchMatch(BaseModel):
    """Where it was found. `ranges`: begin and end in `text`, in UTF-16 units as browsers count, to be marked.

    Without any range it is what was probably meant.
    """

    field: str
    text: str
    ranges: list[list[int]]


class SearchHit(BaseModel):
    """Something found. `number` is the one to dial: the one that matched, else the first that may be called.

    id: of the contact, organisation or note; contact_id and organization_id: where a note belongs.
    last_call_at: when anybody last had a call with this contact.
    """

    kind: Kind
    id: UUID
    title: str
    subtitle: str
    contact_id: UUID | None
    organization_id: UUID | None
    matches: list[SearchMatch]
    number: NumberOut | None
    last_call_at: datetime | None


class SearchResult(BaseModel):
    """What was found, best first."""

    items: list[SearchHit]
