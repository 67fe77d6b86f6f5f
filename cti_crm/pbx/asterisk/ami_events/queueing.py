"""Callers wait in queues, and members are called for them."""

from datetime import datetime

from cti_crm.calls import pbx_events as core
from cti_crm.calls.pbx_events import PbxEvent
from cti_crm.pbx.asterisk.fields import Fields, Reader, leg, needed, number


def _join(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A caller entered a queue. The queue may have answered the caller before."""
    return [core.QueueJoined(at, leg(fields), needed(fields, "queue"), number(fields, "position"))]


def _leave(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A caller left a queue: connected, gave up, or time ran out."""
    return [core.QueueLeft(at, leg(fields), needed(fields, "queue"))]


def _abandon(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A caller hung up in the queue; QueueCallerLeave follows."""
    return [core.QueueAbandoned(at, leg(fields), needed(fields, "queue"), number(fields, "holdtime"))]


def _agent_called(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A queue is about to dial a member; DialBegin follows."""
    return [core.QueueOffered(at, needed(fields, "queue"), leg(fields), leg(fields, "dest"))]


def _agent_connect(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A member answered and is connected with the caller."""
    return [core.QueueConnected(at, needed(fields, "queue"), leg(fields), leg(fields, "dest"))]


EVENTS: dict[str, Reader] = {
    "QueueCallerJoin": _join,
    "QueueCallerLeave": _leave,
    "QueueCallerAbandon": _abandon,
    "AgentCalled": _agent_called,
    "AgentConnect": _agent_connect,
}
