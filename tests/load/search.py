"""`python -m tests.load.search`: how long a search takes as one types, and what its index costs an import."""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import insert, text

from cti_crm.contacts.folding import fold, sort_name
from cti_crm.contacts.importer import import_contacts
from cti_crm.contacts.models import Contact, Organization, PhoneNumberRow
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.search_tables import SearchEntry, SearchSpelling
from cti_crm.contacts.search_words import Document, spellings, words
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.upsert import insert_for
from cti_crm.migrations.store import prepare
from cti_crm.search.schemas import SearchAllQuery
from cti_crm.search.service import SearchService
from cti_crm.settings import NumberSettings
from tests.load.report import Section
from tests.load.store import database_url

CHUNK = 5_000
PEOPLE_OF_A_FIRM = 20
FIRST_NAMES = [
    "Anna",
    "Peter",
    "Maria",
    "Jürgen",
    "Uwe",
    "Zoë",
    "Björn",
    "Michael",
    "Sabine",
    "Thomas",
    "Ayşe",
    "Łukasz",
    "Elif",
    "Kai",
    "Günter",
    "Renate",
    "Mia",
    "Noah",
]
COMMON = [
    "Müller",
    "Schmidt",
    "Schneider",
    "Fischer",
    "Weber",
    "Meyer",
    "Wagner",
    "Becker",
    "Schulz",
    "Hoffmann",
    "Koch",
    "Richter",
    "Klein",
    "Wolf",
    "Groß",
]
TRADES = [
    "Autohaus",
    "Maschinenbau",
    "Elektro",
    "Bäckerei",
    "Druckerei",
    "Gartenbau",
    "Spedition",
    "Metallbau",
    "Immobilien",
    "Software",
]
TOWNS = ["Berlin", "Hamburg", "München", "Köln", "Frankfurt", "Dresden", "Leipzig", "Aachen", "Ulm", "Kiel"]
_BEGIN = [
    "ba",
    "be",
    "bo",
    "bra",
    "dei",
    "fri",
    "ge",
    "ha",
    "hei",
    "hol",
    "ka",
    "kel",
    "kra",
    "lan",
    "leh",
    "lin",
    "ma",
    "mei",
    "ne",
    "nie",
    "ober",
    "ra",
    "rie",
    "sau",
    "scha",
    "sei",
    "stei",
    "ta",
    "thie",
    "un",
    "wa",
    "wei",
    "zim",
]
_END = [
    "bach",
    "berg",
    "dorf",
    "er",
    "feld",
    "hauer",
    "hof",
    "horn",
    "kamp",
    "ke",
    "ler",
    "mann",
    "meier",
    "ner",
    "rich",
    "sen",
    "stein",
    "tal",
    "ter",
    "wald",
    "wig",
    "zke",
]

KINDS: dict[str, Sequence[str]] = {
    "two letters": ("mü", "sc", "an", "be"),
    "beginning of a name": ("schnei", "müll", "stein", "krabe"),
    "a common name": ("Müller", "Schmidt", "Weber"),
    "first and last name": ("anna müller", "peter schm", "uwe koch"),
    "name and firm": ("müller autohaus", "anna druckerei", "weber spedition"),
    "a misspelt name": ("Muler", "Schmdit", "Shcneider", "Hofman", "Maier"),
    "middle of a word": ("haus", "steiner", "bauer"),
    "beginning of a number": ("0151 23", "+49151 234", "0151 2345"),
    "middle of a number": ("3456", "90123", "777"),
    "an e-mail address": ("anna.weber@", "peter.koch1@firma"),
    "a town": ("Berlin", "anna köln"),
    "nothing there": ("Xylophonqwx", "0999 887766554"),
}


def _surname(index: int, common: float = 0.1) -> str:
    """Some have a common name; the others share 30,000 made of syllables."""
    choose = random.Random(index)
    if choose.random() < common:
        return choose.choice(COMMON)
    which = random.Random(int(choose.random() ** 2 * 30_000))
    return "".join((which.choice(_BEGIN), which.choice(_BEGIN), which.choice(_END))).capitalize()


def _person(index: int, common: float = 0.1) -> dict[str, str]:
    choose = random.Random(index + 7)
    first, last = choose.choice(FIRST_NAMES), _surname(index, common)
    firm = index // PEOPLE_OF_A_FIRM
    return {
        "first_name": first,
        "last_name": last,
        "firm": f"{TRADES[firm % len(TRADES)]} {_surname(firm)} GmbH",
        "email": f"{fold(first)}.{fold(last)}{index % 100}@firma{firm}.example",
        "city": TOWNS[index % len(TOWNS)],
        "number": f"+4915{1_000_000_000 + index * 7919 % 1_000_000_000}"[:14],
    }


async def fill(database: Database, size: int, console: Console) -> None:
    """People with firm, e-mail, town and a number, and the index, as rows: a million in minutes."""
    known: set[str] = set()
    begin = time.monotonic()
    for start in range(0, size, CHUNK):
        people = {new_id(): _person(index) for index in range(start, min(start + CHUNK, size))}
        async with database.transaction() as session:
            for table, rows in _rows(people):
                await session.execute(insert(table), rows)
            new = {word for one in people.values() for word in words(one["first_name"], one["last_name"], one["firm"])}
            keys = [{"key": key, "word": word} for word in sorted(new - known) for key in spellings(word)]
            if keys:
                await session.execute(insert_for(session, SearchSpelling).on_conflict_do_nothing(), keys)
            known |= new
    async with database.transaction() as session:
        await session.execute(text("ANALYZE"))
    console.print(f"{size:,} people stored in {time.monotonic() - begin:.0f} s, {len(known):,} words of names")


