"""Who is who among our phones, and what each does now. In memory: it is asked on every event of every call."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.agents import repository
from cti_crm.agents.events import NO_CHANGE, DirectoryChange
from cti_crm.agents.models import Agent
from cti_crm.agents.queues import QueueKey, Queues
from cti_crm.agents.schemas import AgentCallOut, AgentOut, DeviceOut, QueueMemberOut, QueueOut
from cti_crm.agents.service import Device
from cti_crm.agents.state import AgentCall, AgentState, Facts, agent_state, foremost, pause_of
from cti_crm.calls.pbx_events import PbxEvent, PbxSnapshot
from cti_crm.calls.pbx_presence import DeviceState, DeviceStateChanged, QueueMemberChanged
from cti_crm.infrastructure import clock


@dataclass(frozen=True, slots=True)
class AgentEntry:
    """An agent as calls need to know them. The first of `devices` is the one that dials by click."""

    id: UUID
    user_id: UUID
    name: str
    extension: str
    devices: tuple[Device, ...]
    team: str = ""

    def devices_at(self, pbx: str) -> tuple[str, ...]:
        """Their phones at one PBX, in the order of preference."""
        return tuple(one.device for one in self.devices if one.pbx == pbx)


class _Glance(NamedTuple):
    """All that is shown of an agent, cheap to make and to compare: most of what a PBX reports changes nothing."""

    entry: AgentEntry
    devices: tuple[DeviceState, ...]
    state: AgentState
    since: datetime | None
    do_not_disturb: bool
    pause_reason: str | None
    wrap_up_until: datetime | None
    call_id: UUID | None
    call: AgentCall | None


@dataclass(slots=True)
class _Desk:
    """An agent: what they wish, their parts in calls, what they were found to do since when, and how that is shown."""

    entry: AgentEntry
    do_not_disturb: bool
    wrap_up_until: datetime | None
    calls: dict[UUID, AgentCall] = field(default_factory=dict)
    state: AgentState | None = None
    since: datetime | None = None
    seen: _Glance | None = None
    shown: AgentOut | None = None


class AgentDirectory:
    """Agents from the database, states from the PBXs' events. Belongs to one event loop; nothing here waits."""

    def __init__(self, now: Callable[[], datetime] = clock.now) -> None:
        self._now = now
        self._entries: tuple[AgentEntry, ...] = ()
        self._desks: dict[UUID, _Desk] = {}
        self._by_device: dict[Device, AgentEntry] = {}
        self._by_extension: dict[str, AgentEntry] = {}
        self._by_user: dict[UUID, AgentEntry] = {}
        self._extensions: dict[str, dict[str, str]] = {}
        self._states: dict[Device, DeviceState] = {}
        self._parties: dict[UUID, tuple[UUID, ...]] = {}  # call -> agents
        self._revision = 0
        self.queue_board = Queues()

    async def load(self, session: AsyncSession) -> DirectoryChange:
        """Read all agents. Returns what is different.

        What an agent wishes is taken from the database only with their first reading; from then on it is told here.
        """
        found = await repository.active_agents(session)
        entries = tuple(_entry(agent) for agent in found)
        if entries == self._entries:
            return NO_CHANGE
        before, self._desks = self._desks, {}
        for agent, entry in zip(found, entries, strict=True):
            desk = before.pop(entry.id, None) or _Desk(entry, agent.do_not_disturb, agent.wrap_up_until)
            desk.entry = entry
            self._desks[entry.id] = desk
        self._entries = entries
        self._by_device = {device: entry for entry in entries for device in entry.devices}
        self._by_extension = {entry.extension: entry for entry in entries}
        self._by_user = {entry.user_id: entry for entry in entries}
        for extensions in self._extensions.values():
            extensions.clear()
        for device, entry in self._by_device.items():
            self._extensions.setdefault(device.pbx, {})[device.device] = entry.extension
        changed = self._refreshed(self._desks)
        return DirectoryChange(changed, tuple(self.queues()), tuple(before))

    def by_device(self, pbx: str, device: str) -> AgentEntry | None:
        """Whose phone this is."""
        return self._by_device.get(Device(pbx, device))

    def by_extension(self, extension: str) -> AgentEntry | None:
        """Who is reached by it."""
        return self._by_extension.get(extension)

    def by_user(self, user_id: UUID) -> AgentEntry | None:
        """The agent a user is, if any."""
        return self._by_user.get(user_id)

    def team_of(self, user_id: UUID) -> set[UUID]:
        """The users of a user's team, with themselves; of who is in none, themselves alone."""
        own = self._by_user.get(user_id)
        if own is None or not own.team:
            return {user_id}
        return {one.user_id for one in self._entries if one.team == own.team}

    def by_id(self, agent_id: UUID) -> AgentEntry | None:
        """The agent with this id."""
        desk = self._desks.get(agent_id)
        return desk.entry if desk else None

    def extensions_for(self, pbx: str) -> Mapping[str, str]:
        """Device -> extension at one PBX, for the topology. A live view: it follows later loads."""
        return self._extensions.setdefault(pbx, {})

    def devices_without_agent(self, pbx: str) -> list[str]:
        """Phones the PBX spoke of that belong to nobody."""
        return sorted(
            one.device for one in self._states if one.pbx == pbx and one not in self._by_device and "/" in one.device
        )

    def agents(self) -> list[AgentOut]:
        """All agents with what they do, by extension."""
        return [desk.shown for desk in self._desks.values() if desk.shown is not None]

    def queues(self) -> list[QueueOut]:
        """All queues the PBXs spoke of, by name."""
        return [self._queue_out(key) for key in self.queue_board]

    def wrap_ups(self) -> dict[UUID, datetime]:
        """Agents who wrap up, or did and were not told that it is over, with its end."""
        return {one: desk.wrap_up_until for one, desk in self._desks.items() if desk.wrap_up_until is not None}

    # -- what changes it -------------------------------------------------------------------------------------------

    def apply(self, pbx: str, event: PbxEvent) -> DirectoryChange:
        """Take in what a PBX reported; events about calls change nothing here."""
        if isinstance(event, DeviceStateChanged):
            return self._device_changed(Device(pbx, event.device), event)
        if isinstance(event, QueueMemberChanged):
            return self._member_changed(pbx, event)
        if isinstance(event, PbxSnapshot):
            changed, gone = self.queue_board.begin_anew(pbx, event)
            return DirectoryChange(queues=self._queues_out(changed), queues_gone=tuple(gone))
        return NO_CHANGE

    def settle(self, pbx: str) -> DirectoryChange:
        """After a snapshot and all that followed it: whoever is in no queue any more was not spoken of."""
        return DirectoryChange(agents=self._refreshed(one.id for one in self._entries if one.devices_at(pbx)))

    def set_calls(self, call_id: UUID, parts: Mapping[UUID, AgentCall]) -> DirectoryChange:
        """Who has what part in a call, by agent; nobody once it is over."""
        before = self._parties.get(call_id, ())
        if not before and not parts:
            return NO_CHANGE
        changed = [one for one in before if one not in parts]
        for agent_id in changed:
            if desk := self._desks.get(agent_id):
                desk.calls.pop(call_id, None)
        if parts:
            self._parties[call_id] = tuple(parts)
        else:
            del self._parties[call_id]
        for agent_id, part in parts.items():
            desk = self._desks.get(agent_id)
            if desk is not None and desk.calls.get(call_id) != part:
                desk.calls[call_id] = part
                changed.append(agent_id)
        return DirectoryChange(agents=self._refreshed(changed)) if changed else NO_CHANGE

    def part_in(self, call_id: UUID, agent_id: UUID) -> AgentCall | None:
        """An agent's part in a call, as last told."""
        desk = self._desks.get(agent_id)
        return desk.calls.get(call_id) if desk else None

    def set_waiting(self, call_id: UUID, key: QueueKey | None, since: datetime) -> DirectoryChange:
        """In which queue a call waits, if in any; the calls know."""
        changed = self.queue_board.waits(call_id, key, since)
        return DirectoryChange(queues=self._queues_out(changed)) if changed else NO_CHANGE

    def set_do_not_disturb(self, agent_id: UUID, on: bool) -> DirectoryChange:
        """An agent's wish, once it is stored."""
        if (desk := self._desks.get(agent_id)) is None:
            return NO_CHANGE
        desk.do_not_disturb = on
        return DirectoryChange(agents=self._refreshed([agent_id]))

    def set_wrap_up(self, agent_id: UUID, until: datetime | None) -> DirectoryChange:
        """An agent wraps up until then, or no longer."""
        if (desk := self._desks.get(agent_id)) is None:
            return NO_CHANGE
        desk.wrap_up_until = until
        return DirectoryChange(agents=self._refreshed([agent_id]))

    def _device_changed(self, device: Device, event: DeviceStateChanged) -> DirectoryChange:
        before = self._states.get(device)
        if before is event.state:
            return NO_CHANGE
        self._states[device] = event.state
        entry = self._by_device.get(device)
        if entry is None:
            return NO_CHANGE
        return DirectoryChange(agents=self._refreshed([entry.id], found=before is None))

    def _member_changed(self, pbx: str, event: QueueMemberChanged) -> DirectoryChange:
        if not self.queue_board.member_told(pbx, event):
            return NO_CHANGE
        entry = self.by_device(pbx, event.device)
        agents = self._refreshed([entry.id]) if entry else ()
        return DirectoryChange(agents, self._queues_out([(pbx, event.queue)]))

    # -- what is shown ---------------------------------------------------------------------------------------------

    def _refreshed(self, agent_ids: Iterable[UUID], *, found: bool = False) -> tuple[AgentOut, ...]:
        """Look at these agents again; those who are shown otherwise now. `found`: not seen to change just now."""
        changed = []
        for agent_id in agent_ids:
            desk = self._desks.get(agent_id)
            if desk is None:
                continue
            seen = self._glance(desk, found=found or desk.seen is None)
            if seen != desk.seen:
                self._revision += 1
                desk.seen, desk.shown = seen, _agent_out(seen, self._revision)
                changed.append(desk.shown)
        return tuple(changed)

    def _glance(self, desk: _Desk, *, found: bool) -> _Glance:
        entry, calls, moment = desk.entry, desk.calls, self._now()
        wrapping_up = desk.wrap_up_until is not None and desk.wrap_up_until > moment
        devices = tuple([self._states.get(device, DeviceState.UNKNOWN) for device in entry.devices])
        facts = Facts(
            devices=devices,
            calls=tuple(calls.values()),
            pauses=[
                member.pause
                for device in entry.devices
                for _, member in self.queue_board.of_device(device.pbx, device.device)
            ],
            do_not_disturb=desk.do_not_disturb,
            wrapping_up=wrapping_up,
        )
        state, pause, call = agent_state(facts), pause_of(facts), foremost(facts.calls)
        if state is not desk.state:
            desk.state, desk.since = state, None if found else moment
        if desk.since is None and state is AgentState.BUSY and call:
            desk.since = call.since
        elif desk.since is None and state is AgentState.NOT_READY and pause:
            desk.since = pause.since
        return _Glance(
            entry=entry,
            devices=devices,
            state=state,
            since=desk.since,
            do_not_disturb=desk.do_not_disturb,
            pause_reason=pause.reason if pause else None,
            wrap_up_until=desk.wrap_up_until if wrapping_up else None,
            call_id=next((one for one, part in calls.items() if part is call), None) if call else None,
            call=call,
        )

    def _queues_out(self, keys: Iterable[QueueKey]) -> tuple[QueueOut, ...]:
        self._revision += 1
        return tuple(self._queue_out(key) for key in keys if key in self.queue_board)

    def _queue_out(self, key: QueueKey) -> QueueOut:
        pbx, name = key
        queue = self.queue_board[key]
        members = []
        for device, member in queue.members.items():
            entry = self.by_device(pbx, device)
            members.append(
                QueueMemberOut(
                    extension=entry.extension if entry else device.partition("/")[2] or device,
                    name=entry.name if entry else member.name,
                    agent_id=entry.id if entry else None,
                    paused=member.pause.paused,
                    pause_reason=member.pause.reason if member.pause.paused else None,
                    paused_since=member.pause.since,
                    fixed=not member.dynamic,
                )
            )
        return QueueOut(
            pbx=pbx,
            name=name,
            waiting=len(queue.waiting),
            longest_wait_since=min(queue.waiting.values(), default=None),
            members=sorted(members, key=lambda member: member.extension),
            revision=self._revision,
        )


def _agent_out(seen: _Glance, revision: int) -> AgentOut:
    entry, call = seen.entry, seen.call
    return AgentOut(
        id=entry.id,
        user_id=entry.user_id,
        name=entry.name,
        extension=entry.extension,
        team=entry.team,
        devices=[
            DeviceOut(pbx=device.pbx, device=device.device, state=at)
            for device, at in zip(entry.devices, seen.devices, strict=True)
        ],
        state=seen.state,
        since=seen.since,
        do_not_disturb=seen.do_not_disturb,
        pause_reason=seen.pause_reason,
        wrap_up_until=seen.wrap_up_until,
        call=None
        if call is None or seen.call_id is None
        else AgentCallOut(id=seen.call_id, direction=call.direction, since=call.since, queue=call.queue),
        revision=revision,
    )


def _entry(agent: Agent) -> AgentEntry:
    return AgentEntry(
        id=agent.id,
        user_id=agent.user_id,
        name=agent.user.display_name,
        extension=agent.extension,
        devices=tuple(Device(one.pbx, one.device) for one in agent.devices),
        team=agent.team,
    )
