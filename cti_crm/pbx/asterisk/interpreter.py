"""What one PBX says over all its connections -> what the core knows. Live link and replay share it; it does no I/O."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cti_crm.calls.pbx_events import LinkLost, PbxEvent
from cti_crm.pbx.asterisk.counters import LinkCounters
from cti_crm.pbx.asterisk.fields import MissingHeaderError, number
from cti_crm.pbx.asterisk.packet import AmiPacket, distrust
from cti_crm.pbx.asterisk.snapshot import SnapshotCollector
from cti_crm.pbx.asterisk.translate import Translator

_LIST_ENDS = frozenset({"CoreShowChannelsComplete", "QueueStatusComplete", "ParkedCallsComplete"})


@dataclass(slots=True)
class Interpreter:
    """Takes packets in order, gives events in order: after each connect the snapshot first.

    Events that arrive while the lists of the snapshot are still coming are held back until it is complete.
    """

    counters: LinkCounters = field(default_factory=LinkCounters)
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

    def __post_init__(self) -> None:
        self._translator = Translator(self.counters)

    def feed(self, raw: str, at: datetime) -> list[PbxEvent]:
        """Take a packet received at `at` (aware, UTC). Raises nothing, whatever it holds."""
        packet = AmiPacket(raw)
        self.counters.packets += 1
        if packet.is_banner:
            events = self.disconnected(at, "the PBX greeted anew") if self._delivered else []
            self._connected()
            return events
        reason = distrust(packet, self._own_prefix)
        if reason is not None:
            self.counters.rejected[reason] += 1
            return []
        self._last_packet_at = at
        try:
            return self._believed(packet, at)
        except MissingHeaderError as error:
            self.counters.rejected[f"{packet.event} without {error}"] += 1
            return []

    def disconnected(self, at: datetime, reason: str) -> list[PbxEvent]:
        """The connection broke. Nothing comes of it if the connection had told nothing."""
        events = self._held
        self._held = []
        self._collector = None
        self._own_prefix = ""
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

    def _connected(self) -> None:
        self._collector = SnapshotCollector()
        self._held = []
        self._own_prefix = ""
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
        events = self._translator.translate(packet, at)
        if name == "Shutdown":
            self._stopped = True
        if self._collector is not None:
            self._held += events
            return []
        self._delivered = self._delivered or bool(events)
        return events

    def _answered(self, packet: AmiPacket, at: datetime) -> list[PbxEvent]:
        """A connection's ActionIDs are PREFIX-NUMBER; the first answer, which is that to Login, tells the prefix."""
        prefix = packet.action_id.rpartition("-")[0]
        if not prefix:
            return []
        if not self._own_prefix:
            self._own_prefix = prefix + "-"
            return []
        if self._collector is None or not packet.action_id.startswith(self._own_prefix):
            return []
        self._collector.feed(packet, at)
        return self._snapshot_if_complete(at)

    def _snapshot_if_complete(self, at: datetime) -> list[PbxEvent]:
        if self._collector is None or not self._collector.complete:
            return []
        since = self._held[0].at if self._held else at
        snapshot = self._collector.snapshot(min(at, since), restarted=self._restarted)
        events, self._held = self._held, []
        self._collector = None
        self._delivered = True
        if snapshot is None:
            return events
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
