"""The search as one types, on both databases."""

from datetime import timedelta
from uuid import UUID

import pytest

from cti_crm.contacts.schemas import ContactUpdate, NumberIn, NumberLabel, OrganizationUpdate
from cti_crm.contacts.search_find import Kind
from cti_crm.contacts.search_index import (
    index_missing_contacts,
    index_missing_organizations,
    index_what_is_missing,
)
from cti_crm.infrastructure.clock import now
from cti_crm.notes.schemas import NoteCreate, NoteUpdate
from cti_crm.search.schemas import SearchAllQuery, SearchHit
from cti_crm.search.service import SearchService, index_changed_notes, index_missing_notes
from cti_crm.touchpoints.models import Touchpoint
from tests.crm_setup import Crm


async def hits(crm: Crm, q: str, *kinds: Kind, limit: int = 12) -> list[SearchHit]:
    async with crm.database.transaction() as session:
        found = await SearchService(crm.plan).search(session, SearchAllQuery(q=q, kinds=list(kinds), limit=limit))
    return found.items


async def titles(crm: Crm, q: str, *kinds: Kind) -> list[str]:
    return [hit.title for hit in await hits(crm, q, *kinds)]


@pytest.mark.parametrize(
    "typed",
    ["Müller", "Mueller", "MULLER", "muler", "Muelelr", "mull", "Miller", "müller j", "jürgen Mueller", "jurgen"],
)
async def test_a_name_in_any_spelling(crm: Crm, typed: str) -> None:
    await crm.add_contact("Jürgen Müller")
    await crm.add_contact("Anna Berger")

    assert (await titles(crm, typed))[:1] == ["Jürgen Müller"]


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("Groß", "gross"),
        ("José", "jose"),
        ("Łukasz", "lukasz"),
        ("Meyer", "Maier"),
        ("Schmidt", "Schmitt"),
        ("Schmidt", "schmdi"),
        ("Lüdenscheidt", "Ludenscheit"),
        ("Иванов", "иванов"),
    ],
)
async def test_what_sounds_or_looks_alike(crm: Crm, stored: str, typed: str) -> None:
    await crm.add_contact(f"Kim {stored}")

    assert await titles(crm, typed) == [f"Kim {stored}"]


@pytest.mark.parametrize(
    "typed", ["0176 123", "+49176123", "+49 176 12345678", "0049 176 1234", "2345", "678", "017612345678", "345 67"]
)
async def test_a_piece_of_a_number(crm: Crm, typed: str) -> None:
    await crm.add_contact("Anna Berger", "0176 12345678")
    await crm.add_contact("Bob Cramer", "030 999111")

    found = await hits(crm, typed)

    assert [hit.title for hit in found] == ["Anna Berger"]
    assert found[0].number is not None
    assert found[0].number.e164 == "+4917612345678"
    match = next(match for match in found[0].matches if match.field == "number")
    begin, end = match.ranges[0]
    assert "".join(match.text[begin:end].split()) in "+4917612345678"


async def test_name_firm_and_mail_together(crm: Crm) -> None:
    await crm.add_contact("Anna Berger", firm="Autohaus Nordwind", email="a.berger@nordwind.example")
    await crm.add_contact("Anna Cramer", firm="Südwind")

    assert await titles(crm, "anna nordwind") == ["Anna Berger"]
    assert await titles(crm, "a.berger@nord") == ["Anna Berger"]
    assert await titles(crm, "haus", Kind.ORGANIZATION) == ["Autohaus Nordwind"]
    assert await titles(crm, "nordwind", Kind.ORGANIZATION) == ["Autohaus Nordwind"]
    assert await titles(crm, "anna xylophon") == []


async def test_exact_names_stand_before_beginnings_and_these_before_guesses(crm: Crm) -> None:
    for name in ("Kim Muler", "Kim Mullerstein", "Kim Muller", "Kim Nobody"):
        await crm.add_contact(name)

    assert await titles(crm, "Muller") == ["Kim Muller", "Kim Mullerstein", "Kim Muler"]


async def test_of_equals_people_stand_before_firms(crm: Crm) -> None:
    await crm.add_contact("Martin Hofbauer", firm="Hofbauer & Söhne")

    assert await titles(crm, "hofbauer") == ["Martin Hofbauer", "Hofbauer & Söhne"]


async def test_of_equals_who_was_talked_with_last_stands_first(crm: Crm) -> None:
    people = [await crm.add_contact("Anna Berger", email=f"a{index}@example.org") for index in range(4)]
    async with crm.database.transaction() as session:
        for index, minutes in ((2, 30), (3, 5)):
            session.add(
                Touchpoint(
                    medium="call",
                    at=now() - timedelta(minutes=minutes),
                    contact_id=people[index].id,
                    match_kind="unique",
                    match_reason="exact_number",
                )
            )

    found = await hits(crm, "berger")

    assert [hit.id for hit in found[:2]] == [people[3].id, people[2].id]
    assert found[0].last_call_at is not None
    assert found[3].last_call_at is None


async def test_marks_what_was_typed(crm: Crm) -> None:
    await crm.add_contact("Jürgen Müller", firm="Möbel 😀 Mülleimer GmbH")

    [hit] = await hits(crm, "mull", Kind.CONTACT)

    by_field = {match.field: match for match in hit.matches}
    assert by_field["name"].ranges == [[7, 11]]
    assert by_field["organization"].ranges == [[9, 13]]  # the face takes two units


