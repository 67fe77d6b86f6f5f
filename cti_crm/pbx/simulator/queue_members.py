"""Members of queues come, go and pause: the AMI actions, and the people of the office doing it by themselves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cti_crm.pbx.simulator.ami_server import Headers, Session
from cti_crm.pbx.simulator.clock import Clock
from cti_crm.pbx.simulator.events import member_fields
from cti_crm.pbx.simulator.model import QueueMember, QueueState
from cti_crm.pbx.simulator.phones import People
from cti_crm.pbx.simulator.switch import Switch

RIGHTS = frozenset({"agent"})
_TRUE = ("true", "yes", "1", "on", "y", "t")


class QueueMembers:
    """What can be done with members, as app_queue does it."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch

    def add(self, queue: QueueState, device: str, name: str, *, paused: bool = False) -> bool:
        """QueueMemberAdded, unless they are there already."""
        if _member(queue, device) is not None:
            return False
        now = int(self._switch.clock.now())
        member = QueueMember(device, name or device, now, dynamic=True, pause_reason="" if paused else None)
        queue.members.append(member)
        self._say("QueueMemberAdded", queue, member)
        return True

    def remove(self, queue: QueueState, member: QueueMember) -> None:
        """QueueMemberRemoved."""
        queue.members.remove(member)
        queue.next_member = 0
        self._say("QueueMemberRemoved", queue, member)

    def pause(self, device: str, name: str | None, reason: str | None) -> bool:
        """QueueMemberPause in one queue or in all; `reason` None ends the pause. Whether there is such a member."""
        found = False
        for queue in self._switch.model.queues.values():
            member = _member(queue, device)
            if member is None or name not in (None, queue.plan.name):
                continue
            found = True
            if reason is not None and member.pause_reason is None:
                member.last_pause = int(self._switch.clock.now())
            if member.pause_reason != reason:
                member.pause_reason = reason
                self._say("QueueMemberPause", queue, member)
        return found

    def _say(self, event: str, queue: QueueState, member: QueueMember) -> None:
        state = self._switch.model.device_state(member.device)
        self._switch.say(event, member_fields(queue, member, state, listed=False), privilege="agent")


class QueueActions:
    """QueueAdd, QueueRemove and QueuePause, with the answers of app_queue.c."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self._members = QueueMembers(switch)

    def handlers(self) -> dict[str, tuple[frozenset[str], Callable[[Session, Headers], None]]]:
        """By the action's name in lower case, with the right it takes."""
        return {
            "queueadd": (RIGHTS, self._add),
            "queueremove": (RIGHTS, self._remove),
            "queuepause": (RIGHTS, self._pause),
        }

    def _add(self, session: Session, headers: Headers) -> None:
        queue = self._switch.model.queues.get(headers.get("queue", ""))
        paused = headers.get("paused", "").lower() in _TRUE
        if queue is None:
            session.reply(headers, "Error", "Unable to add interface to queue: No such queue")
        elif not self._members.add(queue, headers.get("interface", ""), headers.get("membername", ""), paused=paused):
            session.reply(headers, "Error", "Unable to add interface: Already there")
        else:
            session.reply(headers, "Success", "Added interface to queue")

    def _remove(self, session: Session, headers: Headers) -> None:
        queue = self._switch.model.queues.get(headers.get("queue", ""))
        member = _member(queue, headers.get("interface", "")) if queue else None
        if queue is None:
            session.reply(headers, "Error", "Unable to remove interface from queue: No such queue")
        elif member is None:
            session.reply(headers, "Error", "Unable to remove interface: Not there")
        elif not member.dynamic:
            session.reply(headers, "Error", "Member not dynamic")
        else:
            self._members.remove(queue, member)
            session.reply(headers, "Success", "Removed interface from queue")

    def _pause(self, session: Session, headers: Headers) -> None:
        paused = headers.get("paused", "").lower() in _TRUE
        reason = headers.get("reason", "") if paused else None
        if not self._members.pause(headers.get("interface", ""), headers.get("queue"), reason):
            session.reply(headers, "Error", "Interface not found")
        else:
            session.reply(headers, "Success", f"Interface {'paused' if paused else 'unpaused'} successfully")


@dataclass(frozen=True, slots=True)
class Breaks:
    """How the office rests. extensions: who does. until, long: seconds between two breaks, and of one."""

    extensions: Sequence[str] = ("103", "104")
    reasons: Sequence[str] = ("Break", "Lunch", "Meeting", "Paperwork")
    until: tuple[float, float] = (20.0, 45.0)
    long: tuple[float, float] = (25.0, 70.0)


class BreakTaker:
    """Now and then somebody pauses, and comes back."""

    def __init__(self, breaks: Breaks, switch: Switch, clock: Clock, people: People) -> None:
        self._breaks = breaks
        self._switch = switch
        self._clock = clock
        self._people = people
        self._members = QueueMembers(switch)

    async def run(self) -> None:
        """Until cancelled; one at a time."""
        breaks, people = self._breaks, self._people
        while True:
            await self._clock.sleep(people.span(breaks.until))
            phone = self._switch.office.device(people.chance.choice(breaks.extensions))
            if phone is None or not self._switch.model.is_free(phone.interface):
                continue
            self._members.pause(phone.interface, None, people.chance.choice(breaks.reasons))
            await self._clock.sleep(people.span(breaks.long))
            self._members.pause(phone.interface, None, None)


def _member(queue: QueueState, device: str) -> QueueMember | None:
    return next((one for one in queue.members if one.device == device), None)
