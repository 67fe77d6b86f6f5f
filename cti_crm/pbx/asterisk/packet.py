"""One AMI packet: cutting the byte stream into packets, reading the headers, and deciding whether to believe them."""

from collections.abc import Mapping
from enum import StrEnum

EOL = "\r\n"
_END = EOL + EOL
BANNER = "Asterisk Call Manager"
MAX_PACKET_BYTES = 1 << 20

# Headers that say which call an event is about. A second one in the same packet was written by a caller.
_IDENTITY = ("event", "privilege", "uniqueid", "linkedid", "channel")


class PacketTooLongError(ValueError):
    """More than a mebibyte came without the end of a packet: the other side does not speak AMI."""


class PacketSplitter:
    """Cuts received bytes into packets, however the network cut them.

    The first line of a connection (the banner) is a packet of its own. Packets keep their line ends, so that all
    packets together are the bytes received; bytes that are not UTF-8 become lone surrogates (PEP 383).
    """

    __slots__ = ("_buffer", "_greeted", "_searched")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._greeted = False
        self._searched = 0

    def feed(self, data: bytes) -> list[str]:
        """Take bytes, give the packets they complete. Raises PacketTooLongError: none of them was complete then."""
        buffer = self._buffer
        buffer += data
        packets: list[str] = []
        if not self._greeted and (stop := buffer.find(b"\r\n", self._searched)) >= 0:
            packets.append(_decoded(buffer[: stop + 2]))
            del buffer[: stop + 2]
            self._greeted, self._searched = True, 0
        if self._greeted and (stop := buffer.rfind(b"\r\n\r\n", self._searched)) >= 0:
            *whole, rest = _decoded(buffer[: stop + 4]).split(_END)
            packets += [text + _END for text in whole]
            del buffer[: stop + 4 - len(rest)]  # the rest is nothing, or the last of three ends of a line
        self._searched = max(0, len(buffer) - 3)
        if len(buffer) > MAX_PACKET_BYTES:
            raise PacketTooLongError(PacketTooLongError.__doc__)
        return packets


def _decoded(data: bytearray) -> str:
    return data.decode("utf-8", "surrogateescape")


class AmiPacket:
    """A packet with its headers. Header names are compared without regard to case; of a repeated one the first counts.

    fields: lower-case header name -> value. repeated: names of headers that came more than once. banner: the greeting,
    if the packet begins with it. event: its name, or "" if this is none; believed only as the packet's first line.
    is_response: whether this is the answer to an action. has_privilege: whether the second line is `Privilege`, as in
    every event but the items of a list that was asked for.
    Only CRLF ends a line: a bare LF belongs to the value, for Asterisk never ends one so.
    """

    __slots__ = ("banner", "event", "fields", "has_privilege", "is_response", "raw", "repeated")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.banner = ""
        if raw.startswith(BANNER):
            self.banner, _, raw = raw.partition(EOL)
        fields: dict[str, str] = {}
        lines = raw.split(EOL)
        count = 0
        for line in lines:
            name, colon, value = line.partition(":")
            if colon:
                fields[name.lower()] = value.removeprefix(" ")
                count += 1
        self.repeated: tuple[str, ...] = ()
        if len(fields) < count:
            fields, self.repeated = _first_of_each(lines)
        self.fields: Mapping[str, str] = fields
        self.event = fields["event"] if self.raw.startswith("Event:") else ""
        self.is_response = self.raw.startswith("Response:")
        self.has_privilege = len(lines) > 1 and lines[1].startswith("Privilege:")

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All headers in order, repeated ones too; a line without a colon is a name with an empty value."""
        body = self.raw.partition(EOL)[2] if self.banner else self.raw
        lines = (line.partition(":") for line in body.split(EOL) if line)
        return [(name, value.removeprefix(" ")) for name, _, value in lines]

    @property
    def is_banner(self) -> bool:
        """Whether this is the greeting of a new connection: one line, with no empty line behind it."""
        return bool(self.banner) and not self.raw.endswith(EOL + EOL)

    @property
    def action_id(self) -> str:
        """The ActionID, or ""."""
        return self.fields.get("actionid", "")

    def __repr__(self) -> str:
        return f"AmiPacket({self.raw!r})"


class PlainEvent(AmiPacket):
    """An event of a known form: each header once, Privilege the second. `fields`: those in use, without Event."""

    __slots__ = ()

    banner = ""
    has_privilege = True
    is_response = False
    repeated = ()

    def __init__(self, raw: str, event: str, fields: Mapping[str, str]) -> None:
        self.raw = raw
        self.event = event
        self.fields = fields


def _first_of_each(lines: list[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The headers, and the names of those that came more than once."""
    fields: dict[str, str] = {}
    repeated: list[str] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            name = name.lower()
            if name in fields:
                repeated.append(name)
            else:
                fields[name] = value.removeprefix(" ")
    return fields, tuple(repeated)


class Distrust(StrEnum):
    """Why a packet is not believed."""

    EMPTY_LINE = "begins with an empty line"
    NO_FIRST_LINE = "first line is neither Event nor Response"
    REPEATED = "a header that names the call is repeated"
    NO_PRIVILEGE = "no Privilege, and no list that was asked for"


def distrust(packet: AmiPacket, own_prefix: str) -> Distrust | None:
    """Why not to believe `packet`; None if there is nothing against it.

    Whoever can call can write into the stream: PJSIP decodes `%0d%0a` in the user part of From, and AMI passes it on.
    So a packet may hold a caller's headers, or be a caller's altogether. `own_prefix` is what all ActionIDs of this
    connection begin with; "" if nothing was asked.
    """
    if packet.raw.startswith(EOL):
        return Distrust.EMPTY_LINE
    if packet.is_banner or packet.is_response:
        return None
    if not packet.event:
        return Distrust.NO_FIRST_LINE
    if packet.repeated and any(name.endswith(_IDENTITY) for name in packet.repeated):
        return Distrust.REPEATED
    if not packet.has_privilege and not (own_prefix and packet.action_id.startswith(own_prefix)):
        return Distrust.NO_PRIVILEGE
    return None
