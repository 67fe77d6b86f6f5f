"""Which channel names are phones of ours, lines to the outside, or the PBX's own glue. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cti_crm.calls.call import LegKind

# Asterisk names a channel TECH/PEER-SERIAL (hex); Local channels carry ";1" or ";2" behind. ISDN (DAHDI/i1/NUMBER-1a)
# and IAX2 have short serials. https://docs.asterisk.org/Fundamentals/Key-Concepts/Channels/
_SERIAL = re.compile(r"(?:^((?:DAHDI|IAX2)/.*)-[0-9a-f]+|-[0-9a-f]{4,})(;[12])?$")


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
        return _SERIAL.sub(r"\1", channel)

    def kind(self, channel: str) -> LegKind:
        """What stands at the end of a channel; a device unless it is known to be something else."""
        if channel.startswith("Local/"):
            return LegKind.LOCAL
        device = self.device(channel)
        line = device in self.trunks or (device.startswith("DAHDI/") and device.rpartition("/")[0] in self.trunks)
        return LegKind.TRUNK if line else LegKind.DEVICE

    def extension(self, channel: str) -> str:
        """The extension of a phone of ours: as the agents' list says, else the peer's own name (`101`)."""
        device = self.device(channel)
        return self.extensions.get(device) or device.partition("/")[2]
