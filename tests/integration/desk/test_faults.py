"""What may go wrong around the desk: strangers, nonsense on the socket, restarts, a PBX or a database that is away."""

import asyncio
import json

import aiohttp
import pytest
from sqlalchemy import text
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from cti_crm.app import Service, running
from cti_crm.demo import firm
from cti_crm.pbx.simulator import Simulator
from cti_crm.settings import Settings
from tests.desk import Desk, desk, links_up

SABINE = "+4917612345678"


def socket_of(service: Service) -> str:
    return service.url.replace("http", "ws", 1) + "/ws"


async def test_no_socket_and_no_data_without_a_session(service: Service) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(socket_of(service))
    assert refused.value.response.status_code == 401
    async with aiohttp.ClientSession() as http:
        for path in ("/api/v1/contacts", "/api/v1/calls", "/api/v1/agents", "/api/v1/tasks"):
            async with http.get(service.url + path) as answer:
                assert (answer.status, answer.content_type) == (401, "application/problem+json")


async def test_no_socket_for_a_page_of_another_site(service: Service, anna: Desk) -> None:
    headers = {"Cookie": anna.cookie, "Origin": "https://evil.example"}
    with pytest.raises(InvalidStatus) as refused:
        await connect(socket_of(service), additional_headers=headers)
    assert refused.value.response.status_code == 403


async def test_signing_out_closes_the_socket(service: Service, anna: Desk) -> None:
    await anna.request("DELETE", "/session")
    async with asyncio.timeout(5):
        await anna.socket.wait_closed()


@pytest.mark.parametrize(
    "sent", ["", "nonsense", "[]", '{"type": "unheard of"}', '{"type": "ping"}', '{"type":"ping","n":"x"}']
)
async def test_nonsense_on_the_socket_is_answered_in_words(anna: Desk, sent: str) -> None:
    await anna.socket.send(sent)
    fault = await anna.until(
        lambda one: next((m for m in one.messages if m["type"] == "fault"), None), "an answer to nonsense"
    )
    assert fault["detail"]
    await anna.socket.send(json.dumps({"type": "ping", "n": 7}))
    await anna.until(lambda one: {"type": "pong", "n": 7} in one.messages, "the connection to go on")


async def test_a_page_that_slept_asks_for_a_new_snapshot(pbx: Simulator, anna: Desk) -> None:
    call = await pbx.incoming(SABINE, did="+49305550101")
    await call.ring()
    await anna.pop("offered")
    anna.pops.clear()
    await anna.socket.send('{"type": "resync"}')
    await anna.pop("offered")
    await call.hang_up(by="caller")


async def test_the_service_starts_in_the_middle_of_a_call(pbx: Simulator, settings: Settings) -> None:
    call = await pbx.incoming(SABINE, did="+49305550101")
    await call.ring()
    await call.answer("101")
    async with running(settings) as service:
        await links_up(service)
        async with desk(service.url, "anna", firm.PASSWORD) as anna:
            pop = await anna.pop("talking")
            assert pop["match"]["contact"]["name"] == "Sabine Krüger"
            await call.hang_up(by="caller")
            await anna.pop("wrap_up")


async def test_a_call_and_its_wrap_up_survive_restarts_of_the_service(pbx: Simulator, settings: Settings) -> None:
    call = await pbx.incoming(SABINE, did="+49305550101")
    async with running(settings) as service:
        await links_up(service)
        async with desk(service.url, "anna", firm.PASSWORD) as anna:
            await call.ring()
            await call.answer("101")
            before = await anna.pop("talking")
    async with running(settings) as service:
        await links_up(service)
        async with desk(service.url, "anna", firm.PASSWORD) as anna:
            pop = await anna.pop("talking")
            assert pop["call"]["id"] == before["call"]["id"]
            assert pop["call"]["revision"] >= before["call"]["revision"]
            await call.hang_up(by="caller")
            await anna.pop("wrap_up")
    async with running(settings) as service:
        await links_up(service)
        async with desk(service.url, "anna", firm.PASSWORD) as anna:
            pop = await anna.pop("wrap_up")
            assert pop["call"]["id"] == before["call"]["id"]
            calls = await anna.request("GET", "/calls")
            assert [one["outcome"] for one in calls["items"]] == ["answered"]


async def test_a_call_that_ended_while_the_link_was_cut_is_ended(pbx: Simulator, anna: Desk) -> None:
    call = await pbx.incoming(SABINE, did="+49305550101")
    await call.ring()
    await call.answer("101")
    await anna.pop("talking")
    pbx.drop_connections()
    await anna.until(lambda one: any(m["type"] == "link" for m in one.messages), "word that the link is down")
    await call.hang_up(by="caller")
    await anna.pop("wrap_up")
    assert (await anna.ended_call())["inferred_end"]


async def test_the_pbx_restarts(pbx: Simulator, anna: Desk) -> None:
    call = await pbx.incoming(SABINE, did="+49305550101")
    await call.ring()
    await anna.pop("offered")
    await pbx.restart(killed=True)
    await anna.pop("closed")
    again = await pbx.incoming(SABINE, did="+49305550101")
    await again.ring()
    await anna.pop("offered")
    await again.hang_up(by="caller")


async def test_pops_go_on_while_the_database_is_away(
    pbx: Simulator, service: Service, anna: Desk, database_kind: str
) -> None:
    async with service.database.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE phone_numbers RENAME TO phone_numbers_away"))
        await connection.execute(text("ALTER TABLE touchpoints RENAME TO touchpoints_away"))
    call = await pbx.incoming(SABINE, did="+49305550200")
    await call.ring()
    pop = await anna.until(lambda one: next((p for p in one.pops.values() if p["state"] == "offered"), None), "a pop")
    assert pop["match"]["reason"] == "pending"
    assert (pop["call"]["caller"]["display"], pop["call"]["queue"]) == ("+49 176 12345678", "support")
    assert pop["context"]["complete"] is False
    await call.answer("101")
    async with service.database.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE phone_numbers_away RENAME TO phone_numbers"))
        await connection.execute(text("ALTER TABLE touchpoints_away RENAME TO touchpoints"))
    pop = await anna.pop("talking")
    assert pop["match"]["contact"]["name"] == "Sabine Krüger"
    await call.hang_up(by="caller")
    await anna.stored("/calls", lambda page: [one["outcome"] for one in page["items"]] == ["answered"])


async def test_health_and_readiness(pbx: Simulator, service: Service) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(service.url + "/healthz") as answer:
            assert (answer.status, (await answer.json())["alive"]) == (200, True)
        async with http.get(service.url + "/readyz") as answer:
            assert (answer.status, (await answer.json())["ready"]) == (200, True)
        pbx.go_silent()
        pbx.drop_connections()
        async with asyncio.timeout(10):
            while True:
                async with http.get(service.url + "/readyz") as answer:
                    parts = (await answer.json())["parts"]
                if answer.status == 503:
                    break
                await asyncio.sleep(0.05)
        assert parts["database"]["state"] == "up"
        assert parts["pbx:demo"]["state"] != "up"
        pbx.speak()
        async with http.get(service.url + "/metrics") as answer:
            assert "cti_crm_ring_to_pop_seconds_bucket" in await answer.text()
