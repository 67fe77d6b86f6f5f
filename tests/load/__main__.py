"""`python -m tests.load [--quick]`: the whole bench."""

import argparse
import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from tests.load import lookup, memory, report, streams, whole_way
from tests.load.store import add_people, database_url


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. `sizes`: numbers stored at the look-ups; with the last of them the whole way is gone."""

    stream_rounds: int
    sizes: Sequence[int]
    lookups: int
    browsers: int
    managers: int
    rates: Sequence[float]
    seconds: float
    calls_at_once: int
    rounds: int
    databases: Sequence[str] = ("sqlite", "postgresql")


FULL = Plan(15, (1_000, 10_000, 100_000, 1_000_000), 1_000, 1_000, 10, (10, 100, 200, 300), 10, 1_000, 5)
QUICK = Plan(5, (1_000, 10_000), 300, 200, 2, (10, 50), 5, 200, 3)
TEN_MILLION = (1_000_000, 10_000_000)
TEN_MILLION_FILE = report.FILE.with_stem("benchmarks-ten-million")


async def bench(plan: Plan, console: Console) -> list[report.Section]:
    """Run all of it; each table is printed as soon as it is there."""
    sections: list[report.Section] = []

    def ready(section: report.Section) -> None:
        sections.append(section)
        section.print(console)

    ready(streams.measure(plan.stream_rounds))
    looked_up: list[list[str]] = []
    ways: list[list[str]] = []
    remarks: list[str] = []
    async with aclosing(_databases(plan.databases, remarks, console)) as databases:
        async for kind, url in databases:
            looked_up += await lookup.measure(url, kind, plan.sizes, plan.lookups)
            tokens = await add_people(url, plan.browsers - plan.managers, plan.managers)
            rows, more = await whole_way.measure(url, kind, tokens, plan.managers, plan.rates, plan.seconds)
            ways += rows
            remarks += more
    ready(whole_way.section(ways, remarks, plan.browsers, plan.managers, plan.sizes[-1]))
    ready(lookup.section(looked_up, plan.lookups, f"Ten million: [{TEN_MILLION_FILE.name}]({TEN_MILLION_FILE.name})."))
    with tempfile.TemporaryDirectory(prefix="cti-crm-bench-") as folder:
        url = f"sqlite+aiosqlite:///{folder}/bench.db"
        await lookup.measure(url, "sqlite", plan.sizes[:1], 1)
        people = await add_people(url, plan.browsers, 1)
        ready(await memory.measure(url, people, plan.calls_at_once, plan.browsers, plan.rounds, plan.seconds))
    return sections


async def look_up_among(sizes: Sequence[int], rounds: int, console: Console) -> report.Section:
    """The look-ups alone."""
    rows: list[list[str]] = []
    remarks: list[str] = []
    async with aclosing(_databases(FULL.databases, remarks, console)) as databases:
        async for kind, url in databases:
            rows += await lookup.measure(url, kind, sizes, rounds)
    section = lookup.section(rows, rounds, *remarks)
    section.print(console)
    return section


async def _databases(
    kinds: Sequence[str], remarks: list[str], console: Console
) -> AsyncGenerator[tuple[str, str], None]:
    """Kind and URL of a new database of each kind, one after another; which is not to be had is remarked."""
    for kind in kinds:
        with tempfile.TemporaryDirectory(prefix="cti-crm-bench-") as folder:
            async with database_url(kind, Path(folder)) as url:
                if url is None:
                    remarks.append(f"{kind}: not installed on this machine.")
                    continue
                console.print(f"filling {kind} ...")
                yield kind, url


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three minutes, with less of everything")
    parser.add_argument(
        "--ten-million",
        action="store_true",
        help=f"only look up, among ten million numbers; takes half an hour and 15 GB, writes {TEN_MILLION_FILE.name}",
    )
    chosen = parser.parse_args()
    load = os.getloadavg()[0]
    console = Console()
    if chosen.ten_million:
        sections = [asyncio.run(look_up_among(TEN_MILLION, FULL.lookups, console))]
        file, options = TEN_MILLION_FILE, " BENCH=--ten-million"
    else:
        plan, options = (QUICK, " BENCH=--quick") if chosen.quick else (FULL, "")
        sections, file = asyncio.run(bench(plan, console)), report.FILE
    report.write(sections, load, options, file)
    console.print(f"written to {file.name}")


if __name__ == "__main__":
    main()
