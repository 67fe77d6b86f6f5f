"""Queries on agents and their devices."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from cti_crm.accounts.models import User
from cti_crm.agents.models import Agent, AgentDevice


async def active_agents(session: AsyncSession) -> Sequence[Agent]:
    """Agents who take calls, with user and devices, by extension."""
    query = (
        select(Agent)
        .join(Agent.user)
        .where(Agent.disabled_at.is_(None), User.disabled_at.is_(None))
        .options(joinedload(Agent.user), selectinload(Agent.devices))
        .order_by(Agent.extension)
    )
    return (await session.execute(query)).scalars().all()


async def agent_of_user(session: AsyncSession, user_id: UUID) -> Agent | None:
    """A user's agent with devices, disabled or not."""
    query = select(Agent).where(Agent.user_id == user_id).options(selectinload(Agent.devices))
    return (await session.execute(query)).scalar_one_or_none()


async def agent_with_extension(session: AsyncSession, extension: str) -> Agent | None:
    """The agent who is reached by it now."""
    query = select(Agent).where(Agent.extension == extension, Agent.disabled_at.is_(None))
    return (await session.execute(query)).scalar_one_or_none()


async def owner_of_device(session: AsyncSession, pbx: str, device: str) -> Agent | None:
    """The agent whose phone it is."""
    query = select(Agent).join(AgentDevice).where(AgentDevice.pbx == pbx, AgentDevice.device == device)
    return (await session.execute(query)).scalar_one_or_none()
