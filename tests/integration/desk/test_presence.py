"""Colleagues and queues on everybody's page: what they do, whom they let in, and that nothing of it goes stale."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from cti_crm.agents.service import AgentService
from cti_crm.agents.state import WRAP_UP_REASON
from cti_crm.app import Service, running
from cti_crm.demo import firm
from cti_crm.infrastructure.clock import now
from cti_crm.pbx.simulator import Simulator
from cti_crm.pbx.simulator.queue_members import QueueMembers
from cti_crm.settings import PauseReason, QueueSettings, Settings
from tests.desk import Desk, Json, desk, links_up

SUPPORT = f"/queues/{firm.PBX}/support/membership"
SERVICE = f"/queues/{firm.PBX}/service/membership"
HOUR = {"support": QueueSettings(wrap_up_seconds=3600), "service": QueueSettings(sign_in=["Support"])}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"queues": HOUR})


@pytest_asyncio.fixture
async def members(pbx: Simulator) -> QueueMembers:
    return QueueMembers(pbx.switch)


def told(person: Desk) -> tuple[dict[str, Json], dict[str, Json]]:
    """Agents by extension and queues by name, as a page makes them of all messages."""
    agents: dict[str, Json] = {}
    queues: dict[str, Json] = {}
    for message in person.messages:
        for one in message["messages"] if message["type"] == "several" else [message]:
            match one["type"]:
                case "snapshot":
                    agents = {agent["extension"]: agent for agent in one["agents"]}
                    queues = {queue["name"]: queue for queue in one["queues"]}
                case "agent":
                    agents[one["agent"]["extension"]] = one["agent"]
                case "queue":
                    queues[one["queue"]["name"]] = one["queue"]
                case "queue_gone":
                    queues.pop(one["name"], None)
    return agents, queues


async def agent(person: Desk, extension: str, **wanted: Any) -> Json:
    """Wait until an agent is shown so."""

    def shown(seen: Desk) -> Json | None:
        found = told(seen)[0].get(extension, {})
        return found if all(found.get(key) == value for key, value in wanted.items()) else None

    answer: Json = await person.until(shown, f"{extension} {wanted}")
    return answer


async def member(person: Desk, queue: str, extension: str, **wanted: Any) -> Json:
    """Wait until a queue's member is shown so."""

    def shown(seen: Desk) -> Json | None:
        for found in told(seen)[1][queue]["members"]:
            if found["extension"] == extension and all(found[key] == value for key, value in wanted.items()):
                return dict(found)
        return None

    answer: Json = await person.until(shown, f"{extension} in {queue} {wanted}")
    return answer


async def nobody(person: Desk, queue: str, extension: str) -> None:
    """Wait until a queue has no such member."""
    await person.until(
        lambda seen: all(one["extension"] != extension for one in told(seen)[1][queue]["members"]),
        f"{extension} out of {queue}",
    )


async def test_colleagues_see_a_call_but_not_with_whom(pbx: Simulator, anna: Desk, bernd: Desk, maria: Desk) -> None:
    await agent(bernd, "101", state="ready", team="Support", call=None)
    call = await pbx.incoming("+4917612345678", did="+49305550101")
    await call.ring()
    ringing = await agent(bernd, "101", state="ringing")
    assert ringing["call"].keys() == {"id", "direction", "since", "queue"}
    assert "17612345678" not in str(told(bernd))

    await call.answer()
    talking = await agent(bernd, "101", state="busy")
    assert (talking["call"]["id"], talking["call"]["direction"]) == (ringing["call"]["id"], "inbound")
    assert talking["revision"] > ringing["revision"]
    # A manager has the call itself.
    await maria.until(lambda one: ringing["call"]["id"] in one.calls, "the call")
    assert ringing["call"]["id"] not in bernd.calls

    await call.hang_up()
    await agent(bernd, "101", state="ready", call=None)


async def test_who_waits_is_counted_from_when_they_came(pbx: Simulator, anna: Desk) -> None:
    first = await pbx.incoming("+4917612345678", did="+49305550200")
    await first.ring()
    await anna.until(lambda one: told(one)[1]["support"]["waiting"] == 1, "the first who waits")
    second = await pbx.incoming("+498912345678", did="+49305550200")
    await second.ring()
    queue = await anna.until(lambda one: (q := told(one)[1]["support"])["waiting"] == 2 and q, "two who wait")
    assert queue["longest_wait_since"]

    await first.hang_up()
    later = await anna.until(lambda one: (q := told(one)[1]["support"])["waiting"] == 1 and q, "one who waits")
    assert later["longest_wait_since"] > queue["longest_wait_since"]
    await second.hang_up()
    await anna.until(lambda one: told(one)[1]["support"]["longest_wait_since"] is None, "nobody who waits")


