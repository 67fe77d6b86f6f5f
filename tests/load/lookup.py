"""How long a look-up of a number takes, the more numbers are stored."""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import Connection

from cti_crm.contacts.matching import Matcher
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.infrastructure.database import Database
from cti_crm.settings import NumberSettings
from tests.load.report import Section
from tests.load.store import PEOPLE_OF_A_FIRM, fill, mobile, trunk

_DIRECT_DIAL = "12"


async def measure(url: str, kind: str, sizes: Sequence[int], rounds: int, stored: int = 0) -> list[list[str]]:
    """Fill the database, which holds `stored` numbers, step by step to each of the sizes, and look up at each."""
    rows = []
    for size in sizes:
        await fill(url, size, stored)
        stored = size
        database = Database(url)
        try:
            rows.append([kind, f"{size:,}", *await _look_up(database, size, rounds)])
        finally:
            await database.close()
    return rows


async def _look_up(database: Database, size: int, rounds: int) -> list[str]:
    matcher = Matcher(NumberPlan(NumberSettings()))
    choose = random.Random(7)
    kinds: list[Callable[[], str]] = [
        lambda: mobile(choose.randrange(size)),
        lambda: f"{trunk(choose.randrange(-(-size // PEOPLE_OF_A_FIRM)))}{_DIRECT_DIAL}",
        lambda: f"+4989{choose.randrange(10**6, 10**7)}",
    ]
    shown = []
    for make in kinds:
        times = []
        for _ in range(rounds):
            wanted = make()
            begin = time.perf_counter()
            await database.read(partial(_match, matcher, wanted))
            times.append(time.perf_counter() - begin)
        shown.append(f"{statistics.median(times) * 1000:.2f}")
    return shown


def _match(matcher: Matcher, wanted: str, connection: Connection) -> None:
    matcher.look_up(connection, wanted)


def section(rows: Sequence[Sequence[str]], rounds: int, *remarks: str) -> Section:
    return Section(
        "Looking a number up",
        f"From the caller's number as text to who it is, milliseconds, medians of {rounds:,}: the way to the database "
        "and back, reading the number, one query, the decision. One number a person, and a firm with a trunk number "
        f"for each {PEOPLE_OF_A_FIRM} of them.",
        ["database", "numbers", "a person's", "a direct dial", "nobody's"],
        rows,
        ["Flat is the goal: one query on two indexes, whatever is stored.", *remarks],
    )
