"""What happened to agents, for whoever shows or caches them."""

from dataclasses import dataclass
from uuid import UUID

from cti_crm.agents.schemas import AgentChange


@dataclass(frozen=True, slots=True)
class AgentsChanged:
    """An agent's record changed. The directory reads all of them again."""

    agent_id: UUID
    change: AgentChange


@dataclass(frozen=True, slots=True)
class DirectoryReloaded:
    """The directory read the agents again, and something was different. Whoever shows agents shows them anew."""
