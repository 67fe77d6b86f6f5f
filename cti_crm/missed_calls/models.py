"""Tables of missed calls and of the lines of the work list they stand in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.database import Base

_OPEN = text("closed_at IS NULL")


class MissedLine(Base):
    """A caller who was missed, from the first of the calls until somebody talked with them or saw to it otherwise.

    What the attempts say (number ... lure) is kept here so that the list is sorted and paged by indexes; it is reckoned
    anew whenever the attempts change (`arranging.py`).

    contact_id, organization_id, match_kind, match_reason: of the last attempt, as its touchpoint has them.
    attempts: 0 for a line whose calls turned out to belong elsewhere; it is kept for what was said about it, not shown.
    due_at: None for callers without a number, whom nobody can call back, and where business never opens.
    lure: reasons for which this looks like a lure call (`lures.LureReason`), joined by spaces.
    claimed_until: when a claim lapses by itself; snoozed_at: calls after it end the snooze.
    closed_how: `ClosedHow`; closed_call_id and closed_agent (extension) say which conversation did it.
    """

    __tablename__ = "missed_lines"
    __table_args__ = (
        Index("ix_missed_lines_open", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_missed_lines_open_number", "number", sqlite_where=_OPEN, postgresql_where=_OPEN),  # asked by each pop
        Index(None, "last_at", "id"),
        Index(None, "closed_call_id"),
        Index(None, "contact_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column()
    number: Mapped[str | None] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(80), default="")
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id", ondelete="SET NULL"))
    match_kind: Mapped[str] = mapped_column(String(20))
    match_reason: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    longest_wait: Mapped[float]
    due_at: Mapped[datetime | None]
    lure: Mapped[str] = mapped_column(String(120), default="")
    claimed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    claimed_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    snoozed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    snoozed_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_how: Mapped[str | None] = mapped_column(String(20))
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    closed_call_id: Mapped[UUID | None]
    closed_agent: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[str | None] = mapped_column(String(20))
    remark: Mapped[str] = mapped_column(String(500), default="")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own convention


class MissedAttempt(Base):
    """One missed call. No foreign key to the call log: a call that became part of another takes its attempt with it.

    counts_from: conversations after this time settle it; the call's beginning, or when the line was opened again.
    waited: seconds, from the beginning of the call to its end.
    called: the number of ours that was dialled.
    """

    __tablename__ = "missed_attempts"
    __table_args__ = (Index(None, "number"), Index(None, "line_id", "at"), Index(None, "at"))

    call_id: Mapped[UUID] = mapped_column(primary_key=True)
    line_id: Mapped[UUID] = mapped_column(ForeignKey("missed_lines.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    counts_from: Mapped[datetime]
    waited: Mapped[float]
    outcome: Mapped[str] = mapped_column(String(16))
    queue: Mapped[str | None] = mapped_column(String(80))
    called: Mapped[str | None] = mapped_column(String(80))
    number: Mapped[str | None] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(80), default="")
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id", ondelete="SET NULL"))
    match_kind: Mapped[str] = mapped_column(String(20))
    match_reason: Mapped[str] = mapped_column(String(20))
