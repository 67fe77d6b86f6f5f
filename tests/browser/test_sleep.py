"""The page after sleep: a connection that died without a word is found out at once, and everything is as it is now."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, WebSocket, expect

from tests.browser.conftest import PATIENCE_MS, SimulatedOffice, dock, sign_in

pytestmark = pytest.mark.chromium

KRUEGER = "+4917612345678"
ANNA = "+49305550101"


class Network:
    """What lies between browser and service: after `die` nothing gets through on connections that were open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._tasks: list[asyncio.Task[None]] = []
        self._writers: list[asyncio.StreamWriter] = []
        self._alive = asyncio.Event()
        self._alive.set()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers += [writer, there_writer]
        for source, sink in ((reader, there_writer), (there_reader, writer)):
            self._tasks.append(asyncio.create_task(self._carry(source, sink, self._alive)))

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
        for task in self._tasks:
            task.cancel()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._tasks, *(one.wait_closed() for one in self._writers), return_exceptions=True)


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


def frames_of(page: Page) -> tuple[list[WebSocket], list[str]]:
    """The sockets the page opens from now on, and what it sends over them."""
    sockets: list[WebSocket] = []
    sent: list[str] = []

    def opened(socket: WebSocket) -> None:
        sockets.append(socket)
        socket.on("framesent", lambda frame: sent.append(str(frame)))

    page.on("websocket", opened)
    return sockets, sent


async def test_what_came_during_sleep_is_there_after_it(office: SimulatedOffice) -> None:
    async with network_to(office.service.url) as network:
        context = await office.browser_of()
        anna = await context.new_page()
        await anna.clock.install()
        sockets, sent = frames_of(anna)
        await anna.goto(network.url)
        await sign_in(anna, "anna")
        gone = await office.pbx.incoming("+4915799900999", did=ANNA)
        await gone.ring()
        await expect(dock(anna).get_by_test_id("pop-name")).to_have_text("+49 1579 9900999")

        # The lid is closed: the connection dies without a word, the call goes, another comes, hours pass.
        network.die()
        await gone.hang_up("caller")
        call = await office.pbx.incoming(KRUEGER, did=ANNA)
        await call.ring()
        await anna.clock.fast_forward("02:00:00")

        await expect(dock(anna).get_by_test_id("pop-name")).to_have_text("Sabine Krüger", timeout=PATIENCE_MS)
        await expect(dock(anna).get_by_test_id("tray")).to_have_count(0)
        await expect(anna.get_by_role("img", name="Connected")).to_be_visible()
        assert any("resync" in one for one in sent)
        assert len(sockets) > 1


async def test_after_it_was_frozen_the_page_asks_for_everything_anew(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    sockets, sent = frames_of(anna)
    await anna.reload()
    await anna.get_by_role("img", name="Connected").wait_for()
    await anna.evaluate("document.dispatchEvent(new Event('resume'))")
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    await expect(dock(anna).get_by_test_id("pop-name")).to_have_text("Sabine Krüger")
    assert any("resync" in one for one in sent)
    assert len(sockets) == 1  # it lived, so it is kept
