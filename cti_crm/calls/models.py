"""The call log's tables: the whole call as a document, beside it the columns by which it is found."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cti_crm.infrastructure.database import Base, Json


class CallRow(Base):
    """One call. `remote_number` is the customer's side: E.164 where it can be, null if withheld or internal."""

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_started_at_id", "started_at", "id"),
        Index("ix_calls_remote_number", "remote_number", "started_at"),
        Index("ix_calls_open", "pbx", "ended_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pbx: Mapped[str] = mapped_column(String(32))
    linkedid: Mapped[str] = mapped_column(String(150), index=True)
    revision: Mapped[int]
    direction: Mapped[str] = mapped_column(String(16))
    remote_number: Mapped[str | None] = mapped_column(String(80))
    queue: Mapped[str | None] = mapped_column(String(80))
    outcome: Mapped[str | None] = mapped_column(String(16))
    started_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    seen_at: Mapped[datetime]  # when the PBX last said anything about it
    document: Mapped[dict[str, Any]] = mapped_column(Json)


class CallAgentRow(Base):
    """An extension of ours that had a part in a call: it rang there, was talked there, or placed it."""

    __tablename__ = "call_agents"
    __table_args__ = (Index("ix_call_agents_extension", "extension", "call_id"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    extension: Mapped[str] = mapped_column(String(80), primary_key=True)


class PbxSeenRow(Base):
    """Up to when the log holds what happened at a PBX; what came later may have to be read from its records."""

    __tablename__ = "pbx_seen"

    pbx: Mapped[str] = mapped_column(String(32), primary_key=True)
    seen_at: Mapped[datetime]
