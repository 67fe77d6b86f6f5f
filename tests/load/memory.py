"""What a browser and a call cost in memory, and whether it comes back."""

import asyncio
from collections.abc import Sequence

import aiohttp

from tests.load.pbx_process import FIRST_EXTENSION
from tests.load.report import Section
from tests.load.whole_way import Plant, plant

_PAGE = 200
_WARM_UP = 20  # calls, then browsers


async def measure(
    database_url: str, tokens: Sequence[str], calls: int, browsers: int, seconds: float = 10.0
) -> Section:
    """`tokens` of agents; `browsers` of them connect, and `calls` go on at once for about `seconds`, twice."""
    async with plant(database_url, len(tokens)) as running:
        await _round(running, tokens, _WARM_UP, seconds)  # what is loaded once and kept is no growth
        await running.browsers.ask(do="connect", tokens=tokens[:_WARM_UP])
        await _closed(running)
        start = await _resident(running)
        connected, after_browsers = await _connect(running, tokens[:browsers])
        connected_again, after_again = await _connect(running, tokens[:browsers])
        first, after_first = await _round(running, tokens, calls, seconds)
        second, after_second = await _round(running, tokens, calls, seconds)
    rows = [
        ["at the start", _mib(start), ""],
        [f"{browsers:,} browsers connected", _mib(connected), f"{(connected - start) / browsers / 1024:.0f} KiB each"],
        ["all gone", _mib(after_browsers), ""],
        [f"again {browsers:,} browsers connected", _mib(connected_again), ""],
        ["all gone", _mib(after_again), ""],
        [f"{calls:,} calls at once", _mib(first), f"{(first - after_again) / calls / 1024:.0f} KiB each"],
        ["all ended and wrapped up", _mib(after_first), ""],
        [f"again {calls:,} calls at once", _mib(second), ""],
        ["all ended and wrapped up", _mib(after_second), ""],
    ]
    return Section(
        "Memory",
        "Resident memory of the service, after a few browsers and calls to warm up. CPython returns freed memory to "
        "the system late and in part; what counts is that the second round ends where the first did.",
        ["", "MiB", ""],
        rows,
    )


async def _connect(running: Plant, tokens: Sequence[str]) -> tuple[int, int]:
    """Browsers connect and go; memory with them and after."""
    await running.browsers.ask(do="connect", tokens=tokens)
    connected = await _resident(running)
    await _closed(running)
    return connected, await _resident(running)


async def _round(running: Plant, tokens: Sequence[str], calls: int, seconds: float) -> tuple[int, int]:
    """So many calls at once, all ended and wrapped up by their agents; memory at the height and after."""
    wish = asyncio.ensure_future(running.pbx.ask(rate=calls * 2 / seconds, seconds=seconds / 2, ring=0.5, talk=seconds))
    highest = 0
    while not wish.done():
        highest = max(highest, running.service.resident_bytes())
        await asyncio.wait({wish}, timeout=0.1)
    await wish
    await running.service.ask(do="flush")
    await _wrap_up(running, tokens, calls)
    return highest, await _resident(running)


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


async def _closed(running: Plant) -> None:
    await running.browsers.ask(do="close")
    async with asyncio.timeout(30):
        while await running.open_sockets():  # noqa: ASYNC110 - another process's sockets
            await asyncio.sleep(0.05)


async def _resident(running: Plant) -> int:
    await running.service.ask(do="collect")
    return running.service.resident_bytes()


def _mib(size: int) -> str:
    return f"{size / 2**20:.0f}"
