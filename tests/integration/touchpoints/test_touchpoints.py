"""Whose a call is, from its first revision to the wrap-up, on both databases."""

from datetime import timedelta
from uuid import UUID

import pytest

from cti_crm.calls.call import Direction
from cti_crm.contacts.schemas import MatchReason, NumberIn
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.http.principal import Role
from cti_crm.touchpoints import repository
from cti_crm.touchpoints.events import TouchpointChanged
from cti_crm.touchpoints.models import DEFAULT_DISPOSITIONS, Disposition, Touchpoint
from tests.crm_setup import API, MOBILE, START, Crm, call, send


async def touchpoint(crm: Crm, call_id: UUID) -> Touchpoint:
    async with crm.database.transaction() as session:
        return (await repository.by_call(session, [call_id]))[call_id]


@pytest.fixture
async def dispositions(crm: Crm) -> list[Disposition]:
    rows = [
        Disposition(key=key, label_en=english, label_de=german, position=position)
        for position, (key, english, german) in enumerate(DEFAULT_DISPOSITIONS)
    ]
    async with crm.database.transaction() as session:
        session.add_all(rows)
    return rows


async def test_a_call_is_recorded_once_however_often_it_changes(crm: Crm) -> None:
    anna = await crm.add_contact("Anna Berger", MOBILE, firm="Berger GmbH")
    running = call(ended=False, revision=1)
    internal = call("102", direction=Direction.INTERNAL)
    await crm.save(running, internal)
    first = await touchpoint(crm, running.id)
    await crm.save(call(revision=2, call_id=running.id))
    second = await touchpoint(crm, running.id)
    assert first.id == second.id
    assert (second.contact_id, second.remote_number, second.medium) == (anna.id, MOBILE, "call")
    assert second.organization_id == (anna.organization.id if anna.organization else None)
    async with crm.database.transaction() as session:
        assert await repository.by_call(session, [internal.id]) == {}
    assert sum(isinstance(event, TouchpointChanged) for event in crm.published) == 1


async def test_a_later_look_up_changes_nothing(crm: Crm) -> None:
    await crm.add_contact("Anna Berger", MOBILE)
    one = call(ended=False, revision=1)
    await crm.save(one)
    before = await touchpoint(crm, one.id)
    await crm.add_contact("Bernd Berger", MOBILE)  # the number is shared now
    await crm.save(call(revision=2, call_id=one.id))
    await crm.work_off_events()
    assert (await touchpoint(crm, one.id)).contact_id == before.contact_id


async def test_a_number_told_late_is_looked_up(crm: Crm) -> None:
    anna = await crm.add_contact("Anna Berger", MOBILE)
    one = call(None, ended=False, revision=1)
    await crm.save(one)
    assert (await touchpoint(crm, one.id)).match_reason == MatchReason.WITHHELD
    await crm.save(call(revision=2, call_id=one.id))
    assert (await touchpoint(crm, one.id)).contact_id == anna.id


async def test_ambiguous_goes_to_the_firm_and_is_logged_once(crm: Crm) -> None:
    anna = await crm.add_contact("Anna Berger", "030 123456", firm="Berger GmbH")
    await crm.add_contact("Bernd Berger", "030 123456", firm="Berger GmbH")
    one = call("+4930123456")
    await crm.save(one)
    row = await touchpoint(crm, one.id)
    assert (row.contact_id, row.match_reason) == (None, MatchReason.SHARED_NUMBER)
    assert row.organization_id == (anna.organization.id if anna.organization else None)


async def test_an_unknown_caller_made_a_contact_gets_all_earlier_calls(crm: Crm) -> None:
    agent = await crm.add_user("anna", extension="101")
    earlier, other, now = call(), call("+4930999999"), call(minutes=5, ended=False)
    await crm.save(earlier, other)
    crm.live[now.id] = now  # not stored yet
    async with crm.client(agent) as client:
        body = {"new_contact": {"last_name": "Neu", "numbers": [{"value": "0176/12345678", "label": "mobile"}]}}
        assigned = await send(client, "PUT", f"/calls/{now.id}/contact", body)
    contact_id = UUID(assigned["contact"]["id"])
    assert assigned["contact"]["name"] == "Neu"
    for one, owner in [(earlier, contact_id), (now, contact_id), (other, None)]:
        assert (await touchpoint(crm, one.id)).contact_id == owner
    async with crm.database.transaction() as session:
        assert len((await crm.contacts.get(session, contact_id)).numbers) == 1  # not attached a second time
    await crm.save(call(minutes=5, revision=9, call_id=now.id))
    await crm.work_off_events()
    assert (await touchpoint(crm, now.id)).contact_id == contact_id


