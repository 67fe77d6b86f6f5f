"""What CEL tells of each leg over its whole life, known before the first of its events is told. Pure.

CEL has no ringing and no dial events, but it is read when the call is over: how a leg ended says what it did before.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cti_crm.calls.pbx_events import ChannelState, DialStatus, LegView
from cti_crm.pbx.asterisk.fields import number
from cti_crm.pbx.asterisk.records.rows import CelRow

_BUSY = 17
_FORWARDED = 23
_NO_ANSWER = frozenset({18, 19})
# Q.850 causes by which a phone or line was never reached, so never rang.
_NEVER_RANG = frozenset({1, 2, 3, 20, 22, 27, 28, 34, 38, 41, 42, 44, 58})
# Refused at once is the phone's own word; later it was a person who saw it ring.
_AT_ONCE = timedelta(seconds=0.5)


@dataclass(slots=True, eq=False)
class CelLeg:
    """One leg: first what is true of it from beginning to end, then how it is now."""

    id: str
    channel: str
    began: datetime
    number: str = ""
    name: str = ""
    later_number: str = ""  # of a click-to-dial: Originate's caller id, the number to be dialled
    answers: bool = False
    cause: int = 0
    hung_up_by: str | None = None  # channel; None where this Asterisk does not say
    dial_status: str = ""
    cleared: datetime | None = None
    dials: list[str] = field(default_factory=list)  # the data of each Dial(): one after another has no APP_START

    exten: str = ""
    state: ChannelState = ChannelState.DOWN
    linkedid: str = ""
    dialled_by: "CelLeg | None" = None
    dialling: bool = False  # Dial or Queue runs
    queue: str = ""
    slot: str = ""
    bridge: str = ""
    held_by: "CelLeg | None" = None
    placed: bool = False
    originated: bool = False
    answered: bool = False
    gone: bool = False

    @property
    def local(self) -> bool:
        """Whether it is one end of a Local channel."""
        return self.channel.startswith("Local/")

    @property
    def rings(self) -> bool:
        """Whether it rang, judged by how it ended."""
        if self.answers or self.cleared is None:
            return True
        if self.cause in (_BUSY, _FORWARDED):
            return self.cleared - self.began > _AT_ONCE
        return self.cause not in _NEVER_RANG

    def unanswered_because(self, caller: "CelLeg | None") -> DialStatus:
        """How the attempt to reach it ended."""
        if self.cause == _BUSY:
            return DialStatus.BUSY
        if self.cause in _NEVER_RANG:
            return DialStatus.UNAVAILABLE
        if self.cause in _NO_ANSWER or (caller is not None and caller.dial_status == "NOANSWER"):
            return DialStatus.NO_ANSWER
        return DialStatus.CANCEL

    def view(self) -> LegView:
        """The leg as an event shows it."""
        return LegView(
            id=self.id,
            linkedid=self.linkedid,
            channel=self.channel,
            state=self.state,
            number=self.number,
            name=self.name,
            connected_number=self.later_number if self.originated else "",
            exten=self.exten,
        )


def lives(rows: Iterable[CelRow]) -> dict[str, CelLeg]:
    """The legs of a conversation by Uniqueid."""
    legs: dict[str, CelLeg] = {}
    for row in rows:
        leg = legs.get(row.leg)
        if leg is None:
            leg = legs[row.leg] = CelLeg(row.leg, row.channel, row.at, row.number, row.name)
        dialable = row.number.lstrip("+").isdigit()
        if dialable and not leg.number:
            leg.number = row.number
        elif dialable and not leg.later_number and row.number != leg.number:
            leg.later_number = row.number
        leg.name = leg.name or row.name
        if row.application == "Dial" and row.data not in leg.dials:
            leg.dials.append(row.data)
        match row.event:
            case "ANSWER":
                leg.answers = True
            case "HANGUP":
                leg.cause = number(row.extra, "hangupcause")
                leg.hung_up_by = row.extra.get("hangupsource")
                leg.dial_status = row.extra.get("dialstatus", "")
                leg.cleared = row.at
            case "CHAN_END":
                leg.cleared = leg.cleared or row.at
    return legs
