"""Touchpoints, dispositions and the wrap-up as the API speaks of them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from cti_crm.contacts.schemas import ContactCreate, ContactRef, OrganizationRef


class DispositionOut(BaseModel):
    """A result an agent can choose at wrap-up, in both languages."""

    id: UUID
    key: str
    label_en: str
    label_de: str


class DispositionList(BaseModel):
    """All dispositions, in the order in which they are shown."""

    items: list[DispositionOut]
    next_cursor: None = None


class WrapUp(BaseModel):
    """The agent is done with a call."""

    model_config = ConfigDict(extra="forbid")

    disposition_id: UUID | None = None


class Assign(BaseModel):
    """Whose call this is: an existing contact or organisation, or a contact to be made. Exactly one.

    `remember`: the number is theirs from now on. For a number nobody has, it is added to the contact and all earlier
    calls of it become theirs; for a number several have, the choice is remembered.
    """

    model_config = ConfigDict(extra="forbid")

    contact_id: UUID | None = None
    organization_id: UUID | None = None
    new_contact: ContactCreate | None = None
    remember: bool = True


class TouchpointOut(BaseModel):
    """One recorded interaction."""

    id: UUID
    medium: str
    at: datetime
    contact: ContactRef | None
    organization: OrganizationRef | None
    call_id: UUID | None
