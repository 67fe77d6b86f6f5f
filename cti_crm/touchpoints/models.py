"""Tables of touchpoints, wrap-ups and dispositions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import Base, Json

DEFAULT_DISPOSITIONS: tuple[tuple[str, str, str], ...] = (
    ("resolved", "Resolved", "Erledigt"),
    ("callback", "Call back", "Rückruf vereinbart"),
    ("order", "Order", "Bestellung"),
    ("enquiry", "Enquiry", "Anfrage"),
    ("complaint", "Complaint", "Beschwerde"),
    ("forwarded", "Forwarded", "Weitergeleitet"),
    ("not_reached", "Not reached", "Nicht erreicht"),
    ("wrong_number", "Wrong number", "Falsch verbunden"),
)
"""What a new database begins with: key, English, German; in the order in which they are shown."""


class Disposition(Base):
    """A result an agent can choose at wrap-up. One that is no longer offered stays, with `active` false.

    queues: offered for calls of these only; none: for every call. follow_up: choosing it makes a task, with this text
    (its own label if empty), due as the words say ("tomorrow 9:00", in German or English; empty: the agent is asked).
    """

    __tablename__ = "dispositions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    label_en: Mapped[str] = mapped_column(String(80))
    label_de: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column()
    queues: Mapped[list[str]] = mapped_column(Json, default=list)
    follow_up: Mapped[bool] = mapped_column(default=False)
    follow_up_text: Mapped[str] = mapped_column(String(500), default="")
    follow_up_due: Mapped[str] = mapped_column(String(80), default="")
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own convention


class RequiredDisposition(Base):
    """Calls of this queue are not done without a disposition; "" stands for every call."""

    __tablename__ = "required_dispositions"

    queue: Mapped[str] = mapped_column(String(80), primary_key=True)


class Touchpoint(Base):
    """One recorded interaction. It outlives the contact: when that is deleted, only the link to it goes.

    call_id: no foreign key, since a person may act on a call before it is stored.
    remote_number: the customer's number, E.164 where it can be; None if withheld.
    match_kind, match_reason: what the number said when first seen (contacts.schemas.MatchKind, MatchReason).
    assigned_by: the user who said whose it is; from then on no number look-up changes it.
    """

    __tablename__ = "touchpoints"
    __table_args__ = (Index(None, "contact_id", "at"), Index(None, "organization_id", "at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    medium: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(index=True)
    call_id: Mapped[UUID | None] = mapped_column(unique=True)
    remote_number: Mapped[str | None] = mapped_column(String(80), index=True)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id", ondelete="SET NULL"))
    match_kind: Mapped[str] = mapped_column(String(20))
    match_reason: Mapped[str] = mapped_column(String(20))
    assigned_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))


class WrapUpRow(Base):
    """An agent is done with a call. Several agents may have had it; each is done on their own."""

    __tablename__ = "wrap_ups"
    __table_args__ = (UniqueConstraint("call_id", "user_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    call_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    disposition_id: Mapped[UUID | None] = mapped_column(ForeignKey("dispositions.id"))
    done_at: Mapped[datetime] = mapped_column(default=now)
