"""Joining in the middle: what can be known of calls from a snapshot, from the store, or from one odd event. Pure."""

from collections.abc import Container, Mapping

from cti_crm.calls.call import Call, Direction, Leg, LegKind, LegState
from cti_crm.calls.pbx_events import ChannelState, PbxSnapshot, SnapshotLeg
from cti_crm.calls.tracking import conversation
from cti_crm.calls.tracking.records import CallRecord, LegRecord, TalkRecord, first
from cti_crm.calls.tracking.registry import Registry

# https://docs.asterisk.org/Latest_API/API_Documentation/Dialplan_Applications/ConfBridge/ and MeetMe before it
_CONFERENCES = frozenset({"ConfBridge", "MeetMe"})

_STATES = {
    LegState.ALERTING: ChannelState.RINGING,
    LegState.CONNECTED: ChannelState.UP,
    LegState.HELD: ChannelState.UP,
    LegState.QUEUED: ChannelState.UP,
}


def guess(leg: LegRecord) -> None:
    """Set what can be guessed about a leg that was never seen to begin.

    A caller's leg runs the dialplan, so it has an extension; one that was dialled has lost its own once it answered.
    """
    if leg.state is ChannelState.DIALING:
        leg.placed = True
    elif leg.state in (ChannelState.RINGING, ChannelState.DOWN):
        leg.placed = False
    elif leg.state is ChannelState.UP:
        leg.placed = bool(leg.exten)
    if leg.placed:
        leg.dialled = leg.dialled or leg.exten
        if leg.real and (leg.call.origin is None or not leg.call.origin.placed):
            leg.call.origin = leg
    guess_direction(leg.call)


def guess_direction(call: CallRecord) -> None:
    """Which way a call goes, from the legs alone; stays unknown while there is but one of ours."""
    if call.direction is not None or call.origin is None:
        return
    real = [leg for leg in call.legs.values() if leg.real]
    if call.origin.kind is LegKind.TRUNK and call.origin.placed is not False:
        call.direction = Direction.INBOUND
    elif any(leg.kind is LegKind.TRUNK for leg in real):
        call.direction = Direction.OUTBOUND if call.origin.kind is LegKind.DEVICE else Direction.INBOUND
    elif len(real) > 1:
        call.direction = Direction.INTERNAL
        call.anchor = call.anchor or call.origin


def take_in(registry: Registry, snapshot: PbxSnapshot) -> list[CallRecord]:
    """Make the records agree with a snapshot, after what it lacks was cleared; returns the calls it speaks of."""
    calls: dict[CallRecord, None] = {}
    queued, parked = dict(snapshot.queued), dict(snapshot.parked)
    for one in snapshot.legs:
        leg = _take_leg(registry, one, snapshot, parked)
        if leg is not None:
            calls[leg.call] = None
            leg.queue = queued.get(leg.id, "")
            leg.slot = _slot(leg, parked)
            leg.call.queue = leg.queue or leg.call.queue
    for call in calls:
        guess_direction(call)
    return list(calls)


def _slot(leg: LegRecord, parked: Mapping[str, str]) -> str:
    """The PBX may say that somebody is parked, but not where: that is known if it was seen."""
    if leg.id not in parked:
        return ""
    return parked[leg.id] or leg.slot or next((one.slot for one in leg.call.parked if one.until is None), "")


def _take_leg(registry: Registry, one: SnapshotLeg, snapshot: PbxSnapshot, parked: Container[str]) -> LegRecord | None:
    view = one.leg
    ended = registry.ended_leg(view.id)
    if ended is not None and not snapshot.restarted:
        _reopen(registry, ended)
    known = registry.leg(view.id) is not None
    leg = registry.see(view, snapshot.at if known else one.began, new=True)
    if leg is None:
        return None
    if not known:
        leg.placed = one.placed
        if one.placed is None:
            guess(leg)
        elif one.placed:
            leg.dialled = view.exten
            if leg.real:
                leg.call.origin = leg
    if (
        leg.kind is LegKind.DEVICE
        and view.id == view.linkedid
        and view.state in (ChannelState.DOWN, ChannelState.RINGING)
    ):
        leg.placed = leg.originated = True  # called, and the oldest of its call: the PBX itself began it
    leg.call.started_at = min(leg.call.started_at, leg.started_at)
    if leg.state is ChannelState.UP and leg.answered_at is None:
        leg.answered_at = snapshot.at  # some time while nobody looked
    if leg.state is ChannelState.RINGING and leg.alerting_at is None and leg.kind is LegKind.DEVICE:
        leg.alerting_at = snapshot.at
        leg.call.offer(leg.party_name)
    if one.bridge and one.application in _CONFERENCES:
        registry.bridges.leave(leg)
        conversation.enter_conference(leg, snapshot.at, one.bridge)
    elif one.bridge and view.id not in parked:  # those who are parked share a bridge, but hear music only
        registry.bridges.join(leg, one.bridge)
    else:
        registry.bridges.leave(leg)
    return leg


