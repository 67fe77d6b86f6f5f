"""What the link counts instead of logging it."""

from collections import Counter
from dataclasses import dataclass, field

_MAX_NAMES = 200


@dataclass(slots=True)
class LinkCounters:
    """Counters of one PBX's link since the start. Read by the metrics; written only by this package.

    packets: received. unknown: events nobody uses, by name. rejected: packets not believed or not understood, by
    reason. resyncs: connects after the first, each with a new snapshot. overflows: connections given up because the
    reader was too slow.
    """

    packets: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    resyncs: int = 0
    overflows: int = 0

    def count_unknown(self, event: str) -> None:
        """Count an event nobody uses. Names beyond the 200th are counted together, for a caller may invent them."""
        known = event in self.unknown or len(self.unknown) < _MAX_NAMES
        self.unknown[event[:80] if known else "others"] += 1
