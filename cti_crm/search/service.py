"""One search over contacts, organisations and notes; and the notes' part of its index."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.contacts import repository as contacts
from cti_crm.contacts.models import Contact, Organization
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.schemas import NumberLabel, NumberOut
from cti_crm.contacts.search_find import Found, Kind, Query, find, read_query
from cti_crm.contacts.search_index import put
from cti_crm.contacts.search_tables import SearchEntry
from cti_crm.contacts.search_words import Document
from cti_crm.contacts.views import number_out
from cti_crm.notes.events import NoteChanged
from cti_crm.notes.models import Note
from cti_crm.search import queries
from cti_crm.search.marking import in_utf16, mark_digits, mark_words, snippet
from cti_crm.search.schemas import SearchAllQuery, SearchHit, SearchMatch, SearchResult

_CONTACT_FIELDS = ("email", "position", "street", "postal_code", "city", "remark")
_ORGANIZATION_FIELDS = ("email", "website", "street", "postal_code", "city", "remark")


class SearchService:
    """Every signed-in user finds everything, as they may see every contact."""

    def __init__(self, plan: NumberPlan) -> None:
        self._plan = plan

    async def search(self, session: AsyncSession, wanted: SearchAllQuery) -> SearchResult:
        """The best hits, best first."""
        query = read_query(wanted.q, self._plan)
        if not query.terms:
            return SearchResult(items=[])
        recent = await queries.talked_with_lately(session)
        found = await find(session, query, wanted.kinds or list(Kind), wanted.limit, recent=recent)
        return SearchResult(items=await self._hits(session, query, found))

    async def _hits(self, session: AsyncSession, query: Query, found: Sequence[Found]) -> list[SearchHit]:
        notes = {one.id: one for one in await queries.notes(session, [one.note_id for one in found if one.note_id])}
        owners: list[Found | Note] = [*found, *notes.values()]
        people = {one.contact_id for one in owners if one.contact_id}
        persons = await contacts.contacts_by_id(session, people)
        firms = {one.organization_id for one in owners if one.organization_id}
        organizations = await contacts.organizations_by_id(session, firms)
        talks = await queries.last_talks(session, people)
        hits = []
        for one in found:
            if one.contact_id in persons:
                hits.append(self._contact(persons[one.contact_id], query, talks))
            elif one.organization_id in organizations:
                hits.append(self._organization(organizations[one.organization_id], query))
            elif one.note_id in notes:
                note = notes[one.note_id]
                person = persons.get(note.contact_id) if note.contact_id else None
                firm = organizations.get(note.organization_id) if note.organization_id else None
                hits.append(_note(note, person or firm, query))
        return hits

    def _contact(self, contact: Contact, query: Query, talks: Mapping[UUID, datetime]) -> SearchHit:
        firm = contact.organization.name if contact.organization else ""
        fields = {"name": contact.name, "organization": firm}
        fields |= {name: getattr(contact, name) for name in _CONTACT_FIELDS}
        number, matches = self._found_in(contact, fields, query)
        return SearchHit(
            kind=Kind.CONTACT,
            id=contact.id,
            title=contact.name,
            subtitle=firm,
            contact_id=contact.id,
            organization_id=contact.organization_id,
            matches=matches,
            number=number,
            last_call_at=talks.get(contact.id),
        )

    def _organization(self, firm: Organization, query: Query) -> SearchHit:
        fields = {"name": firm.name} | {name: getattr(firm, name) for name in _ORGANIZATION_FIELDS}
        number, matches = self._found_in(firm, fields, query)
        return SearchHit(
            kind=Kind.ORGANIZATION,
            id=firm.id,
            title=firm.name,
            subtitle=firm.city,
            contact_id=None,
            organization_id=firm.id,
            matches=matches,
            number=number,
            last_call_at=None,
        )

    def _found_in(
        self, row: Contact | Organization, fields: Mapping[str, str], query: Query
    ) -> tuple[NumberOut | None, list[SearchMatch]]:
        matches = [_match(name, text, query) for name, text in fields.items()]
        matches += [_match(f"custom.{key}", str(value), query) for key, value in (row.custom or {}).items()]
        shown = [match for match in matches if match is not None]
        numbers = [number_out(one, self._plan) for one in row.numbers]
        callable_ones = [one for one in numbers if one.label is not NumberLabel.FAX]
        to_dial = next((one for one in callable_ones if not one.do_not_call), next(iter(callable_ones), None))
        for one in numbers:
            ranges = mark_digits(one.display, query.pieces)
            if ranges:
                shown.append(SearchMatch(field="number", text=one.display, ranges=in_utf16(one.display, ranges)))
                to_dial = one
                break
        return to_dial, shown


def _match(field: str, text: str, query: Query) -> SearchMatch | None:
    ranges = mark_words(text, (term.word for term in query.terms))
    if not ranges:
        return None
    shown, ranges = snippet(text, ranges)
    return SearchMatch(field=field, text=shown, ranges=in_utf16(shown, ranges))


def _note(note: Note, owner: Contact | Organization | None, query: Query) -> SearchHit:
    match = _match("note", note.text, query)
    return SearchHit(
        kind=Kind.NOTE,
        id=note.id,
        title=owner.name if owner else "",
        subtitle=match.text if match else snippet(note.text, [])[0],
        contact_id=note.contact_id,
        organization_id=note.organization_id,
        matches=[match] if match else [],
        number=None,
        last_call_at=None,
    )


def _document(note: Note) -> Document:
    return Document(names=[], beside=[], text=[note.text], digits=[])


async def index_changed_notes(session: AsyncSession, events: Sequence[NoteChanged]) -> None:
    """Make notes found by what they say now; those that are gone find nothing by themselves."""
    notes = await queries.notes(session, {event.note_id for event in events})
    await put(session, SearchEntry.note_id, {note.id: _document(note) for note in notes})


async def index_missing_notes(session: AsyncSession, after: UUID | None, limit: int) -> UUID | None:
    """Index notes written before there was a search; see `contacts.search_index.Missing`."""
    notes = await queries.notes_not_indexed(session, after, limit)
    await put(session, SearchEntry.note_id, {note.id: _document(note) for note in notes})
    return notes[-1].id if notes else None