def _reopen(registry: Registry, leg: LegRecord) -> None:
    """The PBX still has a leg that was taken for gone: it was ended wrongly, and so was its call."""
    call = leg.call
    registry.revive(leg)
    if call.ended_at is not None:
        call.ended_at = None
        call.outcome = None
        registry.adopt(call.linkedid, call)


def restore(registry: Registry, call: Call) -> None:
    """Take over a call that went on when the service stopped; its revision goes on from there."""
    lines = any(leg.kind is LegKind.TRUNK for leg in call.legs)
    people = [leg for leg in call.legs if leg.kind is not LegKind.LOCAL]
    record = CallRecord(
        id=call.id,
        pbx=call.pbx,
        linkedid=call.linkedid,
        started_at=call.started_at,
        revision=call.revision,
        announced=True,
        # "internal" is also what is said as long as nobody knows.
        direction=None if call.direction is Direction.INTERNAL and (lines or len(people) < 2) else call.direction,
        caller=call.caller if call.caller.number else None,
        called=call.called if call.called.number else None,
        queue=call.queue,
        queue_abandoned=any(step.what == "abandoned" for step in call.steps),
        voicemail=any(step.what == "voicemail" for step in call.steps),
        offered_to=call.offered_to,
        answered_by=call.answered_by,
        talk=tuple(TalkRecord(one.agent, one.since, until=one.until) for one in call.talk),
        transfers=call.transfers,
        holds=call.holds,
        parked=call.parked,
        steps=call.steps,
        answered_at=call.answered_at,
        entered=dict(call.entered),
    )
    tried = any(not leg.placed and (leg.alerting_at or leg.answered_at or leg.ended_at) for leg in people)
    record.direction_is_sure = record.direction is not None and tried
    for leg in call.legs:
        restored = _restore_leg(record, leg)
        record.legs[leg.id] = restored
        if record.origin is None and restored.real and restored.placed:
            record.origin = restored
        if restored.active:
            registry.restore(restored)
    record.origin = record.origin or next((leg for leg in record.legs.values() if leg.real), None)
    if record.direction is Direction.INTERNAL:
        record.anchor = record.origin
    for talk in record.talk:
        talk.leg = first(
            leg
            for leg in record.legs.values()
            if leg.real and leg.party_name == talk.agent and leg.answered_at and leg.answered_at <= talk.since
        )


def _restore_leg(call: CallRecord, leg: Leg) -> LegRecord:
    ours = leg.kind is LegKind.DEVICE
    number = leg.party.number or ""
    called = (call.called.number or "") if call.called else ""
    hung_up = any(step.what == "hung_up" and step.at == leg.ended_at for step in call.steps)
    return LegRecord(
        id=leg.id,
        channel=leg.device,
        kind=leg.kind,
        device=leg.device,
        extension=(leg.party.extension or "") if ours else "",
        linkedid=call.linkedid,
        call=call,
        started_at=leg.started_at,
        number=number,
        name=leg.party.name,
        state=_STATES.get(leg.state, ChannelState.DOWN),
        dialled=called if leg.placed else number,
        placed=leg.placed,
        originated=leg.placed and ours and leg.alerting_at is not None,
        alerting_at=leg.alerting_at,
        answered_at=leg.answered_at,
        ended_at=leg.ended_at,
        end=leg.end,
        held=leg.state is LegState.HELD,
        muted=leg.muted,
        queue=(call.queue or "") if leg.state is LegState.QUEUED else "",
        hung_up_at=leg.ended_at if hung_up else None,
    )
