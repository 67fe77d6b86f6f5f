"""Agents and queues with what they do now."""

from cti_crm.agents.directory import AgentDirectory
from cti_crm.agents.schemas import AgentList, QueueList
from cti_crm.infrastructure.http.api import ApiRequest, Routes


def agent_routes(directory: AgentDirectory) -> Routes:
    """The routes of this feature."""
    routes = Routes("agents")

    @routes.get("/agents")
    async def list_agents(request: ApiRequest) -> AgentList:
        """All agents with the states of their phones."""
        return AgentList(items=directory.agents())

    @routes.get("/queues")
    async def list_queues(request: ApiRequest) -> QueueList:
        """All queues with their members and how many callers wait."""
        return QueueList(items=directory.queues())

    return routes
