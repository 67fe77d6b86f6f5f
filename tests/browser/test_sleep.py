"""The page after sleep: a connection that died without a word is found out at once, and everything is as it is now."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from tests.browser.conftest import SimulatedOffice, dock, sign_in, until

pytestmark = pytest.mark.chromium

KRUEGER = "+4917612345678"
ANNA = "+49305550101"


class Network:
    """What lies between browser and service: after `die` nothing gets through on connections that were open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._tasks: set[asyncio.Task[None]] = set()
        self._alive = asyncio.Event()
        self._alive.set()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        alive, self._alive = self._alive, self._alive
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._port)
        for source, sink in ((reader, there_writer), (there_reader, writer)):
            task = asyncio.create_task(self._carry(source, sink, alive))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, alive: asyncio.Event) -> None:
        try:
            while data := await source.read(65536):
                if not alive.is_set():
                    continue  # swallowed: neither side hears of it
                sink.write(data)
                await sink.drain()
            if alive.is_set():
                sink.close()
        except OSError:
            return

    def die(self) -> None:
        """The connections that are open carry nothing any more; new ones do."""
        self._alive.clear()
        self._alive = asyncio.Event()
        self._alive.set()

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def network_to(url: str) -> AsyncIterator[Network]:
    port = urlsplit(url).port
    assert port is not None
    network = Network(port)
    server = await asyncio.start_server(network.serve, "127.0.0.1", 0)
    network.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield network
    finally:
        server.close()
        await network.close()


async def test_what_came_during_sleep_is_there_after_it(office: SimulatedOffice) -> None:
    async with network_to(office.service.url) as network:
        anna = await office.page_in(await office.browser_of(), network.url)
        await sign_in(anna, "anna")
        life = await anna.context.new_cdp_session(anna)
        gone = await office.pbx.incoming("+4915799900999", did=ANNA)
        await gone.ring()
        await expect(dock(anna).get_by_test_id("pop-name")).to_have_text("+49 1579 9900999")

        await life.send("Page.setWebLifecycleState", {"state": "frozen"})
        network.die()
        await gone.hang_up("caller")
        call = await office.pbx.incoming(KRUEGER, did=ANNA)
        await call.ring()
        await life.send("Page.setWebLifecycleState", {"state": "active"})

        # Without noticing the sleep the page would ask its dead connection only after 15 s, and wait 8 s more.
        await expect(dock(anna).get_by_test_id("pop-name")).to_have_text("Sabine Krüger", timeout=12_000)
        await expect(dock(anna).get_by_test_id("tray")).to_have_count(0)
        await expect(anna.get_by_role("img", name="Connected")).to_be_visible()


async def test_a_connection_that_lives_is_kept_and_everything_told_anew(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    sent: list[str] = []
    await anna.reload()
    anna.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    sockets: list[object] = []
    anna.on("websocket", sockets.append)
    await anna.reload()
    await anna.get_by_role("img", name="Connected").wait_for()
    life = await anna.context.new_cdp_session(anna)
    await life.send("Page.setWebLifecycleState", {"state": "frozen"})
    await life.send("Page.setWebLifecycleState", {"state": "active"})
    await until(anna, "document.visibilityState === 'visible'")
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    await expect(dock(anna).get_by_test_id("pop-name")).to_have_text("Sabine Krüger")
    assert any("resync" in one for one in sent)
    assert len(sockets) == 1
