"""Notes: on a call, saved as they are typed, and on contacts and organisations."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.schemas import UserRef
from cti_crm.contacts.ownership import Owner, OwnerOfCall
from cti_crm.contacts.service import flush, known_owner
from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import after_commit
from cti_crm.infrastructure.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from cti_crm.infrastructure.http.pagination import Page
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.infrastructure.jobs import enqueue
from cti_crm.notes import repository
from cti_crm.notes.events import DraftChanged, NoteChanged
from cti_crm.notes.models import Note
from cti_crm.notes.schemas import CallNotePut, DraftPut, DraftQuery, NoteCreate, NoteOut, NoteQuery, NoteUpdate

FINISH_JOB = "finish-note"
DRAFT_KEPT = timedelta(hours=12)
"""Who has not touched a note for so long is done with the call, whether they said so or not."""
_OTHER_WINDOW = "You changed this note in another window. Look at it there, then try again."


class NoteService:
    """Every signed-in user reads all notes; only its author, or a manager, changes one."""

    def __init__(self, owner_of_call: OwnerOfCall) -> None:
        self._owner_of_call = owner_of_call

    async def page(self, session: AsyncSession, query: NoteQuery) -> Page[NoteOut]:
        """Notes, newest first."""
        rows, following = await repository.page(session, query)
        return Page[NoteOut](items=[note_out(*row) for row in rows], next_cursor=following)

    async def create(self, session: AsyncSession, principal: Principal, new: NoteCreate) -> NoteOut:
        """A note on a contact or an organisation. Raises InvalidInputError: on none, or there is no such one."""
        owner = await _owner(session, new)
        draft = await repository.draft_about(session, owner, principal.user_id)
        if draft is not None and draft.text.strip() == new.text.strip():
            await session.delete(draft)
            await flush(session)
        note = Note(
            text=new.text,
            author_id=principal.user_id,
            contact_id=owner.contact_id,
            organization_id=owner.organization_id,
            finished_at=now(),
        )
        session.add(note)
        await session.flush()
        return _told(session, note, principal.display_name)

    async def update(self, session: AsyncSession, principal: Principal, note_id: UUID, change: NoteUpdate) -> NoteOut:
        """New text. Raises NotFoundError, NotAllowedError, ConflictError."""
        note, author = await self._own(session, principal, note_id)
        if note.version != change.version:
            raise ConflictError
        note.text = change.text
        await flush(session)
        return _told(session, note, author)

    async def delete(self, session: AsyncSession, principal: Principal, note_id: UUID) -> None:
        """Remove a note. Raises NotFoundError, NotAllowedError."""
        note, _author = await self._own(session, principal, note_id)
        await self._remove(session, note)

    async def my_note(self, session: AsyncSession, principal: Principal, call_id: UUID) -> NoteOut | None:
        """The user's own note on a call."""
        note = await repository.of_call_and_author(session, call_id, principal.user_id)
        return None if note is None else note_out(note, principal.display_name)

    async def put_call_note(
        self, session: AsyncSession, principal: Principal, call_id: UUID, body: CallNotePut
    ) -> NoteOut:
        """The whole text of the user's note on a call; the call need not be stored yet. Empty: the note goes.

        Raises ConflictError: the version seen is not the one stored, and the text differs.
        """
        author = principal.user_id
        note = await repository.of_call_and_author(session, call_id, author)
        if note is None and body.text.strip():
            owner = (await self._owner_of_call(session, call_id)).single
            await repository.insert_draft(session, author, body.text, owner, call_id)
            await enqueue(session, FINISH_JOB, _abandoned(call_id, author), now() + DRAFT_KEPT)
            return _begun(session, principal, await repository.of_call_and_author(session, call_id, author), body)
        return await self._typed(session, principal, note, body) or _no_note(principal, call_id)

    async def my_draft(self, session: AsyncSession, principal: Principal, about: DraftQuery) -> NoteOut | None:
        """What the user writes about a contact or organisation, outside any call. Raises InvalidInputError."""
        note = await repository.draft_about(session, await _owner(session, about), principal.user_id)
        return None if note is None else note_out(note, principal.display_name)

    async def put_draft(self, session: AsyncSession, principal: Principal, body: DraftPut) -> NoteOut:
        """The whole text of what the user writes about a contact or organisation. Empty: it goes.

        Nobody is told of it. Raises InvalidInputError: about none; ConflictError: as for the note on a call.
        """
        owner = await _owner(session, body)
        note = await repository.draft_about(session, owner, principal.user_id)
        if note is None and body.text.strip():
            await repository.insert_draft(session, principal.user_id, body.text, owner, None)
            return _begun(session, principal, await repository.draft_about(session, owner, principal.user_id), body)
        return await self._typed(session, principal, note, body) or _no_note(principal, None)

    async def _typed(
        self, session: AsyncSession, principal: Principal, note: Note | None, body: CallNotePut | DraftPut
    ) -> NoteOut | None:
        """What becomes of a note whose author typed; None: it is gone."""
        if note is None:
            return None
        if note.text == body.text:
            return note_out(note, principal.display_name)
        if note.version != body.version:
            raise ConflictError(_OTHER_WINDOW)
        if not body.text.strip():
            await self._remove(session, note)
            return None
        note.text = body.text
        await flush(session)
        return _told(session, note, principal.display_name)

    async def of_calls(self, session: AsyncSession, call_ids: Collection[UUID]) -> dict[UUID, list[NoteOut]]:
        """The notes on calls, oldest first; calls without any are left out."""
        notes: dict[UUID, list[NoteOut]] = {}
        for note, author in await repository.of_calls(session, call_ids):
            if note.call_id is not None:
                notes.setdefault(note.call_id, []).append(note_out(note, author))
        return notes

    async def on_wrapped_up(self, session: AsyncSession, call_id: UUID, author_id: UUID) -> None:
        """The author is done with the call: what was a draft is the note now, and everybody is told of it."""
        note = await repository.finish(session, call_id, author_id)
        if note is not None:
            after_commit(session, NoteChanged(note.id, note.call_id, note.contact_id))

    async def finish_abandoned(self, session: AsyncSession, payload: dict[str, str]) -> None:
        """The job: a draft nobody touched for long is the note; one that is still written is looked at again later."""
        call_id, author_id = UUID(payload["call"]), UUID(payload["author"])
        note = await repository.of_call_and_author(session, call_id, author_id)
        if note is None or note.finished_at is not None:
            return
        if is_draft(note.finished_at, note.updated_at):
            await enqueue(session, FINISH_JOB, payload, note.updated_at + DRAFT_KEPT)
        else:
            await self.on_wrapped_up(session, call_id, author_id)

    async def on_call_assigned(self, session: AsyncSession, call_id: UUID, owner: Owner) -> None:
        """It is known now whose the call is; its notes are theirs."""
        await repository.give_calls_notes(session, call_id, owner.single)

    async def absorb(self, session: AsyncSession, gone: UUID, into: UUID) -> None:
        """A call turned out to be part of another one: what was written about it goes there, and nothing is lost."""
        owner = (await self._owner_of_call(session, into)).single
        for note, author in await repository.of_calls(session, [gone]):
            there = await repository.of_call_and_author(session, into, note.author_id)
            if there is None:
                note.call_id, note.contact_id, note.organization_id = into, owner.contact_id, owner.organization_id
                there = note
            else:
                there.text = f"{there.text}\n{note.text}"
                await session.delete(note)
            await session.flush()
            _told(session, there, author)

    async def _own(self, session: AsyncSession, principal: Principal, note_id: UUID) -> tuple[Note, str]:
        found = await repository.get(session, note_id)
        if found is None:
            raise NotFoundError("There is no such note, or no more.")
        if found[0].author_id != principal.user_id and not principal.sees_all:
            raise NotAllowedError("Only who wrote this note may change it.")
        return found

    @staticmethod
    async def _remove(session: AsyncSession, note: Note) -> None:
        await session.delete(note)
        await flush(session)
        if not _is_private(note):
            after_commit(session, NoteChanged(note.id, note.call_id, note.contact_id))


