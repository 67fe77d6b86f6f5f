"""The queues of all PBXs: their members, and who waits since when. In memory, told by events; nothing here waits."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from cti_crm.agents.state import Pause
from cti_crm.calls.pbx_events import PbxSnapshot
from cti_crm.calls.pbx_presence import QueueMemberChanged

QueueKey = tuple[str, str]
"""PBX and name."""


@dataclass(frozen=True, slots=True)
class Member:
    """A phone in a queue. `interface` is what the PBX calls it there; `wrap_up_seconds` the PBX's own, mostly 0."""

    device: str
    interface: str
    name: str
    pause: Pause
    dynamic: bool
    wrap_up_seconds: int


@dataclass(slots=True)
class Queue:
    """Members by device; callers who wait, by call."""

    members: dict[str, Member] = field(default_factory=dict)
    waiting: dict[UUID, datetime] = field(default_factory=dict)


class Queues:
    """By PBX and name. What changes something returns the queues that are different now."""

    def __init__(self) -> None:
        self._queues: dict[QueueKey, Queue] = {}
        self._waits: dict[UUID, QueueKey] = {}

    def __getitem__(self, key: QueueKey) -> Queue:
        return self._queues[key]

    def __contains__(self, key: QueueKey) -> bool:
        return key in self._queues

    def __iter__(self) -> Iterator[QueueKey]:
        return iter(sorted(self._queues))

    def of_device(self, pbx: str, device: str) -> Iterator[tuple[str, Member]]:
        """The queues that a phone is in, with how it stands there."""
        for (at, name), queue in self._queues.items():
            if at == pbx and (member := queue.members.get(device)) is not None:
                yield name, member

    def member_told(self, pbx: str, event: QueueMemberChanged) -> bool:
        """A PBX told of a member. Returns whether it is news."""
        members = self._queues.setdefault((pbx, event.queue), Queue()).members
        before = members.get(event.device)
        if not event.present:
            return members.pop(event.device, None) is not None
        members[event.device] = Member(
            event.device,
            event.interface or event.device,
            event.name,
            _pause(event, before),
            event.dynamic,
            event.wrap_up_seconds,
        )
        return members[event.device] != before

    def begin_anew(self, pbx: str, snapshot: PbxSnapshot) -> tuple[list[QueueKey], list[QueueKey]]:
        """After a connect every member is told again. Returns the queues that are different, and those that are gone.

        A queue nobody waits in is gone if the PBX does not name it any more.
        """
        named = {(pbx, name) for name in snapshot.queues}
        changed = [key for key in named if key not in self._queues]
        for key in named:
            self._queues.setdefault(key, Queue())
        here = [key for key in self._queues if key[0] == pbx]
        gone = [key for key in here if named and key not in named and not self._queues[key].waiting]
        for key in gone:
            del self._queues[key]
        for key in here:
            if key in self._queues and self._queues[key].members:
                self._queues[key].members.clear()
                changed.append(key)
        return sorted(changed), sorted(gone)

    def waits(self, call: UUID, key: QueueKey | None, since: datetime) -> set[QueueKey]:
        """In which queue a call waits now, if in any. Returns the queues that are different."""
        before = self._waits.get(call)
        if before == key:
            return set()
        if before is not None:
            self._queues[before].waiting.pop(call, None)
        if key is None:
            self._waits.pop(call, None)
        else:
            self._waits[call] = key
            self._queues.setdefault(key, Queue()).waiting[call] = since
        return {one for one in (before, key) if one is not None}


def _pause(event: QueueMemberChanged, before: Member | None) -> Pause:
    if not event.paused:
        return Pause(False)
    since = event.paused_at
    if since is None and before is not None:
        known = before.pause
        since = known.since if known.paused else event.at
    return Pause(True, event.pause_reason, since)
