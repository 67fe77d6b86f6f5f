"""One open socket: written to at once while the browser keeps up, else a bounded queue. Who does not read is closed."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime

from aiohttp import WSCloseCode, WSMsgType, web
from pydantic import BaseModel

from cti_crm.infrastructure.http.principal import Principal

# A healthy browser empties its queue in milliseconds; one that holds so many messages has stopped reading.
QUEUE_LIMIT = 500

_FINAL_TEXT, _LENGTH_IN_2_BYTES, _LENGTH_IN_8_BYTES = 0x81, 126, 127


class Frame:
    """A message ready to be sent. `rang_at` is set on a first pop: when the PBX's event arrived."""

    __slots__ = ("_wire", "data", "pop_state", "rang_at")

    def __init__(self, data: bytes, rang_at: datetime | None = None, pop_state: str | None = None) -> None:
        self.data = data
        self.rang_at = rang_at
        self.pop_state = pop_state
        self._wire: bytes | None = None

    @property
    def wire(self) -> bytes:
        """As it goes over a socket, made once for all: a final text frame, not masked (RFC 6455, 5.1 and 5.2)."""
        if self._wire is None:
            length = len(self.data)
            if length < _LENGTH_IN_2_BYTES:
                header = bytes((_FINAL_TEXT, length))
            elif length < 2**16:
                header = bytes((_FINAL_TEXT, _LENGTH_IN_2_BYTES)) + length.to_bytes(2)
            else:
                header = bytes((_FINAL_TEXT, _LENGTH_IN_8_BYTES)) + length.to_bytes(8)
            self._wire = header + self.data
        return self._wire


def frame(message: BaseModel, rang_at: datetime | None = None, pop_state: str | None = None) -> Frame:
    """The message as it is sent."""
    return Frame(message.__pydantic_serializer__.to_json(message, by_alias=True), rang_at, pop_state)


class SocketSession:
    """A browser tab (or `cti-crm watch`) of one user."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.WriteTransport,
        principal: Principal,
        extension: str | None,
        on_sent: Callable[[Frame], None],
    ) -> None:
        self.principal = principal
        self.extension = extension
        self._socket = socket
        self._transport = transport
        self._on_sent = on_sent
        self._queue: deque[Frame] = deque()
        self._dismissed = False
        self._wake = asyncio.Event()

    def send(self, one: Frame) -> None:
        """Send a message, or queue it while earlier ones are on their way; never waits.

        If the queue is full, the socket is closed: on reconnect a snapshot heals.
        """
        if not self._queue and not self._transport.get_write_buffer_size() and self._open():
            # The way of nearly all: a frame shared by all sockets, and no task woken for it.
            self._transport.write(one.wire)
            self._on_sent(one)
            return
        if len(self._queue) >= QUEUE_LIMIT:
            self.dismiss()
            return
        self._queue.append(one)
        self._wake.set()

    def _open(self) -> bool:
        return not (self._dismissed or self._socket.closed or self._transport.is_closing())

    def dismiss(self) -> None:
        """Close the socket soon, e.g. because its user signed out."""
        self._dismissed = True
        self._wake.set()

    async def write(self) -> None:
        """Empty the queue until the socket closes, or does not take what is sent."""
        try:
            while not self._socket.closed and not self._dismissed:
                if not self._queue:
                    self._wake.clear()
                    await self._wake.wait()
                    continue
                one = self._queue.popleft()
                # Needs no time limit: the heartbeat ends who does not read.
                await self._socket.send_frame(one.data, WSMsgType.TEXT)
                self._on_sent(one)
                del one  # or the snapshot, the largest of all, would be kept until the next message
        except ConnectionError:
            pass
        finally:
            await self._socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"resync")
