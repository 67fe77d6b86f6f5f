"""Process of the bench: many browsers' sockets. The protocol is that of `websockets`, an implementation not ours.

Like a browser it offers compression; unlike one it looks only into the messages it measures.
"""

import asyncio
import sys
import time
from typing import Any
from urllib.parse import urlsplit

from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Frame
from websockets.http11 import Response
from websockets.uri import parse_uri

from tests.load.children import obey, tell

_POP = b'{"type":"pop"'
_LINKEDID = b'"linkedid":"'
_AT_ONCE = 4  # sockets being opened


class Counts:
    """What all sockets received since it was made."""

    def __init__(self) -> None:
        self.popped: dict[str, float] = {}
        self.bare: int = 0
        self.messages: int = 0
        self.bytes: int = 0


class Browser(asyncio.Protocol):
    """One socket. `ready` is done with the snapshot; `closed` counts those the service threw out."""

    def __init__(self, url: str, token: str, counts: list[Counts]) -> None:
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = False
        self._counts = counts
        self._protocol = ClientProtocol(parse_uri(url), extensions=[ClientPerMessageDeflateFactory()])
        self._token = token
        self._wire = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        request = self._protocol.connect()
        request.headers["Authorization"] = f"Bearer {self._token}"
        self._protocol.send_request(request)
        self._flush()

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self._counts[0].bytes += len(data)
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._message(bytes(event.data), now)
            elif isinstance(event, Response) and self._protocol.handshake_exc is not None and not self.ready.done():
                self.ready.set_exception(self._protocol.handshake_exc)
        self._flush()

    def _message(self, text: bytes, now: float) -> None:
        counts = self._counts[0]
        counts.messages += 1
        if text.startswith(_POP):
            start = text.index(_LINKEDID) + len(_LINKEDID)
            linkedid = text[start : text.index(b'"', start)].decode()
            if linkedid not in counts.popped:
                counts.popped[linkedid] = now
                counts.bare += b'"reason":"pending"' in text
        elif not self.ready.done() and text.startswith(b'{"type":"snapshot"'):
            self.ready.set_result(None)

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self.transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionError("closed before the snapshot"))


async def main(url: str) -> None:
    parts = urlsplit(url)
    counts = [Counts()]
    browsers: list[Browser] = []
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(_AT_ONCE)

    async def connect(token: str) -> None:
        async with gate:
            _, browser = await loop.create_connection(
                lambda: Browser(f"ws://{parts.netloc}/ws", token, counts), parts.hostname, parts.port
            )
            await browser.ready
        browsers.append(browser)

    async def act(wish: dict[str, Any]) -> dict[str, Any]:
        match wish["do"]:
            case "connect":
                async with asyncio.TaskGroup() as group:
                    for token in wish["tokens"]:
                        group.create_task(connect(token))
            case "begin":
                counts[0] = Counts()
            case "close":
                for browser in browsers:
                    browser.transport.abort()
                browsers.clear()
        found = counts[0]
        return {
            "popped": found.popped,
            "bare": found.bare,
            "messages": found.messages,
            "bytes": found.bytes,
            "lost": sum(browser.closed for browser in browsers),
        }

    tell(ready=True)
    await obey(act)
    for browser in browsers:
        browser.transport.abort()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
