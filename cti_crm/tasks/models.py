"""Tables of tasks, and of who wants to be reminded by e-mail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import Base

_JSON_OR_NULL = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Task(Base):
    """Something a user is to do. `due_at` None means some day; owners and `call_id` are as on a note.

    recurrence: a `tasks.recurrence.Recurrence` as a document; `follows` is the task it came after, so that each task
    has one successor at most. skipped: closed without being done.
    remind_minutes: how long before `due_at` to remind, None for not; remind_at: when that is, None once it is done.
    reminded_at: a reminder stands since then, until it is seen, put off, or the task is done.
    handed_*: by whom it was handed over last, and whether the assignee has seen that.
    """

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
    skipped: Mapped[bool] = mapped_column(default=False)
    assignee_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    call_id: Mapped[UUID | None] = mapped_column(index=True)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    recurrence: Mapped[dict[str, Any] | None] = mapped_column(_JSON_OR_NULL)
    follows: Mapped[UUID | None] = mapped_column(unique=True)
    remind_minutes: Mapped[int | None]
    remind_at: Mapped[datetime | None] = mapped_column(index=True)
    reminded_at: Mapped[datetime | None]
    handed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    handed_at: Mapped[datetime | None]
    handed_comment: Mapped[str] = mapped_column(String(500), default="")
    handed_seen: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own convention


class ReminderMail(Base):
    """Where a user wants reminders by e-mail, in which language and time zone; no row: nowhere."""

    __tablename__ = "reminder_mails"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    timezone: Mapped[str] = mapped_column(String(64))
