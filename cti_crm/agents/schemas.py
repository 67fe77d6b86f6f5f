"""Agents and queues as the API speaks of them."""

from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from cti_crm.calls.pbx_events import DeviceState


class DeviceOut(BaseModel):
    """A phone. `pbx` is our name for the telephone system it belongs to."""

    pbx: str
    device: str
    state: DeviceState


class AgentOut(BaseModel):
    """A person who takes calls. `state` sums up their devices."""

    id: UUID
    user_id: UUID
    name: str
    extension: str
    devices: list[DeviceOut]
    state: DeviceState


class AgentList(BaseModel):
    """All agents; a firm has few enough for one page."""

    items: list[AgentOut]
    next_cursor: None = None


class QueueMemberOut(BaseModel):
    """A device in a queue."""

    extension: str
    name: str
    paused: bool


class QueueOut(BaseModel):
    """A queue of a PBX with its members and how many callers wait."""

    pbx: str
    name: str
    waiting: int
    members: list[QueueMemberOut]


class QueueList(BaseModel):
    """All queues."""

    items: list[QueueOut]
    next_cursor: None = None


class AgentChange(StrEnum):
    """What happened to an agent's record."""

    ADDED = "added"
    CHANGED = "changed"
    DISABLED = "disabled"
