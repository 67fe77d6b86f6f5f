"""The socket's messages, versioned. Each carries things whole and with a revision: a lost one is healed by the next."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cti_crm.accounts.schemas import UserRef
from cti_crm.agents.schemas import AgentOut, QueueOut
from cti_crm.callers.schemas import SpamOut
from cti_crm.calls.schemas import CallOut
from cti_crm.contacts.schemas import MatchOut
from cti_crm.missed_calls.schemas import MissedCallOut, MissedCounts
from cti_crm.notes.schemas import NoteOut
from cti_crm.tasks.events import NoticeKind
from cti_crm.tasks.schemas import TaskOut

PROTOCOL_VERSION = 1


class PopState(StrEnum):
    """What a pop is for its agent."""

    OFFERED = "offered"  # their phone rings
    DIALLING = "dialling"  # they placed the call; their phone rings or the other side does
    TALKING = "talking"
    WRAP_UP = "wrap_up"  # they talked, the call is over (for them), they have not finished with it
    CLOSED = "closed"


class CloseReason(StrEnum):
    """Why a pop went away."""

    ANSWERED_ELSEWHERE = "answered_elsewhere"  # `closed_by` says who
    CALLER_GONE = "caller_gone"
    NOT_ANSWERED = "not_answered"  # rang out, was declined, or the queue went on
    TRANSFERRED = "transferred"
    DONE = "done"  # wrapped up, or nothing to wrap up
    FAILED = "failed"


class TouchpointLine(BaseModel):
    """A past touchpoint in one line."""

    id: UUID
    medium: str
    at: datetime
    call_id: UUID | None = None
    outcome: str | None = None
    direction: str | None = None
    agent: str | None = None
    note: str = ""


class CallBackDue(BaseModel):
    """They were missed and wait to be called back. `claimed_by` said they would do it; `since` is the first attempt."""

    attempts: int
    since: datetime
    claimed_by: UserRef | None = None


class PopContext(BaseModel):
    """What is open with them and what was last. Empty while the database is away (`complete` false).

    language: what they like to speak (BCP 47), "" if not known.
    """

    complete: bool = True
    open_tasks: list[TaskOut] = []
    touchpoints: list[TouchpointLine] = []
    last_note: NoteOut | None = None
    calls_today: int = 0
    missed: CallBackDue | None = None
    language: str = ""


class ScreenPop(BaseModel):
    """One call on one agent's screen; its id is the call's. `revision` grows with each change of the pop.

    colleague: the extension of the one of us who is on the other side, also where they call from their own mobile.
    colleagues_notes: what others write or wrote on this very call, who had it before or have it, too.
    spam: who marked the other side's number, if anybody did.
    """

    call: CallOut
    revision: int
    state: PopState
    agent_extension: str
    waiting_since: datetime
    match: MatchOut
    context: PopContext
    my_note: NoteOut | None = None
    colleagues_notes: list[NoteOut] = []
    closed_reason: CloseReason | None = None
    closed_by: str | None = None
    colleague: str | None = None
    spam: SpamOut | None = None


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Welcome(_Message):
    """The first message of the server. `protocol` must be the browser's, or it reloads the page."""

    type: Literal["welcome"] = "welcome"
    protocol: int = PROTOCOL_VERSION
    version: str
    extension: str | None


class LinkOut(BaseModel):
    """How the link to a PBX is, and since when it is up, or not; `message` is meant for people."""

    pbx: str
    state: str
    message: str = ""
    since: datetime | None = None


class Snapshot(_Message):
    """All that concerns this user now. Replaces everything the browser held of these things."""

    type: Literal["snapshot"] = "snapshot"
    pops: list[ScreenPop]
    calls: list[CallOut]
    agents: list[AgentOut]
    queues: list[QueueOut]
    links: list[LinkOut]
    missed: MissedCounts = MissedCounts()


class PopChanged(_Message):
    """A pop of this agent is new or changed."""

    type: Literal["pop"] = "pop"
    pop: ScreenPop


class CallUpdated(_Message):
    """A call changed that this user may see (their own; managers see all)."""

    type: Literal["call"] = "call"
    call: CallOut


class AgentUpdated(_Message):
    """A colleague's state changed."""

    type: Literal["agent"] = "agent"
    agent: AgentOut


class QueueUpdated(_Message):
    """A queue changed."""

    type: Literal["queue"] = "queue"
    queue: QueueOut


class AgentGone(_Message):
    """A colleague takes no calls any more."""

    type: Literal["agent_gone"] = "agent_gone"
    id: UUID


class QueueGone(_Message):
    """A PBX has this queue no more."""

    type: Literal["queue_gone"] = "queue_gone"
    pbx: str
    name: str


class LinkUpdated(_Message):
    """The link to a PBX changed."""

    type: Literal["link"] = "link"
    link: LinkOut


class DataChanged(_Message):
    """Something stored changed; whoever shows it should read it again. `resource` is the API's name for it."""

    type: Literal["data"] = "data"
    resource: Literal[
        "contacts", "organizations", "notes", "tasks", "touchpoints", "agents", "dispositions", "note-templates"
    ]
    id: UUID
    contact_id: UUID | None = None
    call_id: UUID | None = None


class TaskNoticed(_Message):
    """To this user: there is something to tell of a task of theirs, or no more. `/tasks/notices` has all of it."""

    type: Literal["task_notice"] = "task_notice"
    kind: NoticeKind
    task_id: UUID


class MissedCallsUpdated(_Message):
    """Lines of missed calls changed, or are `gone`. Not `whole`: too many to name, read the list again."""

    type: Literal["missed_calls"] = "missed_calls"
    lines: list[MissedCallOut]
    gone: list[UUID]
    whole: bool
    counts: MissedCounts


class MissedCallReminder(_Message):
    """A missed caller whom this user had put off until now."""

    type: Literal["missed_call_due"] = "missed_call_due"
    line: MissedCallOut


class Several(_Message):
    """News that can wait a moment, as many as came since this browser's last turn; each as if it had come alone."""

    type: Literal["several"] = "several"
    messages: list[AgentUpdated | QueueUpdated | AgentGone | QueueGone | CallUpdated | DataChanged]


def several(messages: Sequence[bytes]) -> bytes:
    """`Several` as it is sent, of its messages as they are sent."""
    return b'{"type":"several","messages":[' + b",".join(messages) + b"]}"


class Fault(_Message):
    """What the browser sent was not understood; the connection stays."""

    type: Literal["fault"] = "fault"
    detail: str


class Pong(_Message):
    """The answer to a ping, with its number."""

    type: Literal["pong"] = "pong"
    n: int


ServerMessage = Annotated[
    Welcome
    | Snapshot
    | PopChanged
    | CallUpdated
    | AgentUpdated
    | QueueUpdated
    | AgentGone
    | QueueGone
    | LinkUpdated
    | MissedCallsUpdated
    | MissedCallReminder
    | DataChanged
    | TaskNoticed
    | Several
    | Fault
    | Pong,
    Field(discriminator="type"),
]


class Ping(_Message):
    """Asks whether the server is alive; answered with the same number."""

    type: Literal["ping"] = "ping"
    n: Annotated[int, Field(ge=0, le=2**31)]


class ResendSnapshot(_Message):
    """Asks for a new snapshot, e.g. after sleep."""

    type: Literal["resync"] = "resync"


ClientMessage = Annotated[Ping | ResendSnapshot, Field(discriminator="type")]
