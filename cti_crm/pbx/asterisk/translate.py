"""Packets that are believed -> what the core knows: the event's reader, and the variables the PBX's admin named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cti_crm.calls.pbx_events import CallerEntered, PbxEvent
from cti_crm.pbx.asterisk.ami_events import EVENTS
from cti_crm.pbx.asterisk.counters import LinkCounters
from cti_crm.pbx.asterisk.fields import MissingHeaderError, clean, ident
from cti_crm.pbx.asterisk.packet import AmiPacket


@dataclass(slots=True)
class Translator:
    """Translates packets that are believed, without memory. Counts what it leaves out; raises nothing.

    variables: channel variable -> what its value is called; those that manager.conf's `channelvars` has with every
    event of a channel (https://docs.asterisk.org/Configuration/Interfaces/Asterisk-Manager-Interface-AMI/).
    """

    counters: LinkCounters = field(default_factory=LinkCounters)
    variables: Mapping[str, str] = field(default_factory=dict)

    def translate(self, packet: AmiPacket, at: datetime) -> list[PbxEvent]:
        """What `packet`, received at `at` (aware, UTC), means to the core: mostly one event, or none."""
        read = EVENTS.get(packet.event)
        if read is None:
            self.counters.count_unknown(packet.event)
            return []
        try:
            events = read(packet.fields, at)
        except MissingHeaderError as error:
            self.counters.rejected[f"{packet.event} without {error}"] += 1
            return []
        if self.variables and "chanvariable" in packet.fields:
            events += self._entered(packet, at)
        return events

    def _entered(self, packet: AmiPacket, at: datetime) -> list[PbxEvent]:
        """The values of the named variables; one that is not set has an empty one."""
        leg_id = ident(packet.fields, "uniqueid")
        pairs = (value.partition("=") for name, value in packet.headers if name.lower() == "chanvariable")
        found = ((self.variables.get(name), clean(value)) for name, _, value in pairs)
        return [CallerEntered(at, leg_id, name, value) for name, value in found if name and value]
