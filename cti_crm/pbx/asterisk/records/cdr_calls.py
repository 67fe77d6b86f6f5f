"""CDR rows of one conversation -> one call, told with less: who talked with whom and when. Pure.

A record names one channel and one it was connected with. Not in CDR: the number dialled where the dialplan made another
of it, transfers and their kind, holds, parking, pickups (the phone that rang first counts as having answered, for no
time), and whether a phone rang at all.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from cti_crm.calls.call import Call, CallOutcome, Direction, Leg, LegEnd, LegKind, LegState, Party, Talk
from cti_crm.calls.identity import call_id_for
from cti_crm.calls.ports import Conversation
from cti_crm.calls.topology import Topology
from cti_crm.infrastructure.clock import new_id
from cti_crm.pbx.asterisk.records.rows import CdrRow

_UNREACHED = frozenset({"BUSY", "FAILED", "CONGESTION"})
# Two rows that follow each other so closely are one stretch of talk (a Local channel that was optimised away).
_NO_PAUSE = timedelta(seconds=1)
# Shorter is no talk: a phone whose call was picked up by another has such a row.
_PICKED_UP = timedelta(seconds=0.1)


def call_of(rows: Sequence[CdrRow], pbx: str, topology: Topology) -> Conversation:
    """The call; `rows` (at least one) are all that belong to it."""
    rows = sorted(rows, key=lambda row: (row.start, row.end))
    teller = _Teller(rows, topology)
    ids = {one for row in rows for one in (row.leg, row.linkedid)}
    end = max(row.end for row in rows)
    call = teller.call(pbx, end)
    return Conversation((call,), frozenset(ids), began=True, ended=True, detailed=False, last_at=end)


class _Teller:
    def __init__(self, rows: Sequence[CdrRow], topology: Topology) -> None:
        self._rows = rows
        self._topology = topology
        self._first = next((row for row in rows if row.leg == row.linkedid), rows[0])
        self._direction = self._find_direction()

    def call(self, pbx: str, end: datetime) -> Call:
        first = self._first
        talk = self._talk()
        answered_at = talk[0].since if talk else None
        called = self._called()
        return Call(
            id=call_id_for(first.linkedid, new_id),
            pbx=pbx,
            linkedid=first.linkedid,
            revision=1,
            direction=self._direction,
            caller=self._caller(),
            called=called,
            started_at=min(row.start for row in self._rows),
            queue=self._queue(),
            offered_to=tuple(self._offered()),
            answered_by=self._answerer(talk, called),
            final_agent=talk[-1].agent if talk else None,
            outcome=self._outcome(talk),
            talk=tuple(talk),
            answered_at=answered_at,
            ended_at=end,
            inferred_end=True,
            legs=tuple(self._legs()),
        )

    def _find_direction(self) -> Direction:
        if self._kind(self._first.channel) is LegKind.TRUNK:
            return Direction.INBOUND
        outside = any(self._kind(row.other_channel) is LegKind.TRUNK for row in self._rows)
        return Direction.OUTBOUND if outside or self._clicked else Direction.INTERNAL

    @property
    def _clicked(self) -> bool:
        """A click-to-dial that the agent's own phone did not answer."""
        return self._first.application == "AppDial2" and not self._first.other_channel

    def _caller(self) -> Party:
        first = self._first
        if self._kind(first.channel) is LegKind.DEVICE:
            extension = self._topology.extension(first.channel)
            return Party(extension, "", extension)
        return Party(first.number or None, first.name)

    def _called(self) -> Party:
        number = self._first.number if self._clicked else self._first.exten
        ours = next((name for name in self._phones() if name == number), None)
        return Party(number if number not in ("", "s") else None, "", ours)

    def _phones(self) -> list[str]:
        return [self._topology.extension(row.other_channel) for row in self._rows if self._rang(row)]

    def _rang(self, row: CdrRow) -> bool:
        """Whether a phone of ours was called; in a conference the other channel is merely another member."""
        return self._kind(row.other_channel) is LegKind.DEVICE and row.application != "ConfBridge"

    def _queue(self) -> str | None:
        return next((row.data.partition(",")[0] or None for row in self._rows if row.application == "Queue"), None)

    def _offered(self) -> Iterable[str]:
        if self._clicked:
            return [self._topology.extension(self._first.channel)]
        called = [row for row in self._rows if self._rang(row) and row.disposition not in _UNREACHED]
        return dict.fromkeys(self._topology.extension(row.other_channel) for row in called)

    def _talk(self) -> list[Talk]:
        spans: list[Talk] = []
        for row in self._rows:
            if row.answer is None or row.disposition != "ANSWERED":
                continue
            if row.end - row.answer < _PICKED_UP and row.application != "ConfBridge":
                continue
            agent = self._agent(row)
            if agent is None:
                continue
            last = spans[-1] if spans else None
            if last is not None and last.agent == agent and last.until and row.answer - last.until < _NO_PAUSE:
                spans[-1] = Talk(agent, last.since, max(last.until, row.end))
            else:
                spans.append(Talk(agent, row.answer, row.end))
        return spans

    def _agent(self, row: CdrRow) -> str | None:
        """Who of this row talked with the customer; None where it is a consultation or tells of no person."""
        if row.leg != self._first.leg:
            return None
        if row.application == "ConfBridge":
            return row.exten
        if self._direction is Direction.OUTBOUND:
            trunk = self._kind(row.other_channel) is LegKind.TRUNK
            return self._topology.extension(self._first.channel) if trunk else None
        return self._behind(row) if row.other_channel else None

    def _behind(self, row: CdrRow) -> str | None:
        kind = self._kind(row.other_channel)
        if kind is LegKind.DEVICE:
            return self._topology.extension(row.other_channel)
        if kind is LegKind.TRUNK:
            same = (one for one in self._rows if one.other_channel == row.other_channel)
            return next(filter(None, map(_outside, same)), row.exten)
        pair = row.other_channel[:-1] + "2"
        inner = next((one for one in self._rows if one.channel == pair and one.disposition == "ANSWERED"), None)
        return self._behind(inner) if inner is not None else None

    def _answerer(self, talk: list[Talk], called: Party) -> str | None:
        if not talk:
            return None
        return called.number if self._direction is Direction.OUTBOUND else talk[0].agent

    def _outcome(self, talk: list[Talk]) -> CallOutcome:
        applications = {row.application.lower() for row in self._rows if row.disposition == "ANSWERED"}
        dispositions = {row.disposition for row in self._rows if row.other_channel}
        if talk:
            return CallOutcome.ANSWERED
        if self._direction is Direction.OUTBOUND:
            if not dispositions or dispositions <= {"FAILED", "CONGESTION"}:
                return CallOutcome.FAILED
            return CallOutcome.BUSY if "BUSY" in dispositions else CallOutcome.NO_ANSWER
        if "voicemail" in applications:
            return CallOutcome.VOICEMAIL
        if self._queue() is not None:
            return CallOutcome.ABANDONED
        if dispositions == {"BUSY"}:
            return CallOutcome.BUSY
        reached = dispositions - {"FAILED", "CONGESTION"} or applications  # a menu answers too
        return CallOutcome.MISSED if reached else CallOutcome.FAILED

    def _legs(self) -> Iterable[Leg]:
        """CDR has the Uniqueid of one channel only; the other's name stands for its id."""
        legs: dict[str, Leg] = {}
        for row in self._rows:
            legs[row.leg] = self._leg(row, row.leg, row.channel, placed=True)
            if row.other_channel:
                legs[row.other_channel] = self._leg(row, row.other_channel, row.other_channel, placed=False)
        return legs.values()

    def _leg(self, row: CdrRow, leg_id: str, channel: str, *, placed: bool) -> Leg:
        kind = self._topology.kind(channel)
        extension = self._topology.extension(channel) if kind is LegKind.DEVICE else None
        number = extension or (row.number if placed else _outside(row) or row.exten) or None
        return Leg(
            id=leg_id,
            kind=kind,
            device=self._topology.device(channel),
            party=Party(number, row.name if placed else "", extension),
            state=LegState.CLEARED,
            placed=placed,
            started_at=row.start,
            answered_at=row.answer,
            ended_at=row.end,
            end=_ENDS.get(row.disposition, LegEnd.HUNG_UP),
        )

    def _kind(self, channel: str) -> LegKind | None:
        return self._topology.kind(channel) if channel else None


_ENDS = {"NO ANSWER": LegEnd.NO_ANSWER, "BUSY": LegEnd.BUSY, "FAILED": LegEnd.UNREACHABLE}


def _outside(row: CdrRow) -> str:
    """The outside number in Dial()'s data, `PJSIP/0301234@trunk,30` or `SIP/trunk/0301234`."""
    if row.application != "Dial":
        return ""
    peer = row.other_channel.partition("/")[2].rpartition("-")[0]
    for target in row.data.split(",")[0].split("&"):
        rest = target.partition("/")[2]
        if rest.endswith("@" + peer):
            return rest.removesuffix("@" + peer)
        if rest.startswith(peer + "/"):
            return rest.removeprefix(peer + "/")
    return ""
