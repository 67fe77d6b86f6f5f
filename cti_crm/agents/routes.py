"""Agents and queues with what they do now, and what an agent may change of their own."""

from uuid import UUID

from cti_crm.agents.directory import AgentDirectory
from cti_crm.agents.own_queues import OwnQueues
from cti_crm.agents.schemas import (
    AgentList,
    AgentPatch,
    DoNotDisturbIn,
    MembershipIn,
    OwnDeskOut,
    PauseIn,
    QueueList,
    WrapUpIn,
)
from cti_crm.agents.service import AgentService
from cti_crm.infrastructure.http.api import ApiRequest, Routes
from cti_crm.infrastructure.http.principal import Role


def agent_routes(directory: AgentDirectory, agents: AgentService, own: OwnQueues) -> Routes:
    """The routes of this feature."""
    routes = Routes("agents")

    @routes.get("/agents")
    async def list_agents(request: ApiRequest) -> AgentList:
        """All agents and what they do now."""
        return AgentList(items=directory.agents())

    @routes.patch("/agents/{agent_id}", roles=(Role.MANAGER,))
    async def change_agent(request: ApiRequest, agent_id: UUID, body: AgentPatch) -> None:
        """Put an agent into a team."""
        await agents.set_team(request.session, agent_id, body.team)

    @routes.get("/agents/me")
    async def own_desk(request: ApiRequest) -> OwnDeskOut:
        """The queues I am in or may sign in to, and the reasons to pause."""
        return await own.desk(request.session, request.principal)

    @routes.put("/agents/me/do-not-disturb")
    async def set_do_not_disturb(request: ApiRequest, body: DoNotDisturbIn) -> None:
        """Be left in peace, or no longer. Queues go on ringing: to stop them, pause."""
        await agents.set_do_not_disturb(request.session, request.principal.user_id, body.on)

    @routes.put("/agents/me/wrap-up")
    async def set_wrap_up(request: ApiRequest, body: WrapUpIn) -> None:
        """Take more time after a call (an hour at most), or be ready at once."""
        await agents.set_wrap_up(request.session, request.principal.user_id, body.until)

    @routes.put("/agents/me/pause")
    async def pause(request: ApiRequest, body: PauseIn) -> None:
        """Pause in all my queues, or go on. The queues themselves tell over the socket what became of it."""
        await own.pause(request.principal, body)

    @routes.get("/queues")
    async def list_queues(request: ApiRequest) -> QueueList:
        """All queues with their members and who waits."""
        return QueueList(items=directory.queues())

    @routes.put("/queues/{pbx}/{queue}/membership")
    async def set_membership(request: ApiRequest, pbx: str, queue: str, body: MembershipIn) -> None:
        """Sign in to a queue, sign out, pause, go on. The queue itself tells over the socket what became of it."""
        await own.set_membership(request.session, request.principal, pbx, queue, body)

    return routes
