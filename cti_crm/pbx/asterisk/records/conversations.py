"""Which CEL rows are one conversation: joined by Linkedid, by transfer, pickup, parking or one phone. Pure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from cti_crm.pbx.asterisk.records.rows import CelRow

# A conversation's last row may be followed by others of the same moment.
_QUIET = timedelta(seconds=5)

# What events add about other channels, by their Uniqueid or their name.
_OTHER_LEGS = (
    "channel2_uniqueid",
    "transferee_channel_uniqueid",
    "transfer_target_channel_uniqueid",
    "local_two_uniqueid",
    "pickup_channel_uniqueid",
)
# The name of the system, when the channel was made (seconds since 1970), how many there were before since the start.
_UNIQUEID = re.compile(r"(?P<system>.*?)(?P<at>\d+)\.(?P<count>\d+)")
_OTHER_CHANNELS = ("retriever", "pickup_channel", "channel2_name", "transferee_channel_name", "local_two")


@dataclass(slots=True, eq=False)
class CelConversation:
    """Rows in the order they were written. `ids`: the Linkedids and Uniqueids in them."""

    rows: list[tuple[int, CelRow]] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    channels: dict[str, str] = field(default_factory=dict)  # of legs that are there: Uniqueid -> channel
    begun: set[str] = field(default_factory=set)  # legs whose CHAN_START was read

    @property
    def cel(self) -> list[CelRow]:
        """The rows alone."""
        return [row for _, row in sorted(self.rows, key=lambda pair: pair[0])]

    @property
    def began(self) -> bool:
        """Whether the beginning of each leg was read."""
        return all(row.leg in self.begun for _, row in self.rows)

    @property
    def ended(self) -> bool:
        """Whether the end of each leg was read."""
        return not self.channels


class CelGrouping:
    """Takes rows in order, gives conversations once they are over. Holds those that go on, and no more."""

    def __init__(self, phone: Callable[[str], str]) -> None:
        """`phone`: whose phone a channel is, "" for a line to the outside or the PBX's own glue."""
        self._phone = phone
        self._by_id: dict[str, CelConversation] = {}
        self._count = 0
        self._newest: dict[str, tuple[int, int]] = {}  # by system: of the channel made last, when and which one it was

    def take(self, row: CelRow) -> Iterator[CelConversation]:
        """Another row; conversations that are over before it."""
        yield from self._over(row)
        yield from self._cut_off(row)
        self._count += 1
        group = self._group(row)
        group.rows.append((self._count, row))
        match row.event:
            case "CHAN_START":
                group.begun.add(row.leg)
                group.channels[row.leg] = row.channel
            case "CHAN_END":
                group.channels.pop(row.leg, None)
        for one in (row.leg, row.linkedid):
            group.ids.add(one)
            self._by_id[one] = group

    def finish(self) -> Iterator[CelConversation]:
        """No more rows will come: all that is left, over or not."""
        left = list(dict.fromkeys(self._by_id.values()))
        self._by_id.clear()
        yield from left

    def _over(self, row: CelRow) -> Iterator[CelConversation]:
        if self._count % 200:
            return
        for group in list(dict.fromkeys(self._by_id.values())):
            if group.ended and row.at - group.rows[-1][1].at > _QUIET:
                self._forget(group)
                yield group

    def _cut_off(self, row: CelRow) -> Iterator[CelConversation]:
        """Conversations that a killed PBX never ended: it counts channels anew, and gives their names again."""
        made = _UNIQUEID.fullmatch(row.leg) if row.event == "CHAN_START" else None
        if made is None:
            return
        at, count = int(made["at"]), int(made["count"])
        newest_at, newest = self._newest.get(made["system"], (at, -1))
        if at >= newest_at:
            self._newest[made["system"]] = at, count
        if at <= newest_at + 1 or count > newest:  # within a second two may be written in either order
            return
        for group in list(dict.fromkeys(self._by_id.values())):
            known = [found for one in group.ids if (found := _UNIQUEID.fullmatch(one))]
            if any(one["system"] == made["system"] for one in known):
                self._forget(group)
                yield group

    def _forget(self, group: CelConversation) -> None:
        for one in group.ids:
            del self._by_id[one]

    def _group(self, row: CelRow) -> CelConversation:
        ids = [row.linkedid, row.leg, *(row.extra[key] for key in _OTHER_LEGS if key in row.extra)]
        found = [self._by_id[one] for one in ids if one in self._by_id]
        names = {row.extra[key] for key in _OTHER_CHANNELS if key in row.extra}
        if row.event == "CHAN_START" and row.leg == row.linkedid:
            found += self._same_phone(row.channel)
        if names:
            found += [group for group in self._by_id.values() if names.intersection(group.channels.values())]
        groups = list(dict.fromkeys(found)) or [CelConversation()]
        return self._joined(groups)

    def _same_phone(self, channel: str) -> list[CelConversation]:
        """A phone that is in a call and places another consults: by the contract that belongs to the first call."""
        phone = self._phone(channel)
        if not phone:
            return []
        return [
            group
            for group in dict.fromkeys(self._by_id.values())
            if any(self._phone(one) == phone for one in group.channels.values())
        ]

    def _joined(self, groups: list[CelConversation]) -> CelConversation:
        first, *others = groups
        for other in others:
            first.rows += other.rows
            first.ids |= other.ids
            first.channels |= other.channels
            first.begun |= other.begun
            for one in other.ids:
                self._by_id[one] = first
        if others:
            first.rows.sort(key=lambda pair: pair[0])
        return first
