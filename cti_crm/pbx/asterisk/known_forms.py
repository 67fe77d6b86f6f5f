"""How events are laid out, learned from the first of each kind: the next is read by it in one go."""

import re
from collections.abc import Callable, Container
from dataclasses import dataclass

from cti_crm.pbx.asterisk.packet import EOL, AmiPacket, PlainEvent

# An Asterisk has less than 200 kinds of events, few in more than two forms. Both bound what a stranger who writes some
# can make us learn; what finds no room is read header by header.
_MAX_FORMS = 500
_MAX_OF_A_KIND = 12

_IDENTITIES = frozenset({"channel", "uniqueid", "destchannel", "destuniqueid"})


@dataclass(frozen=True, slots=True)
class _Form:
    """names: of the headers that are taken out, in lower case and in order; shape: of all headers."""

    event: str
    shape: tuple[str, ...]
    names: tuple[str, ...]
    match: Callable[[str], re.Match[str] | None]


class KnownForms:
    """Forms of events with each header once, a `Privilege`, and whole channels. Its memory is bounded.

    used: names of events that somebody reads. Of the others only what tells their channels is taken out.
    """

    __slots__ = ("_count", "_kinds", "_used")

    def __init__(self, used: Container[str]) -> None:
        self._used = used
        self._kinds: dict[str, list[_Form]] = {}  # by first line
        self._count = 0

    def read(self, raw: str) -> PlainEvent | None:
        """`raw` as an event, if it has one of the forms learned to the letter: no line more, less or elsewhere."""
        for form in self._kinds.get(raw[: raw.find(EOL)], ()):
            if found := form.match(raw):
                return PlainEvent(raw, form.event, dict(zip(form.names, found.groups(), strict=True)))
        return None

    def learn(self, packet: AmiPacket) -> None:
        """Know the form of `packet` from now on."""
        kind = self._kinds.get(packet.raw[: packet.raw.find(EOL)], [])
        shape = tuple(packet.fields)
        if self._count >= _MAX_FORMS or len(kind) >= _MAX_OF_A_KIND or any(form.shape == shape for form in kind):
            return
        form = _form(packet, shape, everything=packet.event in self._used)
        if form.match(packet.raw) is not None:
            self._kinds.setdefault(packet.raw[: packet.raw.find(EOL)], []).append(form)
            self._count += 1


def _form(packet: AmiPacket, shape: tuple[str, ...], *, everything: bool) -> _Form:
    names: list[str] = []
    pattern = [re.escape(f"Event: {packet.event}")]
    for name, _ in packet.headers[1:]:
        taken = everything or name.lower() in _IDENTITIES
        names += [name.lower()] * taken
        # A value goes up to the end of its line, and gives nothing back.
        pattern.append(re.escape(f"{name}: ") + ("([^\r]*+)" if taken else "[^\r]*+"))
    match = re.compile(EOL.join([*pattern, EOL])).fullmatch
    return _Form(packet.event, shape, tuple(names), match)
