"""Who is who among our phones, and what each does now. In memory: it is asked on every event of every call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.agents import repository
from cti_crm.agents.models import Agent
from cti_crm.agents.schemas import AgentOut, DeviceOut, QueueMemberOut, QueueOut
from cti_crm.agents.service import Device
from cti_crm.calls.pbx_events import DeviceState, DeviceStateChanged, PbxEvent, PbxSnapshot, QueueMemberChanged

_STRONGEST_FIRST = (
    DeviceState.RINGING,
    DeviceState.IN_USE,
    DeviceState.BUSY,
    DeviceState.ON_HOLD,
    DeviceState.IDLE,
    DeviceState.UNAVAILABLE,
    DeviceState.UNKNOWN,
)


@dataclass(frozen=True, slots=True)
class AgentEntry:
    """An agent as calls need to know them. The first of `devices` is the one that dials by click."""

    id: UUID
    user_id: UUID
    name: str
    extension: str
    devices: tuple[Device, ...]

    def devices_at(self, pbx: str) -> tuple[str, ...]:
        """Their phones at one PBX, in the order of preference."""
        return tuple(one.device for one in self.devices if one.pbx == pbx)


@dataclass(frozen=True, slots=True)
class DirectoryChange:
    """What an event changed, ready to be shown."""

    agents: tuple[AgentOut, ...] = ()
    queues: tuple[QueueOut, ...] = ()


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    paused: bool


@dataclass(slots=True)
class _Queue:
    waiting: int = 0
    members: dict[str, _Member] = field(default_factory=dict)  # by device


class AgentDirectory:
    """Agents from the database, states from the PBXs' events. Belongs to one event loop; nothing here waits."""

    def __init__(self) -> None:
        self._entries: tuple[AgentEntry, ...] = ()
        self._by_device: dict[Device, AgentEntry] = {}
        self._by_extension: dict[str, AgentEntry] = {}
        self._by_user: dict[UUID, AgentEntry] = {}
        self._extensions: dict[str, dict[str, str]] = {}
        self._states: dict[Device, DeviceState] = {}
        self._queues: dict[tuple[str, str], _Queue] = {}
        self._shown: dict[UUID, AgentOut] = {}  # every browser that connects is told all of them

    async def load(self, session: AsyncSession) -> bool:
        """Read all agents. Returns whether anything is different."""
        entries = tuple(_entry(agent) for agent in await repository.active_agents(session))
        if entries == self._entries:
            return False
        self._entries = entries
        self._shown.clear()
        self._by_device = {device: entry for entry in entries for device in entry.devices}
        self._by_extension = {entry.extension: entry for entry in entries}
        self._by_user = {entry.user_id: entry for entry in entries}
        for extensions in self._extensions.values():
            extensions.clear()
        for device, entry in self._by_device.items():
            self._extensions.setdefault(device.pbx, {})[device.device] = entry.extension
        return True

    def by_device(self, pbx: str, device: str) -> AgentEntry | None:
        """Whose phone this is."""
        return self._by_device.get(Device(pbx, device))

    def by_extension(self, extension: str) -> AgentEntry | None:
        """Who is reached by it."""
        return self._by_extension.get(extension)

    def by_user(self, user_id: UUID) -> AgentEntry | None:
        """The agent a user is, if any."""
        return self._by_user.get(user_id)

    def extensions_for(self, pbx: str) -> Mapping[str, str]:
        """Device -> extension at one PBX, for the topology. A live view: it follows later loads."""
        return self._extensions.setdefault(pbx, {})

    def devices_without_agent(self, pbx: str) -> list[str]:
        """Phones the PBX spoke of that belong to nobody."""
        return sorted(
            one.device for one in self._states if one.pbx == pbx and one not in self._by_device and "/" in one.device
        )

    def agents(self) -> list[AgentOut]:
        """All agents with their states, by extension."""
        return [self._agent_out(entry) for entry in self._entries]

    def queues(self) -> list[QueueOut]:
        """All queues the PBXs spoke of, by name."""
        return [self._queue_out(pbx, name) for pbx, name in sorted(self._queues)]

    def apply(self, pbx: str, event: PbxEvent) -> DirectoryChange:
        """Take in what a PBX reported; events about calls change nothing here."""
        if isinstance(event, DeviceStateChanged):
            return self._device_changed(Device(pbx, event.device), event.state)
        if isinstance(event, QueueMemberChanged):
            return self._member_changed(pbx, event)
        if isinstance(event, PbxSnapshot):
            return self._begin_anew(pbx)
        return DirectoryChange()

    def set_waiting(self, pbx: str, queue: str, waiting: int) -> DirectoryChange:
        """How many callers wait in a queue now; the calls know."""
        found = self._queues.setdefault((pbx, queue), _Queue())
        if found.waiting == waiting:
            return DirectoryChange()
        found.waiting = waiting
        return DirectoryChange(queues=(self._queue_out(pbx, queue),))

    def _device_changed(self, device: Device, state: DeviceState) -> DirectoryChange:
        if self._states.get(device) is state:
            return DirectoryChange()
        self._states[device] = state
        entry = self._by_device.get(device)
        if entry is None:
            return DirectoryChange()
        self._shown.pop(entry.id, None)
        return DirectoryChange(agents=(self._agent_out(entry),))

    def _member_changed(self, pbx: str, event: QueueMemberChanged) -> DirectoryChange:
        members = self._queues.setdefault((pbx, event.queue), _Queue()).members
        before = members.get(event.device)
        after = _Member(event.name, event.paused) if event.present else None
        if before == after:
            return DirectoryChange()
        if after is None:
            del members[event.device]
        else:
            members[event.device] = after
        return DirectoryChange(queues=(self._queue_out(pbx, event.queue),))

    def _begin_anew(self, pbx: str) -> DirectoryChange:
        """After a connect every member is told again; one who was taken out meanwhile is not."""
        emptied = [(at, name) for (at, name), queue in self._queues.items() if at == pbx and queue.members]
        for key in emptied:
            self._queues[key].members.clear()
        return DirectoryChange(queues=tuple(self._queue_out(*key) for key in emptied))

    def _agent_out(self, entry: AgentEntry) -> AgentOut:
        if (shown := self._shown.get(entry.id)) is not None:
            return shown
        states = [self._states.get(device, DeviceState.UNKNOWN) for device in entry.devices]
        shown = self._shown[entry.id] = AgentOut(
            id=entry.id,
            user_id=entry.user_id,
            name=entry.name,
            extension=entry.extension,
            devices=[
                DeviceOut(pbx=device.pbx, device=device.device, state=state)
                for device, state in zip(entry.devices, states, strict=True)
            ],
            state=min(states, key=_STRONGEST_FIRST.index, default=DeviceState.UNKNOWN),
        )
        return shown

    def _queue_out(self, pbx: str, name: str) -> QueueOut:
        queue = self._queues[pbx, name]
        members = []
        for device, member in queue.members.items():
            entry = self.by_device(pbx, device)
            members.append(
                QueueMemberOut(
                    extension=entry.extension if entry else device.partition("/")[2] or device,
                    name=entry.name if entry else member.name,
                    paused=member.paused,
                )
            )
        return QueueOut(
            pbx=pbx, name=name, waiting=queue.waiting, members=sorted(members, key=lambda member: member.extension)
        )


def _entry(agent: Agent) -> AgentEntry:
    return AgentEntry(
        id=agent.id,
        user_id=agent.user_id,
        name=agent.user.display_name,
        extension=agent.extension,
        devices=tuple(Device(one.pbx, one.device) for one in agent.devices),
    )
