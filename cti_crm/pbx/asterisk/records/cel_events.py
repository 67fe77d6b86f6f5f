"""CEL rows of one conversation -> the events the core would have had from a live link, as far as CEL tells. Pure.

Not in CEL, so guessed from how a leg ended: ringing, and why an attempt failed. Not in CEL at all: digits and holds
before Asterisk 22, the slot of a call that nobody fetched, paused or signed-in agents.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from cti_crm.calls import pbx_events as core
from cti_crm.calls.call import LegKind
from cti_crm.calls.pbx_events import ChannelState, DialStatus, PbxEvent
from cti_crm.calls.topology import Topology
from cti_crm.pbx.asterisk.records.legs import CelLeg, lives
from cti_crm.pbx.asterisk.records.rows import CelRow

Told = Iterator[PbxEvent]

_AT_ONCE = timedelta(seconds=1)


class CelTranslator:
    """One conversation, whose rows are all known."""

    def __init__(self, rows: Sequence[CelRow], topology: Topology) -> None:
        self._rows = rows
        self._topology = topology
        self._legs = lives(rows)
        self._seen: dict[str, CelLeg] = {}
        self._linkedids: dict[str, str] = {}  # of consultations: their own -> that of the call they are for

    def events(self) -> Told:
        """All events in order."""
        for row in self._rows:
            handler = _HANDLERS.get(row.event)
            if handler is None:
                continue
            leg = self._legs[row.leg]
            if leg.gone or (leg.id not in self._seen and row.event != "CHAN_START"):
                continue
            leg.linkedid = self._linkedids.get(row.linkedid, row.linkedid)
            yield from handler(self, leg, row)

    # -- a leg comes to be -----------------------------------------------------------------------------------------

    def _started(self, leg: CelLeg, row: CelRow) -> Told:
        trunk = self._topology.kind(leg.channel) is LegKind.TRUNK
        self._seen[leg.id] = leg
        if leg.local:
            yield from self._local_started(leg, row)
        elif row.leg != row.linkedid:
            yield core.LegCreated(row.at, leg.view())
            yield from self._dialled(leg, row.at)
        elif trunk or row.exten not in ("", "s"):
            leg.placed = True
            leg.exten, leg.state = row.exten, ChannelState.DIALING
            self._belongs_to_call_in_hand(leg)
            yield core.LegCreated(row.at, leg.view())
        else:  # nobody dialled and nobody was dialled: the PBX was asked to call this phone
            leg.originated = True
            yield core.LegCreated(row.at, leg.view())
            yield core.DialBegan(row.at, None, leg.view())
            if leg.rings:
                yield core.DialRinging(row.at, None, leg.view())

    def _local_started(self, leg: CelLeg, row: CelRow) -> Told:
        """`;1` is dialled, `;2` runs the dialplan."""
        leg.exten = row.exten
        leg.state = ChannelState.DIALING if leg.channel.endswith(";2") else ChannelState.DOWN
        yield core.LegCreated(row.at, leg.view())
        if leg.state is ChannelState.DOWN:
            if row.leg != row.linkedid:
                yield from self._dialled(leg, row.at)
            return
        pair = self._pair(leg)
        if pair is not None:
            yield core.LocalPaired(row.at, pair.view(), leg.view())

    def _dialled(self, leg: CelLeg, at: datetime) -> Told:
        caller, dial_string = self._caller_of(leg)
        if caller is None:
            return
        leg.dialled_by = caller
        if caller.queue:
            yield core.QueueOffered(at, caller.queue, caller.view(), leg.view())
        yield core.DialBegan(at, caller.view(), leg.view(), dial_string)
        if leg.rings:
            yield core.DialRinging(at, caller.view(), leg.view())

    def _caller_of(self, leg: CelLeg) -> tuple[CelLeg | None, str]:
        """Who dials a leg, and by which words: the one whose Dial names it, else the last of this call to dial."""
        device = self._topology.device(leg.channel)
        same_call = [one for one in self._seen.values() if one.linkedid == leg.linkedid and not one.gone]
        dialling = [one for one in same_call if one.dialling]
        for one in reversed(dialling or same_call):  # cel.conf may leave applications out
            for target in (target for data in one.dials for target in data.split(",")[0].split("&")):
                words = _dial_string(target, device)
                if words is not None:
                    return one, words
        if dialling:
            return max(dialling, key=lambda one: one.began), ""
        if leg.local:  # a consultation by feature code: made for the one who pressed it, dialled by no application
            return None, ""
        return self._seen.get(leg.linkedid), ""

    def _belongs_to_call_in_hand(self, leg: CelLeg) -> None:
        """A phone in a call that places another has put the first on hold, though Asterisk before 22 does not say."""
        phone = self._topology.device(leg.channel)
        if self._topology.kind(leg.channel) is not LegKind.DEVICE or any(
            one.held_by is not None and self._topology.device(one.held_by.channel) == phone
            for one in self._seen.values()
        ):
            return
        for one in self._seen.values():
            if one is not leg and one.bridge and not one.gone and self._topology.device(one.channel) == phone:
                self._linkedids[leg.linkedid] = leg.linkedid = one.linkedid
                return

    # -- answering, applications -----------------------------------------------------------------------------------

    def _answered(self, leg: CelLeg, row: CelRow) -> Told:
        leg.state = ChannelState.UP
        leg.answered = True
        if leg.placed or leg.originated:
            leg.exten = row.exten or leg.exten
        yield core.LegChanged(row.at, leg.view())
        caller = leg.dialled_by
        if caller is not None:
            yield core.DialEnded(row.at, caller.view(), leg.view(), DialStatus.ANSWER)
            if caller.queue and not leg.local:
                yield core.QueueLeft(row.at, caller.view(), caller.queue)
                caller.queue = ""
        if row.application.lower() == "voicemail":
            yield core.VoicemailLeft(row.at, leg.view(), row.data.partition(",")[0])

    def _application_began(self, leg: CelLeg, row: CelRow) -> Told:
        if not leg.local or leg.channel.endswith(";2"):
            leg.exten = row.exten or leg.exten
        yield core.LegChanged(row.at, leg.view())
        match row.application.lower():
            case "dial":
                leg.dialling = True
            case "queue":
                leg.dialling = True
                leg.queue = row.data.partition(",")[0] or row.exten
                yield core.QueueJoined(row.at, leg.view(), leg.queue)
            case "voicemail" if leg.answered:
                yield core.VoicemailLeft(row.at, leg.view(), row.data.partition(",")[0])

    def _application_ended(self, leg: CelLeg, row: CelRow) -> Told:
        if not leg.dialling:
            return
        leg.dialling = False
        for one in self._seen.values():
            if one.dialled_by is leg and not one.answered and not one.gone:
                yield core.DialEnded(row.at, leg.view(), one.view(), one.unanswered_because(leg))
        if leg.queue:
            if self._gave_up(leg, row.at):
                yield core.QueueAbandoned(row.at, leg.view(), leg.queue)
            yield core.QueueLeft(row.at, leg.view(), leg.queue)
            leg.queue = ""

    def _gave_up(self, leg: CelLeg, at: datetime) -> bool:
        """Whether the caller hung up just now, rather than the queue giving up on them."""
        if leg.cleared is None or leg.cleared - at > _AT_ONCE:
            return False
        return leg.hung_up_by is None or leg.hung_up_by == leg.channel

    # -- bridges ---------------------------------------------------------------------------------------------------

    def _entered(self, leg: CelLeg, row: CelRow) -> Told:
        bridge, technology = row.extra.get("bridge_id", ""), row.extra.get("bridge_technology", "")
        if not bridge or technology == "holding_bridge":  # all that are parked share one, and hear nobody
            return
        leg.bridge = bridge
        conference = technology == "softmix" and row.application == "ConfBridge"  # a talk of three is mixed too
        yield core.LegJoined(row.at, leg.view(), bridge, conference=conference)

    def _exited(self, leg: CelLeg, row: CelRow) -> Told:
        if leg.bridge:
            bridge, leg.bridge = leg.bridge, ""
            yield core.LegLeft(row.at, leg.view(), bridge)

    def _music(self, leg: CelLeg, row: CelRow) -> Told:
        """Since Asterisk 22. Music in a bridge of two: the other one has pressed hold."""
        others = self._hear(leg) if "class" in row.extra else []
        if len(others) == 1:
            leg.held_by = others[0]
            yield core.LegHeld(row.at, others[0].view())

    def _music_ended(self, leg: CelLeg, row: CelRow) -> Told:
        holder, leg.held_by = leg.held_by, None
        if holder is not None and not holder.gone:
            yield core.LegUnheld(row.at, holder.view())

    def _hear(self, leg: CelLeg) -> list[CelLeg]:
        bridges = [leg.bridge] if leg.bridge else []
        found: list[CelLeg] = []
        for bridge in bridges:
            for one in self._seen.values():
                if one.bridge != bridge or one is leg:
                    continue
                pair = self._pair(one) if one.local else None
                if pair is not None and pair.bridge and pair.bridge not in bridges:
                    bridges.append(pair.bridge)
                elif not one.local:
                    found.append(one)
        return found

    def _pair(self, leg: CelLeg) -> CelLeg | None:
        other = leg.channel[:-1] + ("1" if leg.channel.endswith("2") else "2")
        return next((one for one in self._seen.values() if one.channel == other and not one.gone), None)

    # -- handing over ----------------------------------------------------------------------------------------------

    def _blind(self, leg: CelLeg, row: CelRow) -> Told:
        transferee = self._seen.get(row.extra.get("transferee_channel_uniqueid", ""))
        view = transferee.view() if transferee else None
        yield core.BlindTransferred(row.at, leg.view(), view, row.extra.get("extension", ""))

    def _attended(self, leg: CelLeg, row: CelRow) -> Told:
        ids = ("channel2_uniqueid", "transferee_channel_uniqueid", "transfer_target_channel_uniqueid")
        second, transferee, target = (self._seen.get(row.extra.get(key, "")) for key in ids)
        yield core.AttendedTransferred(
            row.at,
            leg.view(),
            (second or leg).view(),
            transferee.view() if transferee else None,
            target.view() if target else None,
        )

    def _picked_up(self, leg: CelLeg, row: CelRow) -> Told:
        picker = self._seen.get(row.extra.get("pickup_channel_uniqueid", "")) or self._named(
            row.extra.get("pickup_channel", "")
        )
        if picker is None:
            return
        yield core.PickedUp(row.at, picker.view(), leg.view())
        if leg.dialled_by is not None:
            yield core.DialEnded(row.at, leg.dialled_by.view(), picker.view(), DialStatus.ANSWER)

    def _parked(self, leg: CelLeg, row: CelRow) -> Told:
        leg.slot = self._slot(row)
        yield core.Parked(row.at, leg.view(), leg.slot, row.extra.get("parker_dial_string", ""))

    def _slot(self, parked: CelRow) -> str:
        """CEL does not name it, but whoever fetches the call dials it."""
        end = next(
            (r for r in self._rows if r.event == "PARK_END" and r.leg == parked.leg and r.at >= parked.at),
            None,
        )
        name = end.extra.get("retriever", "") if end else ""
        starts = (r for r in self._rows if r.event == "CHAN_START" and r.channel == name)
        return next((r.exten for r in starts), "")

    def _unparked(self, leg: CelLeg, row: CelRow) -> Told:
        retriever = self._named(row.extra.get("retriever", ""))
        match row.extra.get("reason", ""):
            case "ParkedCallTimeOut":
                yield core.ParkingEnded(row.at, leg.view(), leg.slot, timed_out=True)
            case "ParkedCallGiveUp" | "ParkedCallFailed":
                yield core.ParkingEnded(row.at, leg.view(), leg.slot, timed_out=False)
            case _:
                if retriever is not None and retriever.id in self._linkedids:  # it asked nobody: it fetched
                    del self._linkedids[retriever.id]
                    retriever.linkedid = retriever.id
                yield core.Unparked(row.at, leg.view(), leg.slot, retriever.view() if retriever else None)

    def _named(self, channel: str) -> CelLeg | None:
        return next((one for one in self._seen.values() if one.channel == channel and not one.gone), None)

    # -- a leg is gone ---------------------------------------------------------------------------------------------

    def _cleared(self, leg: CelLeg, row: CelRow) -> Told:
        if leg.dialled_by is not None and not leg.answered:
            status = leg.unanswered_because(leg.dialled_by)
            yield core.DialEnded(row.at, leg.dialled_by.view(), leg.view(), status)
        if leg.hung_up_by == leg.channel:
            yield core.LegHangupRequested(row.at, leg.view(), leg.cause)
        leg.gone = True
        leg.bridge = ""
        yield core.LegCleared(row.at, leg.view(), leg.cause)


def _dial_string(target: str, device: str) -> str | None:
    """`NUMBER@PEER`, or what else stands behind the technology, if `target` of Dial() means `device`; else None."""
    technology, _, rest = target.strip().partition("/")
    own_technology, _, peer = device.partition("/")
    if technology != own_technology:
        return None
    if rest == peer or rest.endswith("@" + peer):
        return rest
    begin, _, number = rest.partition("/")  # SIP/trunk/030123, or PJSIP/106/sip:106@10.0.0.6
    if begin != peer:
        return None
    return rest if ":" in number else f"{number}@{peer}"


_HANDLERS: Mapping[str, Callable[[CelTranslator, CelLeg, CelRow], Told]] = {
    "CHAN_START": CelTranslator._started,
    "ANSWER": CelTranslator._answered,
    "APP_START": CelTranslator._application_began,
    "APP_END": CelTranslator._application_ended,
    "BRIDGE_ENTER": CelTranslator._entered,
    "BRIDGE_EXIT": CelTranslator._exited,
    "STREAM_BEGIN": CelTranslator._music,
    "STREAM_END": CelTranslator._music_ended,
    "BLINDTRANSFER": CelTranslator._blind,
    "ATTENDEDTRANSFER": CelTranslator._attended,
    "PICKUP": CelTranslator._picked_up,
    "PARK_START": CelTranslator._parked,
    "PARK_END": CelTranslator._unparked,
    "HANGUP": CelTranslator._cleared,
    "CHAN_END": CelTranslator._cleared,
}
