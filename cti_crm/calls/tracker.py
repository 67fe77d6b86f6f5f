"""Follows the calls of one PBX: takes what it reports, tells what that means. Pure and synchronous.

`CallTracker.apply(pbx_event) -> list[CallEvent]` is all. Whatever the order or the gaps, a call ends once and stays
ended; a snapshot may end it, and may bring it back.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from cti_crm.calls import call_events as say
from cti_crm.calls import conversation, pbx_events, resync, transfers
from cti_crm.calls.call import Call, Direction, Hold, LegEnd, LegKind, Talk
from cti_crm.calls.outcome import leg_end, outcome_of
from cti_crm.calls.pbx_events import ChannelState, DialStatus, LegView
from cti_crm.calls.records import CallRecord, LegRecord, called_of, caller_of
from cti_crm.calls.registry import Registry
from cti_crm.calls.topology import Topology

_FAILED_DIAL = {
    DialStatus.BUSY: LegEnd.BUSY,
    DialStatus.CANCEL: LegEnd.CANCELLED,
    DialStatus.NO_ANSWER: LegEnd.NO_ANSWER,
    DialStatus.CONGESTION: LegEnd.UNREACHABLE,
    DialStatus.UNAVAILABLE: LegEnd.UNREACHABLE,
    DialStatus.OTHER: LegEnd.CANCELLED,
}


class CallTracker:
    """The calls of one PBX. Not thread-safe; the caller keeps the order of events."""

    def __init__(self, pbx: str, topology: Topology, new_id: Callable[[], UUID]) -> None:
        """`new_id` makes the ids of calls."""
        self._registry = Registry(pbx, topology, new_id)
        self._news: dict[CallRecord, list[tuple[type[say.CallEvent], tuple[Any, ...]]]] = {}
        self._handlers: dict[type[pbx_events.PbxEvent], Callable[[Any], None]] = {
            pbx_events.LegCreated: self._leg_created,
            pbx_events.LegChanged: self._leg_changed,
            pbx_events.LegRenamed: self._leg_changed,
            pbx_events.LegHangupRequested: self._hangup_requested,
            pbx_events.LegCleared: self._leg_cleared,
            pbx_events.DialBegan: self._dial_began,
            pbx_events.DialRinging: self._dial_ringing,
            pbx_events.DialEnded: self._dial_ended,
            pbx_events.LegJoined: self._joined,
            pbx_events.LegLeft: self._left,
            pbx_events.BridgesMerged: self._merged,
            pbx_events.LegHeld: self._held,
            pbx_events.LegUnheld: self._unheld,
            pbx_events.DigitPressed: self._digit,
            pbx_events.QueueJoined: self._queue_joined,
            pbx_events.QueueLeft: self._queue_left,
            pbx_events.QueueAbandoned: self._queue_abandoned,
            pbx_events.QueueOffered: self._queue_offered,
            pbx_events.QueueConnected: self._queue_connected,
            pbx_events.BlindTransferred: self._blind,
            pbx_events.AttendedTransferred: self._attended,
            pbx_events.PickedUp: self._picked_up,
            pbx_events.Parked: self._parked,
            pbx_events.Unparked: self._unparked,
            pbx_events.ParkingEnded: self._parking_ended,
            pbx_events.LocalPaired: self._local_paired,
            pbx_events.ConferenceJoined: self._conference,
            pbx_events.VoicemailLeft: self._voicemail,
            pbx_events.PbxSnapshot: self._snapshot,
            pbx_events.LinkLost: self._link_lost,
            pbx_events.PbxStopped: self._pbx_stopped,
        }
        self._link_lost_at: datetime | None = None

    # -- what others use -------------------------------------------------------------------------------------------

    def apply(self, event: pbx_events.PbxEvent) -> list[say.CallEvent]:
        """Take one event of the PBX; returns what it means, in order. Never raises for any event."""
        handler = self._handlers.get(type(event))
        if handler is None:
            return []
        handler(event)
        return self._tell(event.at)

    def calls(self) -> list[Call]:
        """The calls that go on, as last told."""
        return [call.freeze() for call in self._registry.calls() if call.announced]

    def restore(self, calls: Iterable[Call]) -> None:
        """Take over calls that went on when the service stopped. The next snapshot says which of them still do."""
        for call in calls:
            resync.restore(self._registry, call)

    def set_topology(self, topology: Topology) -> None:
        """New legs are understood by this topology from now on."""
        self._registry.topology = topology

    def __len__(self) -> int:
        """Legs that are there; 0 when nothing goes on."""
        return len(self._registry)

    # -- telling ---------------------------------------------------------------------------------------------------

    def _note(self, call: CallRecord, event: type[say.CallEvent] = say.CallChanged, *payload: Any) -> None:
        self._news.setdefault(call, []).append((event, payload))

    def _tell(self, at: datetime) -> list[say.CallEvent]:
        told: list[say.CallEvent] = []
        for gone, into in self._registry.absorbed:
            self._news.pop(gone, None)
            if gone.announced:
                gone.revision += 1
                told.append(say.CallAbsorbed(gone.freeze(), into.id))
            self._note(into)
        self._registry.absorbed.clear()
        news, self._news = self._news, {}
        for call, notes in news.items():
            told += self._tell_call(call, notes)
        self._registry.forget_ended(at)
        return told

    def _tell_call(
        self, call: CallRecord, notes: list[tuple[type[say.CallEvent], tuple[Any, ...]]]
    ) -> list[say.CallEvent]:
        if not call.announced and not _worth_telling(call):
            return []
        call.revision += 1
        frozen = call.freeze()
        events: list[say.CallEvent] = []
        if not call.announced:
            call.announced = True
            events.append(say.CallStarted(frozen))
        kinds = [note for note in notes if note[0] is not say.CallChanged]
        for event_type, payload in kinds:
            frozen_payload = [one.freeze() if isinstance(one, LegRecord) else one for one in payload]
            events.append(event_type(frozen, *frozen_payload))
        return events or [say.CallChanged(frozen)]

    # -- legs ------------------------------------------------------------------------------------------------------

    def _leg_created(self, event: pbx_events.LegCreated) -> None:
        view = event.leg
        known = self._registry.leg(view.id) is not None
        placing = view.state in (ChannelState.DIALING, ChannelState.UP) and bool(view.exten)
        kind = self._registry.topology.kind(view.channel)
        if placing and not known and view.linkedid in ("", view.id) and kind is LegKind.DEVICE:
            consulting = self._registry.consulted_for(view)
            if consulting is not None:
                self._registry.adopt(view.linkedid or view.id, consulting)
        leg = self._registry.see(view, event.at)
        if leg is None or known:
            return
        call = leg.call
        if placing:
            leg.placed = True
            leg.dialled = view.exten
        elif view.state is ChannelState.DOWN and len(call.legs) == 1 and leg.kind is LegKind.DEVICE:
            leg.placed = leg.originated = True
        if leg is call.origin:
            call.step(event.at, "started", leg.party_name or None, leg.dialled or None)
        elif leg.placed and leg.real:
            call.step(event.at, "consulting", leg.party_name, leg.dialled)
        if call.direction is None and leg is call.origin and leg.kind is LegKind.TRUNK and leg.placed:
            call.direction = Direction.INBOUND
            call.direction_is_sure = True
        self._note(call)

    def _leg_changed(self, event: pbx_events.LegChanged) -> None:
        leg = self._see(event.leg, event.at)
        if leg is not None:
            self._progress(leg, event.at)

    def _see(self, view: LegView, at: datetime, *, stale: bool = False) -> LegRecord | None:
        """The leg; where it is heard of for the first time, what can be guessed about it is set."""
        known = self._registry.leg(view.id) is not None
        leg = self._registry.see(view, at, stale=stale)
        if leg is not None and not known:
            resync.guess(leg)
            self._note(leg.call)
        return leg

    def _progress(self, leg: LegRecord, at: datetime) -> None:
        """Draw what follows from a leg's state."""
        call = leg.call
        if leg.state is ChannelState.RINGING and leg.alerting_at is None and leg.answered_at is None and leg.real:
            self._alert(leg, at)
        elif leg.state is ChannelState.UP and leg.answered_at is None:
            leg.answered_at = at
            if leg.originated:
                call.step(at, "own_phone_answered", leg.party_name)
                self._note(call)
            elif leg is call.origin:
                self._pbx_answered(call)
                self._note(call)
        if leg.originated:
            self._learn_dialled(leg)

    def _learn_dialled(self, leg: LegRecord) -> None:
        """Click-to-dial: the number is the phone's connected line while it rings, then the extension it is sent to."""
        call = leg.call
        if leg.answered_at is not None and not leg.dialled and leg.exten not in ("", "s"):
            leg.dialled = leg.exten
            self._note(call)
        number = leg.dialled or leg.connected_number
        if call.direction is None and number:
            ours = number in self._registry.topology.extensions.values()
            call.direction = Direction.INTERNAL if ours else Direction.OUTBOUND
            call.anchor = leg

    def _pbx_answered(self, call: CallRecord) -> None:
        """The PBX itself took the call. After a phone had not answered, and with none ringing, that is a mailbox."""
        tried = [leg for leg in call.legs.values() if leg.placed is False and leg.real]
        if tried and not call.talk and not call.queue and all(leg.end or not leg.active for leg in tried):
            call.voicemail = not any(leg.dial_answered for leg in tried)

    def _alert(self, leg: LegRecord, at: datetime) -> None:
        leg.alerting_at = at
        call = leg.call
        call.step(at, "ringing", leg.party_name)
        if leg.kind is not LegKind.DEVICE:
            self._note(call)
            return
        if leg.party_name not in call.offered_to:
            call.offered_to.append(leg.party_name)
        self._note(call, say.CallOffered, leg)

    def _hangup_requested(self, event: pbx_events.LegHangupRequested) -> None:
        leg = self._see(event.leg, event.at)
        if leg is not None:
            leg.hung_up = True

    def _leg_cleared(self, event: pbx_events.LegCleared) -> None:
        leg = self._registry.leg(event.leg.id)
        if leg is None:
            self._registry.see(event.leg, event.at)  # a leg never heard of before: it counts as having been there
            leg = self._registry.leg(event.leg.id)
            if leg is None:
                return
            resync.guess(leg)
        elif event.leg.linkedid and event.leg.linkedid != leg.linkedid:
            self._registry.see(event.leg, event.at, stale=True)
        self.clear(leg, event.at, leg_end(leg, event.cause, event.tech_cause))

    def clear(self, leg: LegRecord, at: datetime, end: LegEnd) -> None:
        """A leg is gone: settle what it talked and held, and see whether the call is over."""
        call = leg.call
        offered = leg.alerting_at is not None and leg.answered_at is None and leg.end is None and leg.real
        leg.end = end
        talk_until = leg.left_bridge_at if not leg.bridge and leg.left_bridge_at is not None else at
        if leg in call.anchors():
            conversation.stop_all(call, talk_until)
        elif leg.real and leg.answered_at is not None:  # not a second phone of the same agent that rang in vain
            conversation.stop(call, leg.party_name, talk_until)
        if leg.real:
            conversation.close_holds(call, at, leg.party_name)
        if leg.slot:
            transfers.unpark(call, leg, None, at)
        if leg.queue and not call.talk and leg is call.origin:
            call.queue_abandoned = True
        self._registry.clear(leg, at)
        if leg.real:
            if leg.answered_at is not None or leg.placed:
                call.step(at, "hung_up" if leg.hung_up else "left", leg.party_name or None)
            elif offered:
                call.step(at, "ring_ended", leg.party_name, end)
        self._note(call, *((say.OfferWithdrawn, leg) if offered else (say.CallChanged,)))
        self._settle(call, leg, at)

    def _settle(self, call: CallRecord, leg: LegRecord, at: datetime) -> None:
        remaining = call.active_legs()
        if remaining and leg in call.anchors():
            going_on = [one for one in remaining if self._goes_on(one, remaining)]
            if len(going_on) == len(remaining):
                self._split(call, remaining, at)
                remaining = []
        if not remaining:
            self.end(call, at)

    def _goes_on(self, leg: LegRecord, others: list[LegRecord]) -> bool:
        """Whether a leg without the customer still has somebody: in a bridge, or ringing for one that is there."""
        if any(one in others and one is not leg for one in self._registry.bridges.together(leg)):
            return True
        dials = any(one.dialled_by is leg and one.answered_at is None for one in others)
        return dials or (leg.dialled_by in others and leg.answered_at is None)

    def _split(self, call: CallRecord, legs: list[LegRecord], at: datetime) -> None:
        """The customer is gone, two of us talk on: from now that is an internal call of its own."""
        new = self._registry.split(legs, at)
        new.origin = next((leg for leg in legs if leg.placed), legs[0])
        new.anchor = new.origin
        new.direction = Direction.INTERNAL
        new.caller = caller_of(new.origin)
        new.offered_to = [leg.party_name for leg in legs if leg.alerting_at and not leg.placed]
        new.step(at, "started", new.origin.party_name, None)
        for leg in conversation.update(new, self._registry.bridges, at):
            self._note(new, say.CallAnswered, leg)
        self._note(new)

    def end(self, call: CallRecord, at: datetime) -> None:
        """The call is over."""
        if call.ended_at is not None:
            return
        for leg in [one for one in call.legs.values() if one.active]:  # Local channels, told of a moment later
            self._registry.clear(leg, at)
        conversation.stop_all(call, at)
        conversation.close_holds(call, at)
        call.ended_at = at
        call.caller = call.caller or (caller_of(call.origin) if call.origin else None)
        call.called = call.called or called_of(call)
        call.outcome = outcome_of(call)
        call.step(at, "ended", None, call.outcome)
        self._registry.close(call)
        self._note(call, say.CallEnded)

    # -- dialling --------------------------------------------------------------------------------------------------

    def _dial_began(self, event: pbx_events.DialBegan) -> None:
        source = self._see(event.source, event.at) if event.source is not None else None
        target = self._see(event.target, event.at, stale=True)
        if target is None:
            return
        if source is None:
            self._progress(target, event.at)
            return
        if target.call is not source.call:
            self._registry.unite(target.call, source.call)
        call = source.call
        target.placed = False
        target.originated = False
        target.dialled_by = source
        if target.kind is LegKind.TRUNK and not target.dialled:
            target.dialled = _dialled_number(event.dial_string, target)
        if source.placed is None:
            source.placed = True
        self._direct(call, target)
        if source in call.anchors() and not source.bridge and conversation.talkers(call, self._registry.bridges) == []:
            conversation.stop_all(call, source.left_bridge_at or event.at)
            transfer = transfers.redirected(call, source, target, event.at)
            if transfer is not None:
                self._note(call, say.CallTransferred, transfer)
        self._progress(target, event.at)
        self._note(call)

    def _direct(self, call: CallRecord, target: LegRecord) -> None:
        """The first device or line that is dialled says which way the call goes."""
        origin = call.origin
        if call.direction_is_sure or origin is None or not target.real or target is origin:
            return
        call.direction_is_sure = True
        if origin.kind is LegKind.TRUNK:
            call.direction = Direction.INBOUND
        elif target.kind is LegKind.TRUNK:
            call.direction = Direction.OUTBOUND
        else:
            call.direction = Direction.INTERNAL
            call.anchor = origin

    def _dial_ringing(self, event: pbx_events.DialRinging) -> None:
        if event.source is not None:
            self._see(event.source, event.at)
        target = self._see(event.target, event.at, stale=True)
        if target is not None and target.real and target.alerting_at is None and target.answered_at is None:
            self._alert(target, event.at)

    def _dial_ended(self, event: pbx_events.DialEnded) -> None:
        source = self._see(event.source, event.at) if event.source is not None else None
        target = self._see(event.target, event.at, stale=True)
        if target is None:
            return
        if source is not None and target.call is not source.call:
            self._registry.unite(target.call, source.call)
        if event.status is DialStatus.ANSWER:
            self._dial_answered(source, target, event.at)
            return
        if target.end is None and target.answered_at is None:
            offered = target.alerting_at is not None and target.real
            target.end = _FAILED_DIAL[event.status]
            if event.forward:
                target.call.step(event.at, "forwarded", target.party_name, event.forward)
            if offered:
                target.call.step(event.at, "ring_ended", target.party_name, target.end)
                self._note(target.call, say.OfferWithdrawn, target)

    def _dial_answered(self, source: LegRecord | None, target: LegRecord, at: datetime) -> None:
        if target.answered_at is None:
            target.answered_at = at
        if source is None or not (source.real and target.real):
            self._note(target.call)
            return
        target.dial_answered = True
        call = source.call
        self._direct(call, target)
        # The bridge follows at once, but its event may be lost: this is evidence enough between two real legs.
        for anchor, other in ((source, target), (target, source)):
            if anchor in call.anchors() and conversation.begin(call, other, at):
                self._answered(call, other, at)
                return
        self._note(call)

    def _answered(self, call: CallRecord, leg: LegRecord, at: datetime) -> None:
        call.step(at, "answered" if len(call.talk) == 1 else "talking", leg.party_name)
        self._note(call, say.CallAnswered, leg)

    # -- bridges ---------------------------------------------------------------------------------------------------

    def _joined(self, event: pbx_events.LegJoined) -> None:
        leg = self._see(event.leg, event.at)
        if leg is None:
            return
        if event.conference:
            leg.conference = leg.conference or leg.dialled or leg.exten or event.bridge
            self._conference_talk(leg, event.at)
            return
        self._registry.bridges.join(leg, event.bridge)
        leg.left_bridge_at = None
        if leg.state is ChannelState.UP and leg.answered_at is None:
            leg.answered_at = event.at
        for mate in self._registry.bridges.together(leg):
            if mate.call is not leg.call and leg.real:
                self._registry.unite(*_younger_first(mate.call, leg.call))
        self._talk(leg.call, event.at)

    def _talk(self, call: CallRecord, at: datetime) -> None:
        if call.direction is None:
            resync.guess_direction(call)
        for leg in conversation.update(call, self._registry.bridges, at):
            self._answered(call, leg, at)
        self._note(call)

    def _left(self, event: pbx_events.LegLeft) -> None:
        leg = self._see(event.leg, event.at)
        if leg is None:
            return
        leg.left_bridge_at = event.at
        leg.dial_answered = False
        if leg.conference:
            leg.conference = ""
            conversation.stop_all(leg.call, event.at)
        self._registry.bridges.leave(leg)
        if leg in leg.call.anchors():
            conversation.stop_all(leg.call, event.at)
        self._note(leg.call)

    def _merged(self, event: pbx_events.BridgesMerged) -> None:
        moved = self._registry.bridges.merge(event.source, event.target)
        for call in dict.fromkeys(leg.call for leg in moved):
            self._talk(call, event.at)

    def _held(self, event: pbx_events.LegHeld) -> None:
        leg = self._see(event.leg, event.at)
        if leg is None or leg.held:
            return
        leg.held = True
        leg.call.holds.append(Hold(leg.party_name, event.at))
        leg.call.step(event.at, "held", leg.party_name)
        self._note(leg.call, say.CallHeld, leg)

    def _unheld(self, event: pbx_events.LegUnheld) -> None:
        leg = self._see(event.leg, event.at)
        if leg is None or not leg.held:  # a phone that refers a call says Unhold without having held
            return
        leg.held = False
        conversation.close_holds(leg.call, event.at, leg.party_name)
        leg.call.step(event.at, "resumed", leg.party_name)
        self._note(leg.call, say.CallResumed, leg)

    def _digit(self, event: pbx_events.DigitPressed) -> None:
        leg = self._see(event.leg, event.at)
        if leg is not None and leg is leg.call.origin and not leg.call.talk:
            leg.call.step(event.at, "digit", leg.party_name, event.digit)
            self._note(leg.call)

    def _conference(self, event: pbx_events.ConferenceJoined) -> None:
        leg = self._see(event.leg, event.at)
        if leg is not None:
            leg.conference = event.conference
            self._conference_talk(leg, event.at)

    def _conference_talk(self, leg: LegRecord, at: datetime) -> None:
        """Each person's way into a conference is a call of its own; it is answered by the conference's number."""
        call = leg.call
        if call.direction is None:
            call.direction = Direction.INBOUND if leg.kind is LegKind.TRUNK else Direction.INTERNAL
        if leg.answered_at is None:
            leg.answered_at = at
        if call.answered_at is None:
            call.answered_at = at
            call.answered_by = leg.conference
            call.step(at, "conference", leg.party_name, leg.conference)
        agent = leg.party_name if leg.kind is LegKind.DEVICE else leg.conference
        if call.open_talk(agent) is None:
            call.talk.append(Talk(agent, at))
        self._note(call)

    # -- queues ----------------------------------------------------------------------------------------------------

    def _queue_joined(self, event: pbx_events.QueueJoined) -> None:
        leg = self._see(event.leg, event.at)
        if leg is None:
            return
        if leg.placed is None:
            leg.placed = True
        leg.queue = event.queue
        leg.call.queue = event.queue
        if leg.call.direction is None:
            leg.call.direction = Direction.INBOUND if leg.kind is LegKind.TRUNK else Direction.INTERNAL
            leg.call.anchor = leg
        leg.call.step(event.at, "queued", None, event.queue)
        self._note(leg.call, say.CallQueued)

    def _queue_left(self, event: pbx_events.QueueLeft) -> None:
        leg = self._see(event.leg, event.at)
        if leg is not None and leg.queue:
            leg.queue = ""
            leg.call.step(event.at, "left_queue", None, event.queue)
            self._note(leg.call)

    def _queue_abandoned(self, event: pbx_events.QueueAbandoned) -> None:
        leg = self._see(event.leg, event.at)
        if leg is not None:
            leg.call.queue_abandoned = not leg.call.talk
            self._note(leg.call)

    def _queue_offered(self, event: pbx_events.QueueOffered) -> None:
        caller = self._see(event.caller, event.at)
        if caller is not None and caller.call.queue is None:
            caller.queue = caller.call.queue = event.queue
            self._note(caller.call)

    def _queue_connected(self, event: pbx_events.QueueConnected) -> None:
        caller = self._see(event.caller, event.at)
        target = self._see(event.target, event.at, stale=True)
        if caller is None:
            return
        caller.queue = ""
        caller.call.queue = caller.call.queue or event.queue
        if target is not None and target.real:
            self._dial_answered(caller, target, event.at)

    # -- transfers, pickup, parking --------------------------------------------------------------------------------

    def _blind(self, event: pbx_events.BlindTransferred) -> None:
        transferer = self._see(event.transferer, event.at)
        transferee = self._see(event.transferee, event.at) if event.transferee is not None else None
        if transferer is None or not event.ok:
            return
        transfer = transfers.blind(transferer.call, transferer, transferee, event.exten, event.at)
        if transfer is not None:
            self._note(transferer.call, say.CallTransferred, transfer)

    def _attended(self, event: pbx_events.AttendedTransferred) -> None:
        legs = [
            self._see(view, event.at, stale=True) if view is not None else None
            for view in (event.first, event.second, event.transferee, event.target)
        ]
        first_leg, second_leg, transferee, target = legs
        first_leg, second_leg = first_leg or second_leg, second_leg or first_leg
        if not event.ok or first_leg is None or second_leg is None:
            return
        call = transferee.call if transferee is not None else first_leg.call
        for other in (first_leg, second_leg, target):
            if other is not None and other.call is not call:
                self._registry.unite(other.call, call)
        transfer = transfers.attended(call, self._registry.bridges, first_leg, second_leg, transferee, target, event.at)
        for leg in conversation.update(call, self._registry.bridges, event.at):
            self._answered(call, leg, event.at)
        if transfer is not None:
            self._note(call, say.CallTransferred, transfer)

    def _picked_up(self, event: pbx_events.PickedUp) -> None:
        picker = self._see(event.picker, event.at)
        target = self._see(event.target, event.at)
        if picker is None or target is None:
            return
        if picker.call is not target.call:
            self._registry.unite(picker.call, target.call)
        picker.placed = False
        target.call.step(event.at, "picked_up", picker.party_name, target.party_name)
        self._note(target.call)

    def _parked(self, event: pbx_events.Parked) -> None:
        leg = self._see(event.leg, event.at)
        if leg is None:
            return
        call = leg.call
        by = self._registry.topology.extension(event.parker) if "/" in event.parker else ""
        by = by or (call.talk[-1].agent if call.talk else "")
        transfers.park(call, leg, by, event.slot, event.at)
        call.step(event.at, "parked", by, event.slot)
        self._note(call, say.CallParked)

    def _unparked(self, event: pbx_events.Unparked) -> None:
        leg = self._see(event.leg, event.at)
        retriever = self._see(event.retriever, event.at) if event.retriever is not None else None
        if leg is None:
            return
        if retriever is not None and retriever.call is not leg.call:
            self._registry.unite(retriever.call, leg.call)
            retriever.placed = False
        by = retriever.party_name if retriever is not None else None
        transfers.unpark(leg.call, leg, by, event.at)
        leg.call.step(event.at, "retrieved", by, event.slot)
        self._note(leg.call, say.CallRetrieved)

    def _parking_ended(self, event: pbx_events.ParkingEnded) -> None:
        leg = self._see(event.leg, event.at)
        if leg is not None:
            transfers.unpark(leg.call, leg, None, event.at)
            leg.call.step(event.at, "parking_ended", None, "timed_out" if event.timed_out else "hung_up")
            self._note(leg.call, say.CallRetrieved)

    def _local_paired(self, event: pbx_events.LocalPaired) -> None:
        dialled = self._see(event.dialled, event.at, stale=True)
        runs = self._see(event.runs, event.at, stale=True)
        if dialled is not None and runs is not None:
            dialled.pair, runs.pair = runs, dialled

    def _voicemail(self, event: pbx_events.VoicemailLeft) -> None:
        leg = self._see(event.leg, event.at)
        if leg is not None and not leg.call.talk:
            leg.call.voicemail = True
            leg.call.step(event.at, "voicemail", leg.party_name, event.mailbox)
            self._note(leg.call)

    # -- resync ----------------------------------------------------------------------------------------------------

    def _link_lost(self, event: pbx_events.LinkLost) -> None:
        self._link_lost_at = event.at

    def _pbx_stopped(self, event: pbx_events.PbxStopped) -> None:
        for leg in self._registry.legs():
            if leg.active:
                self.clear(leg, event.at, LegEnd.LOST)

    def _snapshot(self, event: pbx_events.PbxSnapshot) -> None:
        lost_at, self._link_lost_at = self._link_lost_at or event.at, None
        present = {one.leg.id for one in event.legs}
        for leg in self._registry.legs():
            if leg.active and (leg.id not in present or event.restarted):
                leg.call.inferred_end = True
                self.clear(leg, min(max(lost_at, leg.started_at), event.at), LegEnd.LOST)
        for call in resync.take_in(self._registry, event):
            call.inferred_end = False
            self._note(call)
            self._talk(call, event.at)
        for call in self._registry.calls():
            call.inferred_end = False


def _worth_telling(call: CallRecord) -> bool:
    """A call whose phone has only dialled a code may yet turn out to be a pickup: it is told when something follows."""
    if call.ended_at is not None:
        return call.origin is not None
    origin = call.origin
    if origin is None:
        return False
    return origin.kind is LegKind.TRUNK or origin.originated or len(call.legs) > 1 or bool(call.talk or call.queue)


def _dialled_number(dial_string: str, target: LegRecord) -> str:
    """The outside number in `0301234@trunk` or `trunk/sip:0301234@host`; else what the leg itself is called."""
    number = dial_string.rpartition("sip:")[2].partition("@")[0]
    return number if number and "/" not in number and "@" in dial_string else target.number


def _younger_first(one: CallRecord, other: CallRecord) -> tuple[CallRecord, CallRecord]:
    return (one, other) if one.started_at > other.started_at else (other, one)
