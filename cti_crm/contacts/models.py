"""Tables of organisations, contacts, their numbers and the choices made between owners of a shared number."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cti_crm.contacts import search_tables as search_tables  # for whoever wants all tables
from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import Base, Json

_OF_A_FIRM = text("organization_id IS NOT NULL")

CustomValue = str | int | float | bool
"""What a custom field may hold; a date is its ISO form."""


class PhoneNumberRow(Base):
    """A number of a contact or of an organisation, never of both.

    value: as typed.
    e164: "+" and up to 15 digits; None if the public network does not know it.
    extension: what stood behind "ext." and the like; digits only.
    trunk_prefix: the E.164 digits behind which direct dials lie; see `stored_numbers.py`.
    digits: what a search for a piece of the number looks in.
    do_not_call: whoever dials it is asked first, and told the reason.
    """

    __tablename__ = "phone_numbers"
    __table_args__ = (
        CheckConstraint("(contact_id IS NULL) <> (organization_id IS NULL)", name="one_owner"),
        # Nearly all numbers are of people: with them in it, SQLite takes this index for a bad one and reads the table.
        Index(None, "organization_id", sqlite_where=_OF_A_FIRM, postgresql_where=_OF_A_FIRM),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=0)
    value: Mapped[str] = mapped_column(String(80))
    label: Mapped[str] = mapped_column(String(20))
    e164: Mapped[str | None] = mapped_column(String(16), index=True)
    extension: Mapped[str | None] = mapped_column(String(20))
    trunk_prefix: Mapped[str | None] = mapped_column(String(16), index=True)
    digits: Mapped[str] = mapped_column(String(100))
    do_not_call: Mapped[bool] = mapped_column(default=False)
    do_not_call_reason: Mapped[str] = mapped_column(String(200), default="")


class Organization(Base):
    """A firm. `sort_name` and `search_text` are the folded name, see `folding.py`."""

    __tablename__ = "organizations"
    __table_args__ = (Index(None, "sort_name", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(200), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    street: Mapped[str] = mapped_column(String(200), default="")
    postal_code: Mapped[str] = mapped_column(String(200), default="")
    city: Mapped[str] = mapped_column(String(200), default="")
    country: Mapped[str] = mapped_column(String(200), default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    custom: Mapped[dict[str, CustomValue]] = mapped_column(Json, default=dict)
    sort_name: Mapped[str] = mapped_column(String(500))
    search_text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

    numbers: Mapped[list[PhoneNumberRow]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by=PhoneNumberRow.position, passive_deletes=True
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own convention


class Contact(Base):
    """A person.

    email_key: the folded address, by which an import finds them again.
    language: what they like to speak, as BCP 47 writes it ("de"); empty if not known.
    custom: values of the custom fields, by key; see `custom_fields.py`.
    """

    __tablename__ = "contacts"
    __table_args__ = (Index(None, "sort_name", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="SET NULL"), index=True
    )
    first_name: Mapped[str] = mapped_column(String(200), default="")
    last_name: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    email_key: Mapped[str] = mapped_column(String(500), default="", index=True)
    street: Mapped[str] = mapped_column(String(200), default="")
    postal_code: Mapped[str] = mapped_column(String(200), default="")
    city: Mapped[str] = mapped_column(String(200), default="")
    country: Mapped[str] = mapped_column(String(200), default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(8), default="")
    custom: Mapped[dict[str, CustomValue]] = mapped_column(Json, default=dict)
    sort_name: Mapped[str] = mapped_column(String(1000))
    search_text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

    organization: Mapped[Organization | None] = relationship(lazy="joined")
    numbers: Mapped[list[PhoneNumberRow]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by=PhoneNumberRow.position, passive_deletes=True
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own convention

    @property
    def name(self) -> str:
        """First and last name, whichever there are."""
        return f"{self.first_name} {self.last_name}".strip()


class NumberChoice(Base):
    """Which of a shared number's owners an agent chose: holds for every later call of that number."""

    __tablename__ = "number_choices"
    __table_args__ = (CheckConstraint("(contact_id IS NULL) <> (organization_id IS NULL)", name="one_owner"),)

    e164: Mapped[str] = mapped_column(String(16), primary_key=True)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    chosen_at: Mapped[datetime] = mapped_column(default=now)


class CustomField(Base):
    """A field that managers added to contacts or organisations.

    entity: "contact" or "organization"; key: what its values are kept under, never changed.
    removed_at: no longer shown; the values stay until somebody says that they are to go.
    """

    __tablename__ = "custom_fields"
    __table_args__ = (UniqueConstraint("entity", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    entity: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    choices: Mapped[list[str]] = mapped_column(Json, default=list)
    position: Mapped[int] = mapped_column(default=0)
    removed_at: Mapped[datetime | None]


class BinItem(Base):
    """A deleted contact or organisation with all that hung on it, to be restored; see `bin.py`."""

    __tablename__ = "bin"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(500))
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    deleted_at: Mapped[datetime] = mapped_column(default=now, index=True)
    deleted_by: Mapped[str] = mapped_column(String(200))
