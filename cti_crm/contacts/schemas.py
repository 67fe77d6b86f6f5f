"""Contacts, organisations and numbers as the API speaks of them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cti_crm.infrastructure.http.pagination import PageQuery
from cti_crm.infrastructure.text import CLEANED

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), CLEANED]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), CLEANED]
LongText = Annotated[str, StringConstraints(max_length=5000), CLEANED]

ADDRESS = ("email", "street", "postal_code", "city", "country", "remark")
"""Fields that people and firms both have."""

CustomInput = Annotated[str, StringConstraints(max_length=2000), CLEANED] | int | float | bool | None
"""A custom field's value as it is sent; null or an empty text for none."""
CustomInputs = Annotated[dict[Annotated[str, StringConstraints(max_length=60)], CustomInput], Field(max_length=100)]
CustomValues = dict[str, str | int | float | bool]


class NumberLabel(StrEnum):
    """What kind of number it is."""

    WORK = "work"
    MOBILE = "mobile"
    HOME = "home"
    MAIN = "main"
    FAX = "fax"
    SHARED = "shared"  # a line several people answer
    OTHER = "other"


class NumberIn(BaseModel):
    """A number as typed: anything libphonenumber can read, with or without an extension ("030 1234 ext. 12")."""

    model_config = ConfigDict(extra="forbid")

    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), CLEANED]
    label: NumberLabel = NumberLabel.WORK
    do_not_call: bool = False
    do_not_call_reason: Text = ""


class NumberOut(BaseModel):
    """A stored number. `value` is what was typed; `e164` is null if it is no number the public network knows.

    Whoever dials one that is `do_not_call` is to be asked first, and told the reason.
    """

    id: UUID
    value: str
    e164: str | None
    extension: str | None
    display: str
    label: NumberLabel
    do_not_call: bool
    do_not_call_reason: str


class OrganizationRef(BaseModel):
    """An organisation in a few words."""

    id: UUID
    name: str


class ContactRef(BaseModel):
    """A contact in a few words."""

    id: UUID
    name: str
    organization: OrganizationRef | None = None


class ContactFields(BaseModel):
    """What can be set on a contact.

    `language`: what they like to speak, as BCP 47 has it. `custom`: custom fields by key; those sent are set.
    """

    model_config = ConfigDict(extra="forbid")

    first_name: Text = ""
    last_name: Text = ""
    organization_id: UUID | None = None
    position: Text = ""
    email: Text = ""
    street: Text = ""
    postal_code: Text = ""
    city: Text = ""
    country: Text = ""
    remark: LongText = ""
    language: Annotated[str, StringConstraints(pattern=r"^$|^[a-z]{2,3}(-[A-Za-z]{2})?$")] = ""
    custom: CustomInputs = {}


class ContactCreate(ContactFields):
    """A new contact: a first or last name is needed. `organization_name` finds or makes the organisation."""

    organization_name: Text = ""
    numbers: Annotated[list[NumberIn], Field(max_length=50)] = []


class ContactUpdate(ContactFields):
    """The fields sent are changed, the others stay. `version` is the one that was read: a newer one means conflict.

    `numbers`, if sent, replaces all numbers.
    """

    version: int
    numbers: Annotated[list[NumberIn], Field(max_length=50)] | None = None


class ContactOut(BaseModel):
    """A contact."""

    id: UUID
    version: int
    name: str
    first_name: str
    last_name: str
    organization: OrganizationRef | None
    position: str
    email: str
    street: str
    postal_code: str
    city: str
    country: str
    remark: str
    language: str
    custom: CustomValues
    numbers: list[NumberOut]
    created_at: datetime
    updated_at: datetime


class OrganizationFields(BaseModel):
    """What can be set on an organisation."""

    model_config = ConfigDict(extra="forbid")

    email: Text = ""
    website: Text = ""
    street: Text = ""
    postal_code: Text = ""
    city: Text = ""
    country: Text = ""
    remark: LongText = ""
    custom: CustomInputs = {}


class OrganizationCreate(OrganizationFields):
    """A new organisation."""

    name: Name
    numbers: Annotated[list[NumberIn], Field(max_length=50)] = []


class OrganizationUpdate(OrganizationFields):
    """The fields sent are changed, the others stay; see ContactUpdate for `version` and `numbers`."""

    version: int
    name: Name | None = None
    numbers: Annotated[list[NumberIn], Field(max_length=50)] | None = None


class OrganizationOut(BaseModel):
    """An organisation. A number labelled `main` is its trunk number: calls from its direct dials match too."""

    id: UUID
    version: int
    name: str
    email: str
    website: str
    street: str
    postal_code: str
    city: str
    country: str
    remark: str
    custom: CustomValues
    numbers: list[NumberOut]
    contacts: list[ContactRef]
    created_at: datetime
    updated_at: datetime


class SearchQuery(PageQuery):
    """`q` looks in names, firm, e-mail and any piece of a number; without it all, by name."""

    q: Annotated[str, Field(max_length=100), CLEANED] = ""


class ContactQuery(SearchQuery):
    """Contacts, perhaps of one organisation only."""

    organization_id: UUID | None = None


class NumberAttach(NumberIn):
    """A number that is to belong to this contact from now on; all earlier calls of it become theirs."""


class NumberQuery(BaseModel):
    """A number in any form."""

    number: Annotated[str, Field(max_length=80), CLEANED]


class MatchReason(StrEnum):
    """Why we think it is them; the browser has the words."""

    EXACT_NUMBER = "exact_number"  # a number of this contact
    CHOSEN = "chosen"  # several had it; an agent chose this one before
    ORGANIZATION_NUMBER = "organization_number"  # a number of this organisation
    DIRECT_DIAL = "direct_dial"  # behind an organisation's trunk number; `direct_dial` holds the rest
    SHARED_NUMBER = "shared_number"  # several contacts have it
    COLLEAGUE = "colleague"  # one of us
    OWN_NUMBER = "own_number"  # a trunk number of ours
    WITHHELD = "withheld"  # the caller hides the number
    UNKNOWN = "unknown"  # nobody has it
    PENDING = "pending"  # not looked up yet: the database is slow or away, and is asked again


class MatchKind(StrEnum):
    """Whether we know who it is."""

    NONE = "none"
    UNIQUE = "unique"
    AMBIGUOUS = "ambiguous"


class MatchOut(BaseModel):
    """Who a number belongs to. Never a guess: several candidates are an answer of their own."""

    kind: MatchKind
    reason: MatchReason
    contact: ContactRef | None = None
    organization: OrganizationRef | None = None
    direct_dial: str | None = None
    candidates: list[ContactRef] = []


class ImportProblem(BaseModel):
    """A line that was left out. `line` counts from 1 as an editor does."""

    line: int
    reason: str


class ImportOut(BaseModel):
    """How an import goes. `done` of `total` records have been looked at; importing twice changes nothing."""

    id: UUID
    state: Annotated[str, Field(pattern="^(running|finished|failed)$")]
    file_name: str
    total: int
    done: int
    created: int
    updated: int
    unchanged: int
    problems: list[ImportProblem]
    message: str = ""
