"""Touchpoints, dispositions and the wrap-up as the API speaks of them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cti_crm.accounts.schemas import UserRef
from cti_crm.contacts.schemas import ContactCreate, ContactRef, OrganizationRef
from cti_crm.infrastructure.text import CLEANED

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), CLEANED]
QueueName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), CLEANED]


class DispositionOut(BaseModel):
    """A result an agent can choose at wrap-up, in both languages."""

    id: UUID
    key: str
    label_en: str
    label_de: str


class DispositionIn(BaseModel):
    """A result to choose at wrap-up. `queues` empty: for every call. `active` false: not offered any more.

    `follow_up`: choosing it makes a task, with `follow_up_text` (its label if empty), due as `follow_up_due` says in
    words ("tomorrow 9:00", "übermorgen"); empty: the agent says when. `version` of the one changed.
    """

    model_config = ConfigDict(extra="forbid")

    label_en: Label
    label_de: Label
    position: Annotated[int, Field(ge=0, le=10_000)] = 0
    active: bool = True
    queues: Annotated[list[QueueName], Field(max_length=100)] = []
    follow_up: bool = False
    follow_up_text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), CLEANED] = ""
    follow_up_due: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80), CLEANED] = ""
    version: int = 0


class DispositionRule(DispositionOut):
    """A disposition as managers define it, and who changed it last."""

    position: int
    active: bool
    queues: list[str]
    follow_up: bool
    follow_up_text: str
    follow_up_due: str
    version: int
    changed_by: UserRef | None
    changed_at: datetime | None


class DispositionQuery(BaseModel):
    """Which dispositions: `retired` also those that are not offered any more."""

    retired: bool = False


class RequiredDispositions(BaseModel):
    """For which calls a disposition must be chosen before they are done."""

    model_config = ConfigDict(extra="forbid")

    every_call: bool = False
    queues: Annotated[list[QueueName], Field(max_length=100)] = []


class DispositionList(BaseModel):
    """The dispositions, in the order in which they are shown, and for which calls one must be chosen."""

    items: list[DispositionRule]
    required: RequiredDispositions
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
