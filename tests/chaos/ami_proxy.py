"""A TCP proxy between the service and AMI that can cut, fall silent without closing, refuse, and delay."""

import asyncio
from types import TracebackType
from typing import Self

_CHUNK = 65_536


class AmiProxy:
    """`async with AmiProxy(ami_port) as proxy`; the service connects to `proxy.port` on 127.0.0.1."""

    def __init__(self, target_port: int) -> None:
        self.delay = 0.0  # seconds that everything from the PBX comes late
        self._target_port = target_port
        self._open: set[_Connection] = set()
        self._handlers: set[asyncio.Task[None]] = set()
        self._silent = False
        self._refusing = False
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for handler in self._handlers:
            handler.cancel()
        await asyncio.gather(*self._handlers, return_exceptions=True)
        await self._server.wait_closed()

    def cut(self) -> None:
        """Close every connection, as a restarted firewall does."""
        for connection in self._open:
            connection.abort()

    def refuse(self) -> None:
        """Close every connection, and every new one at once, until `heal`."""
        self._refusing = True
        self.cut()

    def silence(self) -> None:
        """Half-open: what is connected stays so for ever without a word; new connections hear nothing until `heal`."""
        self._silent = True
        for connection in self._open:
            connection.dead = True

    def heal(self) -> None:
        """New connections work again."""
        self._silent = self._refusing = False
        self.delay = 0.0

    async def forgotten(self) -> None:
        """Until the service has given up every connection that was silenced."""
        async with self._changed:
            await self._changed.wait_for(lambda: not any(connection.dead for connection in self._open))

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handlers.add(task)
        connection = _Connection(reader, writer, dead=self._silent)
        try:
            if not self._refusing:
                self._open.add(connection)
                await connection.run(self)
        finally:
            connection.abort()
            self._open.discard(connection)
            self._handlers.discard(task)
            async with self._changed:
                self._changed.notify_all()

    @property
    def target_port(self) -> int:
        return self._target_port


class _Connection:
    """One connection of the service. `dead`: nothing passes in either direction any more."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, dead: bool) -> None:
        self.dead = dead
        self._service = reader, writer
        self._pbx: asyncio.StreamWriter | None = None

    def abort(self) -> None:
        """Close both sides without waiting."""
        self._service[1].transport.abort()
        if self._pbx is not None:
            self._pbx.transport.abort()

    async def run(self, proxy: AmiProxy) -> None:
        """Until either side closes. A dead one lasts until the service closes it."""
        reader, writer = self._service
        if self.dead:
            await self._swallow(reader)
            return
        try:
            pbx_reader, self._pbx = await asyncio.open_connection("127.0.0.1", proxy.target_port)
        except OSError:
            return
        to_pbx = asyncio.create_task(self._pump(reader, self._pbx, None))
        to_service = asyncio.create_task(self._pump(pbx_reader, writer, proxy))
        try:
            await asyncio.wait({to_pbx, to_service}, return_when=asyncio.FIRST_COMPLETED)
            if self.dead:
                await to_pbx
        finally:
            for task in (to_pbx, to_service):
                task.cancel()
            await asyncio.gather(to_pbx, to_service, return_exceptions=True)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, late: AmiProxy | None) -> None:
        """Pass on what comes; dead, read on without passing it on. `late`: whose delay is kept."""
        try:
            while data := await reader.read(_CHUNK):
                if late is not None and late.delay:
                    await asyncio.sleep(late.delay)
                if not self.dead:
                    writer.write(data)
                    await writer.drain()
        except OSError:
            return

    async def _swallow(self, reader: asyncio.StreamReader) -> None:
        try:
            while await reader.read(_CHUNK):
                pass
        except OSError:
            return