async def test_who_pauses_is_not_rung(pbx: Simulator, anna: Desk, bernd: Desk) -> None:
    await anna.request("PUT", "/agents/me/pause", {"paused": True, "reason": "Lunch"})
    paused = await agent(bernd, "101", state="not_ready", pause_reason="Lunch")
    assert paused["since"]
    await member(bernd, "support", "101", paused=True, pause_reason="Lunch", fixed=True)

    call = await pbx.incoming("+4917612345678", did="+49305550200")
    await call.ring()
    assert call.ringing == ["102"]
    await call.hang_up()

    await anna.request("PUT", SUPPORT, {"signed_in": True})
    await agent(bernd, "101", state="ready", pause_reason=None)


async def test_a_pause_in_one_queue_of_two_keeps_ready(anna: Desk) -> None:
    await anna.request("PUT", SERVICE, {"signed_in": True, "paused": True, "reason": "Paperwork"})
    await member(anna, "service", "101", paused=True, pause_reason="Paperwork", fixed=False)
    assert told(anna)[0]["101"]["state"] == "ready"
    await anna.request("PUT", SUPPORT, {"signed_in": True, "paused": True, "reason": "Lunch"})
    await agent(anna, "101", state="not_ready")


async def test_signing_in_and_out(pbx: Simulator, anna: Desk, members: QueueMembers) -> None:
    own = await anna.request("GET", "/agents/me")
    assert {queue["name"] for queue in own["queues"]} == {"support", "service"}
    await anna.request("PUT", SERVICE, {"signed_in": True})
    await member(anna, "service", "101", name="Anna Adler", paused=False)
    await anna.request("PUT", SERVICE, {"signed_in": True})  # twice is once

    await anna.request("PUT", SERVICE, {"signed_in": False})
    await nobody(anna, "service", "101")
    await anna.request("PUT", SERVICE, {"signed_in": False})


async def test_a_fixed_member_cannot_sign_out(anna: Desk) -> None:
    status, problem = await anna.try_request("PUT", SUPPORT, {"signed_in": False})
    assert (status, problem["code"]) == (409, "fixed_member")
    assert "pause" in problem["detail"]
    await member(anna, "support", "101", fixed=True)


async def test_only_who_is_let_in_may_sign_in(service: Service, maria: Desk) -> None:
    async with desk(service.url, "clara", firm.PASSWORD) as clara:  # Vertrieb, not Support
        status, problem = await clara.try_request("PUT", SERVICE, {"signed_in": True})
        assert (status, problem["code"]) == (403, "not_allowed")
        status, _ = await clara.try_request("PUT", f"/queues/{firm.PBX}/nonesuch/membership", {"signed_in": True})
        assert status == 404
    status, problem = await maria.try_request("PUT", SERVICE, {"signed_in": True})
    assert (status, problem["code"]) == (422, "not_an_agent")


async def test_who_left_over_the_page_may_come_back(service: Service, settings: Settings, pbx: Simulator) -> None:
    async with desk(service.url, "david", firm.PASSWORD) as david:  # signed in at the PBX, though not of Support
        await member(david, "service", "104", fixed=False)
        await david.request("PUT", SERVICE, {"signed_in": False})
        await nobody(david, "service", "104")
    async with running(settings) as again:
        await links_up(again)
        async with desk(again.url, "david", firm.PASSWORD) as david:
            await david.request("PUT", SERVICE, {"signed_in": True})
            await member(david, "service", "104")


@pytest.mark.parametrize("body", [{}, {"signed_in": True, "reason": "a\r\nAction: Originate"}])
async def test_nonsense_is_refused(anna: Desk, body: Json) -> None:
    status, _ = await anna.try_request("PUT", SUPPORT, body)
    assert status == 422


async def test_a_pbx_that_does_not_answer(pbx: Simulator, anna: Desk, settings: Settings) -> None:
    pbx.switch.model.queues["service"].members.clear()
    del pbx.switch.model.queues["service"]
    status, problem = await anna.try_request("PUT", SERVICE, {"signed_in": True})
    assert (status, problem["code"]) == (503, "queue_failed")


async def test_do_not_disturb_is_seen_and_stays(service: Service, settings: Settings, anna: Desk, bernd: Desk) -> None:
    await anna.request("PUT", "/agents/me/do-not-disturb", {"on": True})
    await agent(bernd, "101", state="not_ready", do_not_disturb=True, pause_reason=None)
    await member(bernd, "support", "101", paused=False)
    async with running(settings) as again:
        await links_up(again)
        async with desk(again.url, "anna", firm.PASSWORD) as later:
            await agent(later, "101", state="not_ready", do_not_disturb=True)


