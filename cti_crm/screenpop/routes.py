"""GET /ws: the socket between browser and service. Snapshot first, then changes."""

import asyncio
from collections.abc import Callable

import structlog
from aiohttp import WSMsgType, web
from pydantic import TypeAdapter, ValidationError

from cti_crm import __version__
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.screenpop.hub import Hub
from cti_crm.screenpop.protocol import ClientMessage, Fault, Ping, Pong, Snapshot, Welcome
from cti_crm.screenpop.session import Frame, SocketSession, frame

log = structlog.get_logger(__name__)

MAX_MESSAGE_BYTES = 4096
HEARTBEAT_SECONDS = 20.0

_client_messages: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)


class SocketEndpoint:
    """Opens sockets for signed-in users."""

    def __init__(
        self,
        hub: Hub,
        admit: Callable[[web.Request], Principal],
        extension_of: Callable[[Principal], str | None],
        snapshot_for: Callable[[Principal, str | None], Snapshot],
        on_sent: Callable[[Frame], None],
    ) -> None:
        """`admit` checks session and Origin and raises NotSignedInError or NotAllowedError."""
        self._hub = hub
        self._admit = admit
        self._extension_of = extension_of
        self._snapshot_for = snapshot_for
        self._on_sent = on_sent

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket until it closes."""
        principal = self._admit(request)
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT_SECONDS,
            max_msg_size=MAX_MESSAGE_BYTES,
            compress=False,  # small messages on a short way: compressing them costs more than it saves
        )
        await socket.prepare(request)
        if request.transport is None:
            return socket  # gone before it was there
        session = SocketSession(socket, request.transport, principal, self._extension_of(principal), self._on_sent)
        session.send(frame(Welcome(version=__version__, extension=session.extension)))
        session.send(frame(self._snapshot_for(principal, session.extension)))
        self._hub.add(session)
        writer = asyncio.create_task(session.write())
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._answer(session, message.data)
                elif message.type is WSMsgType.BINARY:
                    session.send(frame(Fault(detail="Send text messages only.")))
        finally:
            self._hub.remove(session)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    def _answer(self, session: SocketSession, text: str) -> None:
        try:
            message = _client_messages.validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "message"
            session.send(frame(Fault(detail=f"Not understood: {place}: {first['msg']}")))
            return
        if isinstance(message, Ping):
            session.send(frame(Pong(n=message.n)))
        else:
            session.send(frame(self._snapshot_for(session.principal, session.extension)))
