"""The TCP side: connections, sign-in, rights, and events to everyone who may see them."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence

from cti_crm.pbx.simulator.events import packet
from cti_crm.pbx.simulator.office import AmiUser

log = logging.getLogger(__name__)

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
SLOW_CLIENT_BYTES = 32 * 1024 * 1024  # as much may wait for a client that does not read; then it is cut off

Headers = Mapping[str, str]
"""An action's headers, names in lower case; of repeated ones the last."""


class Session:
    """One connection. `user` is None until it has signed in."""

    def __init__(self, writer: asyncio.StreamWriter, server: "AmiServer") -> None:
        self.user: AmiUser | None = None
        self.events: frozenset[str] = frozenset()
        self._writer = writer
        self._server = server

    def send(self, data: bytes) -> None:
        """Queue bytes for the client. Never waits; a client that reads too slowly is cut off."""
        transport = self._writer.transport
        if self._server.silent or transport.is_closing():
            return
        self._writer.write(data)
        if transport.get_write_buffer_size() > SLOW_CLIENT_BYTES:
            log.warning("an AMI client does not read; cut off")
            transport.abort()

    def reply(self, headers: Headers, response: str, message: str = "", *more: tuple[str, str]) -> None:
        """Answer an action; its ActionID comes second, as in Asterisk."""
        action_id = [("ActionID", headers["actionid"])] if headers.get("actionid") else []
        words = [("Message", message)] if message else []
        self.send(packet((("Response", response),), action_id, more, words))

    def close(self) -> None:
        """Close after what is queued has been sent."""
        self._writer.close()

    def abort(self) -> None:
        """Cut the connection."""
        self._writer.transport.abort()


Act = Callable[[Session, Headers], asyncio.Future[None] | None]
"""Does an action of a signed-in user; the next one is read when the future is done."""


class AmiServer:
    """Many clients, one PBX. A client that hangs or lies harms only itself."""

    def __init__(self, users: Sequence[AmiUser], act: Act, uptime: Callable[[], int]) -> None:
        self.silent = False
        self._users = {user.name: user for user in users}
        self._act = act
        self._uptime = uptime
        self._sessions: set[Session] = set()
        self._handlers: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def sessions(self) -> int:
        """How many clients are connected."""
        return len(self._sessions)

    async def start(self, host: str, port: int) -> int:
        """Listen; the port is returned. Raises OSError: it is taken."""
        self._server = await asyncio.start_server(self._serve, host, port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Stop listening and cut all connections."""
        if self._server is None:
            return
        self._server.close()
        await asyncio.sleep(0)  # whoever was just accepted gets a handler first
        while self._handlers:
            # Not cancel: a cancelled handler makes asyncio.streams of Python 3.11 complain.
            self.drop_connections()
            await asyncio.wait(self._handlers)
        await self._server.wait_closed()

    def publish(self, privilege: str, data: bytes) -> None:
        """Send an event, or several of one class, to everyone with the right to read it."""
        for session in tuple(self._sessions):
            if privilege in session.events:
                session.send(data)

    def drop_connections(self) -> None:
        """Cut all connections; new ones are taken."""
        for session in tuple(self._sessions):
            session.abort()

    def close_connections(self) -> None:
        """Send what is queued, then close: as Asterisk does when it stops."""
        for session in tuple(self._sessions):
            session.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._handlers.add(task)
        session = Session(writer, self)
        self._sessions.add(session)
        try:
            session.send(BANNER)
            while (headers := await _read_action(reader)) is not None:
                waiting = self._take(session, headers)
                if waiting is not None:
                    await asyncio.wait([waiting])
                if writer.is_closing():
                    break
        except ConnectionError:
            log.info("an AMI connection broke")
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            self._sessions.discard(session)
            if task is not None:
                self._handlers.discard(task)

    def _take(self, session: Session, headers: Headers) -> asyncio.Future[None] | None:
        action = headers.get("action", "").lower()
        if action == "login":
            self._login(session, headers)
        elif action == "logoff":
            session.reply(headers, "Goodbye", "Thanks for all the fish.")
            session.close()
        elif not action:
            session.reply(headers, "Error", "Missing action in request")
        elif session.user is None:
            session.reply(headers, "Error", "Permission denied")
        else:
            return self._act(session, headers)
        return None

    def _login(self, session: Session, headers: Headers) -> None:
        user = self._users.get(headers.get("username", ""))
        if user is None or user.secret != headers.get("secret"):
            session.reply(headers, "Error", "Authentication failed")
            session.close()
            return
        session.user = user
        session.events = frozenset() if headers.get("events", "on").lower() == "off" else user.read
        session.reply(headers, "Success", "Authentication accepted")
        if "system" in session.events:
            uptime = str(self._uptime())
            booted = (("Uptime", uptime), ("LastReload", uptime), ("Status", "Fully Booted"))
            session.send(packet((("Event", "FullyBooted"), ("Privilege", "system,all")), booted))


async def _read_action(reader: asyncio.StreamReader) -> Headers | None:
    """The next action; None at the end, or after a line without end. A bare LF ends a line too, as in Asterisk."""
    headers: dict[str, str] = {}
    while True:
        try:
            line = await reader.readline()
        except ValueError:
            return None
        if not line:
            return None
        text = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
        if text:
            name, _, value = text.partition(":")
            headers[name.strip().lower()] = value.strip()
        elif headers:
            return headers