async def test_teams(maria: Desk, anna: Desk) -> None:
    anna_id = told(anna)[0]["101"]["id"]
    await maria.request("PATCH", f"/agents/{anna_id}", {"team": "Service"})
    await agent(anna, "101", team="Service")
    status, _ = await anna.try_request("PATCH", f"/agents/{anna_id}", {"team": "Support"})
    assert status == 403
    status, _ = await maria.try_request("PATCH", f"/agents/{told(anna)[0]['102']['user_id']}", {"team": "X"})
    assert status == 404


# -- wrap-up time ------------------------------------------------------------------------------------------------------


async def talk(pbx: Simulator, did: str = "+49305550200", who: str = "101") -> None:
    """A customer talks with somebody, and hangs up."""
    call = await pbx.incoming("+4917612345678", did=did)
    await call.ring()
    await call.answer(who)
    await call.hang_up()


async def test_after_a_talk_an_agent_wraps_up_and_says_when_ready(pbx: Simulator, anna: Desk, bernd: Desk) -> None:
    before = now()
    await talk(pbx)
    wrapping = await agent(bernd, "101", state="wrap_up", pause_reason=None)
    assert wrapping["wrap_up_until"] > (before + timedelta(seconds=3590)).isoformat()
    await member(bernd, "support", "101", paused=True, pause_reason=WRAP_UP_REASON)
    assert told(bernd)[0]["102"]["state"] == "ready"

    await anna.request("PUT", "/agents/me/wrap-up", {"until": None})
    await agent(bernd, "101", state="ready", wrap_up_until=None)
    await member(bernd, "support", "101", paused=False)


async def test_an_agent_is_ready_by_itself(pbx: Simulator, anna: Desk) -> None:
    await talk(pbx)
    await member(anna, "support", "101", paused=True)
    soon = (now() + timedelta(milliseconds=300)).isoformat()
    await anna.request("PUT", "/agents/me/wrap-up", {"until": soon})
    await agent(anna, "101", state="ready", wrap_up_until=None)
    await member(anna, "support", "101", paused=False)


async def test_a_direct_call_has_no_wrap_up_of_the_queue(pbx: Simulator, anna: Desk) -> None:
    await talk(pbx, did="+49305550101", who="called")
    await anna.ended_call(answered_by="101")
    await agent(anna, "101", state="ready", wrap_up_until=None)


async def test_a_pause_of_ones_own_outlasts_the_wrap_up(pbx: Simulator, anna: Desk) -> None:
    await talk(pbx)
    await member(anna, "support", "101", pause_reason=WRAP_UP_REASON)
    await anna.request("PUT", "/agents/me/pause", {"paused": True, "reason": "Lunch"})
    await member(anna, "support", "101", pause_reason="Lunch")
    await anna.request("PUT", "/agents/me/wrap-up", {"until": None})
    await agent(anna, "101", state="not_ready", pause_reason="Lunch")
    await member(anna, "support", "101", paused=True, pause_reason="Lunch")


async def test_more_time_than_an_hour_is_a_pause(anna: Desk) -> None:
    late = (now() + timedelta(hours=2)).isoformat()
    status, problem = await anna.try_request("PUT", "/agents/me/wrap-up", {"until": late})
    assert (status, problem["code"]) == (422, "invalid_input")
    status, _ = await anna.try_request("PUT", "/agents/me/wrap-up", {"until": "2026-11-21T09:00:00"})
    assert status == 422


async def test_a_restart_keeps_a_wrap_up_and_lifts_those_that_are_over(
    pbx: Simulator, settings: Settings, members: QueueMembers
) -> None:
    async with running(settings) as first:
        await links_up(first)
        async with desk(first.url, "anna", firm.PASSWORD) as anna:
            await talk(pbx)
            await member(anna, "support", "101", pause_reason=WRAP_UP_REASON)
    members.pause("PJSIP/102", None, WRAP_UP_REASON)  # its time ran out while nobody looked
    members.pause("PJSIP/103", None, "Lunch")
    async with running(settings) as second:
        await links_up(second)
        async with desk(second.url, "anna", firm.PASSWORD) as anna:
            await member(anna, "support", "102", paused=False)
            await agent(anna, "101", state="wrap_up")
            await member(anna, "support", "101", paused=True)
            await member(anna, "sales", "103", paused=True)


