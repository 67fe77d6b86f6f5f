"""Mends what a caller wrote into the stream: joins an event that was cut in two, and cuts out what was pushed in.

Whoever can call can write into the values of an event, line ends included: PJSIP decodes `%0d%0a` in the user part of
From, and AMI passes it on. Asterisk writes a channel's headers always in the same order and all of them
(`ast_manager_build_channel_state_string_prefix`, Asterisk 12 and later), so what stands between them is not its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cti_crm.pbx.asterisk.known_forms import KnownForms
from cti_crm.pbx.asterisk.packet import EOL, AmiPacket, PlainEvent

# More than a number or name from SIP can hold (PJSIP_MAX_URL_SIZE is 256 bytes), each time it stands in an event.
MAX_PIECES = 200
MAX_CHARACTERS = 16_384
# Whole events amid another are forged; so many of them are not, so it is the half that was.
MAX_WHOLE = 20

_BEGIN = ("channel", "channelstate", "channelstatedesc", "calleridnum")
_NAMES = ("calleridname", "connectedlinenum", "connectedlinename")
_PLACE = ("accountcode", "context", "exten")
_ORDERS = tuple(
    _BEGIN + _NAMES + language + _PLACE + ("priority", "uniqueid") + linkedid
    for language in (("language",), ())
    for linkedid in (("linkedid",), ())
)
_MAX_SHAPES = 500

_NEW_NAMES = frozenset({"Newchannel", "Rename"})

# Events about a channel that do not describe it in full.
_BRIEF = frozenset({"OriginateResponse", "Rename"})


class Mended(StrEnum):
    """What was done, or why a packet was not believed."""

    CUT = "cut in two by a caller's text, put together again"
    PADDED = "headers written in by a caller, taken out"
    FORGED = "written by a caller into another event"
    HOPELESS = "cut in two, and no other half came"
    BRIEF = "does not describe its channel as Asterisk does"


@dataclass(frozen=True, slots=True)
class Mend:
    """Something was wrong: what, how many packets it was about, and the channel of the real event, "" if unknown."""

    what: Mended
    channel: str
    packets: int = 1


class Mender:
    """Takes the packets of one connection in order, gives whole ones. Its work is bounded, whatever it is fed.

    known: channel name -> Uniqueid, as far as known for certain; shared with who keeps it. forms: shared as well, and
    taught by plain events. own_prefix: what all ActionIDs of this connection begin with, "" if nothing was asked.
    modern: whether this PBX describes channels in full, as Asterisk 12 and later do: told by its greeting (see
    `describes_in_full`), or seen; from then on an event that does otherwise is not believed. mends: what was found
    wrong, for the caller to take.
    """

    __slots__ = (
        "_forms",
        "_head",
        "_patience",
        "_pieces",
        "_shapes",
        "_size",
        "_whole",
        "known",
        "mends",
        "modern",
        "own_prefix",
    )

    def __init__(self, known: Mapping[str, str], forms: KnownForms) -> None:
        self.known = known
        self._forms = forms
        self.modern = False
        self.own_prefix = ""
        self.mends: list[Mend] = []
        self._head: AmiPacket | None = None
        self._pieces: list[str] = []
        self._size = 0
        self._whole = self._patience = 0
        self._shapes: dict[tuple[str, ...], bool] = {}

    def reset(self) -> None:
        """The connection is over: a half that still waits for the other is given up."""
        self.own_prefix = ""
        self._give_up()

    def plain(self, raw: str) -> PlainEvent | None:
        """The next packet, if it can be seen at once that it is whole; None: it is to be read in full, and fed."""
        if self._head is not None or not self.modern:
            return None
        packet = self._forms.read(raw)
        return None if packet is None or self._is_mistaken(packet) else packet

    def feed(self, packet: AmiPacket) -> AmiPacket | None:
        """The packet to go on with: this one, or what became of it and others; None if there is none (yet)."""
        if self._head is not None:
            return self._join(self._head, packet)
        if not packet.event:
            return packet
        if not packet.repeated and self._is_plain(packet):
            if packet.has_privilege and not _lacks_channel(packet):
                self._forms.learn(packet)
            return packet
        return self._repair(packet)

    def _is_plain(self, packet: AmiPacket) -> bool:
        shape = tuple(packet.fields)
        plain = self._shapes.get(shape)
        if plain is None:
            full, odd = _channels_in(shape)
            self.modern = self.modern or bool(full and not odd)
            plain = not odd
            if len(self._shapes) < _MAX_SHAPES:
                self._shapes[shape] = plain
        if not plain or (self.modern and _lacks_channel(packet)):
            return False
        return not self._is_cut_queue_entry(packet) and not self._is_mistaken(packet)

    def _is_mistaken(self, packet: AmiPacket) -> bool:
        """Whether a channel that is known has another Uniqueid here: a caller may have written all that follows."""
        if packet.event in _NEW_NAMES or not packet.has_privilege:
            return False  # a list corrects what is known
        told, known = packet.fields.get, self.known.get
        expected = known(told("channel", ""))
        if expected is not None and told("uniqueid", expected) != expected:
            return True
        expected = known(told("destchannel", ""))
        return expected is not None and told("destuniqueid", expected) != expected

    def _is_cut_queue_entry(self, packet: AmiPacket) -> bool:
        """QueueEntry has an order of its own; but we asked for it, so it must have our ActionID, at its end."""
        if packet.event != "QueueEntry" or packet.has_privilege or not self.own_prefix:
            return False
        return not packet.action_id.startswith(self.own_prefix)

    def _repair(self, packet: AmiPacket) -> AmiPacket | None:
        channel = packet.fields.get("channel", "")
        if _describes_channel(packet) or self._is_cut_queue_entry(packet):
            lines = _rebuilt(packet.raw, self.own_prefix, self._known_to(packet))
            if lines is None:
                if not self.modern and "uniqueid" in packet.fields:
                    return packet  # an older Asterisk with an order of its own
                self._head, self._pieces, self._size = packet, [packet.raw], len(packet.raw)
                self._whole, self._patience = 0, 0 if "uniqueid" in packet.fields else MAX_WHOLE
                return None
            mended = AmiPacket(EOL.join([*lines, "", ""]))
            if mended.raw != packet.raw:
                self.mends.append(Mend(Mended.PADDED, channel))
            packet = mended
        if self.modern and _lacks_channel(packet):
            self.mends.append(Mend(Mended.BRIEF, channel))
            return None
        return packet

    def _join(self, head: AmiPacket, packet: AmiPacket) -> AmiPacket | None:
        """Another piece while half an event waits."""
        if self._is_between(packet):
            self._whole += 1
            if self._whole > self._patience:
                self._give_up()
                return self.feed(packet)
            return None
        self._pieces.append(packet.raw)
        self._size += len(packet.raw)
        if len(self._pieces) > MAX_PIECES or self._size > MAX_CHARACTERS:
            self._give_up()
            return None
        lines = _rebuilt("".join(self._pieces), self.own_prefix, self._known_to(head))
        if lines is None:
            return None
        channel = head.fields.get("channel", "")
        self.mends.append(Mend(Mended.CUT, channel))
        if forged := len(self._pieces) - 2 + self._whole:
            self.mends.append(Mend(Mended.FORGED, channel, forged))
        self._head, self._pieces = None, []
        return AmiPacket(EOL.join([*lines, "", ""]))

    def _is_between(self, packet: AmiPacket) -> bool:
        """Whether it is a whole event amid another: forged then. But its end may be real, with a forged beginning."""
        if not packet.event or packet.repeated or not _channels_in(tuple(packet.fields))[0]:
            return False
        prefix, channel = _last_channel("".join(self._pieces))
        uniqueid = packet.fields.get(prefix + "uniqueid")
        expected = self.known.get(channel)
        if expected is not None:
            return uniqueid != expected
        return self.known.get(packet.fields.get(prefix + "channel", "")) == uniqueid

    def _known_to(self, packet: AmiPacket) -> Mapping[str, str]:
        return self.known if packet.has_privilege and packet.event != "Newchannel" else {}

    def _give_up(self) -> None:
        if self._head is not None:
            pieces = len(self._pieces) + self._whole
            self.mends.append(Mend(Mended.HOPELESS, self._head.fields.get("channel", ""), pieces))
            self._head, self._pieces = None, []


def describes_in_full(banner: str) -> bool:
    """Whether the version of AMI in a greeting is that of Asterisk 12 (2.0.0) or a later one."""
    major = banner.rpartition("/")[2].partition(".")[0]
    return major.isascii() and major.isdigit() and int(major) >= 2


def _describes_channel(packet: AmiPacket) -> bool:
    return any(name.endswith("channelstate") for name in packet.fields)


def _lacks_channel(packet: AmiPacket) -> bool:
    """Whether an event of a class speaks of a channel without describing it."""
    if not packet.has_privilege or packet.event in _BRIEF:
        return False
    fields = packet.fields
    if packet.event.startswith(("Dial", "Agent")) and "destuniqueid" in fields and "destchannelstate" not in fields:
        return True
    return "uniqueid" in fields and "channelstate" not in fields


def _channels_in(shape: Sequence[str]) -> tuple[int, int]:
    """How many channels are described in full in these header names (lower case), and how many otherwise."""
    full = odd = 0
    for place, name in enumerate(shape):
        if not name.endswith("channel") or shape[place + 1 : place + 2] != (name + "state",):
            continue
        prefix = name.removesuffix("channel")
        if any(
            all(found == prefix + part for found, part in zip(shape[place:], order, strict=False))
            and len(shape) - place >= len(order)
            for order in _ORDERS
        ):
            full += 1
        else:
            odd += 1
    return full, odd


def _last_channel(raw: str) -> tuple[str, str]:
    """Prefix and name of the last channel that is described, in full or not."""
    lines = raw.split(EOL)
    for place in range(len(lines) - 2, -1, -1):
        name, _, value = lines[place].partition(": ")
        if name.endswith("Channel") and lines[place + 1].startswith(name + "State:"):
            return name.removesuffix("Channel").lower(), value
    return "", ""


def _rebuilt(raw: str, own_prefix: str, known: Mapping[str, str]) -> list[str] | None:
    """The lines of the real event, without what was pushed in; None if its end is not there."""
    lines = raw.removesuffix(EOL + EOL).split(EOL)
    if lines[0] == "Event: QueueEntry" and not any(line.startswith("ChannelState:") for line in lines):
        return _rebuilt_queue_entry(lines, own_prefix)
    names = [line.partition(":")[0].lower() for line in lines]
    found: list[str] = []
    place = 0
    while place < len(lines):
        name = names[place]
        prefix = name.removesuffix("channel")
        if name.endswith("channel") and names[place : place + 4] == [prefix + part for part in _BEGIN]:
            expected = known.get(lines[place].partition(": ")[2])
            block = _channel(lines, names, place, prefix, expected)
            if block is None:
                return None
            taken, place = block
            found += taken
        else:
            found.append(lines[place])
            place += 1
    return found


def _channel(
    lines: list[str], names: list[str], place: int, prefix: str, uniqueid: str | None
) -> tuple[list[str], int] | None:
    """The real lines of the channel that begins at `place`, and where it ends; None if its end is not there.

    Language to Context, and Priority to Linkedid, come from the PBX; before and between stands what others sent too.
    Of several ends the last is real; it has the channel's Uniqueid, if that is known.
    """
    first = place + len(_BEGIN)
    anchor_names = [prefix + name for name in _PLACE]
    found: tuple[list[str], int] | None = None
    for anchor in range(first + len(_NAMES), len(lines) - 4):
        if found is not None and names[anchor].endswith("channel"):
            break
        if names[anchor : anchor + 3] != anchor_names:
            continue
        begin = anchor - (names[anchor - 1] == prefix + "language")
        parties = _parties(lines, names, first, begin, prefix)
        end = _end(lines, names, anchor + 3, prefix, uniqueid)
        if parties is not None and end is not None:
            priority, stop = end
            found = [*lines[place:first], *parties, *lines[begin : anchor + 3], *lines[priority:stop]], stop
    return found


def _end(lines: list[str], names: list[str], start: int, prefix: str, uniqueid: str | None) -> tuple[int, int] | None:
    """Priority to Linkedid: with the channel's Uniqueid, or of several the last, for Exten is a caller's word too."""
    another = [prefix + name for name in _PLACE]
    found: tuple[int, int] | None = None
    for place in range(start, len(names) - 1):
        if names[place : place + 3] == another:
            return None  # another description of the channel, so the one before was none
        if found is not None and names[place].endswith("channel"):
            break
        if names[place] != prefix + "priority" or names[place + 1] != prefix + "uniqueid":
            continue
        if uniqueid is None or lines[place + 1].partition(": ")[2] == uniqueid:
            found = place, place + 2 + (names[place + 2 : place + 3] == [prefix + "linkedid"])
            if uniqueid is not None:
                break
    return found


def _parties(lines: list[str], names: list[str], first: int, stop: int, prefix: str) -> list[str] | None:
    """CallerIDName, ConnectedLineNum and ConnectedLineName: as they stand together at the end, for then something was
    pushed in behind CallerIDNum; else as they follow CallerIDNum at once; else the last of each.
    """
    wanted = [prefix + name for name in _NAMES]
    if names[stop - 3 : stop] == wanted:
        return lines[stop - 3 : stop]
    found: list[str] = []
    place = stop
    for name in reversed(wanted):
        place -= 1
        while place >= first and names[place] != name:
            place -= 1
        if place < first:
            return None
        found.append(lines[place])
        if len(found) == 1 and names[first : first + 2] == wanted[:2] and place > first + 1:
            return [*lines[first : first + 2], lines[place]]
    return found[::-1]


def _rebuilt_queue_entry(lines: list[str], own_prefix: str) -> list[str] | None:
    """Queue to Uniqueid come before what the caller wrote; our ActionID, which nobody can guess, ends it."""
    if not own_prefix or not lines[-1].startswith("ActionID: " + own_prefix):
        return None
    kept: dict[str, str] = {}
    for line in lines[:-1]:
        if line.startswith(("Event: ", "Queue: ", "Position: ", "Channel: ", "Uniqueid: ", "CallerIDNum: ")):
            kept.setdefault(line.partition(":")[0], line)
    return [*kept.values(), lines[-1]]
