"""What happened to agents, for whoever shows or caches them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cti_crm.agents.schemas import AgentChange, AgentOut, QueueOut


@dataclass(frozen=True, slots=True)
class AgentsChanged:
    """An agent's record changed. The directory reads all of them again."""

    agent_id: UUID
    change: AgentChange


@dataclass(frozen=True, slots=True)
class DirectoryChange:
    """What is different of agents and queues, ready to be shown. False if nothing is.

    queues_gone: by PBX and name.
    """

    agents: tuple[AgentOut, ...] = ()
    queues: tuple[QueueOut, ...] = ()
    agents_gone: tuple[UUID, ...] = ()
    queues_gone: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.agents or self.queues or self.agents_gone or self.queues_gone)


NO_CHANGE = DirectoryChange()


@dataclass(frozen=True, slots=True)
class DirectoryChanged:
    """Something else than a PBX changed who there is, or what they do: whoever shows agents shows them anew."""

    change: DirectoryChange


@dataclass(frozen=True, slots=True)
class DoNotDisturbSet:
    """An agent wants to be left in peace, or no longer."""

    agent_id: UUID
    on: bool


@dataclass(frozen=True, slots=True)
class WrapUpSet:
    """An agent asked for time until then, or is ready (None)."""

    agent_id: UUID
    until: datetime | None


@dataclass(frozen=True, slots=True)
class WrapUpPausesSeen:
    """A PBX told of members of its queues; some may be paused for a wrap-up that is over."""

    pbx: str


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """An agent talked with somebody outside, and does no longer."""

    agent_id: UUID
    pbx: str
    queue: str | None
    at: datetime
