"""What a browser and a call cost in memory, and whether it comes back."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp

from tests.load.pbx_process import FIRST_EXTENSION
from tests.load.report import Section
from tests.load.whole_way import Plant, plant

_PAGE = 200
_WARM_UP = 20  # calls, then browsers
_REMEMBERED = 5.0  # seconds; see `Section`


async def measure(
    database_url: str, people: Sequence[str], calls: int, browsers: int, rounds: int, seconds: float = 10.0
) -> Section:
    """`people`: tokens of agents, and of a manager at the end. In each round `browsers` of the agents connect and go,
    or `calls` go on at once for about `seconds`.
    """
    *agents, _ = people
    async with plant(database_url, len(agents)) as running:
        await running.service.ask(do="remember", seconds=_REMEMBERED)
        await _calls(running, people, _WARM_UP, seconds)  # what is loaded once and kept is no growth
        await _browsers(running, agents[:_WARM_UP])
        start = await _sizes(running)
        of_browsers = [await _browsers(running, agents[:browsers]) for _ in range(2)]
        of_calls = [await _calls(running, people, calls, seconds) for _ in range(rounds)]
    rows = [["at the start", "", *_shown(start)]]
    rows += [
        [f"{browsers:,} browsers" if number == 1 else f"{number}. time", _mib(highest), *_shown(after)]
        for number, (highest, after) in enumerate(of_browsers, start=1)
    ]
    rows += [
        [f"{calls:,} calls at once" if number == 1 else f"{number}. time", _mib(highest), *_shown(after)]
        for number, (highest, after) in enumerate(of_calls, start=1)
    ]
    return Section(
        "Memory",
        "Resident memory of the service and of its flight recorder's process in MiB, and the objects Python "
        "keeps, after a few browsers and calls to warm up. All calls are wrapped up by their agents before it is "
        f"looked again. What ended is remembered for {_REMEMBERED:.0f} seconds here, not for two minutes as in "
        "service, so that a round does not see the one before. If something were kept for each call, the objects "
        "would grow with each round. Memory itself grows until SQLite's page caches are full (2 MB a connection, "
        "16 MB each of the two that read), and CPython gives back late and in part what it has freed.",
        ["", "at the height", "after", "objects"],
        rows,
        [
            f"A browser: {(of_browsers[0][0] - start.resident) / browsers / 1024:.0f} KiB. "
            f"A call: {(of_calls[0][0] - of_browsers[-1][1].resident) / calls / 1024:.0f} KiB, while it goes on."
        ],
    )


@dataclass(frozen=True, slots=True)
class _Sizes:
    """resident: bytes. objects: those that the garbage collector knows."""

    resident: int
    objects: int


async def _browsers(running: Plant, tokens: Sequence[str]) -> tuple[int, _Sizes]:
    """Browsers connect and go; memory with them in bytes, and what there is after."""
    await running.browsers.ask(do="connect", tokens=tokens)
    connected = await _sizes(running)
    await running.browsers.ask(do="close")
    async with asyncio.timeout(30):
        while await running.open_sockets():  # noqa: ASYNC110 - another process's sockets
            await asyncio.sleep(0.05)
    return connected.resident, await _sizes(running)


async def _calls(running: Plant, people: Sequence[str], calls: int, seconds: float) -> tuple[int, _Sizes]:
    """So many calls at once, all ended, wrapped up by their agents and forgotten; memory at the height in bytes, and
    what there is after.
    """
    wish = asyncio.ensure_future(running.pbx.ask(rate=calls * 2 / seconds, seconds=seconds / 2, ring=0.5, talk=seconds))
    highest = 0
    while not wish.done():
        highest = max(highest, running.service.resident_bytes())
        await asyncio.wait({wish}, timeout=0.1)
    await wish
    await running.service.ask(do="flush")
    await _wrap_up(running, people, calls)
    await asyncio.sleep(_REMEMBERED)
    await running.pbx.ask(rate=1, seconds=1, ring=0.1, talk=0.1)  # the tracker's time is that of the last event
    await running.service.ask(do="flush")
    await _wrap_up(running, people, 1)
    return highest, await _sizes(running)


async def _wrap_up(running: Plant, people: Sequence[str], calls: int) -> None:
    """The newest calls, each by the agent who took it. Raises RuntimeError if there are fewer."""
    *agents, manager = people
    async with aiohttp.ClientSession(f"{running.url}/api/v1/", connector=aiohttp.TCPConnector(limit=4)) as http:
        query, done = f"calls?limit={_PAGE}", 0
        while done < calls:
            async with http.get(query, headers=_bearer(manager)) as answer:
                page = await answer.json()
            for call in page["items"][: calls - done]:
                agent = agents[int(call["final_agent"]) - FIRST_EXTENSION]
                async with http.put(f"calls/{call['id']}/wrap-up", json={}, headers=_bearer(agent)) as answer:
                    answer.raise_for_status()
                done += 1
            if not page["next_cursor"] and done < calls:
                raise RuntimeError(f"{calls} calls were played, {done} are in the log")
            query = f"calls?limit={_PAGE}&cursor={page['next_cursor']}"


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def _sizes(running: Plant) -> _Sizes:
    objects = (await running.service.ask(do="collect"))["objects"]
    return _Sizes(running.service.resident_bytes(), objects)


def _shown(sizes: _Sizes) -> list[str]:
    return [_mib(sizes.resident), f"{sizes.objects:,}"]


def _mib(size: int) -> str:
    return f"{size / 2**20:.0f}"
