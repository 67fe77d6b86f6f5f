"""What one PBX says over all its connections -> what the core knows. Live link and replay share it; it does no I/O."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cti_crm.calls.pbx_events import LegCleared, LegCreated, LinkLost, PbxEvent
from cti_crm.pbx.asterisk.ami_events import EVENTS
from cti_crm.pbx.asterisk.counters import LinkCounters
from cti_crm.pbx.asterisk.fields import MissingHeaderError, number
from cti_crm.pbx.asterisk.known_channels import KnownChannels
from cti_crm.pbx.asterisk.known_forms import KnownForms
from cti_crm.pbx.asterisk.mending import Mender, describes_in_full
from cti_crm.pbx.asterisk.packet import AmiPacket, distrust
from cti_crm.pbx.asterisk.snapshot import SnapshotCollector
from cti_crm.pbx.asterisk.translate import Translator

_CHANNELS_FOLLOW = "Channels will follow"  # the answer to CoreShowChannels
_LIST_ENDS = frozenset({"CoreShowChannelsComplete", "QueueStatusComplete", "ParkedCallsComplete"})
_OF_THE_LINK = _LIST_ENDS | {"FullyBooted", "Shutdown"}
_FORMS = KnownForms({*EVENTS, *_OF_THE_LINK})  # of all PBXs, for one learns from another; it bounds itself


@dataclass(slots=True)
class Interpreter:
    """Takes packets in order, gives events in order: after each connect the snapshot first.

    Events that arrive while the lists of the snapshot are still coming are held back until it is complete.
    A further list of the channels, asked for on the same connection, becomes a snapshot if a packet was odd since the
    last, or if it lacks or adds a channel for the second time: a channel that comes or goes just now is told by events.

    on_doubt: called with the channel ("" if unknown) and what was odd about a packet.
    variables: see Translator.
    """

    on_doubt: Callable[[str, str], None] = lambda _channel, _reason: None
    counters: LinkCounters = field(default_factory=LinkCounters)
    variables: Mapping[str, str] = field(default_factory=dict)
    _translator: Translator = field(init=False)
    _collector: SnapshotCollector | None = None
    _held: list[PbxEvent] = field(default_factory=list)
    _own_prefix: str = ""
    _delivered: bool = False
    _last_packet_at: datetime | None = None
    _away_since: datetime | None = None
    _booted: datetime | None = None
    _stopped: bool = False
    _restarted: bool = False
    _checking: bool = False
    _informed: bool = False
    _doubted: bool = False
    _channels: KnownChannels = field(default_factory=KnownChannels)
    _mender: Mender = field(init=False)

    def __post_init__(self) -> None:
        self._translator = Translator(self.counters, self.variables)
        self._mender = Mender(self._channels.by_name, _FORMS)

    @property
    def wants_check(self) -> bool:
        """Whether the channels should be listed soon, because of an odd packet or a list that did not agree."""
        return self._doubted or self._channels.disagreed

    @property
    def channels(self) -> int:
        """How many channels there are, as far as known."""
        return len(self._channels)

    def feed(self, raw: str, at: datetime) -> list[PbxEvent]:
        """Take a packet received at `at` (aware, UTC). Raises nothing, whatever it holds."""
        self.counters.packets += 1
        packet = self._mender.plain(raw)
        if packet is not None:
            return self._listened(packet, at, whole=True)
        return self._mended(AmiPacket(raw), at)

    def disconnected(self, at: datetime, reason: str) -> list[PbxEvent]:
        """The connection broke. Nothing comes of it if the connection had told nothing."""
        events = self._held
        self._held = []
        self._collector = None
        self._own_prefix = ""
        self._mender.reset()
        self._note_mends()
        if self._away_since is None:
            self._away_since = self._last_packet_at
        if self._delivered or events:
            events = [*events, LinkLost(at, reason)]
        self._delivered = False
        return events

    def finish(self) -> list[PbxEvent]:
        """No more packets will come: the events still held back."""
        events, self._held = self._held, []
        return events

    def _mended(self, received: AmiPacket, at: datetime) -> list[PbxEvent]:
        """A packet that may be odd, or no event."""
        if received.is_banner:
            events = self.disconnected(at, "the PBX greeted anew") if self._delivered else []
            self._connected()
            self._mender.modern = describes_in_full(received.banner)
            return events
        packet = self._mender.feed(received)
        if self._mender.mends:
            self._note_mends()
        if packet is None:
            return []
        reason = distrust(packet, self._own_prefix)
        if reason is not None:
            self._doubt(packet.fields.get("channel", ""), reason)
            return []
        return self._listened(packet, at, whole=packet is received)

    def _listened(self, packet: AmiPacket, at: datetime, *, whole: bool) -> list[PbxEvent]:
        """A packet that may be believed, unless it contradicts what is known. whole: nothing of it was mended."""
        reason = self._channels.contradiction(packet, certain=whole)
        if reason is not None:
            self._doubt(packet.fields.get("channel", ""), reason)
            return []
        self._last_packet_at = at
        if packet.has_privilege and packet.event not in _OF_THE_LINK:
            return self._in_turn(self._translator.translate(packet, at))
        try:
            return self._believed(packet, at)
        except MissingHeaderError as error:
            self.counters.rejected[f"{packet.event} without {error}"] += 1
            return []

    def _note_mends(self) -> None:
        mends, self._mender.mends = self._mender.mends, []
        for mend in mends:
            self._doubt(mend.channel, mend.what, mend.packets)

    def _doubt(self, channel: str, reason: str, packets: int = 1) -> None:
        self.counters.rejected[reason] += packets
        self._doubted = True
        self.on_doubt(channel, reason)

    def _connected(self) -> None:
        self._collector = SnapshotCollector()
        self._checking = False
        self._held = []
        self._own_prefix = ""
        self._mender.reset()
        self._restarted = self._restarted or self._stopped

    def _believed(self, packet: AmiPacket, at: datetime) -> list[PbxEvent]:
        if packet.is_response:
            return self._answered(packet, at)
        listed = not packet.has_privilege
        if listed and self._collector is not None:
            self._collector.feed(packet, at)
        name = packet.event
        if name in _LIST_ENDS:
            return self._snapshot_if_complete(at)
        if name == "FullyBooted":
            self._fully_booted(packet, at)
            return []
        if listed and name not in ("QueueMember", "DeviceStateChange"):
            return []
        if name == "Shutdown":
            self._stopped = True
        return self._in_turn(self._translator.translate(packet, at))

    def _in_turn(self, events: list[PbxEvent]) -> list[PbxEvent]:
        """Events of now: told at once, or after the snapshot that is still coming."""
        if self._collector is not None:
            self._held += events
            return []
        if events:
            self._delivered = True
        return events

    def _answered(self, packet: AmiPacket, at: datetime) -> list[PbxEvent]:
        """A connection's ActionIDs are PREFIX-NUMBER; the first answer, which is that to Login, tells the prefix."""
        prefix = packet.action_id.rpartition("-")[0]
        if not prefix:
            return []
        if not self._own_prefix:
            self._own_prefix = self._mender.own_prefix = prefix + "-"
            return []
        if not packet.action_id.startswith(self._own_prefix):
            return []
        if self._collector is None and packet.fields.get("message") == _CHANNELS_FOLLOW:
            self._collector, self._checking = SnapshotCollector(), True
        if self._collector is None:
            return []
        self._collector.feed(packet, at)
        return self._snapshot_if_complete(at)

    def _snapshot_if_complete(self, at: datetime) -> list[PbxEvent]:
        if self._collector is None or not self._collector.complete:
            return []
        since = self._held[0].at if self._held else at
        snapshot = self._collector.snapshot(min(at, since), restarted=self._restarted)
        events, self._held = self._held, []
        checked, self._collector, self._checking = self._checking, None, False
        self._delivered = True
        if snapshot is None:
            return events
        if checked and self._informed and self._channels.agrees(snapshot) and not self._doubted:
            return events
        self._doubted, self._informed = False, True
        self._channels.learn(snapshot, [one for one in events if isinstance(one, LegCreated | LegCleared)])
        self._away_since = None
        self._restarted = self._stopped = False
        return [snapshot, *events]

    def _fully_booted(self, packet: AmiPacket, at: datetime) -> None:
        """Uptime in whole seconds, as long as Asterisk runs. May come twice, or not at all.

        Asterisk restarted if it booted later than it had when last asked, and may have done so while we were away.
        """
        if "uptime" not in packet.fields or self._collector is None:
            return
        uptime = timedelta(seconds=number(packet.fields, "uptime"))
        latest_boot = at - uptime
        if self._booted is not None and self._away_since is not None:
            later = latest_boot - timedelta(seconds=1) > self._booted
            self._restarted = self._restarted or (later and uptime < at - self._away_since)
        self._booted = latest_boot
