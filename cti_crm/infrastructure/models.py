"""Table of jobs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import Base, Json


class Job(Base):
    """Something to be done outside the database; gone once it is done.

    run_at: not before then; while it is being done, when somebody else may take it up. failed_at: given up.
    """

    __tablename__ = "jobs"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    run_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    failed_at: Mapped[datetime | None]
