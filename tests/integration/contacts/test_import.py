"""Imports into both databases, and over HTTP."""

import asyncio
import io
from typing import Any

import pytest
from aiohttp import FormData

from cti_crm.contacts.events import NumbersAttached
from cti_crm.contacts.import_records import MAX_BYTES
from cti_crm.contacts.importer import BATCH, ImportReport, import_contacts
from cti_crm.contacts.schemas import ContactQuery, ContactUpdate, SearchQuery
from cti_crm.infrastructure.errors import InvalidInputError
from tests.crm_setup import MOBILE, Crm

CSV = """Vorname;Nachname;Firma;Telefon;Mobil;E-Mail
Anna;Berger;Berger GmbH;030 12345-11;0176/12345678;anna@berger.example
Bernd;Berger;Berger GmbH;030 12345-12;;
Hans;Müller;;030 111111;;
Hans;Müller;;030 222222;;
;;;030 333333;;
;;Cohn AG;030 444444;;
"""


async def bring_in(crm: Crm, text: str) -> ImportReport:
    return await import_contacts(crm.database, crm.plan, text.encode(), lambda _report: None)


async def everything(crm: Crm) -> list[Any]:
    async with crm.database.transaction() as session:
        people = await crm.contacts.search(session, ContactQuery(limit=200))
        firms = await crm.contacts.search_organizations(session, SearchQuery(limit=200))
    return [*people.items, *firms.items]


async def test_importing_twice_changes_nothing(crm: Crm) -> None:
    report = await bring_in(crm, CSV)
    assert (report.total, report.done, report.created, report.updated, report.unchanged) == (6, 6, 5, 0, 0)
    assert [one.line for one in report.problems] == [6]
    first = await everything(crm)
    assert [one.name for one in first] == [
        *("Anna Berger", "Bernd Berger", "Hans Müller", "Hans Müller", "Berger GmbH", "Cohn AG"),
    ]
    crm.published.clear()
    report = await bring_in(crm, CSV)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 5)
    assert await everything(crm) == first
    assert crm.published == []


async def test_an_import_fills_gaps_and_replaces_nothing(crm: Crm) -> None:
    await bring_in(crm, CSV)
    anna = (await everything(crm))[0]
    async with crm.database.transaction() as session:
        await crm.contacts.update(session, anna.id, ContactUpdate(version=anna.version, email="", city="Bonn"))
    report = await bring_in(
        crm, "Name;Firma;Ort;E-Mail;Telefon\nAnna Berger;Berger GmbH;Berlin;a@new.example;030 9999999\n"
    )
    assert (report.created, report.updated) == (0, 1)
    after = (await everything(crm))[0]
    assert (after.id, after.city, after.email, len(after.numbers)) == (anna.id, "Bonn", "a@new.example", 3)
    assert after.version > anna.version


async def test_people_of_one_name_are_told_apart(crm: Crm) -> None:
    await bring_in(crm, "Name;E-Mail;Telefon;Firma\nEva Klein;eva@a.example;;A AG\nEva Klein;eva@b.example;;A AG\n")
    assert [one.name for one in await everything(crm)] == ["Eva Klein", "Eva Klein", "A AG"]
    report = await bring_in(crm, "Name;E-Mail\nEva Klein;EVA@b.example\n")
    assert (report.created, report.unchanged) == (0, 1)


async def test_vcards(crm: Crm) -> None:
    card = "BEGIN:VCARD\nVERSION:3.0\nN:Berger;Anna;;;\nORG:Berger GmbH\nTEL;TYPE=CELL:0176/12345678\nEND:VCARD\n"
    for created in (1, 0):
        assert (await bring_in(crm, card)).created == created
    match = await crm.match(MOBILE)
    assert match.contact is not None
    assert match.contact.name == "Anna Berger"


async def test_many_lines_with_progress(crm: Crm) -> None:
    count = BATCH + 5
    lines = "".join(f"Person{index};030 {1000000 + index}\n" for index in range(count))
    seen: list[int] = []
    data = f"Nachname;Telefon\n{lines}".encode()
    report = await import_contacts(crm.database, crm.plan, data, lambda one: seen.append(one.done))
    assert report.created == count
    assert seen == [0, BATCH, count]
    told = [event for event in crm.published if isinstance(event, NumbersAttached)]
    assert [len(event.e164) for event in told] == [BATCH, 5]


async def test_a_file_that_is_none(crm: Crm) -> None:
    with pytest.raises(InvalidInputError, match="no text file"):
        await import_contacts(crm.database, crm.plan, b"PK\x03\x04\x00", lambda _report: None)


def form(data: bytes, **fields: str) -> FormData:
    form = FormData(fields)
    form.add_field("file", io.BytesIO(data), filename="contacts.csv", content_type="text/csv")
    return form


async def test_upload(crm: Crm) -> None:
    async with crm.client(await crm.add_user("anna")) as client, asyncio.TaskGroup() as group:
        runner = group.create_task(crm.imports.run())

        async def upload(data: FormData, status: int = 202) -> Any:
            async with client.post("/api/v1/contacts/import", data=data) as answer:
                assert answer.status == status, await answer.text()
                return await answer.json()

        async def finished(started: Any) -> Any:
            async with asyncio.timeout(30):
                while True:
                    async with client.get(f"/api/v1/contacts/import/{started['id']}") as answer:
                        state = await answer.json()
                    if state["state"] != "running":
                        return state

        state = await finished(await upload(form(CSV.encode("cp1252"))))
        assert (state["state"], state["created"], state["done"], state["total"]) == ("finished", 5, 6, 6)
        assert state["file_name"] == "contacts.csv"
        assert state["problems"][0]["line"] == 6
        vienna = b"Name;Telefon\nFranz Wien;01 58858\n"
        assert (await finished(await upload(form(vienna, country="AT"))))["created"] == 1
        assert (await crm.match("+43158858")).contact is not None
        failed = await finished(await upload(form(b"PK\x03\x04\x00")))
        assert failed["state"] == "failed"
        assert "no text file" in failed["message"]

        no_file = FormData()
        no_file.add_field("country", "DE", content_type="text/plain")
        assert "XX" in (await upload(form(b"Name\nA B\n", country="XX"), 422))["detail"]
        assert "missing" in (await upload(no_file, 422))["detail"]
        assert "20 MB" in (await upload(form(b"a" * (MAX_BYTES + 1)), 413))["detail"]
        async with client.post("/api/v1/contacts/import", json={}) as answer:
            assert answer.status == 422
        runner.cancel()
