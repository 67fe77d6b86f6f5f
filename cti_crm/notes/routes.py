"""Notes over HTTP."""

from uuid import UUID

from cti_crm.infrastructure.errors import NotFoundError
from cti_crm.infrastructure.http.api import ApiRequest, Routes
from cti_crm.infrastructure.http.pagination import Page
from cti_crm.notes.schemas import CallNotePut, DraftPut, DraftQuery, NoteCreate, NoteOut, NoteQuery, NoteUpdate
from cti_crm.notes.service import NoteService


def note_routes(service: NoteService) -> Routes:
    """Notes on calls, contacts and organisations."""
    routes = Routes("notes")

    @routes.get("/notes")
    async def list_notes(request: ApiRequest, query: NoteQuery) -> Page[NoteOut]:
        """Notes, newest first."""
        return await service.page(request.session, query)

    @routes.post("/notes")
    async def create_note(request: ApiRequest, body: NoteCreate) -> NoteOut:
        """Write a note on a contact or an organisation."""
        return await service.create(request.session, request.principal, body)

    @routes.get("/notes/draft")
    async def get_my_draft(request: ApiRequest, query: DraftQuery) -> NoteOut:
        """What I write about a contact or an organisation; only I see it until it is a note."""
        note = await service.my_draft(request.session, request.principal, query)
        if note is None:
            raise NotFoundError("You write nothing about them.")
        return note

    @routes.put("/notes/draft")
    async def put_my_draft(request: ApiRequest, body: DraftPut) -> NoteOut:
        """Save what I write about a contact or an organisation as it is typed; an empty text removes it."""
        return await service.put_draft(request.session, request.principal, body)

    @routes.patch("/notes/{note_id}")
    async def update_note(request: ApiRequest, note_id: UUID, body: NoteUpdate) -> NoteOut:
        """Change a note's text."""
        return await service.update(request.session, request.principal, note_id, body)

    @routes.delete("/notes/{note_id}")
    async def delete_note(request: ApiRequest, note_id: UUID) -> None:
        """Remove a note."""
        await service.delete(request.session, request.principal, note_id)

    @routes.get("/calls/{call_id}/note")
    async def get_my_call_note(request: ApiRequest, call_id: UUID) -> NoteOut:
        """My note on a call."""
        note = await service.my_note(request.session, request.principal, call_id)
        if note is None:
            raise NotFoundError("You have no note on this call.")
        return note

    @routes.put("/calls/{call_id}/note")
    async def put_my_call_note(request: ApiRequest, call_id: UUID, body: CallNotePut) -> NoteOut:
        """Save my note on a call as it is typed; an empty text removes it."""
        return await service.put_call_note(request.session, request.principal, call_id, body)

    return routes
