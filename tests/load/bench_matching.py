"""How long a look-up of a number takes with many numbers stored; prints, asserts nothing.

    python -m tests.load.bench_matching [NUMBERS] [DATABASE_URL]

Without a URL a SQLite file in a temporary folder is filled. A database that is given must be empty, with all tables.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import insert, text

from cti_crm.contacts import repository
from cti_crm.contacts.folding import fold
from cti_crm.contacts.matching import Matcher
from cti_crm.contacts.models import Contact, Organization, PhoneNumberRow
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.database import Database
from cti_crm.settings import NumberSettings
from tests.databases import create_tables

CHUNK = 20_000
ROUNDS = 2000


def mobile(index: int) -> str:
    return f"+49176{10_000_000 + index}"


def trunk(index: int) -> str:
    return f"+4930{200_000 + index}"


async def fill(database: Database, count: int) -> None:
    """`count` numbers of people, and a firm with a trunk number for every hundred of them, at most 700,000."""
    firms = [new_id() for _ in range(min(count // 100 or 1, 700_000))]
    async with database.transaction() as session:
        for start in range(0, len(firms), CHUNK):
            part = list(enumerate(firms[start : start + CHUNK], start))
            names = [f"Firma {index}" for index, _ in part]
            await session.execute(
                insert(Organization),
                [
                    {"id": one, "name": name, "sort_name": fold(name), "search_text": fold(name), "version": 1}
                    for (_, one), name in zip(part, names, strict=True)
                ],
            )
            numbers = [number(trunk(index), organization_id=one, trunk_prefix=trunk(index)) for index, one in part]
            await session.execute(insert(PhoneNumberRow), numbers)
    for start in range(0, count, CHUNK):
        async with database.transaction() as session:
            ids = [new_id() for _ in range(min(CHUNK, count - start))]
            people = [
                {
                    "id": one,
                    "last_name": f"Person {start + index}",
                    "organization_id": firms[(start + index) % len(firms)],
                    "sort_name": f"person {start + index}",
                    "search_text": f"person {start + index}",
                    "version": 1,
                }
                for index, one in enumerate(ids)
            ]
            await session.execute(insert(Contact), people)
            rows = [number(mobile(start + index), contact_id=one) for index, one in enumerate(ids)]
            await session.execute(insert(PhoneNumberRow), rows)
        print(f"\r{start + len(ids):,} numbers", end="", flush=True)
    async with database.transaction() as session:
        await session.execute(text("ANALYZE"))
    print()


def number(e164: str, **owner: object) -> dict[str, object]:
    row = {"id": new_id(), "value": e164, "label": "main", "e164": e164, "digits": e164[1:], "position": 0}
    return row | {"contact_id": None, "organization_id": None, "trunk_prefix": None} | owner


async def measure(database: Database, count: int) -> None:
    plan = NumberPlan(NumberSettings())
    matcher = Matcher(plan)
    choose = random.Random(7)
    kinds = {
        "a person's number": lambda: mobile(choose.randrange(count)),
        "a direct dial": lambda: f"{trunk(choose.randrange(min(count // 100 or 1, 700_000)))}12",
        "nobody's number": lambda: f"+4989{choose.randrange(10**6, 10**7)}",
    }
    async with database.transaction() as session:
        for name, make in kinds.items():
            whole, query = [], []
            for _ in range(ROUNDS):
                wanted = make()
                begin = time.perf_counter()
                await matcher.match(session, wanted)
                whole.append(time.perf_counter() - begin)
                trunks = plan.trunks_of(wanted)
                begin = time.perf_counter()
                await repository.owners_of(session, wanted, trunks)
                query.append(time.perf_counter() - begin)
            shown = (f"{statistics.median(one) * 1000:.2f} ms" for one in (whole, query))
            print(f"{name:20} whole look-up {next(shown)}, its query through SQLAlchemy {next(shown)} (medians)")
        await explain(database)


async def explain(database: Database) -> None:
    """The database's own time for one look-up, without driver and ORM."""
    if not database.is_sqlite:
        return
    import sqlite3

    connection = sqlite3.connect(str(database.engine.url.database))
    trunks = NumberPlan(NumberSettings()).trunks_of(mobile(5))
    marks = ",".join("?" * len(trunks))
    sql = (
        "SELECT p.e164, c.last_name, o.name FROM phone_numbers p LEFT JOIN contacts c ON c.id = p.contact_id "
        "LEFT JOIN organizations o ON o.id = coalesce(p.organization_id, c.organization_id) "
        f"LEFT JOIN number_choices n ON n.e164 = ? WHERE p.e164 = ? OR p.trunk_prefix IN ({marks})"
    )
    for line in connection.execute(f"EXPLAIN QUERY PLAN {sql}", (mobile(5), mobile(5), *trunks)):
        print("   ", line[3])
    times = []
    for index in range(ROUNDS):
        begin = time.perf_counter()
        connection.execute(sql, (mobile(index), mobile(index), *trunks)).fetchall()
        times.append(time.perf_counter() - begin)
    connection.close()
    print(f"database time alone: {statistics.median(times) * 1000:.3f} ms (median)")


async def main(count: int, url: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        if url is None:
            url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
            await create_tables(url)
        database = Database(url)
        try:
            await fill(database, count)
            await measure(database, count)
        finally:
            await database.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, sys.argv[2] if len(sys.argv) > 2 else None))
