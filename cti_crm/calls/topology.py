"""Which channel names are phones of ours, lines to the outside, or the PBX's own glue. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from cti_crm.calls.call import LegKind

# Asterisk names a channel TECH/PEER-SERIAL (hex); Local channels carry ";1" or ";2" behind. ISDN (DAHDI/i1/NUMBER-1a)
# and IAX2 have short serials. https://docs.asterisk.org/Fundamentals/Key-Concepts/Channels/
_SERIAL = re.compile(r"[0-9a-f]{4,}(?:;[12])?")
_SHORT_SERIAL = re.compile(r"[0-9a-f]+(?:;[12])?")
_SHORT_SERIALS = ("DAHDI/", "IAX2/")

_DEVICE, _TRUNK, _LOCAL = LegKind.DEVICE, LegKind.TRUNK, LegKind.LOCAL


class Place(NamedTuple):
    """What stands at the end of a channel. `extension` is "" unless it is a phone."""

    device: str
    kind: LegKind
    extension: str = ""


@dataclass(frozen=True, slots=True)
class Topology:
    """What stands where at one PBX. Names of contexts play no part: other firms have other dialplans.

    trunks: channel prefixes of outside lines, e.g. "PJSIP/trunk".
    extensions: device -> extension of the agent it belongs to; a device not named here goes by its own name.
    """

    trunks: frozenset[str] = field(default_factory=frozenset)
    extensions: Mapping[str, str] = field(default_factory=dict)

    def device(self, channel: str) -> str:
        """`PJSIP/101` for `PJSIP/101-0000001a`."""
        device, _, serial = channel.rpartition("-")
        short = device.startswith(_SHORT_SERIALS)
        return device if (_SHORT_SERIAL if short else _SERIAL).fullmatch(serial) else channel

    def kind(self, channel: str) -> LegKind:
        """What stands at the end of a channel; a device unless it is known to be something else."""
        return self.place(channel).kind

    def extension(self, channel: str) -> str:
        """The extension of a phone of ours: as the agents' list says, else the peer's own name (`101`)."""
        return self._extension(self.device(channel))

    def place(self, channel: str) -> Place:
        """Device, kind and extension at once."""
        device = self.device(channel)
        if channel.startswith("Local/"):
            return Place(device, _LOCAL)
        if device in self.trunks or (device.startswith("DAHDI/") and device.rpartition("/")[0] in self.trunks):
            return Place(device, _TRUNK)
        return Place(device, _DEVICE, self._extension(device))

    def _extension(self, device: str) -> str:
        return self.extensions.get(device) or device.partition("/")[2]
