"""Databases for the bench: SQLite or PostgreSQL, with many contacts and agents, filled once and then used again."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from sqlalchemy import Index, Table, insert, text

from cti_crm.accounts.models import ApiToken, User
from cti_crm.accounts.repository import username_key
from cti_crm.accounts.tokens import API_TOKEN_PREFIX, new_token, token_hash
from cti_crm.agents.models import Agent, AgentDevice
from cti_crm.contacts.folding import fold
from cti_crm.contacts.models import Contact, Organization, PhoneNumberRow
from cti_crm.contacts.search_tables import SearchEntry
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.http.principal import Role
from cti_crm.migrations.store import prepare
from tests.databases import PostgresServer, postgres_binaries
from tests.load.pbx_process import extension

# Rows are written without the session's bookkeeping, which takes as long as the database.
_FIRMS, _PEOPLE = cast("Table", Organization.__table__), cast("Table", Contact.__table__)
_NUMBERS, _ENTRIES = cast("Table", PhoneNumberRow.__table__), cast("Table", SearchEntry.__table__)

CHUNK = 20_000
PEOPLE_OF_A_FIRM = 100
_STRIDE = 7_919  # a prime: consecutive callers stand far apart in the table, as in life
_UNUSABLE_HASH = "!"  # these users have a token and no password


def mobile(index: int) -> str:
    """The number of the person `index`: those the simulator's burst calls from."""
    return f"+4915{index:09d}"


def trunk(index: int) -> str:
    """The switchboard of the firm `index`."""
    return f"+4930{200_000 + index}"


@asynccontextmanager
async def database_url(kind: str, folder: Path) -> AsyncIterator[str | None]:
    """A new database of the kind `sqlite` or `postgresql`; None where PostgreSQL is not installed."""
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{folder / 'bench.db'}"
        return
    binaries = postgres_binaries()
    if binaries is None:
        yield None
        return
    server = await asyncio.to_thread(PostgresServer.start, binaries, durable=True)
    try:
        yield await asyncio.to_thread(server.create, tables=False)
    finally:
        await asyncio.to_thread(server.stop)


async def fill(url: str, count: int, begin: int = 0) -> None:
    """People `begin` to `count`, each with a mobile number, and for every hundred a firm with a trunk number.

    Indexes are made when all is there: callers come in no order, and to sort a million once is the work of seconds.
    """
    database = Database(url)
    try:
        await prepare(database)
        async with database.engine.begin() as connection:
            for index in _indexes():
                await connection.run_sync(index.drop)
        for start in range(begin, count, CHUNK):
            async with database.engine.begin() as connection:
                for table, rows in _rows(range(start, min(start + CHUNK, count)), range(begin, count)):
                    await connection.execute(insert(table), rows)
        async with database.engine.begin() as connection:
            for index in _indexes():
                await connection.run_sync(index.create)
            await connection.execute(text("ANALYZE"))
    finally:
        await database.close()


def _indexes() -> Iterator[Index]:
    for table in (_FIRMS, _PEOPLE, _NUMBERS):
        yield from table.indexes


def _rows(chunk: range, whole: range) -> Iterator[tuple[Table, list[dict[str, object]]]]:
    firms = {index: new_id() for index in range(chunk.start // PEOPLE_OF_A_FIRM, -(-chunk.stop // PEOPLE_OF_A_FIRM))}
    people = {whole[(index - whole.start) * _STRIDE % len(whole)]: new_id() for index in chunk}
    yield _FIRMS, [{"id": one, "version": 1, **_named(f"Firma {index}")} for index, one in firms.items()]
    firm_ids = list(firms.values())
    yield (
        _PEOPLE,
        [
            {
                "id": one,
                "version": 1,
                "first_name": "Kim",
                "last_name": f"Person {index}",
                "organization_id": firm_ids[place // PEOPLE_OF_A_FIRM],
                "sort_name": fold(f"Person {index} Kim"),
                "search_text": fold(f"Kim Person {index}"),
            }
            for place, (index, one) in enumerate(people.items())
        ],
    )
    numbers = [_number(trunk(index), organization_id=one, trunk_prefix=trunk(index)) for index, one in firms.items()]
    yield _NUMBERS, [*numbers, *(_number(mobile(index), contact_id=one) for index, one in people.items())]
    # What the search finds them by: else the service would begin to index them, and the bench would measure that.
    yield _ENTRIES, [{"contact_id": None, "organization_id": one, "tokens": "nfirma"} for one in firms.values()]
    yield _ENTRIES, [{"contact_id": one, "organization_id": None, "tokens": "nkim"} for one in people.values()]


def _named(name: str) -> dict[str, object]:
    return {"name": name, "sort_name": fold(name), "search_text": fold(name)}


def _number(e164: str, **owner: object) -> dict[str, object]:
    row = {"id": new_id(), "value": e164, "label": "main", "e164": e164, "digits": e164[1:], "position": 0}
    return row | {"contact_id": None, "organization_id": None, "trunk_prefix": None} | owner


async def add_people(url: str, agents: int, managers: int) -> list[str]:
    """Agents, each with a phone of the simulator, and managers, who see every call. Returns a token for each.

    Written as rows: hashing a thousand passwords takes minutes, by design.
    """
    tokens = []
    database = Database(url)
    try:
        async with database.transaction() as session:
            for index in range(agents + managers):
                role = Role.AGENT if index < agents else Role.MANAGER
                name = f"{role.value}{index}"
                user = User(
                    id=new_id(),
                    username=name,
                    username_key=username_key(name),
                    display_name=f"Agent {index}",
                    role=role,
                    password_hash=_UNUSABLE_HASH,
                )
                tokens.append(API_TOKEN_PREFIX + new_token())
                session.add(user)
                await session.flush()
                session.add(ApiToken(user_id=user.id, name="bench", token_hash=token_hash(tokens[-1])))
                if role is Role.AGENT:
                    device = AgentDevice(pbx="main", device=f"PJSIP/{extension(index)}", position=0)
                    session.add(Agent(id=new_id(), user_id=user.id, extension=extension(index), devices=[device]))
    finally:
        await database.close()
    return tokens