async def test_changes_are_found_at_once(crm: Crm) -> None:
    contact = await crm.add_contact("Anna Berger", "0176 12345678", firm="Nordwind")
    async with crm.database.transaction() as session:
        await crm.contacts.update(
            session,
            contact.id,
            ContactUpdate(version=contact.version, last_name="Cramer", numbers=[NumberIn(value="0176 5550001")]),
        )
    assert await titles(crm, "berger") == []
    assert await titles(crm, "12345678") == []
    assert await titles(crm, "cramer") == ["Anna Cramer"]
    assert await titles(crm, "5550001") == ["Anna Cramer"]

    assert contact.organization is not None
    async with crm.database.transaction() as session:
        await crm.contacts.update_organization(
            session, contact.organization.id, OrganizationUpdate(version=1, name="Südwind")
        )
    assert await titles(crm, "anna sudwind") == ["Anna Cramer"]
    assert await titles(crm, "nordwind") == []

    async with crm.database.transaction() as session:
        await crm.contacts.delete_organization(session, contact.organization.id)
    assert await titles(crm, "sudwind") == []

    async with crm.database.transaction() as session:
        await crm.contacts.delete(session, contact.id)
    assert await titles(crm, "cramer") == []


async def test_notes_are_found_and_lead_to_whom_they_are_about(crm: Crm) -> None:
    anna = await crm.add_user("anna")
    contact = await crm.add_contact("Bob Cramer")
    async with crm.database.transaction() as session:
        note = await crm.notes.create(
            session, anna, NoteCreate(text="Möchte ein Angebot über 12 Fenster.", contact_id=contact.id)
        )
    await _index_notes(crm)

    [hit] = await hits(crm, "fenster angebot")
    assert (hit.kind, hit.id, hit.contact_id, hit.title) == (Kind.NOTE, note.id, contact.id, "Bob Cramer")
    assert "Angebot" in hit.subtitle

    async with crm.database.transaction() as session:
        await crm.notes.update(session, anna, note.id, NoteUpdate(text="Doch nicht.", version=note.version))
    await _index_notes(crm)
    assert await hits(crm, "fenster") == []
    async with crm.database.transaction() as session:
        await crm.notes.delete(session, anna, note.id)
    assert await hits(crm, "doch nicht") == []


async def _index_notes(crm: Crm) -> None:
    async with crm.database.transaction() as session:
        await index_changed_notes(session, [event for event in crm.published if type(event).__name__ == "NoteChanged"])
    crm.published.clear()


async def test_what_was_stored_before_is_indexed_once(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cti_crm.contacts.search_index.BATCH", 2)
    monkeypatch.setattr("cti_crm.contacts.search_index._PAUSE", 0)
    await _store_without_index(crm, 5)
    assert await titles(crm, "berger") == []

    sources = (index_missing_contacts, index_missing_organizations, index_missing_notes)
    await index_what_is_missing(crm.database, sources)
    await index_what_is_missing(crm.database, sources)

    assert len(await titles(crm, "berger")) == 5


async def _store_without_index(crm: Crm, count: int) -> None:
    from cti_crm.contacts.models import Contact
    from cti_crm.contacts.service import derive_contact

    async with crm.database.transaction() as session:
        for _ in range(count):
            contact = Contact(first_name="Anna", last_name="Berger", numbers=[])
            derive_contact(contact)
            session.add(contact)


async def test_a_number_that_must_not_be_called_is_the_last_to_be_offered(crm: Crm) -> None:
    contact = await crm.add_contact("Anna Berger")
    async with crm.database.transaction() as session:
        await crm.contacts.update(
            session,
            contact.id,
            ContactUpdate(
                version=contact.version,
                numbers=[
                    NumberIn(value="030 111111", label=NumberLabel.FAX),
                    NumberIn(value="030 222222", do_not_call=True, do_not_call_reason="Private"),
                    NumberIn(value="030 333333", label=NumberLabel.SHARED),
                ],
            ),
        )

    [hit] = await hits(crm, "berger")
    assert hit.number is not None
    assert hit.number.value == "030 333333"
    [hit] = await hits(crm, "222222")
    assert hit.number is not None
    assert (hit.number.do_not_call, hit.number.do_not_call_reason) == (True, "Private")


async def test_the_list_of_contacts_forgives_too(crm: Crm) -> None:
    anna = await crm.add_user("anna")
    for index in range(5):
        await crm.add_contact(f"Kim{index} Müller", email=f"k{index}@example.org")
    async with crm.client(anna) as client:
        seen: list[UUID] = []
        cursor = ""
        while True:
            async with client.get(f"/api/v1/contacts?q=muler&limit=2{cursor}") as answer:
                page = await answer.json()
            seen += [one["id"] for one in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("typed", ["", " ", "'", '"', "* OR (", "a:b & c", "\\", "'':*", "%", "+", "0", "01", "( )"])
async def test_nothing_that_is_typed_breaks_it(crm: Crm, typed: str) -> None:
    await crm.add_contact("Anna Berger", "0176 12345678")

    await hits(crm, typed)


async def test_who_dials_such_a_number_is_warned(crm: Crm) -> None:
    warned = NumberIn(value="030 222222", do_not_call=True, do_not_call_reason="Wants letters only")
    contact = await crm.add_contact("Anna Berger")
    other = await crm.add_contact("Bob Cramer", "030 222222")
    async with crm.database.transaction() as session:
        await crm.contacts.update(session, contact.id, ContactUpdate(version=contact.version, numbers=[warned]))

        assert await crm.contacts.warned_of(session, "030/222222", None) == "Wants letters only"
        assert await crm.contacts.warned_of(session, "030/222222", contact.id) == "Wants letters only"
        assert await crm.contacts.warned_of(session, "030/222222", other.id) is None
        assert await crm.contacts.warned_of(session, "030/222223", None) is None
        assert await crm.contacts.warned_of(session, "101", None) is None
