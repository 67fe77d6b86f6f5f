"""Who talks with the customer, and since when: read from who shares a bridge with whom. Pure.

A caller's leg being up means nothing (queues and announcements answer too), and a phone that left the bridge may only
be asking a colleague. So a stretch of talk begins when a party is in one bridge with the customer's side, also over
Local channels, and ends on evidence: party or customer cleared, the customer went elsewhere, or somebody took over.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from cti_crm.calls.call import Direction, LegKind, Talk
from cti_crm.calls.tracking.records import CallRecord, LegRecord

# Leaving one bridge and entering the next with the same party (a Local channel that is optimised away) is no pause.
REJOIN = timedelta(seconds=1)


class Bridges:
    """Which legs share a bridge."""

    def __init__(self) -> None:
        self._members: dict[str, dict[str, LegRecord]] = {}

    def join(self, leg: LegRecord, bridge: str) -> None:
        """Put a leg into a bridge; it can be in one only."""
        self.leave(leg)
        leg.bridge = bridge
        self._members.setdefault(bridge, {})[leg.id] = leg

    def leave(self, leg: LegRecord) -> None:
        """Take a leg out of its bridge, if it is in one."""
        members = self._members.get(leg.bridge)
        if members is not None:
            members.pop(leg.id, None)
            if not members:
                del self._members[leg.bridge]
        leg.bridge = ""

    def merge(self, source: str, target: str) -> list[LegRecord]:
        """Move all legs of one bridge into another; returns those that moved."""
        moved = list(self._members.get(source, {}).values())
        for leg in moved:
            self.join(leg, target)
        return moved

    def together(self, leg: LegRecord) -> list[LegRecord]:
        """All real legs that hear `leg`, itself included, in bridges joined by Local channels."""
        if not leg.bridge:
            return [leg]
        bridges, found = [leg.bridge], {leg.id: leg}
        for bridge in bridges:
            for member in self._members.get(bridge, {}).values():
                found[member.id] = member
                if member.pair is not None and member.pair.bridge and member.pair.bridge not in bridges:
                    bridges.append(member.pair.bridge)
        return [one for one in found.values() if one.real]

    def __len__(self) -> int:
        return len(self._members)

    @property
    def view(self) -> Mapping[str, Mapping[str, LegRecord]]:
        """For looking only."""
        return self._members


def talkers(call: CallRecord, bridges: Bridges) -> list[LegRecord]:
    """The legs that now share a bridge with the customer's side, that side left out."""
    for anchor in call.anchors():
        if anchor.active and anchor.bridge:
            # Two outside lines connected with each other: the first is the customer, the other is talked to.
            others = [leg for leg in bridges.together(anchor) if leg is not anchor]
            return [
                leg for leg in others if leg.kind is LegKind.DEVICE or call.direction is not Direction.OUTBOUND
            ] or others
    return []


def update(call: CallRecord, bridges: Bridges, at: datetime) -> list[LegRecord]:
    """Begin and end stretches of talk after somebody joined; returns the legs that began to talk."""
    present = talkers(call, bridges)
    if not present:
        return []
    began = [leg for leg in present if _begin(call, leg, at)]
    if began:
        names = {leg.party_name for leg in present}
        for index, talk in enumerate(call.talk):
            if talk.until is None and talk.agent not in names:
                call.talk[index] = replace(talk, until=at)  # somebody took over
    return began


def begin(call: CallRecord, leg: LegRecord, at: datetime) -> bool:
    """A party talks with the customer. False if it did so already."""
    return _begin(call, leg, at)


def _begin(call: CallRecord, leg: LegRecord, at: datetime) -> bool:
    agent = leg.party_name
    if call.open_talk(agent) is not None:
        return False
    last = call.talk[-1] if call.talk else None
    if last is not None and last.agent == agent and last.until is not None and at - last.until < REJOIN:
        call.talk[-1] = replace(last, until=None)
        return False
    call.talk.append(Talk(agent, at))
    if leg.answered_at is None:
        leg.answered_at = at
    if call.answered_at is None:
        call.answered_at = at
        call.answered_by = _first_answerer(call, leg)
    return True


def _first_answerer(call: CallRecord, leg: LegRecord) -> str:
    if call.direction is not Direction.OUTBOUND:
        return leg.party_name
    called = call.freeze().called.number
    return called or leg.connected_number


def stop(call: CallRecord, agent: str, at: datetime) -> None:
    """A party talks no more."""
    index = call.open_talk(agent)
    if index is not None:
        call.talk[index] = replace(call.talk[index], until=max(at, call.talk[index].since))


def stop_all(call: CallRecord, at: datetime) -> bool:
    """The customer went elsewhere, or hung up. True if anybody talked."""
    open_spans = [talk.agent for talk in call.talk if talk.until is None]
    for agent in open_spans:
        stop(call, agent, at)
    return bool(open_spans)


def close_holds(call: CallRecord, at: datetime, by: str | None = None) -> None:
    """End holds that are open: those of one party, or all."""
    for index, hold in enumerate(call.holds):
        if hold.until is None and by in (None, hold.by):
            call.holds[index] = replace(hold, until=at)
