"""What goes over a socket, read by an implementation that is not ours; what happens to who does not read."""

import asyncio
from types import SimpleNamespace
from typing import cast
from uuid import uuid4

import pytest
from aiohttp import web
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode

from cti_crm.infrastructure.http.principal import Principal, Role
from cti_crm.screenpop.session import QUEUE_LIMIT, Frame, SocketSession


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_a_frame_is_what_the_standard_says(length: int) -> None:
    data = b"x" * length
    assert Frame(data).wire == WireFrame(Opcode.TEXT, data).serialize(mask=False)


class _Transport:
    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.waiting = 0

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes) -> None:
        self.written.append(data)


class _Socket:
    """Takes what is sent when it is let."""

    def __init__(self) -> None:
        self.closed = False
        self.reads, self.took_two = asyncio.Event(), asyncio.Event()
        self.sent: list[bytes] = []

    async def send_frame(self, data: bytes, _opcode: int) -> None:
        await self.reads.wait()
        self.sent.append(data)
        if len(self.sent) == 2:
            self.took_two.set()

    async def close(self, **_: object) -> None:
        self.closed = True


def _session(transport: _Transport, socket: _Socket | SimpleNamespace, sent: list[bytes]) -> SocketSession:
    return SocketSession(
        cast("web.WebSocketResponse", socket),
        cast("asyncio.Transport", transport),
        Principal(uuid4(), "anna", "Anna", Role.AGENT),
        "101",
        lambda frame: sent.append(frame.data),
    )


async def test_who_reads_gets_everything_at_once() -> None:
    transport, sent = _Transport(), list[bytes]()
    session = _session(transport, _Socket(), sent)
    session.send(Frame(b"one"))
    session.send(Frame(b"two"))
    assert transport.written == [b"\x81\x03one", b"\x81\x03two"]
    assert sent == [b"one", b"two"]


async def test_while_something_is_on_its_way_the_rest_waits_in_order() -> None:
    transport, socket, sent = _Transport(), _Socket(), list[bytes]()
    session = _session(transport, socket, sent)
    writing = asyncio.create_task(session.write())
    transport.waiting = 100
    session.send(Frame(b"one"))
    transport.waiting = 0
    session.send(Frame(b"two"))
    assert transport.written == []
    socket.reads.set()
    async with asyncio.timeout(10):
        await socket.took_two.wait()
    assert socket.sent == [b"one", b"two"]
    session.dismiss()
    await writing
    assert sent == socket.sent


async def test_who_does_not_read_is_closed() -> None:
    transport, socket = _Transport(), _Socket()
    session = _session(transport, socket, [])
    transport.waiting = 100
    for _ in range(QUEUE_LIMIT + 1):
        session.send(Frame(b"news"))
    await session.write()
    assert socket.closed
