"""Lists of contacts as the API speaks of them."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, Json, model_validator

from cti_crm.contacts.models import CustomValue
from cti_crm.contacts.schemas import ContactFields, ContactOut, Name, Text
from cti_crm.infrastructure.http.pagination import PageQuery

CUSTOM = "custom."
Days = Annotated[int, Field(ge=1, le=3650)]


class Filters(BaseModel):
    """All that is set must hold. Texts are compared without regard to case.

    q: every word stands in the name or e-mail. postal_code: how it begins.
    custom: values of custom fields, by key.
    contacted_days: somebody talked with them within so many days; quiet_days: nobody did, perhaps never.
    """

    model_config = ConfigDict(extra="forbid")

    q: Text = ""
    organization_id: UUID | None = None
    postal_code: Text = ""
    city: Text = ""
    country: Text = ""
    language: Text = ""
    has_email: bool | None = None
    has_number: bool | None = None
    do_not_call: bool | None = None
    open_task: bool | None = None
    created_from: date | None = None
    created_until: date | None = None
    contacted_days: Days | None = None
    quiet_days: Days | None = None
    custom: Annotated[dict[str, CustomValue], Field(max_length=20)] = {}


class LinesQuery(PageQuery):
    """Which contacts; `filters` is `Filters` as JSON."""

    filters: Annotated[Json[Filters], Field(default_factory=Filters)]
    sort: Literal["name", "newest"] = "name"


class LineOut(ContactOut):
    """A contact, and how things stand with them. last_contact_at: the last call, whoever called."""

    last_contact_at: datetime | None
    open_tasks: int


class CountOut(BaseModel):
    """How many there are."""

    count: int


class SavedListIn(BaseModel):
    """A list to be kept; everybody sees it if it is shared."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Name, Field(max_length=80)]
    shared: bool = False
    filters: Filters


class SavedListOut(BaseModel):
    """A kept list. mine: whether the one who asks made it."""

    id: UUID
    name: str
    shared: bool
    mine: bool
    filters: Filters
    updated_at: datetime


class SavedListsOut(BaseModel):
    """One's own lists and those that are shared, by name."""

    items: list[SavedListOut]


class Seen(BaseModel):
    """A contact as it was seen: one that was changed since is left as it is."""

    id: UUID
    version: int


class BulkChange(ContactFields):
    """One field, and what it is to be."""

    @model_validator(mode="after")
    def _one_that_may_be_alike(self) -> Self:
        if len(self.model_fields_set) != 1 or ("custom" in self.model_fields_set and len(self.custom) != 1):
            raise ValueError("Set exactly one field.")
        if self.model_fields_set & {"first_name", "last_name", "email", "remark"}:
            raise ValueError("This is not the same for many people.")
        return self

    @property
    def target(self) -> tuple[str, object]:
        """The field, a custom one as "custom.KEY", and the value."""
        (name,) = self.model_fields_set
        if name == "custom":
            ((key, value),) = self.custom.items()
            return CUSTOM + key, value
        return name, getattr(self, name)


class BulkIn(BaseModel):
    """Set a field of many contacts."""

    model_config = ConfigDict(extra="forbid")

    contacts: Annotated[list[Seen], Field(min_length=1, max_length=200)]
    change: BulkChange


class BulkOut(BaseModel):
    """What was changed, and who was left as they are, since somebody changed or deleted them meanwhile."""

    id: UUID
    changed: int
    left: list[UUID]


class BulkUndone(BaseModel):
    """How many have their former value again, and how many were changed since and keep that."""

    restored: int
    left: int
