"""Migrations on both kinds of database."""

from collections.abc import AsyncIterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from cti_crm.infrastructure.database import Database
from cti_crm.migrations.store import (
    NewerStoreError,
    OlderStoreError,
    StoreState,
    current,
    head,
    prepare,
    state,
    state_of,
    upgrade,
)
from cti_crm.migrations.tables import all_tables, is_ours
from cti_crm.touchpoints.models import DEFAULT_DISPOSITIONS


@pytest.fixture
async def empty(empty_database_url: str) -> AsyncIterator[Database]:
    database = Database(empty_database_url)
    yield database
    await database.close()


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_ours})
    return list(compare_metadata(context, all_tables()))


async def _execute(database: Database, sql: str) -> None:
    async with database.transaction() as session:
        await session.execute(text(sql))


async def test_makes_what_the_models_say(empty: Database) -> None:
    await upgrade(empty)

    async with empty.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_an_empty_store_is_set_up_at_the_start(empty: Database) -> None:
    assert await state(empty) is StoreState.EMPTY

    await prepare(empty)

    assert await state(empty) is StoreState.CURRENT
    assert await current(empty) == head()


async def test_setting_up_again_changes_nothing(empty: Database) -> None:
    await upgrade(empty)
    await upgrade(empty)
    await prepare(empty)

    async with empty.transaction() as session:
        count = (await session.execute(text("SELECT count(*) FROM dispositions"))).scalar_one()
    assert count == len(DEFAULT_DISPOSITIONS)


async def test_begins_with_the_default_dispositions(empty: Database) -> None:
    await upgrade(empty)

    async with empty.transaction() as session:
        rows = await session.execute(text("SELECT key, label_en, label_de FROM dispositions ORDER BY position"))
    assert tuple(tuple(row) for row in rows) == DEFAULT_DISPOSITIONS


async def test_refuses_a_newer_store(empty: Database) -> None:
    await upgrade(empty)
    await _execute(empty, "UPDATE alembic_version SET version_num = '9999'")

    assert await state(empty) is StoreState.NEWER
    with pytest.raises(NewerStoreError):
        await prepare(empty)
    with pytest.raises(NewerStoreError):
        await upgrade(empty)


async def test_does_not_start_on_an_older_store(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await upgrade(empty)
    monkeypatch.setattr("cti_crm.migrations.store.head", lambda: "9999")

    assert await state(empty) is StoreState.BEHIND
    with pytest.raises(OlderStoreError, match="cti-crm migrate"):
        await prepare(empty)


async def test_a_migration_that_fails_leaves_nothing_behind(empty: Database) -> None:
    await _execute(empty, "CREATE TABLE touchpoints (somebody_elses INTEGER)")  # the last table to be made

    with pytest.raises(DBAPIError):
        await upgrade(empty)

    async with empty.engine.connect() as connection:
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == ["touchpoints"]


async def test_foreign_keys_hold_after_a_migration(empty: Database) -> None:
    await upgrade(empty)

    with pytest.raises(DBAPIError):
        await _execute(
            empty,
            "INSERT INTO call_agents (call_id, extension) VALUES ('01900000000070008000000000000000', '101')",
        )


def test_a_version_is_judged_without_its_database() -> None:
    assert state_of(None) is StoreState.EMPTY
    assert state_of(head()) is StoreState.CURRENT
    assert state_of("9999") is StoreState.NEWER
