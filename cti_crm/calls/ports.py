"""What the core needs from a telephone system, whichever it is."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from cti_crm.calls.call import Call
from cti_crm.calls.call_events import CallEvent
from cti_crm.calls.pbx_events import PbxEvent
from cti_crm.infrastructure import clock
from cti_crm.infrastructure.errors import UnavailableError


class LinkState(StrEnum):
    """How the link to a PBX is."""

    CONNECTING = "connecting"
    UP = "up"
    DOWN = "down"
    REFUSED = "refused"  # wrong password, or no right to read: trying again goes on, but a person must act


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """`message` says in words what is wrong and what to do; "" while all is well. `since`: how long it is (not) up."""

    state: LinkState
    message: str = ""
    since: datetime = field(default_factory=clock.now, compare=False)


class PbxLink(Protocol):
    """One PBX's events. Survives any fault of the PBX; a `PbxSnapshot` comes first after each connect."""

    @property
    def name(self) -> str:
        """Our name for the PBX."""
        ...

    @property
    def status(self) -> LinkStatus:
        """How the link is now."""
        ...

    async def run(self) -> None:
        """Keep the link up until cancelled."""
        ...

    def events(self) -> AsyncIterator[PbxEvent]:
        """All events in order, from one reader only; ends never."""
        ...


class NumberFormat(Protocol):
    """How telephone numbers are written; the contacts know the rules."""

    def e164_or_text(self, raw: str) -> str:
        """`+4930...` where `raw` is a public number, else `raw` as it came."""
        ...

    def display(self, raw: str) -> str:
        """The number as people read it."""
        ...


class Refusal(StrEnum):
    """Why a PBX did not do what was asked; the page has words for each."""

    REFUSED = "refused"
    SILENT = "silent"  # no link, or no answer in time
    NOT_PERMITTED = "not_permitted"
    NOT_SET_UP = "not_set_up"  # the PBX lacks what it takes
    CALL_OVER = "call_over"
    UNKNOWN_NUMBER = "unknown_number"
    HELD_BY_PHONE = "held_by_phone"  # put on hold by a key of the phone: only the phone can take it back


class ControlError(Exception):
    """The PBX did not do what was asked. The message is for the agent."""

    def __init__(self, message: str, refusal: Refusal = Refusal.REFUSED) -> None:
        super().__init__(message)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class DialRequest:
    """A click-to-dial: `device` rings first; when it answers, `number` ([0-9*#+]+) is dialled.

    leg_id: the Uniqueid the agent's leg shall have, so that the call is known before its first event.
    caller_number: shown on the agent's own phone while it rings.
    takes_over: `number` is none to call: it names the colleague whose ringing call, or the slot whose call is fetched.
    """

    leg_id: str
    device: str
    number: str
    caller_number: str
    takes_over: bool = False


class Ability(StrEnum):
    """What a PBX may be able to do with an agent's call, besides dialling and hanging up."""

    HOLD = "hold"
    MUTE = "mute"
    TRANSFER = "transfer"
    CONSULT = "consult"
    CONFERENCE = "conference"
    PARK = "park"
    PICK_UP = "pick_up"
    DTMF = "dtmf"


class LackKind(StrEnum):
    """What is missing for an ability."""

    RIGHT = "right"
    CONTEXT = "context"
    MODULE = "module"
    FEATURE = "feature"
    LINK = "link"  # cannot be asked now


@dataclass(frozen=True, slots=True)
class Lack:
    """`name` of what is missing, as the PBX's administrator knows it."""

    kind: LackKind
    name: str = ""


class CallControl(Protocol):
    """What we may ask of a PBX. Each returns when the PBX accepted; what follows is told by events.

    All raise ControlError: refused, no link, or no answer in time. `leg_id` is the agent's own leg.
    """

    async def originate(self, request: DialRequest) -> None:
        """Ring the agent's phone, then connect it."""
        ...

    async def hang_up(self, leg_id: str) -> None:
        """End one leg."""
        ...

    async def hold(self, leg_id: str) -> None:
        """Let the other side hear music."""
        ...

    async def resume(self, leg_id: str) -> None:
        """Take the other side back from `hold`."""
        ...

    async def mute(self, leg_id: str, *, on: bool) -> None:
        """Let the other side hear nothing of the agent. No event tells of it: done when this returns."""
        ...

    async def transfer(self, leg_id: str, number: str) -> None:
        """Send the other side to `number` ([0-9*#+]+) and end the leg."""
        ...

    async def consult(self, leg_id: str, number: str) -> None:
        """Let the other side hear music and call `number` ([0-9*#]+) for the agent. To hand over, the leg hangs up."""
        ...

    async def end_consultation(self, leg_id: str) -> None:
        """Back to the other side; who was asked, or is being called, is let go."""
        ...

    async def join_consultation(self, leg_id: str) -> None:
        """Agent, other side and who was asked: all three talk."""
        ...

    async def park(self, leg_id: str) -> None:
        """Let the other side wait in a slot; an event tells which."""
        ...

    async def send_digits(self, leg_id: str, digits: str) -> None:
        """Play [0-9*#]+ to the other side."""
        ...

    async def lacks(self) -> Mapping[Ability, Lack]:
        """What this PBX cannot do, and what it would take. Raises nothing: where it cannot be asked, all is lacking."""
        ...


class RecordsError(UnavailableError):
    """The records of the telephone system cannot be read."""

    code = "records"


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the PBX's own records tell of one conversation: its calls, mostly one, as they were in the end.

    ids: every Linkedid and leg id that belongs to it. began, ended: whether the records hold its beginning and its
    end; without an end the calls stop at `last_at`, when it was last written of. detailed: told leg by leg, so that
    transfers and the number dialled are known; else only who talked with whom, and when.
    """

    calls: tuple[Call, ...]
    ids: frozenset[str]
    began: bool
    ended: bool
    detailed: bool
    last_at: datetime


@dataclass(frozen=True, slots=True)
class HeardEvent:
    """Something a PBX said about a call, and what it meant. text: as it was recorded; channel: of whom it speaks."""

    at: datetime
    name: str
    channel: str
    text: str
    told: tuple[CallEvent, ...]


class HeardCalls(Protocol):
    """What the PBXs said, as far as it is recorded."""

    def heard(self, call: Call) -> list[HeardEvent]:
        """All that was said about a call, in order. Blocks. Raises OSError or ValueError if it cannot be read."""
        ...


class CallRecords(Protocol):
    """A PBX's own records of its calls."""

    def conversations(self, since: datetime, until: datetime) -> AsyncIterator[Conversation]:
        """All that were written of between the two times, roughly in the order of their ends. Raises RecordsError."""
        ...
