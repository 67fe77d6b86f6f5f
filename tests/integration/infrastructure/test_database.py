"""The fixture itself: a fresh database with tables for each test, on both kinds."""

from sqlalchemy import inspect

from cti_crm.contacts.search_tables import INDEX
from cti_crm.infrastructure.database import Database
from cti_crm.migrations.tables import all_tables


async def test_has_every_table(database: Database) -> None:
    async with database.engine.connect() as connection:
        found = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    names = {name for name in found if not name.startswith(INDEX)}  # on SQLite the search's index is tables, too

    assert names == set(all_tables().tables)


async def test_answers(database: Database, database_kind: str) -> None:
    await database.ping()

    assert database.is_sqlite == (database_kind == "sqlite")
