"""The same person twice: proposed with the reason, merged without loss, taken apart again; on both databases."""

from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cti_crm.contacts.models import Contact
from cti_crm.contacts.schemas import ContactOut, NumberIn, NumberLabel
from cti_crm.duplicates.merging import FIELDS, merge_fields, restore_fields
from cti_crm.duplicates.routes import duplicate_routes
from cti_crm.duplicates.schemas import MergeField
from cti_crm.duplicates.service import DuplicateService
from cti_crm.notes.schemas import NoteCreate
from cti_crm.tasks.schemas import TaskCreate
from tests.crm_setup import MOBILE, Client, Crm, call, send


def routes(crm: Crm) -> Any:
    return duplicate_routes(DuplicateService(crm.plan))


async def proposed(client: Client, path: str = "/duplicates") -> list[tuple[set[str], list[str]]]:
    items = (await send(client, "GET", path))["items"]
    return [({one["first"]["name"], one["second"]["name"]}, [why["by"] for why in one["reasons"]]) for one in items]


def wish(kept: ContactOut, gone: ContactOut, **more: object) -> dict[str, object]:
    return {"gone_id": str(gone.id), "version": kept.version, "gone_version": gone.version, **more}


async def test_pairs_are_proposed_with_the_reason_and_the_likeliest_first(crm: Crm) -> None:
    await crm.add_contact("Jürgen Groß", MOBILE, email="gross@firma.example")
    await crm.add_contact("JUERGEN GROSS", "0176/12345678", email="Gross@firma.example")
    await crm.add_contact("Eva Klein", "030 1112223", firm="Klein AG")
    await crm.add_contact("Eva Klein", "030 9998887")
    await crm.add_contact("Eva Klein", firm="Ganz Anders GmbH")
    await crm.add_contact("Max Mustermann", "030 4445556")
    async with crm.client(await crm.add_user("anna"), routes(crm)) as client:
        found = await proposed(client)
        assert found[0] == ({"Jürgen Groß", "JUERGEN GROSS"}, ["number", "email", "name"])
        # Klein of Klein AG and Klein of another firm are two people; the one without a firm may be either.
        assert found[1:] == [({"Eva Klein"}, ["name"]), ({"Eva Klein"}, ["name"])]


async def test_a_shared_line_is_no_reason(crm: Crm) -> None:
    for name in ("Petra Schulze", "Uwe Schulze"):
        contact = await crm.add_contact(name)
        async with crm.database.transaction() as session:
            await crm.contacts.attach_number(
                session, contact.id, NumberIn(value="0341 9988770", label=NumberLabel.SHARED)
            )
    async with crm.client(await crm.add_user("anna"), routes(crm)) as client:
        assert await proposed(client) == []


async def test_who_was_told_apart_is_not_proposed_again(crm: Crm) -> None:
    first, second = [await crm.add_contact("Eva Klein") for _ in range(2)]
    async with crm.client(await crm.add_user("anna"), routes(crm)) as client:
        path = f"/contacts/{second.id}/duplicates"
        assert len(await proposed(client, path)) == 1
        await send(
            client, "POST", "/duplicates/distinct", {"first_id": str(second.id), "second_id": str(first.id)}, 204
        )
        assert await proposed(client, path) == []
        assert await proposed(client) == []


