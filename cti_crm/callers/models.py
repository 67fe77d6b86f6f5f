"""Tables of numbers marked as spam and of our own mobiles."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import Base


class SpamNumber(Base):
    """A number (E.164 where it can be) whose calls nobody wants."""

    __tablename__ = "spam_numbers"

    number: Mapped[str] = mapped_column(String(80), primary_key=True)
    marked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    marked_at: Mapped[datetime] = mapped_column(default=now)


class OwnMobile(Base):
    """The mobile (E.164) from which a user calls in: who calls from it is that colleague."""

    __tablename__ = "own_mobiles"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[str] = mapped_column(String(80), unique=True)
