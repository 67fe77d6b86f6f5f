"""Which channels a PBX has, by what it says: so that an event which names a channel falsely is noticed."""

from collections.abc import Iterable

from cti_crm.calls.pbx_events import LegCleared, LegCreated, PbxSnapshot
from cti_crm.pbx.asterisk.packet import AmiPacket

CONTRADICTION = "names a channel by another one's Uniqueid"


class KnownChannels:
    """Channel name <-> Uniqueid, from the first event of a channel to its last. `by_name` is for reading only."""

    __slots__ = ("_missed", "_names", "by_name", "disagreed")

    def __init__(self) -> None:
        self.by_name: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._missed: frozenset[str] = frozenset()
        self.disagreed = False

    def __len__(self) -> int:
        return len(self._names)

    def contradiction(self, packet: AmiPacket, *, certain: bool) -> str | None:
        """Why `packet` cannot be true; None if it may be. Learns from it, unless a caller may have written in it."""
        fields = packet.fields
        uniqueid = fields.get("uniqueid")
        if uniqueid is None or not packet.has_privilege:
            return None
        name = fields.get("channel", "")
        known = self._names.get(uniqueid)
        if known is not None and name and known != name and packet.event != "OriginateResponse":
            return CONTRADICTION  # (OriginateResponse may name the phone instead: PJSIP/101)
        match packet.event:
            case "Newchannel" if certain:
                self._add(uniqueid, name)
            case "Rename" if known is not None:
                self._remove(uniqueid)
                self._add(uniqueid, fields.get("newname", name))
            case "Hangup":
                self._remove(uniqueid)
        return None

    def agrees(self, snapshot: PbxSnapshot) -> bool:
        """Whether a list of all channels is as expected, or differs otherwise than the list before."""
        differs = frozenset({one.leg.id for one in snapshot.legs} ^ self._names.keys())
        lasting = differs & self._missed
        self._missed = differs
        self.disagreed = bool(differs) and not lasting
        return not lasting

    def learn(self, snapshot: PbxSnapshot, since: Iterable[LegCreated | LegCleared]) -> None:
        """Take a list as it is, with what was told while it came."""
        self.by_name.clear()
        self._names.clear()
        self._missed, self.disagreed = frozenset(), False
        for one in snapshot.legs:
            self._add(one.leg.id, one.leg.channel)
        for event in since:
            if isinstance(event, LegCreated):
                self._add(event.leg.id, event.leg.channel)
            else:
                self._remove(event.leg.id)

    def _add(self, uniqueid: str, name: str) -> None:
        self._names[uniqueid] = name
        self.by_name[name] = uniqueid

    def _remove(self, uniqueid: str) -> None:
        name = self._names.pop(uniqueid, None)
        if name is not None and self.by_name.get(name) == uniqueid:
            del self.by_name[name]
