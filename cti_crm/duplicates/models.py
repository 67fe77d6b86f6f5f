"""Tables of merged contacts and of pairs that were told apart."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import Base, Json


class ContactMerge(Base):
    """One contact that became part of another, with all that is needed to take them apart again.

    gone_id: no foreign key, since that contact is no more.
    document: see `merging.py`.
    """

    __tablename__ = "contact_merges"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kept_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    gone_id: Mapped[UUID] = mapped_column(index=True)
    gone_name: Mapped[str] = mapped_column(String(500))
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    merged_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    merged_at: Mapped[datetime] = mapped_column(default=now)
    undone_at: Mapped[datetime | None]


class DistinctPair(Base):
    """Two contacts that look alike and are not the same; `first_id` is the lesser of the two ids."""

    __tablename__ = "distinct_contacts"

    first_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True)
    second_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True, index=True)
    told_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    told_at: Mapped[datetime] = mapped_column(default=now)
