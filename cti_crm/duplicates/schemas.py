"""Duplicates as the API speaks of them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cti_crm.contacts.schemas import ContactOut


class AlikeBy(StrEnum):
    """Why two contacts may be one; the browser has the words."""

    NUMBER = "number"  # a number that is not marked as shared
    EMAIL = "email"
    NAME = "name"  # the same, apart from case, accents and umlauts, and no two firms


class Alike(BaseModel):
    """One reason: `value` is what both have."""

    by: AlikeBy
    value: str


class DuplicateOut(BaseModel):
    """Two contacts that may be one, the older first, and why we think so: never merged by themselves."""

    first: ContactOut
    second: ContactOut
    reasons: list[Alike]


class DuplicatesOut(BaseModel):
    """The likeliest first. `more`: there are others that are shown when some of these are settled."""

    items: list[DuplicateOut]
    more: bool


class DuplicatesQuery(BaseModel):
    """How many pairs."""

    limit: Annotated[int, Field(ge=1, le=100)] = 25


MergeField = Literal[
    "first_name",
    "last_name",
    "organization",
    "position",
    "email",
    "street",
    "postal_code",
    "city",
    "country",
    "remark",
    "language",
]


class MergeIn(BaseModel):
    """Makes `gone_id` part of the contact of the address. The versions are those that were seen.

    Where one of them has nothing, the other's value is taken. `take`: of these the value of `gone_id` is kept where
    both have one; `take_custom`: the same for custom fields, by key.
    """

    model_config = ConfigDict(extra="forbid")

    gone_id: UUID
    version: int
    gone_version: int
    take: Annotated[list[MergeField], Field(max_length=20)] = []
    take_custom: Annotated[list[str], Field(max_length=200)] = []


class DistinctIn(BaseModel):
    """Two contacts that are not the same, and shall not be proposed again."""

    model_config = ConfigDict(extra="forbid")

    first_id: UUID
    second_id: UUID


class MergeOut(BaseModel):
    """A contact that became part of another. lost: values of theirs that the merged contact does not show."""

    id: UUID
    kept_id: UUID
    gone_id: UUID
    gone_name: str
    lost: dict[str, str]
    merged_by: str
    merged_at: datetime


class MergesOut(BaseModel):
    """What became part of a contact, the newest first."""

    items: list[MergeOut]
