"""What is typed about a contact or organisation outside any call: kept for its author, on both databases."""

from urllib.parse import urlencode

from sqlalchemy import select

from cti_crm.contacts.models import Organization
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.http.principal import Role
from cti_crm.notes.models import Note
from tests.crm_setup import Client, Crm, send

DRAFT = "/notes/draft"


About = dict[str, str]


async def put(client: Client, about: About, text: str, version: int = 0, status: int = 200) -> dict[str, object]:
    answer: dict[str, object] = await send(client, "PUT", DRAFT, {"text": text, "version": version, **about}, status)
    return answer


async def read(client: Client, about: About, status: int = 200) -> dict[str, object]:
    answer: dict[str, object] = await send(client, "GET", f"{DRAFT}?{urlencode(about)}", status=status)
    return answer


async def test_it_is_saved_as_it_is_typed(crm: Crm) -> None:
    about = {"contact_id": str((await crm.add_contact("Eva Krüger")).id)}
    crm.published.clear()
    async with crm.client(await crm.add_user("anna")) as client:
        await read(client, about, 404)
        assert (await put(client, about, " "))["version"] == 0
        first = await put(client, about, "Wan")
        second = await put(client, about, "Wants an offer", 1)
        assert (first["id"], first["version"], second["version"]) == (second["id"], 1, 2)
        assert (second["draft"], second["call_id"], second["contact_id"]) == (True, None, about["contact_id"])
        await put(client, about, "Wants nothing", 1, 409)
        assert await read(client, about) == second
        assert (await put(client, about, "", 2))["version"] == 0
        await read(client, about, 404)
        assert (await put(client, about, "Again", 7))["version"] == 1
    assert crm.published == []


async def test_only_its_author_sees_it(crm: Crm) -> None:
    contact = await crm.add_contact("Eva Krüger", firm="Krüger GmbH")
    about = {"contact_id": str(contact.id)}
    async with crm.database.transaction() as session:
        firm = str((await session.execute(select(Organization.id))).scalar_one())
    async with crm.client(await crm.add_user("anna")) as client:
        await put(client, about, "Wants an offer")
        await put(client, {"organization_id": firm}, "Moves to Ulm")
    async with crm.client(await crm.add_user("maria", Role.MANAGER)) as client:
        await read(client, about, 404)
        assert (await put(client, about, "Hers"))["version"] == 1
        for listed in ("/notes", f"/notes?contact_id={contact.id}", f"/notes?organization_id={firm}"):
            assert (await send(client, "GET", listed))["items"] == []
        for page in (f"/contacts/{contact.id}/timeline", f"/organizations/{firm}/timeline"):
            assert (await send(client, "GET", page))["items"] == []


async def test_the_note_takes_its_place(crm: Crm) -> None:
    about = {"contact_id": str((await crm.add_contact("Eva Krüger")).id)}
    async with crm.client(await crm.add_user("anna")) as client:
        await put(client, about, "Wants an offer\n")
        note = await send(client, "POST", "/notes", {"text": "Wants an offer", **about}, 201)
        assert note["draft"] is False
        await read(client, about, 404)
        # The next one about them; a note written elsewhere meanwhile leaves it alone.
        await put(client, about, "Called again")
        await send(client, "POST", "/notes", {"text": "Something else", **about}, 201)
        assert (await read(client, about))["text"] == "Called again"
        assert len((await send(client, "GET", f"/notes?{urlencode(about)}"))["items"]) == 2


async def test_it_is_about_somebody_who_is_there(crm: Crm) -> None:
    async with crm.client(await crm.add_user("anna")) as client:
        await put(client, {}, "x", status=422)
        await put(client, {"contact_id": str(new_id())}, "x", status=422)
        await read(client, {}, 422)
    async with crm.database.transaction() as session:
        assert (await session.execute(select(Note))).all() == []
