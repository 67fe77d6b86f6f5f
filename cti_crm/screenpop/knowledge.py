"""What the CRM knows about the other side of a call, and where the pops get it from."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from cti_crm.callers.schemas import SpamOut
from cti_crm.calls.call import Call
from cti_crm.contacts.schemas import MatchKind, MatchOut, MatchReason
from cti_crm.notes.schemas import NoteOut
from cti_crm.screenpop.protocol import PopContext

NOT_ASKED = MatchOut(kind=MatchKind.NONE, reason=MatchReason.PENDING)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the CRM knows about the other side of a call.

    notes: what each of us wrote on this call, by extension; of who has none, by the user's id.
    """

    match: MatchOut
    context: PopContext
    notes: dict[str, NoteOut] = field(default_factory=dict)

    def with_newer_notes(self, known: "Knowledge") -> "Knowledge":
        """What was looked up may be older than what was told meanwhile, and was known already."""
        newer = {
            author: note
            for author, note in known.notes.items()
            if author in self.notes and self.notes[author].id == note.id and self.notes[author].version < note.version
        }
        return replace(self, notes={**self.notes, **newer}) if newer else self


class Callers(Protocol):
    """What is known of numbers (E.164 where it can be) without asking the database."""

    def spam(self, number: str | None) -> SpamOut | None:
        """Who marked it as spam, if anybody did."""
        ...

    def colleague(self, number: str | None) -> str | None:
        """The extension of the colleague whose mobile it is."""
        ...


class Strangers:
    """Knows no number; a `Callers`."""

    def spam(self, number: str | None) -> SpamOut | None:
        """Nobody marked it."""
        return None

    def colleague(self, number: str | None) -> str | None:
        """Nobody's."""
        return None


class Lore(Protocol):
    """Where the knowledge comes from."""

    def about(self, call: Call) -> AsyncIterator[Knowledge]:
        """Look everything up that a pop shows, and tell it as soon as it is known: first who it is, then all.

        Raises what the database raises.
        """
        ...
