"""AMI events -> what the core knows: a reader for each event in use, whose docstring says when Asterisk sends it.

The modules are about the same matters as those of `calls/tracking/`. Readers keep no memory; `EVENTS` has them all.
Sources: https://docs.asterisk.org/Latest_API/API_Documentation/AMI_Events/ and recordings of Asterisk 22.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from cti_crm.calls.pbx_events import PbxEvent
from cti_crm.pbx.asterisk.ami_events import bridging, dialling, handovers, legacy, legs, presence, queueing
from cti_crm.pbx.asterisk.fields import Fields, Reader

_MODERN: dict[str, Reader] = {
    **legs.EVENTS,
    **dialling.EVENTS,
    **bridging.EVENTS,
    **queueing.EVENTS,
    **handovers.EVENTS,
    **presence.EVENTS,
}


def _older_or_newer(name: str, older: legacy.OlderReader) -> Reader:
    newer = _MODERN.get(name)

    def read(fields: Fields, at: datetime) -> list[PbxEvent]:
        events = older(fields, at)
        if events is not None:
            return events
        return newer(fields, at) if newer is not None else []

    return read


EVENTS: Mapping[str, Reader] = MappingProxyType(
    _MODERN | {name: _older_or_newer(name, older) for name, older in legacy.EVENTS.items()}
)
"""Name of an event -> its reader. An event that is not among them is of no use to us."""
