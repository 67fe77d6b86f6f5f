"""Reading header values: texts are cleaned, numbers and states understood, a channel becomes a `LegView`."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache

from cti_crm.calls.pbx_events import ChannelState, LegView, PbxEvent

Fields = Mapping[str, str]

Reader = Callable[[Fields, datetime], list[PbxEvent]]
"""What an event with these headers, received then (aware, UTC), means. Raises MissingHeaderError."""

MAX_TEXT = 80
MAX_ID = 256  # longer than AST_MAX_UNIQUEID and AST_CHANNEL_NAME of any Asterisk

# C0, DEL, C1, the Unicode bidi controls (UAX #9), line and paragraph separator, byte order mark.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_NOT_UTF8 = re.compile("[\ud800-\udfff]")

# include/asterisk/channelstate.h: 0 Down 1 Reserved 2 Off hook 3 Dialing 4 Ring 5 Ringing 6 Up 7 Busy
# 8 Dialing off hook 9 Pre-ring. "Ring" is the caller's side, "Ringing" the side that is called.
_STATES = {
    "0": ChannelState.DOWN,
    "1": ChannelState.DOWN,
    "2": ChannelState.DIALING,
    "3": ChannelState.DIALING,
    "4": ChannelState.DIALING,
    "5": ChannelState.RINGING,
    "6": ChannelState.UP,
    "7": ChannelState.BUSY,
    "8": ChannelState.DIALING,
    "9": ChannelState.DIALING,
}

_WITHHELD = frozenset({"anonymous", "private", "restricted", "unavailable", "unknown", "withheld"})


class MissingHeaderError(Exception):
    """An event lacks a header without which it means nothing. The argument is the header's name in lower case."""


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """`text` without control and bidi characters, at most `limit` characters; "" for `<unknown>`.

    Bytes that were not UTF-8 become U+FFFD.
    """
    if not text.isprintable():
        text = _NOT_UTF8.sub("\ufffd", _UNSEEN.sub("", text))[:limit].strip()
    if text == "<unknown>":
        return ""
    return text if len(text) <= limit else text[:limit]


def text(fields: Fields, name: str) -> str:
    """A text that may be missing."""
    return clean(fields.get(name, ""))


def ident(fields: Fields, name: str) -> str:
    """A name or id that may be missing."""
    return clean(fields.get(name, ""), MAX_ID)


def needed(fields: Fields, name: str) -> str:
    """A name or id that must be there. Raises MissingHeaderError."""
    value = clean(fields.get(name, ""), MAX_ID)
    if not value:
        raise MissingHeaderError(name)
    return value


def number(fields: Fields, name: str) -> int:
    """A whole number of at most nine digits; 0 if missing or none."""
    value = fields.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def caller_number(fields: Fields, name: str) -> str:
    """A caller's number; "" if it is withheld, for which Asterisk has only a word in its place (RFC 3323, 4.1.1.3)."""
    value = clean(fields.get(name, ""))
    return "" if value[:1].isalpha() and value.lower() in _WITHHELD else value


def leg(fields: Fields, prefix: str = "") -> LegView:
    """The channel whose headers begin with `prefix` (lower case). Raises MissingHeaderError.

    Asterisk before 12 names no Linkedid: the leg stands for itself then.
    """
    get = fields.get
    uniqueid_, linkedid, channel, state, number_, name, connected_number, connected_name, exten = _headers(prefix)
    uniqueid = needed(fields, uniqueid_)
    return LegView(
        uniqueid,
        clean(get(linkedid, ""), MAX_ID) or uniqueid,
        needed(fields, channel),
        _STATES.get(get(state, ""), ChannelState.UNKNOWN),
        caller_number(fields, number_),
        clean(get(name, "")),
        caller_number(fields, connected_number),
        clean(get(connected_name, "")),
        clean(get(exten, "")),
    )


@cache
def _headers(prefix: str) -> tuple[str, ...]:
    """The names of a channel's headers, in the order of LegView's fields."""
    names = "uniqueid linkedid channel channelstate calleridnum calleridname connectedlinenum connectedlinename exten"
    return tuple(prefix + name for name in names.split())


def optional_leg(fields: Fields, prefix: str) -> LegView | None:
    """As `leg`, but None if the event does not name that channel."""
    return leg(fields, prefix) if prefix + "uniqueid" in fields else None


def is_phone(device: str) -> bool:
    """Whether a device name stands for a real one: `PJSIP/101`, but not `Queue:support`, `Custom:x` or `Local/1@x`."""
    technology, slash, _ = device.partition("/")
    return bool(slash) and ":" not in technology and technology != "Local"
