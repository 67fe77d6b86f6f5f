"""From AMI bytes to socket frame: simulator, service and browsers as processes of their own; how late is a pop?"""

import json
import math
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tests.load.children import Child, child
from tests.load.report import Section

RING, TALK = 1.0, 2.0  # seconds
_HISTOGRAM = "cti_crm_ring_to_pop_seconds"


@dataclass(frozen=True, slots=True)
class Plant:
    """What runs: PBX, service, browsers; `tokens` are of the browsers, agents first."""

    pbx: Child
    service: Child
    browsers: Child
    url: str

    def load_cpu_seconds(self) -> float:
        """Processor time that the load itself took: PBX and browsers."""
        return self.pbx.cpu_seconds() + self.browsers.cpu_seconds()

    async def inside(self) -> dict[float, float]:
        """The service's own histogram of ring to pop: upper bound in seconds -> count, cumulative."""
        return {float(one.labels["le"]): one.value for one in await self._samples(f"{_HISTOGRAM}_bucket")}

    async def open_sockets(self) -> float:
        """How many browsers the service sees."""
        return sum(one.value for one in await self._samples("cti_crm_open_sockets"))

    async def _samples(self, name: str) -> list[Sample]:
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}/metrics") as answer:
            text = await answer.text()
        families = text_string_to_metric_families(text)
        return [one for family in families for one in family.samples if one.name == name]


@asynccontextmanager
async def plant(database_url: str, phones: int) -> AsyncIterator[Plant]:
    """All three processes, without any browser connected yet."""
    with tempfile.TemporaryDirectory(prefix="cti-crm-bench-recordings-") as folder:
        async with child("pbx_process", str(phones)) as pbx:
            port = (await pbx.read())["port"]
            settings = {
                "database": {"url": database_url},
                "http": {"port": 0},
                "recorder": {"folder": folder},
                "pbx": [{"port": port, "username": "cti", "secret": "cti-secret"}],
            }
            async with _connected(pbx, json.dumps(settings)) as running:
                yield running


@asynccontextmanager
async def _connected(pbx: Child, settings: str) -> AsyncIterator[Plant]:
    async with child("service_process", settings) as service:
        url = (await service.read())["url"]
        async with child("browsers_process", url) as browsers:
            await browsers.read()
            yield Plant(pbx, service, browsers, url)


@dataclass(frozen=True, slots=True)
class Result:
    """One burst. Times in milliseconds; `busy` is the service's share of one core, 1.0 being all of it."""

    rate: float
    calls: int
    missing: int
    bare: int
    outside: Sequence[float]
    inside: Mapping[float, float]
    busy: float
    load_busy: float
    cpu_a_call: float
    messages: int

    @property
    def row(self) -> list[str]:
        return [
            f"{self.rate:.0f}",
            *(f"{_percentile(self.outside, share):.1f}" for share in (0.5, 0.99, 1.0)),
            f"{_bound(self.inside, 0.99)}",
            f"{self.busy:.0%}",
            f"{self.load_busy:.0%}",
            f"{self.cpu_a_call:.1f}",
            f"{self.messages / self.calls:.1f}",
            f"{self.missing + self.bare}",
        ]


HEAD = [
    "calls/s",
    "p50 ms",
    "p99 ms",
    "max ms",
    "p99 inside ms",
    "service busy",
    "load busy",
    "CPU ms/call",
    "frames/call",
    "late or bare",
]


async def burst(running: Plant, rate: float, seconds: float) -> Result:
    """Calls at an even rate; waits until all is written down, so that the next one begins at rest."""
    await running.browsers.ask(do="begin")
    before, cpu, load = await running.inside(), running.service.cpu_seconds(), running.load_cpu_seconds()
    rang = (await running.pbx.ask(rate=rate, seconds=seconds, ring=RING, talk=TALK))["rang"]
    await running.service.ask(do="flush")
    used, load = running.service.cpu_seconds() - cpu, running.load_cpu_seconds() - load
    after, seen = await running.inside(), await running.browsers.ask(do="report")
    popped = seen["popped"]
    return Result(
        rate=rate,
        calls=len(rang),
        missing=sum(one not in popped for one in rang),
        bare=seen["bare"],
        outside=sorted((popped[one] - at) * 1000 for one, at in rang.items() if one in popped),
        inside={bound: after[bound] - before.get(bound, 0) for bound in after},
        busy=used / (seconds + RING + TALK),
        load_busy=load / (seconds + RING + TALK),
        cpu_a_call=used * 1000 / len(rang),
        messages=seen["messages"],
    )


async def measure(
    database_url: str, kind: str, tokens: Sequence[str], managers: int, rates: Sequence[float], seconds: float
) -> tuple[list[list[str]], list[str]]:
    """Rows of the table for one database, and remarks."""
    async with plant(database_url, len(tokens) - managers) as running:
        await running.browsers.ask(do="connect", tokens=tokens)
        await burst(running, rates[0], min(2, seconds))  # caches warm up, as they are in the second minute of a day
        results = [await burst(running, rate, seconds) for rate in rates]
        lost = (await running.browsers.ask(do="report"))["lost"]
    cheapest = min(one.cpu_a_call for one in results)
    remarks = [
        f"{kind}: {cheapest:.1f} ms of processor time a call, so that one core carries {1000 / cheapest:.0f} a second."
    ]
    if lost:
        remarks.append(f"{kind}: the service threw {lost} browsers out for not keeping up.")
    return [[kind, *one.row] for one in results], remarks


def section(
    rows: Sequence[Sequence[str]], remarks: Sequence[str], browsers: int, managers: int, people: int
) -> Section:
    return Section(
        "The whole way: ring to pop",
        f"AMI bytes to socket frame: the simulator plays calls at an even rate ({RING:.0f} s ringing, {TALK:.0f} s "
        "talk, device states included), the service is the ordinary one with its flight recorder, "
        f"{browsers:,} browsers are connected ({managers} of them managers, who get every call), {people:,} contacts "
        "are stored and every caller is one of them. Three processes on the same cores: `load busy` is what simulator "
        "and browsers take of one; these look only into the messages that are measured. Times are taken outside, from "
        "just before the simulator sends the first event until the client has received the pop; `inside` is the "
        "service's own histogram, from the arrival of the ringing event to the write to the socket (the bucket's "
        "upper bound). `late or bare`: pops that never came, or with the number only. Agents sign in by tokens written "
        "to the database, since hashing passwords is slow by design.",
        ["database", *HEAD],
        rows,
        remarks,
    )


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def _bound(cumulative: Mapping[float, float], share: float) -> str:
    """The bound of the bucket in which the share lies."""
    total = max(cumulative.values(), default=0)
    found = next((bound for bound, count in sorted(cumulative.items()) if total and count >= share * total), None)
    return "?" if found is None else f"≤ {found * 1000:.0f}" if math.isfinite(found) else "more"