async def test_all_that_hung_on_two_hangs_on_one_and_comes_apart_again(crm: Crm) -> None:
    anna = await crm.add_user("anna", extension="101")
    kept = await crm.add_contact("Eva Klein", "030 1112223", city="Ulm")
    gone = await crm.add_contact("Eva Klein-Groß", MOBILE, "030/1112223", email="eva@klein.example", city="Bonn")
    talked = call(MOBILE)
    await crm.save(talked)
    async with crm.database.transaction() as session:
        await crm.notes.create(session, anna, NoteCreate(text="likes tea", contact_id=gone.id))
        await crm.tasks.create(session, anna, TaskCreate(text="send tea", contact_id=gone.id))
    await crm.work_off_events()

    async def journey(client: Client, contact_id: UUID) -> set[str]:
        items = (await send(client, "GET", f"/contacts/{contact_id}/timeline"))["items"]
        return {one["kind"] for one in items}

    async with crm.client(anna, routes(crm)) as client:
        before = await journey(client, gone.id)
        assert len(before) == 3
        merge = await send(client, "POST", f"/contacts/{kept.id}/merge", wish(kept, gone, take=["last_name"]), 201)
        assert merge["lost"] == {"city": "Bonn"}
        await crm.work_off_events()
        await send(client, "GET", f"/contacts/{gone.id}", status=404)
        one = await send(client, "GET", f"/contacts/{kept.id}")
        assert (one["name"], one["city"], one["email"]) == ("Eva Klein-Groß", "Ulm", "eva@klein.example")
        assert [number["display"] for number in one["numbers"]] == ["+49 30 1112223", "+49 176 12345678"]
        assert await journey(client, kept.id) == before
        match = await crm.match(MOBILE)
        assert match.contact is not None
        assert match.contact.id == kept.id
        assert [was["gone_name"] for was in (await send(client, "GET", f"/contacts/{kept.id}/merges"))["items"]] == [
            "Eva Klein-Groß"
        ]

        # What comes after the merging stays where it was written.
        async with crm.database.transaction() as session:
            await crm.notes.create(session, anna, NoteCreate(text="since then", contact_id=kept.id))
        again = await send(client, "POST", f"/merges/{merge['id']}/undo", status=201)
        await crm.work_off_events()
        assert again["id"] == str(gone.id)
        assert (again["name"], again["city"]) == ("Eva Klein-Groß", "Bonn")
        assert {number["value"] for number in again["numbers"]} == {MOBILE, "030/1112223"}
        assert await journey(client, gone.id) == before
        one = await send(client, "GET", f"/contacts/{kept.id}")
        assert (one["name"], one["email"], len(one["numbers"])) == ("Eva Klein", "", 1)
        assert await journey(client, kept.id) == {"note"}
        match = await crm.match(MOBILE)
        assert match.contact is not None
        assert match.contact.id == gone.id
        await send(client, "POST", f"/merges/{merge['id']}/undo", status=409)
        assert (await send(client, "GET", f"/contacts/{kept.id}/merges"))["items"] == []


async def test_chains_come_apart_in_any_order(crm: Crm) -> None:
    anna = await crm.add_user("anna")
    a, b, c = [
        await crm.add_contact(name, number) for name, number in (("A A", "0301"), ("B B", "0302"), ("C C", "0303"))
    ]
    async with crm.client(anna, routes(crm)) as client:
        first = await send(client, "POST", f"/contacts/{b.id}/merge", wish(b, a), 201)
        b_now = await send(client, "GET", f"/contacts/{b.id}")
        body = {"gone_id": str(b.id), "version": c.version, "gone_version": b_now["version"]}
        second = await send(client, "POST", f"/contacts/{c.id}/merge", body, 201)
        merged = await send(client, "GET", f"/contacts/{c.id}")
        assert len(merged["numbers"]) == 3
        for merge in (first, second):
            await send(client, "POST", f"/merges/{merge['id']}/undo", status=201)
        for contact in (a, b, c):
            assert len((await send(client, "GET", f"/contacts/{contact.id}"))["numbers"]) == 1


@pytest.mark.parametrize("stale", ["version", "gone_version"])
async def test_who_changed_one_of_them_meanwhile_is_not_overruled(crm: Crm, stale: str) -> None:
    kept, gone = [await crm.add_contact("Eva Klein") for _ in range(2)]
    async with crm.client(await crm.add_user("anna"), routes(crm)) as client:
        await send(client, "POST", f"/contacts/{kept.id}/merge", {**wish(kept, gone), stale: 7}, 409)
        await send(client, "POST", f"/contacts/{kept.id}/merge", wish(kept, kept), 422)


texts = st.sampled_from(["", "one", "two"])
people = st.fixed_dictionaries(
    {
        "first_name": texts,
        "last_name": st.sampled_from(["Klein", "Groß"]),
        "email": texts,
        "city": texts,
        "remark": texts,
        "custom": st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from([1, 2])),
    }
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people, people, st.sets(st.sampled_from(["first_name", "last_name", "email", "city"])), st.sets(st.just("a")))
def test_nothing_is_lost_by_merging_fields_and_all_comes_back(
    mine: dict[str, Any], theirs: dict[str, Any], take: set[str], take_custom: set[str]
) -> None:
    blank = dict.fromkeys(("position", "street", "postal_code", "country", "language"), "")
    kept, gone = [Contact(numbers=[], **blank, **one) for one in (mine, theirs)]
    changed = merge_fields(kept, gone, take, take_custom)
    for name, value in theirs.items():
        if name != "custom" and value:
            assert getattr(kept, name) == value or changed["lost"][name] == value
    for key, value in theirs["custom"].items():
        assert kept.custom[key] == value or changed["lost"][f"custom.{key}"] == str(value)
    restore_fields(kept, changed)
    assert {name: getattr(kept, name) for name in mine} == mine


def test_of_every_field_either_value_can_be_taken() -> None:
    assert {"organization_id" if one == "organization" else one for one in get_args(MergeField)} == set(FIELDS)