def _rows(people: dict[Any, dict[str, str]]) -> Iterator[tuple[type[Any], list[dict[str, object]]]]:
    firms = {firm: new_id() for firm in dict.fromkeys(one["firm"] for one in people.values())}
    plain = {"version": 1, "search_text": ""}
    yield Organization, [plain | {"id": one, "name": name, "sort_name": fold(name)} for name, one in firms.items()]
    yield (
        Contact,
        [
            plain
            | {
                "id": one,
                "first_name": who["first_name"],
                "last_name": who["last_name"],
                "email": who["email"],
                "city": who["city"],
                "organization_id": firms[who["firm"]],
                "sort_name": sort_name(who["first_name"], who["last_name"]),
            }
            for one, who in people.items()
        ],
    )
    number = {"organization_id": None, "label": "mobile", "position": 0}
    yield (
        PhoneNumberRow,
        [
            number
            | {"id": new_id(), "contact_id": one, "value": who["number"], "e164": who["number"]}
            | {"digits": who["number"][1:]}
            for one, who in people.items()
        ],
    )
    yield SearchEntry, [{"organization_id": one, "tokens": _tokens([name], [], [], [])} for name, one in firms.items()]
    yield (
        SearchEntry,
        [
            {
                "contact_id": one,
                "tokens": _tokens(
                    [who["first_name"], who["last_name"]],
                    [who["firm"], who["email"]],
                    [who["city"]],
                    [who["number"][1:]],
                ),
            }
            for one, who in people.items()
        ],
    )


def _tokens(names: list[str], beside: list[str], texts: list[str], digits: list[str]) -> str:
    return Document(names, beside, texts, digits).tokens


async def measure(database: Database, kind: str, rounds: int) -> list[list[str]]:
    """Each kind of query, a transaction and all of the API's work but HTTP."""
    service = SearchService(NumberPlan(NumberSettings(country="DE")))
    rows = []
    for name, queries in KINDS.items():
        times: list[float] = []
        hits = 0
        for _ in range(rounds):
            for typed in queries:
                begin = time.perf_counter()
                async with database.transaction() as session:
                    hits += len((await service.search(session, SearchAllQuery(q=typed))).items)
                times.append((time.perf_counter() - begin) * 1000)
        times.sort()
        at_99 = times[min(len(times) - 1, int(len(times) * 0.99))]
        rows.append([kind, name, f"{statistics.median(times):.1f}", f"{at_99:.1f}", f"{hits / len(times):.0f}"])
    return rows


async def import_ratio(database: Database, size: int, monkey: Any) -> tuple[float, float]:
    """Records a second an import brings in, with the index and without it."""
    speeds = []
    plan = NumberPlan(NumberSettings(country="DE"))
    for part, indexed in enumerate((True, False, True, False)):
        lines = ["Vorname;Nachname;Firma;E-Mail;Ort;Telefon"]
        for index in range(10**8 + part * size, 10**8 + (part + 1) * size):
            who = _person(index, common=0)  # an import reads all of the same name, which is not measured here
            lines.append(";".join(who[name] for name in ("first_name", "last_name", "firm", "email", "city", "number")))
        with monkey(indexed):
            begin = time.perf_counter()
            await import_contacts(database, plan, "\n".join(lines).encode(), lambda _report: None)
            speeds.append(size / (time.perf_counter() - begin))
    return statistics.mean(speeds[::2]), statistics.mean(speeds[1::2])


def section(rows: Sequence[Sequence[str]], size: int, remarks: list[str]) -> Section:
    return Section(
        "Searching as one types",
        f"From the query to the hits with all that is shown of them, milliseconds, among {size:,} contacts and their "
        f"{size // PEOPLE_OF_A_FIRM:,} firms.",
        ["database", "what is typed", "median", "99 %", "hits"],
        rows,
        remarks,
    )


class _Indexed:
    """Leaves the index out of imports for the length of a block."""

    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted

    def __enter__(self) -> None:
        from cti_crm.contacts import service

        self._real = service.index
        if not self._wanted:
            service.index = _nothing

    def __exit__(self, *_error: object) -> None:
        from cti_crm.contacts import service

        service.index = self._real


async def _nothing(*_anything: object) -> None:
    pass


async def bench(size: int, rounds: int, kinds: Sequence[str], console: Console) -> Section:
    rows: list[list[str]] = []
    remarks: list[str] = []
    for kind in kinds:
        with tempfile.TemporaryDirectory(prefix="cti-crm-bench-") as folder:
            async with database_url(kind, Path(folder)) as url:
                if url is None:
                    remarks.append(f"{kind}: not installed on this machine.")
                    continue
                database = Database(url)
                try:
                    await prepare(database)
                    await fill(database, size, console)
                    rows += await measure(database, kind, rounds)
                    with_index, without = await import_ratio(database, 1_000, _Indexed)
                    remarks.append(
                        f"{kind}: an import brings in {with_index:,.0f} records a second, {without:,.0f} without the "
                        f"search's index: it takes {without / with_index:.2f} times as long."
                    )
                finally:
                    await database.close()
    return section(rows, size, remarks)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.search", description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, help="contacts")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    chosen = parser.parse_args()
    console = Console()
    kinds = chosen.database or ("sqlite", "postgresql")
    asyncio.run(bench(chosen.size, chosen.rounds, kinds, console)).print(console)


if __name__ == "__main__":
    main()