async def test_attach_an_unknown_number_to_a_known_contact(crm: Crm) -> None:
    agent = await crm.add_user("anna", extension="101")
    clara = await crm.add_contact("Clara Cohn", "030 222222")
    earlier, now = call(), call(minutes=5)
    await crm.save(earlier, now)
    async with crm.client(agent) as client:
        await send(client, "PUT", f"/calls/{now.id}/contact", {"contact_id": str(clara.id)})
    assert (await touchpoint(crm, earlier.id)).contact_id == clara.id
    match = await crm.match(MOBILE)
    assert match.contact is not None
    assert match.contact.id == clara.id


async def test_choosing_among_several_moves_no_earlier_call(crm: Crm) -> None:
    agent = await crm.add_user("anna", extension="101")
    anna = await crm.add_contact("Anna Berger", "030 123456")
    await crm.add_contact("Bernd Berger", "030 123456")
    earlier, now = call("+4930123456"), call("+4930123456", minutes=5)
    await crm.save(earlier, now)
    async with crm.client(agent) as client:
        await send(client, "PUT", f"/calls/{now.id}/contact", {"contact_id": str(anna.id)})
    assert (await touchpoint(crm, now.id)).contact_id == anna.id
    assert (await touchpoint(crm, earlier.id)).contact_id is None
    assert (await crm.match("+4930123456")).reason is MatchReason.CHOSEN
    later = call("+4930123456", minutes=9)
    await crm.save(later)
    assert (await touchpoint(crm, later.id)).contact_id == anna.id


async def test_without_remember_only_this_call(crm: Crm) -> None:
    agent = await crm.add_user("anna", extension="101")
    anna = await crm.add_contact("Anna Berger", firm="Berger GmbH")
    earlier, now = call(), call(minutes=5)
    await crm.save(earlier, now)
    async with crm.client(agent) as client:
        body = {"contact_id": str(anna.id), "remember": False}
        assigned = await send(client, "PUT", f"/calls/{now.id}/contact", body)
        assert assigned["organization"]["name"] == "Berger GmbH"
    assert (await touchpoint(crm, earlier.id)).contact_id is None
    assert (await crm.match(MOBILE)).reason is MatchReason.UNKNOWN


async def test_what_a_person_said_stays(crm: Crm) -> None:
    agent = await crm.add_user("anna", extension="101")
    bernd = await crm.add_contact("Bernd Berger")
    one = call("+4930123456", ended=False, revision=1)
    await crm.save(one)
    async with crm.client(agent) as client:
        await send(client, "PUT", f"/calls/{one.id}/contact", {"contact_id": str(bernd.id), "remember": False})
    await crm.add_contact("Anna Berger", "030 123456")
    await crm.work_off_events()
    await crm.save(call("+4930123456", revision=2, call_id=one.id))
    assert (await touchpoint(crm, one.id)).contact_id == bernd.id


async def test_a_number_added_to_a_contact_brings_their_calls(crm: Crm) -> None:
    one, direct_dial = call(), call("+493012345123")
    await crm.save(one, direct_dial)
    anna = await crm.add_contact("Anna Berger")
    async with crm.database.transaction() as session:
        await crm.contacts.attach_number(session, anna.id, NumberIn(value="0176/12345678"))
    firm = await crm.add_firm("Cohn AG", "030 12345-0")
    await crm.work_off_events()
    assert (await touchpoint(crm, one.id)).contact_id == anna.id
    row = await touchpoint(crm, direct_dial.id)
    assert (row.contact_id, row.organization_id) == (None, firm.id)


async def test_a_deleted_contacts_calls_stay(crm: Crm) -> None:
    anna = await crm.add_contact("Anna Berger", MOBILE)
    one = call()
    await crm.save(one)
    async with crm.database.transaction() as session:
        await crm.contacts.delete(session, anna.id)
    assert (await touchpoint(crm, one.id)).contact_id is None


