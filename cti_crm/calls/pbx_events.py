"""What a PBX reports of calls, in no vendor's words. Adapters make these, the tracker takes them. Pure.

Every event has the time at which it was received (`at`, aware, UTC). Events about a leg carry a `LegView`: what the PBX
said about that leg in this very event. It may be older than what an earlier event said only where noted.
"""

from datetime import datetime
from enum import StrEnum

from cti_crm.infrastructure.values import value


class ChannelState(StrEnum):
    """The state a PBX gives a leg. UP says little about a caller: announcements and queues answer too."""

    DOWN = "down"
    DIALING = "dialing"  # the leg's own user is dialling (caller side)
    RINGING = "ringing"  # the leg's device rings
    UP = "up"
    BUSY = "busy"
    UNKNOWN = "unknown"


class DialStatus(StrEnum):
    """How one dial attempt ended."""

    ANSWER = "answer"
    BUSY = "busy"
    CANCEL = "cancel"
    CONGESTION = "congestion"
    NO_ANSWER = "no_answer"
    UNAVAILABLE = "unavailable"
    OTHER = "other"


@value(frozen=True, slots=True)
class LegView:
    """A leg as one event shows it. Texts are cleaned of control characters; "" where the PBX said nothing.

    id: Uniqueid. linkedid: Linkedid (may change when two calls become one).
    channel: the PBX's name for it, e.g. "PJSIP/101-0000001a".
    number, name: the leg's own caller id; for a phone of ours its own number, on a trunk the outside number.
    connected_number, connected_name: the other side, as told to this leg.
    exten: the extension being executed; only in LegCreated of a caller it is the number dialled.
    """

    id: str
    linkedid: str
    channel: str
    state: ChannelState = ChannelState.UNKNOWN
    number: str = ""
    name: str = ""
    connected_number: str = ""
    connected_name: str = ""
    exten: str = ""


@value(frozen=True, slots=True)
class PbxEvent:
    """Base of all: when it was received."""

    at: datetime


@value(frozen=True, slots=True)
class LegEvent(PbxEvent):
    """Base of the events about one leg."""

    leg: LegView


@value(frozen=True, slots=True)
class LegCreated(LegEvent):
    """A leg came to be. Of a caller's leg `leg.exten` is the number as dialled, never to be told again."""


@value(frozen=True, slots=True)
class LegChanged(LegEvent):
    """State, caller id or connected line of a leg changed (or it was merely seen)."""


@value(frozen=True, slots=True)
class LegRenamed(LegEvent):
    """The PBX gave the channel another name (masquerade); the id stays."""


@value(frozen=True, slots=True)
class CallerEntered(PbxEvent):
    """What the caller at a leg keyed in, or was found to be, before anyone answered: named by the PBX's admin.

    Told again with every event of the leg. `value` is the caller's: hostile text, cleaned of control characters.
    """

    leg_id: str
    name: str
    value: str


@value(frozen=True, slots=True)
class LegHangupRequested(LegEvent):
    """The device of this leg hung up, or declined. Absent if the PBX itself cleared the leg."""

    cause: int = 0


@value(frozen=True, slots=True)
class LegCleared(LegEvent):
    """The leg is gone. `cause` is Q.850 (0 if unknown), `tech_cause` the device's own word, e.g. "603"."""

    cause: int = 0
    tech_cause: str = ""


@value(frozen=True, slots=True)
class DialBegan(PbxEvent):
    """An attempt to reach a device, not yet ringing. `source` is None where the PBX itself calls (click-to-dial).

    `target`'s view may be older than earlier events.
    """

    source: LegView | None
    target: LegView
    dial_string: str = ""


@value(frozen=True, slots=True)
class DialRinging(PbxEvent):
    """The device that is dialled says it rings."""

    source: LegView | None
    target: LegView


@value(frozen=True, slots=True)
class DialEnded(PbxEvent):
    """The attempt is over. May come twice for a leg, or not at all. `forward` is where the device sent the call."""

    source: LegView | None
    target: LegView
    status: DialStatus
    forward: str = ""


@value(frozen=True, slots=True)
class LegJoined(LegEvent):
    """The leg entered a bridge, perhaps in place of `swapped` (a leg id)."""

    bridge: str
    swapped: str = ""
    conference: bool = False


@value(frozen=True, slots=True)
class LegLeft(LegEvent):
    """The leg left a bridge."""

    bridge: str


@value(frozen=True, slots=True)
class BridgesMerged(PbxEvent):
    """All legs of `source` are now in `target`."""

    target: str
    source: str


@value(frozen=True, slots=True)
class LegHeld(LegEvent):
    """The device of this leg put the other side on hold."""


@value(frozen=True, slots=True)
class LegUnheld(LegEvent):
    """The device of this leg took the other side back."""


@value(frozen=True, slots=True)
class LegMuted(PbxEvent):
    """What this leg's device says is let through no more, or again. Told by whoever asked the PBX for it."""

    leg_id: str
    muted: bool


