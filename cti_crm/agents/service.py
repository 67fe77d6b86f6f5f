"""Making users agents: which extension and which phones are theirs."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.agents import repository
from cti_crm.agents.events import AgentsChanged, DoNotDisturbSet, WrapUpSet
from cti_crm.agents.models import Agent, AgentDevice
from cti_crm.agents.schemas import AgentChange
from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import after_commit
from cti_crm.infrastructure.errors import ConflictError, FieldError, InvalidInputError, NotFoundError

_EXTENSION = re.compile(r"[0-9A-Za-z*#+._-]{1,40}")
_TEAM = re.compile(r"[^\x00-\x1f\x7f]{0,80}")
_DEVICE = re.compile(r"[A-Za-z0-9]{1,20}/[^\s\x00-\x1f\x7f/&,|;]{1,59}")

LONGEST_WRAP_UP = timedelta(hours=1)


class NotAnAgentError(InvalidInputError):
    """You have no phone here. An administrator can give you one."""

    code = "not_an_agent"


class Device(NamedTuple):
    """A phone: our name for the PBX, and the PBX's name for the phone (`PJSIP/101`)."""

    pbx: str
    device: str


class AgentService:
    """Agents as they are stored; what they are doing now, the directory knows."""

    async def set(
        self, session: AsyncSession, user_id: UUID, extension: str, devices: Sequence[Device], team: str | None = None
    ) -> Agent:
        """Make a user an agent, or change extension and phones of one; `team` None leaves theirs as it is.

        Raises InvalidInputError (no extension or device by its form) or ConflictError (somebody else has it).
        """
        if not _EXTENSION.fullmatch(extension):
            raise _invalid("extension", "An extension is what colleagues dial, such as 101.")
        for one in devices:
            if not _DEVICE.fullmatch(one.device):
                raise _invalid("device", f"{one.device!r} is not a device. Write it as the PBX does: PJSIP/101.")
        agent = await repository.agent_of_user(session, user_id)
        await self._refuse_taken(session, agent, extension, devices)
        change = AgentChange.ADDED if agent is None else AgentChange.CHANGED
        if agent is None:
            agent = Agent(id=new_id(), user_id=user_id, devices=[])
            session.add(agent)
        agent.extension = extension
        agent.disabled_at = None
        if team is not None:
            agent.team = _team(team)
        agent.devices.clear()
        await session.flush()  # old devices go before the same ones come again
        agent.devices.extend(
            AgentDevice(pbx=one.pbx, device=one.device, position=position)
            for position, one in enumerate(dict.fromkeys(devices))
        )
        await session.flush()
        after_commit(session, AgentsChanged(agent.id, change))
        return agent

    async def agents(self, session: AsyncSession) -> Sequence[Agent]:
        """Agents who take calls, by extension, with user and devices."""
        return await repository.active_agents(session)

    async def set_team(self, session: AsyncSession, agent_id: UUID, team: str) -> None:
        """Put an agent into a team; "" for none. Raises NotFoundError, InvalidInputError."""
        agent = await repository.agent(session, agent_id)
        if agent is None or agent.disabled_at is not None:
            raise NotFoundError("There is no such agent.")
        agent.team = _team(team)
        after_commit(session, AgentsChanged(agent.id, AgentChange.CHANGED))

    async def set_do_not_disturb(self, session: AsyncSession, user_id: UUID, on: bool) -> None:
        """A user wants to be left in peace, or no longer. Raises NotAnAgentError."""
        agent = await self._active(session, user_id)
        agent.do_not_disturb = on
        after_commit(session, DoNotDisturbSet(agent.id, on))

    async def set_wrap_up(self, session: AsyncSession, user_id: UUID, until: datetime | None) -> None:
        """A user needs time until then, or is ready (None, or a time past).

        Raises NotAnAgentError, InvalidInputError: a time more than an hour away, or without a zone.
        """
        agent = await self._active(session, user_id)
        moment = now()
        if until is not None and until.tzinfo is None:
            raise _invalid("until", "Give the time with its zone.")
        if until is not None and until > moment + LONGEST_WRAP_UP:
            raise _invalid("until", "Wrap-up may take an hour at most: pause instead.")
        agent.wrap_up_until = until if until is not None and until > moment else None
        after_commit(session, WrapUpSet(agent.id, agent.wrap_up_until))

    async def _active(self, session: AsyncSession, user_id: UUID) -> Agent:
        agent = await repository.agent_of_user(session, user_id)
        if agent is None or agent.disabled_at is not None:
            raise NotAnAgentError
        return agent

    async def disable(self, session: AsyncSession, user_id: UUID, moment: datetime | None = None) -> None:
        """The user takes no calls any more: extension and phones are free for others. Nothing if no agent."""
        agent = await repository.agent_of_user(session, user_id)
        if agent is None or agent.disabled_at is not None:
            return
        agent.disabled_at = moment or now()
        agent.devices.clear()
        after_commit(session, AgentsChanged(agent.id, AgentChange.DISABLED))

    async def _refuse_taken(
        self, session: AsyncSession, agent: Agent | None, extension: str, devices: Sequence[Device]
    ) -> None:
        own = agent.id if agent else None
        holder = await repository.agent_with_extension(session, extension)
        if holder is not None and holder.id != own:
            raise ConflictError(f"Extension {extension} belongs to another agent.")
        for one in devices:
            owner = await repository.owner_of_device(session, one.pbx, one.device)
            if owner is not None and owner.id != own:
                raise ConflictError(f"{one.device} belongs to the agent with extension {owner.extension}.")


def _team(text: str) -> str:
    team = text.strip()
    if not _TEAM.fullmatch(team):
        raise _invalid("team", "A team's name is one line of at most 80 characters.")
    return team


def _invalid(field: str, message: str) -> InvalidInputError:
    return InvalidInputError(message, fields=[FieldError(field, message)])
