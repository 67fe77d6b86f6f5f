"""What happened to notes and their templates; published after the commit."""

from dataclasses import dataclass
from uuid import UUID

from cti_crm.notes.schemas import NoteOut


@dataclass(frozen=True, slots=True)
class NoteChanged:
    """A note was written, changed or removed."""

    note_id: UUID
    call_id: UUID | None
    contact_id: UUID | None


@dataclass(frozen=True, slots=True)
class DraftChanged:
    """Somebody writes about a call: this is what their note reads now. It concerns who has the call before them."""

    call_id: UUID
    note: NoteOut


@dataclass(frozen=True, slots=True)
class TemplatesChanged:
    """A template is new, changed or gone."""

    template_id: UUID