async def test_wrap_up(crm: Crm, dispositions: list[Disposition]) -> None:
    agent, other = await crm.add_user("anna", extension="101"), await crm.add_user("bernd", extension="102")
    manager = await crm.add_user("mia", Role.MANAGER)
    one, running = call(), call(minutes=2, ended=False)
    await crm.save(one, running)
    crm.live[running.id] = running
    async with crm.database.transaction() as session:
        open_calls = await crm.touchpoints.calls_not_wrapped_up(session, agent.user_id, START - timedelta(hours=1))
        assert [found.id for found in open_calls] == [one.id]
    async with crm.client(agent) as client:
        async with client.get(f"{API}/dispositions") as answer:
            offered = (await answer.json())["items"]
        assert [item["key"] for item in offered] == [key for key, _english, _german in DEFAULT_DISPOSITIONS]
        for chosen in (offered[0], offered[1]):
            body = {"disposition_id": chosen["id"]}
            assert (await send(client, "PUT", f"/calls/{one.id}/wrap-up", body))["call_id"] == str(one.id)
        await send(client, "PUT", f"/calls/{one.id}/wrap-up", {"disposition_id": str(new_id())}, 422)
        await send(client, "PUT", f"/calls/{new_id()}/wrap-up", {}, 404)
    async with crm.client(other) as client:
        await send(client, "PUT", f"/calls/{one.id}/wrap-up", {}, 403)
    async with crm.client(manager) as client:
        await send(client, "PUT", f"/calls/{one.id}/wrap-up", {})
    async with crm.database.transaction() as session:
        assert (await repository.dispositions_of(session, [one.id]))[one.id].key == "callback"
        assert await crm.touchpoints.wrapped_up(session, agent.user_id, [one.id, running.id]) == {one.id}
        assert await crm.touchpoints.calls_not_wrapped_up(session, agent.user_id, START - timedelta(hours=1)) == []


async def test_an_internal_call_is_wrapped_up_but_belongs_to_nobody(crm: Crm) -> None:
    agent = await crm.add_user("anna", extension="101")
    internal = call("102", direction=Direction.INTERNAL)
    await crm.save(internal)
    async with crm.client(agent) as client:
        assert (await send(client, "PUT", f"/calls/{internal.id}/wrap-up", {}))["contact"] is None
        body = {"new_contact": {"last_name": "Neu"}}
        assert "colleagues" in (await send(client, "PUT", f"/calls/{internal.id}/contact", body, 422))["detail"]


async def test_bad_assignments(crm: Crm) -> None:
    agent, other = await crm.add_user("anna", extension="101"), await crm.add_user("bernd")
    anna = await crm.add_contact("Anna Berger")
    one = call()
    await crm.save(one)
    path = f"/calls/{one.id}/contact"
    async with crm.client(agent) as client:
        for body, status in [
            ({}, 422),
            ({"contact_id": str(anna.id), "new_contact": {"last_name": "Neu"}}, 422),
            ({"new_contact": {}}, 422),
            ({"contact_id": str(new_id())}, 404),
            ({"organization_id": str(new_id())}, 404),
        ]:
            await send(client, "PUT", path, body, status)
    async with crm.client(other) as client:
        await send(client, "PUT", path, {"contact_id": str(anna.id)}, 403)
    row = await touchpoint(crm, one.id)
    assert (row.contact_id, row.assigned_by) == (None, None)


async def test_an_absorbed_call(crm: Crm) -> None:
    agent = await crm.add_user("anna", extension="101")
    gone, into = call(), call(minutes=1)
    await crm.save(gone, into)
    async with crm.client(agent) as client:
        await send(client, "PUT", f"/calls/{gone.id}/wrap-up", {})
    async with crm.database.transaction() as session:
        await crm.touchpoints.absorb(session, gone.id, into.id)
    async with crm.database.transaction() as session:
        assert (await repository.by_call(session, [gone.id, into.id])).keys() == {into.id}
        assert await crm.touchpoints.wrapped_up(session, agent.user_id, [gone.id, into.id]) == {into.id}
