"""What is stored of the other side of a call, as a pop asks for it."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection

from cti_crm.contacts.ownership import Owner
from cti_crm.infrastructure.clock import new_id
from cti_crm.notes.models import Note
from cti_crm.screenpop import repository
from cti_crm.screenpop.repository import Known
from cti_crm.tasks.models import Task
from tests.crm_setup import MOBILE, START, Crm, call


async def known(
    crm: Crm, owner: Owner, number: str | None = None, call_id: UUID | None = None, since: datetime = START
) -> Known:
    asked = call_id or new_id()
    return await crm.database.read(lambda connection: repository.known_of(connection, owner, number, asked, since))


async def write(crm: Crm, author: UUID, text: str, minutes: int, **about: UUID) -> None:
    async with crm.database.transaction() as session:
        at = START + timedelta(minutes=minutes)
        session.add(Note(text=text, author_id=author, created_at=at, finished_at=at, **about))


async def test_the_past_calls_of_a_contact_a_firm_and_a_number(crm: Crm) -> None:
    anna = await crm.add_contact("Anna Berger", MOBILE, firm="Berger GmbH")
    calls = [call(minutes=index) for index in range(7)] + [call("+4930999999")]
    await crm.save(*calls)
    of_anna = await known(crm, Owner(anna.id), MOBILE, calls[6].id)
    assert [one.call_id for one in of_anna.past] == [one.id for one in reversed(calls[1:6])]
    assert (of_anna.past[0].agent, of_anna.past[0].outcome, of_anna.past[0].direction) == ("101", "answered", "inbound")
    assert of_anna.said.contact_id == anna.id
    assert anna.organization is not None
    assert len((await known(crm, Owner(None, anna.organization.id))).past) == 5
    unknown = await known(crm, Owner(), "+4930999999")
    assert [one.call_id for one in unknown.past] == [calls[7].id]
    assert (unknown.notes, unknown.has_tasks, unknown.said) == ((), False, Owner())
    assert (await known(crm, Owner())).past == []


async def test_the_calls_of_today_are_counted_also_beyond_those_that_are_shown(crm: Crm) -> None:
    anna = await crm.add_contact("Anna Berger", MOBILE)
    calls = [call(minutes=index) for index in range(8)]
    await crm.save(*calls)
    owner = Owner(anna.id)
    assert (await known(crm, owner, call_id=calls[7].id)).today == 7
    assert (await known(crm, owner, since=START + timedelta(minutes=5))).today == 3
    assert (await known(crm, owner, since=START + timedelta(minutes=60))).today == 0


async def test_notes_on_what_is_shown_and_the_newest_of_all(crm: Crm) -> None:
    author = (await crm.add_user("bernd")).user_id
    anna = await crm.add_contact("Anna Berger", MOBILE)
    one, now = call(minutes=1), call(minutes=9, ended=False)
    await crm.save(one, now)
    await write(crm, author, "long ago", 0, contact_id=anna.id)
    await write(crm, author, "on the last call", 1, contact_id=anna.id, call_id=one.id)
    await write(crm, author, "later", 5, contact_id=anna.id)
    found = await known(crm, Owner(anna.id), MOBILE, now.id)
    assert [(note.text, note.display_name) for note in found.notes] == [
        ("on the last call", "Bernd"),
        ("later", "Bernd"),
    ]
    await write(crm, author, "on this call", 9, call_id=now.id)
    found = await known(crm, Owner(anna.id), MOBILE, now.id)
    assert [note.text for note in found.notes] == ["on the last call", "later", "on this call"]
    notes = await crm.database.read(lambda connection: repository.notes_on(connection, now.id))
    assert [note.text for note in notes] == ["on this call"]


async def test_whether_there_are_open_tasks(crm: Crm) -> None:
    user = (await crm.add_user("bernd")).user_id
    anna = await crm.add_contact("Anna Berger", firm="Berger GmbH")
    assert anna.organization is not None
    assert not (await known(crm, Owner(anna.id))).has_tasks
    async with crm.database.transaction() as session:
        task = Task(text="call back", assignee_id=user, created_by=user, contact_id=anna.id)
        session.add(task)
    assert (await known(crm, Owner(anna.id))).has_tasks
    assert (await known(crm, Owner(None, anna.organization.id))).has_tasks
    async with crm.database.transaction() as session:
        (await session.merge(task)).done_at = START
    assert not (await known(crm, Owner(anna.id))).has_tasks


async def test_a_contact_with_and_without_a_firm(crm: Crm) -> None:
    anna, mia = await crm.add_contact("Anna Berger", firm="Berger GmbH"), await crm.add_contact("Mia Ohne")
    for one, firm in ((anna, "Berger GmbH"), (mia, None)):
        row = await crm.database.read(lambda connection, one=one: repository.contact_with_firm(connection, one.id))
        assert row is not None
        assert (row.id, row.name) == (one.id, firm)
    assert await crm.database.read(lambda connection: repository.contact_with_firm(connection, new_id())) is None


@pytest.mark.parametrize("database_kind", ["sqlite"])  # it tells its plans without statistics of what is stored
async def test_nothing_that_grows_is_read_from_end_to_end(crm: Crm) -> None:
    anna = await crm.add_contact("Anna Berger", MOBILE, firm="Berger GmbH")
    assert anna.organization is not None
    for owner in (Owner(anna.id), Owner(None, anna.organization.id), Owner()):
        steps = await crm.database.read(partial(_plan, owner))
        assert any("missed_lines" in step for step in steps)
        assert any("touchpoints" in step for step in steps)
        never_run = {"notes", "tasks"} if owner == Owner() else set()  # a number has neither: WHERE false
        scanned = {step.split()[1] for step in steps if step.startswith("SCAN")} - {"CONSTANT", "has", "due", "past"}
        assert scanned <= never_run, (owner, steps)


def _plan(owner: Owner, connection: Connection) -> list[str]:
    """How SQLite goes about what is asked of somebody."""
    raw: Any = connection.connection.driver_connection
    asked: list[str] = []
    raw.set_trace_callback(asked.append)
    repository.known_of(connection, owner, MOBILE, new_id(), START)
    raw.set_trace_callback(None)
    return [step for one in asked for *_, step in raw.execute(f"EXPLAIN QUERY PLAN {one}")]
