"""What an agent is doing, told from what is known of their phones, calls, queues and wishes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cti_crm.calls.call import Direction
from cti_crm.calls.pbx_presence import DeviceState

WRAP_UP_REASON = "wrap-up"
"""The reason of the pauses that we make after a call, and that only we lift."""

# Tuples: looked through by identity, while a set would ask each member for its hash, which enums answer slowly.
_BUSY = (DeviceState.IN_USE, DeviceState.BUSY, DeviceState.ON_HOLD)
_ABSENT = (DeviceState.UNAVAILABLE, DeviceState.UNKNOWN)


class AgentState(StrEnum):
    """What an agent is doing."""

    LOGGED_OFF = "logged_off"  # no phone of theirs is known to be reachable
    NOT_READY = "not_ready"  # does not want calls: do-not-disturb, or paused in every queue they are in
    READY = "ready"
    RINGING = "ringing"
    BUSY = "busy"  # talks, holds, or places a call
    WRAP_UP = "wrap_up"  # finishes what a call left to do


@dataclass(frozen=True, slots=True)
class AgentCall:
    """An agent's part in a call that goes on. `state` is RINGING or BUSY; `since`: when that began."""

    state: AgentState
    direction: Direction
    since: datetime
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """How an agent stands in one queue. `reason` is "" if none was named; `since` None if the PBX does not say."""

    paused: bool
    reason: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that counts for an agent's state. `pauses`: one for each queue they are in."""

    devices: Sequence[DeviceState] = ()
    calls: Sequence[AgentCall] = ()
    pauses: Sequence[Pause] = ()
    do_not_disturb: bool = False
    wrapping_up: bool = False


def agent_state(facts: Facts) -> AgentState:
    """The strongest of what holds: a talk over a ringing phone, both over everything that was asked for."""
    devices, calls = facts.devices, [call.state for call in facts.calls]
    if AgentState.BUSY in calls or any(one in _BUSY for one in devices):
        return AgentState.BUSY
    if AgentState.RINGING in calls or DeviceState.RINGING in devices:
        return AgentState.RINGING
    if all(one in _ABSENT for one in devices):
        return AgentState.LOGGED_OFF
    if facts.wrapping_up:
        return AgentState.WRAP_UP
    if facts.do_not_disturb or pause_of(facts) is not None:
        return AgentState.NOT_READY
    return AgentState.READY


def pause_of(facts: Facts) -> Pause | None:
    """The pause of an agent who gets no calls from any queue they are in; None if some queue may ring them.

    While they wrap up, a pause for that alone is not one of theirs.
    """
    if not facts.pauses or not all(one.paused for one in facts.pauses):
        return None
    own = [one for one in facts.pauses if not (facts.wrapping_up and one.reason == WRAP_UP_REASON)]
    named = [one for one in own if one.reason and one.reason != WRAP_UP_REASON]
    return next(iter([*named, *own]), None)


def foremost(calls: Sequence[AgentCall]) -> AgentCall | None:
    """Of several calls the one to show: a talk before a ringing phone, the newest first."""
    if len(calls) < 2:
        return calls[0] if calls else None
    return max(calls, key=lambda call: (call.state is AgentState.BUSY, call.since))
