"""Who talks with the customer, and since when: read from who shares a bridge with whom. Pure.

A caller's leg being up means nothing (queues and announcements answer too), and a phone that left the bridge may only
be asking a colleague. So a stretch of talk begins when a party is in one bridge with the customer's side, also over
Local channels, and ends on evidence: party or customer cleared, the customer went elsewhere, or somebody took over.
"""

from datetime import datetime, timedelta

from cti_crm.calls.call import Direction, Hold, LegKind
from cti_crm.calls.tracking.records import CallRecord, LegRecord, TalkRecord, called_of

# Leaving one bridge and entering the next with the same party (a Local channel that is optimised away) is no pause.
REJOIN = timedelta(seconds=1)


_DEVICE, _OUTBOUND = LegKind.DEVICE, Direction.OUTBOUND  # see records.py


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

    def together(self, leg: LegRecord) -> list[LegRecord]:
        """All real legs that hear `leg`, itself included, in bridges joined by Local channels."""
        if not leg.bridge:
            return [leg]
        found, bridges = [leg] if leg.real else [], [leg.bridge]
        for bridge in bridges:
            for member in self._members.get(bridge, {}).values():
                if member.real:
                    if member is not leg:
                        found.append(member)
                elif member.pair is not None and member.pair.bridge and member.pair.bridge not in bridges:
                    bridges.append(member.pair.bridge)
        return found

    def __len__(self) -> int:
        return len(self._members)


def talkers(call: CallRecord, bridges: Bridges) -> list[LegRecord]:
    """The legs that now share a bridge with the customer's side, that side left out."""
    for anchor in call.anchors():
        if anchor.ended_at is not None:
            continue
        # Two outside lines connected with each other: the first is the customer, the other is talked to.
        others = [leg for leg in bridges.together(anchor) if leg is not anchor] or _answered(call, anchor)
        if others and call.direction is _OUTBOUND:
            return [leg for leg in others if leg.kind is _DEVICE] or others
        if others:
            return others
    return []


def _answered(call: CallRecord, anchor: LegRecord) -> list[LegRecord]:
    """Who answered the customer's side or was answered by it, where only one of the two was seen to enter a bridge.

    An answer alone is not enough: somebody who must first accept the call ("press 1") has answered too.
    """
    found = [leg for leg in call.legs.values() if leg.dial_answered and leg.dialled_by is anchor]
    if anchor.dialled_by is not None and anchor.dial_answered:
        found.append(anchor.dialled_by)
    return [other for other in found if other.active and other.real and (anchor.bridge or other.bridge)]


def update(call: CallRecord, bridges: Bridges, at: datetime) -> list[LegRecord]:
    """Begin and end stretches of talk after somebody joined; returns the legs that began to talk."""
    present = talkers(call, bridges)
    began = [leg for leg in present if _begin(call, leg, leg.party_name, at)]
    if began:
        for talk in call.talk:
            if talk.until is None and talk.leg not in present:
                talk.until = at  # somebody took over
    return began


def _begin(call: CallRecord, leg: LegRecord, agent: str, at: datetime) -> bool:
    """A party talks with the customer. False if it did so already."""
    for talk in call.talk:
        if talk.agent == agent and talk.until is None:
            talk.leg = leg
            return False
    last = next((talk for talk in reversed(call.talk) if talk.leg is leg), None)
    if last is not None and last.until is not None and at - last.until < REJOIN:
        last.until = None
        return False
    call.talk = (*call.talk, TalkRecord(agent, at, leg))
    if leg.kind is LegKind.DEVICE and leg.dialled_by is not None and not leg.dialled:
        call.offer(agent)  # a phone that answers by itself may never have said that it rings
    if leg.answered_at is None:
        leg.answered_at = at
    if call.answered_at is None:
        call.answered_at = at
        call.answered_by = call.answered_by or _first_answerer(call, leg)
    return True


def _first_answerer(call: CallRecord, leg: LegRecord) -> str:
    if call.direction is not Direction.OUTBOUND:
        return leg.party_name
    return (call.called or called_of(call)).number or leg.connected_number


def enter_conference(leg: LegRecord, at: datetime, room: str) -> bool:
    """Each person's way into a conference is a call of its own, answered by its number. False if there already."""
    if leg.conference:
        return False
    call = leg.call
    leg.conference = leg.exten if leg.exten not in ("", "s") else leg.dialled or room
    if call.direction is None:
        call.direction = Direction.INBOUND if leg.kind is LegKind.TRUNK else Direction.INTERNAL
    if call.answered_at is None:
        call.answered_by = leg.conference
    return _begin(call, leg, leg.party_name if leg.kind is LegKind.DEVICE else leg.conference, at)


def customer_left(call: CallRecord, bridges: Bridges, leg: LegRecord, at: datetime) -> None:
    """One of the customer's side is no longer heard. Talk goes on with another, if one is still in it: an outside party
    who was only asked, or who was brought in, is of that side too.
    """
    others = [one for one in talkers(call, bridges) if one is not leg]
    if others:
        stop(call, at, leg)
    else:
        stop(call, at)


def stop(call: CallRecord, at: datetime, *legs: LegRecord) -> None:
    """These parties talk no more; all, if none is named: the customer went elsewhere or hung up."""
    for talk in call.talk:
        if talk.until is None and (not legs or talk.leg in legs):
            talk.until = max(at, talk.since)


def close_holds(call: CallRecord, at: datetime, by: str | None = None) -> None:
    """End holds that are open: those of one party, or all."""
    if call.holds:
        call.holds = tuple(
            Hold(one.by, one.since, at) if one.until is None and by in (None, one.by) else one for one in call.holds
        )
