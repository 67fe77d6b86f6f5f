"""Numbers marked as spam and own mobiles, on both databases."""

from cti_crm.callers.known import KnownNumbers
from cti_crm.callers.routes import caller_routes
from cti_crm.callers.service import CallerService
from tests.crm_setup import MOBILE, Crm, send


async def test_a_number_is_marked_once_and_the_mark_taken_away(crm: Crm) -> None:
    service, known = CallerService(crm.plan), KnownNumbers(crm.bus, crm.extensions.get)
    anna, bernd = await crm.add_user("anna"), await crm.add_user("bernd")
    async with crm.client(anna, caller_routes(service)) as client:
        mark = await send(client, "PUT", "/spam-numbers/0176 12345678")
        assert (mark["number"], mark["display"], mark["marked_by"]["name"]) == (MOBILE, "+49 176 12345678", "Anna")
    async with crm.client(bernd, caller_routes(service)) as client:
        assert await send(client, "PUT", f"/spam-numbers/{MOBILE}") == mark  # the first word stands
        assert (await send(client, "GET", "/spam-numbers"))["items"] == [mark]
        found = known.spam(MOBILE)
        assert found is not None
        assert found.marked_by.name == "Anna"
        assert known.spam(None) is None
        await send(client, "DELETE", f"/spam-numbers/{MOBILE}", status=204)
        await send(client, "DELETE", f"/spam-numbers/{MOBILE}", status=204)
        assert known.spam(MOBILE) is None
        assert (await send(client, "GET", "/spam-numbers"))["items"] == []


async def test_what_is_everybodys_or_ours_is_not_marked(crm: Crm) -> None:
    async with crm.client(await crm.add_user("anna"), caller_routes(CallerService(crm.plan))) as client:
        for number in ("anonymous", "+493055501"):
            await send(client, "PUT", f"/spam-numbers/{number}", status=422)
        assert (await send(client, "GET", "/spam-numbers"))["items"] == []


async def test_who_calls_from_their_mobile_is_that_colleague(crm: Crm) -> None:
    service, known = CallerService(crm.plan), KnownNumbers(crm.bus, crm.extensions.get)
    anna, bernd = await crm.add_user("anna", extension="101"), await crm.add_user("bernd", extension="102")
    async with crm.client(anna, caller_routes(service)) as client:
        assert (await send(client, "GET", "/own-mobile"))["number"] is None
        mine = await send(client, "PUT", "/own-mobile", {"number": "0176 12345678"})
        assert mine == {"number": MOBILE, "display": "+49 176 12345678"} == await send(client, "GET", "/own-mobile")
        assert known.colleague(MOBILE) == "101"
        for wrong in ("nonsense", "+49305550101", ""):
            await send(client, "PUT", "/own-mobile", {"number": wrong}, status=422)
    async with crm.client(bernd, caller_routes(service)) as client:
        refused = await send(client, "PUT", "/own-mobile", {"number": MOBILE}, status=409)
        assert "colleague" in refused["detail"]
    async with crm.client(anna, caller_routes(service)) as client:
        await send(client, "PUT", "/own-mobile", {"number": "0170 7654321"})
        assert (known.colleague(MOBILE), known.colleague("+491707654321")) == (None, "101")
        await send(client, "PUT", "/own-mobile", {"number": None})
        assert known.colleague("+491707654321") is None
        await send(client, "PUT", "/own-mobile", {"number": MOBILE})


async def test_both_are_known_again_after_a_restart(crm: Crm) -> None:
    service = CallerService(crm.plan)
    anna = await crm.add_user("anna", extension="101")
    async with crm.database.transaction() as session:
        await service.mark(session, anna, "+4915799900999")
        await service.set_mobile(session, anna, MOBILE)
    known = KnownNumbers(crm.bus, crm.extensions.get)
    async with crm.database.transaction() as session:
        await known.load(session, service)
    assert known.spam("+4915799900999") is not None
    assert known.colleague(MOBILE) == "101"
