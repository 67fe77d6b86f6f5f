"""Tables of saved lists and of changes to many contacts at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import Base, Json


class SavedList(Base):
    """A filter with a name. filters: `schemas.Filters` as JSON, without what is not set."""

    __tablename__ = "saved_lists"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    shared: Mapped[bool] = mapped_column(default=False)
    filters: Mapped[dict[str, Any]] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class BulkEdit(Base):
    """One field set on many contacts. before: the value each of them had, by the contact's id."""

    __tablename__ = "bulk_edits"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    field: Mapped[str] = mapped_column(String(80))
    value: Mapped[Any] = mapped_column(Json, nullable=True)
    before: Mapped[dict[str, Any]] = mapped_column(Json)
    edited_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    edited_at: Mapped[datetime] = mapped_column(default=now)
    undone_at: Mapped[datetime | None]
