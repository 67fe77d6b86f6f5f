"""Tables of notes and of their templates."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import Base, Json


class Note(Base):
    """A note on a call, a contact or an organisation; one a call and author.

    finished_at: when its author was done with the call, or saved it; until then it is a draft, saved as it is typed.
    One outside any call is only its author's until then.

    A note with a contact has no organisation of its own: it is the contact's. It goes with its owner when that is
    deleted. call_id: no foreign key, since a note may be typed before the call is stored.
    """

    __tablename__ = "notes"
    __table_args__ = (
        UniqueConstraint("call_id", "author_id"),
        Index(None, "contact_id", "created_at"),
        Index(None, "organization_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    call_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    finished_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own convention


class NoteTemplate(Base):
    """A text to begin a note with. `queues` empty: for every call; `language` None: in whatever language.

    The text may hold {{contact}}, {{number}} and {{date}}, filled in when it is inserted.
    """

    __tablename__ = "note_templates"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(2))
    queues: Mapped[list[str]] = mapped_column(Json, default=list)
    position: Mapped[int]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own convention
