"""Agents and queues as the API speaks of them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cti_crm.agents.state import AgentState
from cti_crm.calls.call import Direction
from cti_crm.calls.pbx_presence import DeviceState

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]


class DeviceOut(BaseModel):
    """A phone. `pbx` is our name for the telephone system it belongs to."""

    pbx: str
    device: str
    state: DeviceState


class AgentCallOut(BaseModel):
    """The call an agent is in. With whom is told only to those who may see the call itself, by its `id`."""

    id: UUID
    direction: Direction
    since: datetime
    queue: str | None = None


class AgentOut(BaseModel):
    """A person who takes calls, and what they are doing.

    since: when `state` began; null if it was found so. pause_reason: "" if none was named, null if some queue may ring
    them. revision: grows with each change, until the service starts anew.
    """

    id: UUID
    user_id: UUID
    name: str
    extension: str
    team: str = ""
    devices: list[DeviceOut]
    state: AgentState
    since: datetime | None = None
    do_not_disturb: bool = False
    pause_reason: str | None = None
    wrap_up_until: datetime | None = None
    call: AgentCallOut | None = None
    revision: int = 0


class AgentList(BaseModel):
    """All agents; a firm has few enough for one page."""

    items: list[AgentOut]
    next_cursor: None = None


class QueueMemberOut(BaseModel):
    """A phone in a queue; what its agent is doing stands at the agent.

    agent_id: null if the phone is nobody's. pause_reason: null if not paused. fixed: named in the PBX's own
    configuration, so that it can be paused but not signed out.
    """

    extension: str
    name: str
    agent_id: UUID | None = None
    paused: bool
    pause_reason: str | None = None
    paused_since: datetime | None = None
    fixed: bool = False


class QueueOut(BaseModel):
    """A queue of a PBX: how many callers wait, since when the first of them does, and who answers."""

    pbx: str
    name: str
    waiting: int
    longest_wait_since: datetime | None = None
    members: list[QueueMemberOut]
    revision: int = 0


class QueueList(BaseModel):
    """All queues."""

    items: list[QueueOut]
    next_cursor: None = None


class PauseReasonOut(BaseModel):
    """A reason to pause. `value` is what the PBX is told; `de` and `en` are what a page shows."""

    value: str
    de: str
    en: str


class OwnQueueOut(BaseModel):
    """A queue I am in, or may sign in to."""

    pbx: str
    name: str


class OwnDeskOut(BaseModel):
    """What I may do with my queues. `agent_id` is null if I take no calls."""

    agent_id: UUID | None
    queues: list[OwnQueueOut]
    pause_reasons: list[PauseReasonOut]


class MembershipIn(BaseModel):
    """How I want to stand in a queue. `reason` goes with a pause."""

    model_config = ConfigDict(extra="forbid")

    signed_in: bool
    paused: bool = False
    reason: Line | None = None


class PauseIn(BaseModel):
    """Whether I want to be paused in all my queues, and why."""

    model_config = ConfigDict(extra="forbid")

    paused: bool
    reason: Line | None = None


class DoNotDisturbIn(BaseModel):
    """Whether pops are to be silent, and colleagues to see that I want no calls. The PBX is told nothing."""

    model_config = ConfigDict(extra="forbid")

    on: bool


class WrapUpIn(BaseModel):
    """Until when I am busy with what the last call left to do; null: I am ready."""

    model_config = ConfigDict(extra="forbid")

    until: datetime | None


class AgentPatch(BaseModel):
    """What a manager may change of an agent."""

    model_config = ConfigDict(extra="forbid")

    team: Annotated[Line, Field(description='The team; "" for none.')]


class AgentChange(StrEnum):
    """What happened to an agent's record."""

    ADDED = "added"
    CHANGED = "changed"
    DISABLED = "disabled"
