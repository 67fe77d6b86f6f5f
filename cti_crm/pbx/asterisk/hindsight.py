"""What a PBX said about one call, from the flight recorder, with what the tracker makes of each event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cti_crm.calls.call import Call
from cti_crm.calls.ports import HeardEvent
from cti_crm.calls.topology import Topology
from cti_crm.calls.tracker import CallTracker
from cti_crm.infrastructure.clock import new_id, now
from cti_crm.pbx.asterisk.flight_files import recorded_between
from cti_crm.pbx.asterisk.interpreter import Interpreter
from cti_crm.pbx.asterisk.packet import AmiPacket

_BEFORE = timedelta(seconds=10)
_AFTER = timedelta(seconds=10)
MAX_EVENTS = 2000


@dataclass(frozen=True, slots=True)
class FlightRecords:
    """Implements `HeardCalls`. topologies: by PBX."""

    folder: Path
    topologies: Mapping[str, Topology]

    def heard(self, call: Call) -> list[HeardEvent]:
        """Every recorded event that names a leg of the call; at most 2000. Blocks: to be called in a thread.

        Raises:
            OSError, ValueError: the recording cannot be read.
        """
        topology = self.topologies.get(call.pbx)
        if topology is None:
            return []  # a PBX that is no longer configured
        ids = {call.linkedid, *(leg.id for leg in call.legs)}
        interpreter, tracker = Interpreter(), CallTracker(call.pbx, topology, new_id)
        found: list[HeardEvent] = []
        since, until = call.started_at - _BEFORE, (call.ended_at or now()) + _AFTER
        for at, record in recorded_between(self.folder, call.pbx, since, until, ids):
            packet = AmiPacket(record.raw)
            if not packet.event or not _names(packet, ids):
                continue
            told = [one for event in interpreter.feed(record.raw, at) for one in tracker.apply(event)]
            about = tuple(one for one in told if any(leg.id in ids for leg in one.call.legs))
            if at >= since:
                found.append(HeardEvent(at, packet.event, _channel(packet), record.raw.strip(), about))
            if len(found) == MAX_EVENTS:
                break
        return found


def _names(packet: AmiPacket, ids: set[str]) -> bool:
    """Whether a channel of these is named. What only belongs to the same Linkedid belongs to the call too."""
    return packet.has_privilege and any(
        name.endswith(("uniqueid", "linkedid")) and value in ids for name, value in packet.fields.items()
    )


def _channel(packet: AmiPacket) -> str:
    for name in ("channel", "destchannel", "transfererchannel", "origtransfererchannel", "localonechannel"):
        if value := packet.fields.get(name):
            return value
    return ""
