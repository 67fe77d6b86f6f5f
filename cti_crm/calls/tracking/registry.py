"""Which legs there are and which call each belongs to. Pure.

Asterisk gives the legs of one call one Linkedid and changes it when two calls become one, without an event of its own:
so it is compared in every event. A leg that ended is remembered for a while: late events must change nothing.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cti_crm.calls.call import LegKind
from cti_crm.calls.identity import call_id_for
from cti_crm.calls.pbx_events import ChannelState, LegView
from cti_crm.calls.topology import Topology
from cti_crm.calls.tracking.conversation import Bridges
from cti_crm.calls.tracking.records import CallRecord, LegRecord

REMEMBER_ENDED = timedelta(minutes=2)
_FORGET_EVERY = timedelta(seconds=1)

_DEVICE, _UNKNOWN = LegKind.DEVICE, ChannelState.UNKNOWN  # see records.py


class Registry:
    """All that goes on at one PBX."""

    def __init__(self, pbx: str, topology: Topology, new_id: Callable[[], UUID]) -> None:
        self.topology = topology
        self.bridges = Bridges()
        self._pbx = pbx
        self._new_id = new_id
        self._legs: dict[str, LegRecord] = {}
        self._calls: dict[str, CallRecord] = {}  # by linkedid
        self._ended: OrderedDict[str, LegRecord] = OrderedDict()
        self._closed: OrderedDict[str, datetime] = OrderedDict()  # Linkedids of calls that are over
        self._locals: dict[str, LegRecord] = {}  # Local legs by channel
        self._phones: defaultdict[str, list[LegRecord]] = defaultdict(list)  # legs by device
        self.absorbed: list[tuple[CallRecord, CallRecord]] = []  # to be told: calls that became part of another
        self._forget_at = datetime.min.replace(tzinfo=UTC)

    def __len__(self) -> int:
        return len(self._legs)

    def legs(self) -> Iterator[LegRecord]:
        """The legs that are there."""
        return iter(tuple(self._legs.values()))

    def calls(self) -> list[CallRecord]:
        """The calls that go on, oldest first."""
        return list(dict.fromkeys(leg.call for leg in self._legs.values()))

    def leg(self, leg_id: str) -> LegRecord | None:
        """A leg that is there."""
        return self._legs.get(leg_id)

    def ended_leg(self, leg_id: str) -> LegRecord | None:
        """A leg that ended a short while ago."""
        return self._ended.get(leg_id)

    def see(self, view: LegView, at: datetime, *, stale: bool = False, new: bool = False) -> LegRecord | None:
        """The record of a leg that an event speaks of; made if it was never seen.

        None for a leg that has ended, and for one never heard of in a call that is over, unless it is `new`.
        stale: the view may be older than what is known, so it fills gaps only.
        """
        leg = self._legs.get(view.id)
        if leg is None:
            if not view.id or view.id in self._ended or (view.linkedid in self._closed and not new):
                return None
            return self._add(view, at)
        self.refresh(leg, view, stale=stale)
        return leg

    def refresh(self, leg: LegRecord, view: LegView, *, stale: bool = False) -> None:
        """Take over what an event says of a leg that is there; see `see`."""
        if view.linkedid and view.linkedid != leg.linkedid:
            self._relink(leg, view.linkedid)
        if not stale:
            _refresh(leg, view)
        if not leg.real and leg.pair is None:
            self._pair(leg)

    def _add(self, view: LegView, at: datetime) -> LegRecord:
        linkedid = view.linkedid or view.id
        place = self.topology.place(view.channel)
        call = self._calls.get(linkedid)
        if call is None:
            call = self.new_call(linkedid, at)
        leg = LegRecord(
            id=view.id,
            channel=view.channel,
            kind=place.kind,
            device=place.device,
            extension=place.extension,
            linkedid=linkedid,
            call=call,
            started_at=at,
        )
        _refresh(leg, view)
        self._keep(leg)
        call.legs[leg.id] = leg
        call.forget_old_legs()
        if call.origin is None and leg.real:
            call.origin = leg
        return leg

    def _keep(self, leg: LegRecord) -> None:
        self._legs[leg.id] = leg
        if not leg.real:
            self._pair(leg)
        elif leg.kind is _DEVICE:
            self._phones[leg.device].append(leg)

    def _pair(self, leg: LegRecord) -> None:
        """The two ends of a Local channel are named alike: NAME;1 is dialled, NAME;2 runs the dialplan."""
        if ";" not in leg.channel:  # taken over from the store, which has the device only
            return
        self._locals[leg.channel] = leg
        other = self._locals.get(leg.channel[:-1] + ("2" if leg.channel.endswith("1") else "1"))
        if other is not None:
            leg.pair, other.pair = other, leg

    def new_call(self, linkedid: str, at: datetime) -> CallRecord:
        """A call that begins now."""
        call_id = self._new_id() if linkedid in self._closed else call_id_for(linkedid, self._new_id)
        call = CallRecord(id=call_id, pbx=self._pbx, linkedid=linkedid, started_at=at)
        self.adopt(linkedid, call)
        return call

    def consulted_for(self, view: LegView) -> CallRecord | None:
        """The call a phone put on hold last, before it placed this new one: a consultation belongs to it."""
        phone = self._phones.get(self.topology.device(view.channel), ())
        held = [leg for leg in phone if leg.held and leg.id != view.id]
        return max(held, key=_held_since).call if held else None

    def adopt(self, linkedid: str, call: CallRecord) -> None:
        """Legs of this Linkedid belong to `call` from now on."""
        self._closed.pop(linkedid, None)
        self._calls[linkedid] = call
        if linkedid not in call.linkedids:
            call.linkedids = (*call.linkedids, linkedid)

    def restore(self, leg: LegRecord) -> None:
        """Take in a leg known from before a restart of the service."""
        self._keep(leg)
        self.adopt(leg.linkedid, leg.call)
        if leg.call.linkedid not in self._calls:
            self.adopt(leg.call.linkedid, leg.call)

    def revive(self, leg: LegRecord) -> None:
        """A leg that was taken for ended is still there."""
        self._ended.pop(leg.id, None)
        leg.ended_at = leg.end = None
        self.restore(leg)

    def _relink(self, leg: LegRecord, linkedid: str) -> None:
        known = self._calls.get(linkedid)
        if known is None:
            self.adopt(linkedid, leg.call)
        else:
            self.bring(leg, known)
        leg.linkedid = linkedid

    def tie(self, one: LegRecord, other: LegRecord) -> None:
        """Two legs turned out to be in one conversation: what belongs to the younger call goes over to the older."""
        if one.call is not other.call:
            older, younger = (one, other) if one.call.started_at <= other.call.started_at else (other, one)
            self.bring(younger, older.call)

    def bring(self, leg: LegRecord, into: CallRecord) -> None:
        """A leg belongs to another call, with all that has its Linkedid.

        If there is more to its call than these, as with an agent who has somebody else on hold, the rest stays.
        """
        call = leg.call
        if call is into:
            return
        with_it = [one for one in call.legs.values() if one.linkedid == leg.linkedid]
        if all(one in with_it for one in call.legs.values() if one.active):
            self.unite(call, into)
            return
        self.adopt(leg.linkedid, into)
        for one in with_it:
            self._move(one, into)

    def unite(self, gone: CallRecord, into: CallRecord) -> None:
        """Two calls turned out to be one."""
        if gone is into:
            return
        for leg in list(gone.legs.values()):
            self._move(leg, into)
        for linkedid in self._linkedids(gone):
            self.adopt(linkedid, into)
        into.steps = tuple(sorted((*into.steps, *gone.steps), key=lambda step: step.at))
        for extension in gone.offered_to:
            into.offer(extension)
        into.queue = into.queue or gone.queue
        into.entered = gone.entered | into.entered
        self.absorbed.append((gone, into))

    def _linkedids(self, call: CallRecord) -> list[str]:
        return [linkedid for linkedid in call.linkedids if self._calls.get(linkedid) is call]

    def _move(self, leg: LegRecord, into: CallRecord) -> None:
        leg.call.legs.pop(leg.id, None)
        leg.call = into
        into.legs[leg.id] = leg
        if into.origin is None and leg.real:
            into.origin = leg

    def clear(self, leg: LegRecord, at: datetime) -> None:
        """A leg is gone."""
        leg.ended_at = at
        self.bridges.leave(leg)
        leg.queue = leg.slot = leg.conference = ""
        leg.held = False
        self._legs.pop(leg.id, None)
        self._locals.pop(leg.channel, None)
        if leg.kind is _DEVICE:
            phones = self._phones[leg.device]
            phones.remove(leg)
            if not phones:
                del self._phones[leg.device]
        self._ended[leg.id] = leg
        if leg.pair is not None and not leg.pair.active:
            leg.pair.pair = None
            leg.pair = None

    def close(self, call: CallRecord, at: datetime) -> None:
        """A call is over: no new leg belongs to it."""
        for linkedid in self._linkedids(call):
            del self._calls[linkedid]
            self._closed[linkedid] = at

    def remembered(self) -> int:
        """Records held, of whatever kind."""
        tables = (self._legs, self._calls, self._locals, self._phones, self._ended, self._closed, self.bridges)
        return sum(len(table) for table in tables)

    def forget_ended(self, at: datetime) -> None:
        """Drop what ended long ago; looked for once a second."""
        if at < self._forget_at:
            return
        self._forget_at = at + _FORGET_EVERY
        while self._closed and at - next(iter(self._closed.values())) >= REMEMBER_ENDED:
            self._closed.popitem(last=False)
        while self._ended:
            leg = next(iter(self._ended.values()))
            if leg.ended_at is not None and at - leg.ended_at < REMEMBER_ENDED:
                return
            self._ended.popitem(last=False)


def _held_since(leg: LegRecord) -> datetime:
    return max((hold.since for hold in leg.call.holds), default=leg.started_at)


def _refresh(leg: LegRecord, view: LegView) -> None:
    if view.channel:
        leg.channel = view.channel
    if view.state is not _UNKNOWN:
        leg.state = view.state
    leg.number = view.number or leg.number
    leg.name = view.name or leg.name
    leg.connected_number = view.connected_number or leg.connected_number
    leg.exten = view.exten or leg.exten
