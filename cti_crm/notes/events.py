"""What happened to notes; published after the commit."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class NoteChanged:
    """A note was written, changed or removed."""

    note_id: UUID
    call_id: UUID | None
    contact_id: UUID | None
