"""Queries on agents and their devices."""

import operator
from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, String, cast, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from cti_crm.accounts.models import User
from cti_crm.agents.models import Agent, AgentDevice, AgentQueue


async def active_agents(session: AsyncSession) -> Sequence[Agent]:
    """Agents who take calls, with user and devices, by extension."""
    query = (
        select(Agent)
        .join(Agent.user)
        .where(*_takes_calls)
        .options(joinedload(Agent.user), selectinload(Agent.devices))
        .order_by(Agent.extension)
    )
    return (await session.execute(query)).scalars().all()


def _line(*columns: Any) -> ColumnElement[str]:
    """The values as one text, none of which can be taken for a part of another."""
    return reduce(operator.add, (cast(column, String) + "\t" for column in columns))


_takes_calls = Agent.disabled_at.is_(None), User.disabled_at.is_(None)
_fingerprint = select(
    select(func.aggregate_strings(_line(Agent.id, Agent.user_id, Agent.extension, Agent.team, User.display_name), "\n"))
    .join(Agent.user)
    .where(*_takes_calls)
    .scalar_subquery(),
    select(
        func.aggregate_strings(
            _line(AgentDevice.agent_id, AgentDevice.position, AgentDevice.pbx, AgentDevice.device), "\n"
        )
    ).scalar_subquery(),
)


def fingerprint(connection: Connection) -> tuple[str, str]:
    """Changes whenever what `active_agents` tells of who they are does: a fraction of the work."""
    agents, devices = connection.execute(_fingerprint).one()
    return agents or "", devices or ""


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


async def agent(session: AsyncSession, agent_id: UUID) -> Agent | None:
    """An agent by id, disabled or not."""
    return await session.get(Agent, agent_id)


async def queues_left(session: AsyncSession, agent_id: UUID) -> Sequence[tuple[str, str]]:
    """The queues an agent left over our page, by PBX and name."""
    query = select(AgentQueue.pbx, AgentQueue.queue).where(AgentQueue.agent_id == agent_id)
    return [(pbx, queue) for pbx, queue in (await session.execute(query)).all()]


async def note_queue_left(session: AsyncSession, agent_id: UUID, pbx: str, queue: str) -> None:
    """An agent left a queue, and may come back."""
    await session.merge(AgentQueue(agent_id=agent_id, pbx=pbx, queue=queue))


async def store_wrap_up(session: AsyncSession, agent_id: UUID, until: datetime) -> None:
    """Until when an agent wraps up."""
    await session.execute(update(Agent).where(Agent.id == agent_id).values(wrap_up_until=until))
