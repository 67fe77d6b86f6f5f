"""Tables of agents, their devices and queues. An agent's name is their user's."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cti_crm.accounts.models import User
from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import Base

_ACTIVE = text("disabled_at IS NULL")


class Agent(Base):
    """A user who takes calls. `extension` is what colleagues dial to reach them; one who left frees it.

    wrap_up_until: until when they finish what their last call left to do; may be past.
    """

    __tablename__ = "agents"
    __table_args__ = (
        Index("uq_agents_extension_active", "extension", unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), unique=True)
    extension: Mapped[str] = mapped_column(String(40))
    team: Mapped[str] = mapped_column(String(80), default="")
    do_not_disturb: Mapped[bool] = mapped_column(default=False)
    wrap_up_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    disabled_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise")
    devices: Mapped[list["AgentDevice"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="AgentDevice.position"
    )


class AgentDevice(Base):
    """A phone of an agent, as the PBX names it (`PJSIP/101`). The one with the lowest `position` dials by click."""

    __tablename__ = "agent_devices"
    __table_args__ = (UniqueConstraint("pbx", "device"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    pbx: Mapped[str] = mapped_column(String(32))
    device: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]


class AgentQueue(Base):
    """A queue that an agent left over our page: they may come back. A PBX forgets who is not in a queue."""

    __tablename__ = "agent_queues"

    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    pbx: Mapped[str] = mapped_column(String(32), primary_key=True)
    queue: Mapped[str] = mapped_column(String(128), primary_key=True)
