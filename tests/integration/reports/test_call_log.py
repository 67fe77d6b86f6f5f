"""The call log, on both databases."""

from datetime import timedelta
from urllib.parse import quote

from cti_crm.calls.call import Direction
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.http.principal import Role
from cti_crm.notes.schemas import CallNotePut
from tests.crm_setup import MOBILE, START, Crm, call, get


async def test_filters(crm: Crm) -> None:
    contact = await crm.add_contact("Clara Cohn", MOBILE, firm="Öhler AG")
    assert contact.organization is not None
    calls = {
        "plain": call(),
        "queue": call("+4930222222", minutes=1, queue="support", agent="102"),
        "out": call("+4930333333", minutes=2, direction=Direction.OUTBOUND),
        "missed": call(minutes=3, answered=False),
        "running": call("+4930444444", minutes=4, ended=False),
        "internal": call("102", minutes=5, direction=Direction.INTERNAL),
    }
    await crm.save(*calls.values())
    names = {str(one.id): name for name, one in calls.items()}

    def moment(minutes: int) -> str:
        return quote((START + timedelta(minutes=minutes)).isoformat())

    async with crm.client(await crm.add_user("mia", Role.MANAGER)) as client:
        for query, found in [
            ("", ["internal", "running", "missed", "out", "queue", "plain"]),
            (f"since={moment(2)}&until={moment(4)}", ["missed", "out"]),
            ("agent=102", ["queue"]),
            ("queue=support", ["queue"]),
            ("direction=outbound", ["out"]),
            ("outcome=missed", ["missed"]),
            ("running=true", ["running"]),
            ("running=false&direction=inbound", ["missed", "queue", "plain"]),
            (f"contact_id={contact.id}", ["missed", "plain"]),
            (f"organization_id={contact.organization.id}", ["missed", "plain"]),
            ("q=oehler", ["missed", "plain"]),
            ("q=030 2222", ["queue"]),
            ("q=0176", ["missed", "plain"]),
            ("q=nobody", []),
        ]:
            items = (await get(client, f"/calls?{query}"))["items"]
            assert [names[one["id"]] for one in items] == found, query
        plain = (await get(client, "/calls?outcome=missed"))["items"][0]
        assert plain["caller"]["display"] == "+49 176 12345678"
        assert plain["caller"]["contact"]["name"] == "Clara Cohn"
        for bad in ("direction=sideways", "since=yesterday", f"since={START:%Y-%m-%dT%H:%M:%S}", "contact_id=x"):
            await get(client, f"/calls?{bad}", 422)
        seen, cursor = [], ""
        for _page in range(3):
            page = await get(client, f"/calls?limit=2{cursor}")
            seen += [names[one["id"]] for one in page["items"]]
            cursor = f"&cursor={page['next_cursor']}"
        assert seen == list(reversed(calls))


async def test_who_sees_what(crm: Crm) -> None:
    anna = await crm.add_user("anna", extension="101")
    bernd = await crm.add_user("bernd", extension="102")
    admin = await crm.add_user("pia", Role.PBX_ADMIN)
    await crm.add_contact("Clara Cohn", MOBILE)
    known, unknown = call(), call("+4930222222", minutes=1)
    await crm.save(known, unknown)
    async with crm.client(anna) as client:
        assert len((await get(client, "/calls"))["items"]) == 2
        assert (await get(client, "/calls?agent=102"))["items"] == []
        await get(client, f"/calls/{unknown.id}")
    for other in (bernd, admin):
        async with crm.client(other) as client:
            assert (await get(client, "/calls"))["items"] == []
            await get(client, f"/calls/{unknown.id}", 403)
            await get(client, f"/calls/{known.id}")  # stands in the contact's timeline, which everybody reads
            await get(client, f"/calls/{new_id()}", 404)


async def test_one_call_with_all_that_was_written(crm: Crm) -> None:
    anna = await crm.add_user("anna", extension="101")
    one = call()
    await crm.save(one)
    async with crm.database.transaction() as session:
        await crm.notes.put_call_note(session, anna, one.id, CallNotePut(text="said hello"))
    async with crm.client(anna) as client:
        record = await get(client, f"/calls/{one.id}")
    assert (record["id"], record["outcome"], record["final_agent"]) == (str(one.id), "answered", "101")
    assert [note["text"] for note in record["notes"]] == ["said hello"]
    assert (record["tasks"], record["disposition"], len(record["legs"])) == ([], None, 1)
