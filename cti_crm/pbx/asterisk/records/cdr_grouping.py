"""Which CDR rows belong to one conversation: those of one Linkedid, and consultations of a phone in a call. Pure."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from cti_crm.pbx.asterisk.records.rows import CdrRow

# A record is written at its end: that of a call long after those of its consultations. Longer ones stay apart.
_KEPT = timedelta(minutes=30)
_CONFERENCE = "ConfBridge"  # each member's call is one of its own, though their records name each other


class CdrGrouping:
    """Takes rows in the order they were written, gives conversations once no more is to be expected of them."""

    def __init__(self, phone: Callable[[str], str]) -> None:
        """`phone`: whose phone a channel is, "" for a line to the outside, the PBX's own glue, or none."""
        self._phone = phone
        self._open: dict[str, list[CdrRow]] = {}
        self._looked_at: datetime | None = None

    def take(self, row: CdrRow) -> Iterator[list[CdrRow]]:
        """Another row; conversations that are over before it."""
        self._open.setdefault(row.linkedid, []).append(row)
        if self._looked_at is None:
            self._looked_at = row.end
        if row.end - self._looked_at > _KEPT:
            yield from self._give(self._looked_at)
            self._looked_at = row.end

    def finish(self) -> Iterator[list[CdrRow]]:
        """No more rows will come."""
        yield from self._give(None)

    def _give(self, before: datetime | None) -> Iterator[list[CdrRow]]:
        """Those whose last record is older than `before`; all if None."""
        self._join_consultations()
        for linkedid, rows in list(self._open.items()):
            if before is None or max(row.end for row in rows) < before:
                del self._open[linkedid]
                yield rows

    def _join_consultations(self) -> None:
        talks: dict[str, list[tuple[str, CdrRow]]] = {}
        for linkedid, rows in self._open.items():
            for row in rows:
                for phone in filter(None, map(self._phone, (row.channel, row.other_channel))):
                    if row.answer is not None and row.other_channel and row.application != _CONFERENCE:
                        talks.setdefault(phone, []).append((linkedid, row))
        into: dict[str, str] = {}
        for linkedid, rows in self._open.items():
            placed = min(rows, key=lambda row: row.start)
            for other, row in talks.get(self._phone(placed.channel), ()):
                if other != linkedid and row.answer and row.answer < placed.start < row.end:
                    into[linkedid] = other
        for linkedid, other in into.items():
            target = self._last(other, into)
            if target != linkedid and target in self._open and linkedid in self._open:
                self._open[target] += self._open.pop(linkedid)

    @staticmethod
    def _last(linkedid: str, into: dict[str, str]) -> str:
        seen = {linkedid}
        while linkedid in into and into[linkedid] not in seen:
            linkedid = into[linkedid]
            seen.add(linkedid)
        return linkedid