def note_out(note: Note | Row[Any], author: str) -> NoteOut:
    """A note, or a row with all its columns, as the API shows it."""
    return NoteOut(
        id=note.id,
        version=note.version,
        text=note.text,
        author=UserRef(id=note.author_id, name=author),
        call_id=note.call_id,
        contact_id=note.contact_id,
        organization_id=note.organization_id,
        created_at=note.created_at,
        updated_at=note.updated_at,
        draft=_is_private(note) or is_draft(note.finished_at, note.updated_at),
    )


def _abandoned(call_id: UUID, author_id: UUID) -> dict[str, str]:
    return {"call": str(call_id), "author": str(author_id)}


def is_draft(finished_at: datetime | None, updated_at: datetime) -> bool:
    """Whether the author of a note is still at it."""
    return finished_at is None and updated_at > now() - DRAFT_KEPT


def _is_private(note: Note | Row[Any]) -> bool:
    """Whether it is only its author's; see `repository.for_everybody`."""
    return note.call_id is None and note.finished_at is None


async def _owner(session: AsyncSession, about: NoteCreate | DraftQuery) -> Owner:
    owner = await known_owner(session, Owner(about.contact_id, about.organization_id))
    if owner == Owner():
        raise InvalidInputError("Say whose note it is: contact_id or organization_id.")
    return owner


def _begun(session: AsyncSession, principal: Principal, note: Note | None, body: CallNotePut | DraftPut) -> NoteOut:
    """What was just inserted; or what was, in another window."""
    if note is None or note.text != body.text:
        raise ConflictError(_OTHER_WINDOW)
    return _told(session, note, principal.display_name)


def _told(session: AsyncSession, note: Note, author: str) -> NoteOut:
    """Tell of a note; of a draft, which changes as it is typed, those only who have the call before them."""
    out = note_out(note, author)
    if _is_private(note):
        return out
    if out.draft and note.call_id is not None:
        after_commit(session, DraftChanged(note.call_id, out))
    else:
        after_commit(session, NoteChanged(note.id, note.call_id, note.contact_id))
    return out


def _no_note(principal: Principal, call_id: UUID | None) -> NoteOut:
    """What stands for a note that is not there; version 0 is the one before the first."""
    moment = now()
    return NoteOut(
        id=new_id(),
        version=0,
        text="",
        author=UserRef(id=principal.user_id, name=principal.display_name),
        call_id=call_id,
        contact_id=None,
        organization_id=None,
        created_at=moment,
        updated_at=moment,
    )