@value(frozen=True, slots=True)
class MusicStarted(LegEvent):
    """This leg hears music: on hold, in a queue or parked."""


@value(frozen=True, slots=True)
class MusicStopped(LegEvent):
    """This leg hears no more music."""


@value(frozen=True, slots=True)
class DigitPressed(LegEvent):
    """The device of this leg sent a digit (told when it was let go)."""

    digit: str


@value(frozen=True, slots=True)
class QueueJoined(LegEvent):
    """A caller began to wait in a queue; `position` counts from 1, 0 if unknown."""

    queue: str
    position: int = 0


@value(frozen=True, slots=True)
class QueueLeft(LegEvent):
    """A caller waits no longer, for whatever reason."""

    queue: str


@value(frozen=True, slots=True)
class QueueAbandoned(LegEvent):
    """A caller hung up while waiting."""

    queue: str
    waited_seconds: int = 0


@value(frozen=True, slots=True)
class QueueOffered(PbxEvent):
    """A queue is about to ring a member's phone for a caller."""

    queue: str
    caller: LegView
    target: LegView


@value(frozen=True, slots=True)
class QueueConnected(PbxEvent):
    """A member answered a caller of the queue."""

    queue: str
    caller: LegView
    target: LegView


@value(frozen=True, slots=True)
class BlindTransferred(PbxEvent):
    """`transferer` sent the call to `exten`. `transferee` is None if the PBX named none. `ok` is the PBX's Result."""

    transferer: LegView
    transferee: LegView | None
    exten: str
    ok: bool = True


@value(frozen=True, slots=True)
class AttendedTransferred(PbxEvent):
    """`first` (with the customer) and `second` (with the one consulted) are legs of the same device, perhaps one leg.

    `transferee` and `target` are None where the PBX named none. `target` may be a Local leg that still rings (blonde).
    """

    first: LegView
    second: LegView
    transferee: LegView | None
    target: LegView | None
    ok: bool = True


@value(frozen=True, slots=True)
class ConsultationJoined(PbxEvent):
    """`leg`, whose device asked somebody, let both sides talk: nobody leaves."""

    leg: LegView


@value(frozen=True, slots=True)
class PickedUp(PbxEvent):
    """`picker` took the call that rang at `target`."""

    picker: LegView
    target: LegView


@value(frozen=True, slots=True)
class Parked(LegEvent):
    """The leg waits in a parking slot. `parker` is a dial string such as "PJSIP/101", "" if unknown."""

    slot: str
    parker: str = ""


@value(frozen=True, slots=True)
class Unparked(LegEvent):
    """The leg was fetched from its slot by `retriever`."""

    slot: str
    retriever: LegView | None = None


@value(frozen=True, slots=True)
class ParkingEnded(LegEvent):
    """The leg left its slot because time ran out (`timed_out`) or because it gave up."""

    slot: str
    timed_out: bool


@value(frozen=True, slots=True)
class LocalPaired(PbxEvent):
    """Two Local legs are the two ends of one pipe: `dialled` (;1) and `runs` (;2)."""

    dialled: LegView
    runs: LegView


@value(frozen=True, slots=True)
class ConferenceJoined(LegEvent):
    """The leg entered a conference room."""

    conference: str


@value(frozen=True, slots=True)
class VoicemailLeft(LegEvent):
    """A message was left from this leg. `mailbox` as the PBX names it."""

    mailbox: str


@value(frozen=True, slots=True)
class OriginateFinished(PbxEvent):
    """The PBX's own word on a click-to-dial. `leg_id` is "" where the attempt failed."""

    action_id: str
    leg_id: str
    channel: str
    ok: bool
    reason: int = 0


@value(frozen=True, slots=True)
class SnapshotLeg:
    """A leg as found after connecting. `placed` is None where the PBX does not tell who called whom.

    `began` is good to a second only. `bridge` is "" outside one. `dialling` is the application's own words.
    """

    leg: LegView
    began: datetime
    bridge: str = ""
    placed: bool | None = None
    application: str = ""


@value(frozen=True, slots=True)
class PbxSnapshot(PbxEvent):
    """All that goes on at the PBX, taken after each connect: stronger evidence than any event.

    queued: leg id -> queue; parked: leg id -> slot, "" if that is not told; restarted: the PBX began anew since we
    last saw it.
    queues: the names of all its queues, also those without members; their members are told after this.
    """

    legs: tuple[SnapshotLeg, ...]
    queued: tuple[tuple[str, str], ...] = ()
    parked: tuple[tuple[str, str], ...] = ()
    restarted: bool = False
    queues: tuple[str, ...] = ()


@value(frozen=True, slots=True)
class LinkLost(PbxEvent):
    """The link to the PBX broke; nothing is known until the next snapshot."""

    reason: str = ""


@value(frozen=True, slots=True)
class PbxStopped(PbxEvent):
    """The PBX said that it stops. All its legs end."""
