"""An agent's own queues: coming, going and pausing. What becomes of it, the PBX tells by events."""

from collections.abc import Iterator, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.agents import repository
from cti_crm.agents.directory import AgentDirectory, AgentEntry
from cti_crm.agents.ports import QueueControl
from cti_crm.agents.queues import Member
from cti_crm.agents.schemas import MembershipIn, OwnDeskOut, OwnQueueOut, PauseIn, PauseReasonOut
from cti_crm.agents.service import NotAnAgentError
from cti_crm.calls.ports import ControlError
from cti_crm.infrastructure.errors import ConflictError, NotAllowedError, NotFoundError, UnavailableError
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.settings import AgentSettings, QueueSettings

EVERY_TEAM = "*"


class FixedMemberError(ConflictError):
    """You are a fixed member of this queue and cannot sign out of it. You can pause instead."""

    code = "fixed_member"


class NotInQueueError(ConflictError):
    """You are in no queue, so there is nothing to pause."""

    code = "not_in_queue"


class QueueFailedError(UnavailableError):
    """The telephone system did not do it."""

    code = "queue_failed"


class OwnQueues:
    """What an agent may do with queues; `controls` by name of the PBX."""

    def __init__(
        self,
        directory: AgentDirectory,
        controls: Mapping[str, QueueControl],
        agents: AgentSettings,
        queues: Mapping[str, QueueSettings],
    ) -> None:
        self._directory = directory
        self._controls = controls
        self._reasons = [PauseReasonOut(value=one.en, de=one.de, en=one.en) for one in agents.pause_reasons]
        self._queues = queues

    async def desk(self, session: AsyncSession, principal: Principal) -> OwnDeskOut:
        """The queues a user is in or may sign in to, and the reasons to pause."""
        entry = self._directory.by_user(principal.user_id)
        if entry is None:
            return OwnDeskOut(agent_id=None, queues=[], pause_reasons=self._reasons)
        left = set(await repository.queues_left(session, entry.id))
        mine = {(pbx, name) for pbx, name, _ in self._memberships(entry)}
        found = [
            OwnQueueOut(pbx=pbx, name=name)
            for pbx, name in self._directory.queue_board
            if entry.devices_at(pbx) and ((pbx, name) in mine | left or self._permitted(entry, name))
        ]
        return OwnDeskOut(agent_id=entry.id, queues=found, pause_reasons=self._reasons)

    async def set_membership(
        self, session: AsyncSession, principal: Principal, pbx: str, queue: str, wish: MembershipIn
    ) -> None:
        """Have the user stand in a queue as they wish. Returns when the PBX took it.

        Raises FixedMemberError, NotAllowedError, NotFoundError, QueueFailedError.
        """
        entry = self._agent(principal)
        if (pbx, queue) not in self._directory.queue_board or not (devices := entry.devices_at(pbx)):
            raise NotFoundError("There is no such queue at your telephone system.")
        control = self._controls[pbx]
        members = [member for at, name, member in self._memberships(entry) if (at, name) == (pbx, queue)]
        try:
            if not wish.signed_in:
                await self._sign_out(session, entry, (pbx, queue), members)
                return
            if not members:
                if not await self._may_sign_in(session, entry, pbx, queue):
                    raise NotAllowedError("You may not sign in to this queue: ask your administrator.")
                await control.sign_in(queue, devices[0], entry.name)
            reason = (wish.reason or "") if wish.paused else None
            for interface in [member.interface for member in members if _stands(member) != reason] or (
                [devices[0]] if wish.paused and not members else []
            ):
                await control.pause(queue, interface, reason)
        except ControlError as error:
            raise QueueFailedError(str(error)) from error

    async def pause(self, principal: Principal, wish: PauseIn) -> None:
        """Pause the user in all their queues, or let them go on. Raises NotInQueueError, QueueFailedError."""
        entry = self._agent(principal)
        interfaces = dict.fromkeys((pbx, member.interface) for pbx, _, member in self._memberships(entry))
        if not interfaces:
            raise NotInQueueError
        try:
            for pbx, interface in interfaces:
                await self._controls[pbx].pause(None, interface, (wish.reason or "") if wish.paused else None)
        except ControlError as error:
            raise QueueFailedError(str(error)) from error

    async def _sign_out(
        self, session: AsyncSession, entry: AgentEntry, key: tuple[str, str], members: list[Member]
    ) -> None:
        if any(not member.dynamic for member in members):
            raise FixedMemberError
        pbx, queue = key
        for member in members:
            await self._controls[pbx].sign_out(queue, member.interface)
        if members:
            await repository.note_queue_left(session, entry.id, pbx, queue)

    async def _may_sign_in(self, session: AsyncSession, entry: AgentEntry, pbx: str, queue: str) -> bool:
        return self._permitted(entry, queue) or (pbx, queue) in await repository.queues_left(session, entry.id)

    def _permitted(self, entry: AgentEntry, queue: str) -> bool:
        teams = self._queues[queue].sign_in if queue in self._queues else []
        return EVERY_TEAM in teams or (entry.team != "" and entry.team in teams)

    def _memberships(self, entry: AgentEntry) -> Iterator[tuple[str, str, Member]]:
        for device in entry.devices:
            for queue, member in self._directory.queue_board.of_device(device.pbx, device.device):
                yield device.pbx, queue, member

    def _agent(self, principal: Principal) -> AgentEntry:
        entry = self._directory.by_user(principal.user_id)
        if entry is None:
            raise NotAnAgentError
        return entry


def _stands(member: Member) -> str | None:
    """The reason of a member's pause; None if they get calls."""
    return member.pause.reason if member.pause.paused else None
