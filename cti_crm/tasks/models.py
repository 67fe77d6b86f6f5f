"""Table of tasks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import Base


class Task(Base):
    """Something a user is to do. `due_at` None means some day; owners and `call_id` are as on a note."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index(None, "assignee_id", "done_at", "due_at"),
        Index(None, "contact_id", "created_at"),
        Index(None, "organization_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    text: Mapped[str] = mapped_column(String(500))
    due_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    assignee_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    call_id: Mapped[UUID | None] = mapped_column(index=True)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own convention