async def test_a_pause_that_could_not_be_lifted_is_lifted_after_a_reconnect(
    pbx: Simulator, anna: Desk, members: QueueMembers
) -> None:
    pbx.drop_connections()
    members.pause("PJSIP/102", None, WRAP_UP_REASON)
    await anna.until(lambda one: any(m["type"] == "link" and m["link"]["state"] == "up" for m in one.messages), "link")
    await member(anna, "support", "102", paused=False)


# -- never stale -------------------------------------------------------------------------------------------------------


async def meanwhile(pbx: Simulator, members: QueueMembers) -> None:
    """Much changes."""
    members.pause("PJSIP/102", None, "Meeting")
    service = pbx.switch.model.queues["service"]
    members.add(service, "PJSIP/103", "Clara Cohn")
    members.remove(service, next(one for one in service.members if one.device == "PJSIP/104"))
    call = await pbx.incoming("+4917612345678", did="+49305550103")
    await call.ring()
    await call.answer()
    waiting = await pbx.incoming("+498912345678", did="+49305550201")
    await waiting.ring()


Cut = Callable[[Simulator, Desk], Awaitable[None]]


async def _socket(_pbx: Simulator, person: Desk) -> None:
    await person.socket.close()


async def _pbx(pbx: Simulator, _person: Desk) -> None:
    pbx.drop_connections()


def comparable(agents: list[Json], queues: list[Json]) -> Any:
    """Without what tells when it was noticed."""
    noticed = ("since", "revision")
    return (
        sorted(({k: v for k, v in one.items() if k not in noticed} for one in agents), key=lambda one: one["id"]),
        sorted(({k: v for k, v in one.items() if k not in noticed} for one in queues), key=lambda one: one["name"]),
    )


@pytest.mark.parametrize("cut", [_socket, _pbx])
async def test_after_a_gap_all_is_as_a_fresh_snapshot_says(
    service: Service, pbx: Simulator, anna: Desk, bernd: Desk, members: QueueMembers, cut: Cut
) -> None:
    await cut(pbx, anna)
    await meanwhile(pbx, members)
    for person in (anna, bernd):
        if person is anna and cut is _socket:
            continue
        await member(person, "support", "102", pause_reason="Meeting")
        await member(person, "service", "103")
        await nobody(person, "service", "104")
        await agent(person, "103", state="busy")
        await agent(person, "104", state="ringing")
        await person.until(lambda one: told(one)[1]["sales"]["waiting"] == 1, "one who waits")
    async with desk(service.url, "anna", firm.PASSWORD) as fresh:
        await agent(fresh, "103", state="busy")
        listed = [(await fresh.request("GET", path))["items"] for path in ("/agents", "/queues")]
        expected = comparable(listed[0], listed[1])
        for person in (fresh, bernd, *([] if cut is _socket else [anna])):
            agents, queues = told(person)
            assert comparable(list(agents.values()), list(queues.values())) == expected


async def test_asked_anew_over_the_same_socket(pbx: Simulator, anna: Desk, members: QueueMembers) -> None:
    """As a page does when it wakes from sleep."""
    await meanwhile(pbx, members)
    await agent(anna, "103", state="busy")
    await anna.socket.send('{"type": "resync"}')
    await anna.until(lambda one: sum(m["type"] == "snapshot" for m in one.messages) == 2, "a second snapshot")
    listed = [(await anna.request("GET", path))["items"] for path in ("/agents", "/queues")]
    agents, queues = told(anna)
    assert comparable(list(agents.values()), list(queues.values())) == comparable(listed[0], listed[1])


async def test_a_queue_that_is_gone_is_gone_from_the_page(pbx: Simulator, anna: Desk) -> None:
    del pbx.switch.model.queues["service"]
    pbx.drop_connections()
    await anna.until(lambda one: "service" not in told(one)[1], "the queue to be gone")
    assert [queue["name"] for queue in (await anna.request("GET", "/queues"))["items"]] == ["sales", "support"]


async def test_an_agent_who_left_is_gone_from_the_page(service: Service, anna: Desk) -> None:
    user_id = told(anna)[0]["104"]["user_id"]
    async with service.database.transaction() as session:
        await AgentService().disable(session, UUID(user_id))
    await anna.until(
        lambda one: any(
            told_one["type"] == "agent_gone"
            for m in one.messages
            for told_one in (m["messages"] if m["type"] == "several" else [m])
        ),
        "the agent to be gone",
    )


def test_reasons_are_pairs_or_plain_texts() -> None:
    assert PauseReason.model_validate("Projekt") == PauseReason(de="Projekt", en="Projekt")
