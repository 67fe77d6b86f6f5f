"""One signed-in connection to the manager interface. The only file that knows panoramisk.

panoramisk writes the actions and matches their answers. Everything it does wrong is replaced: a connection is used
once and never reopened, events go to one callback that must not raise, each action has a deadline and is never sent a
second time, and the other side must prove that it is an AMI and that it let us in.
"""

import asyncio
import logging
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Self, TypeAlias

from panoramisk import Manager
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from cti_crm.pbx.asterisk.errors import (
    ClosedEarlyError,
    ForbiddenCharacterError,
    LoginRefusedError,
    LostError,
    NotAmiError,
    SilentError,
    UnreachableError,
)
from cti_crm.pbx.asterisk.packet import BANNER, EOL, AmiPacket, PacketSplitter, PacketTooLongError

PacketsCallback = Callable[[Sequence[str]], None]

Answer: TypeAlias = Message
"""An answer, or an item of a list: headers are attributes in any case, "" if missing; `success`: it is no error."""

# panoramisk writes whole actions, passwords included, to its log when a write fails.
_SILENT_LOG = logging.getLogger("cti_crm.pbx.asterisk.panoramisk")
_SILENT_LOG.disabled = True


class _Protocol(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """panoramisk's protocol with its reading, losing and closing replaced."""

    def __init__(self, on_packets: PacketsCallback) -> None:
        loop = asyncio.get_running_loop()
        self.greeted: asyncio.Future[str] = loop.create_future()
        self.lost: asyncio.Future[str] = loop.create_future()
        self._on_packets = on_packets
        self._splitter = PacketSplitter()

    def data_received(self, data: bytes) -> None:
        try:
            packets = self._splitter.feed(data)
        except PacketTooLongError:
            self.end("it sent a packet without an end")
            return
        if not packets:
            return
        if not self.greeted.done():
            self.greeted.set_result(packets[0])
            if not packets[0].startswith(BANNER):
                self.end("it is no manager interface")
        if self.lost.done():
            return
        self._on_packets(packets)
        if self.responses:
            for raw in packets:
                if (EOL + "ActionID: ") in raw:
                    self._answered(raw)

    def _answered(self, raw: str) -> None:
        packet = AmiPacket(raw)
        if packet.action_id in self.responses and (packet.is_response or packet.event):
            # Not Message.from_line: that makes a list of a repeated header, and then fails on it.
            self.handle_message(Message(packet.fields))

    def connection_lost(self, exc: Exception | None) -> None:
        self.end(str(exc) if exc else "the PBX closed the connection")

    def eof_received(self) -> None:
        self.end("the PBX closed the connection")

    def end(self, reason: str) -> None:
        """Close at once. Whoever waits for an answer gets LostError; nothing is kept to be sent again."""
        if not self.lost.done():
            self.lost.set_result(reason)
        self.closed = True
        for action in list(self.responses.values()):
            if not action.future.done():
                action.future.set_exception(LostError(reason))
                action.future.exception()  # not every action has somebody who waits
        self.responses.clear()
        self.transport.abort()

    def close(self) -> None:
        self.end("closed by us")


class AmiConnection:
    """A connection that is signed in. `lost` is done, with the reason, as soon as it is over."""

    def __init__(self, manager: Manager, protocol: _Protocol, peer: str, version: str) -> None:
        self._manager = manager
        self._protocol = protocol
        self._peer = peer
        # Unguessable, so that nobody who writes into the stream can forge an answer to us.
        self._prefix = f"cti.{secrets.token_hex(8)}-"
        self._count = 0
        self.version = version

    @classmethod
    async def open(
        cls,
        host: str,
        port: int,
        login: tuple[str, str],
        on_packets: PacketsCallback,
        *,
        events: bool,
        deadline: float = 5.0,
    ) -> Self:
        """Connect and sign in; each step may take `deadline` seconds.

        `on_packets` gets the packets received, the greeting included, at once and in order; it must not raise or wait.

        Raises:
            UnreachableError, NotAmiError, LoginRefusedError, ClosedEarlyError, SilentError, LostError: the messages say
                what to do.
        """
        peer = f"{host}:{port}"
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(deadline):
                transport, protocol = await loop.create_connection(lambda: _Protocol(on_packets), host, port)
        except TimeoutError as error:
            raise UnreachableError(f"{peer} does not answer: check `host`, `port` and the firewall between") from error
        except socket.gaierror as error:
            raise UnreachableError(f"No host is named {host!r}: check `host` of the PBX") from error
        except ConnectionRefusedError as error:
            raise UnreachableError(
                f"Nothing listens on {peer}: check `host` and `port`, that Asterisk runs, and `enabled = yes` and "
                "`bindaddr` in its manager.conf"
            ) from error
        except OSError as error:
            raise UnreachableError(f"{peer} cannot be reached ({error.strerror or error}): check `host`") from error
        try:
            manager = Manager(host=host, port=port, loop=loop, encoding="utf-8", log=_SILENT_LOG)
            accepted = loop.create_future()
            accepted.set_result((transport, protocol))
            manager.connection_made(accepted)
            manager.pinger.cancel()
            connection = cls(manager, protocol, peer, await _version(protocol, peer, deadline))
            await connection._sign_in(*login, events=events, deadline=deadline)
        except BaseException:
            await _closed(protocol)
            raise
        return connection

    @property
    def lost(self) -> asyncio.Future[str]:
        """Done when the connection is over; its result says why."""
        return self._protocol.lost

    async def ask(
        self, action: str, headers: Mapping[str, str] | None = None, *, deadline: float, single: bool = False
    ) -> list[Answer]:
        """Send an action, wait for its answer and, if it is a list, for the whole list. An error is an answer too.

        single: the answer is no list, whatever its words: panoramisk takes "successfully queued" for the begin of one.

        Raises:
            ForbiddenCharacterError: a value could become further headers or actions. Nothing was sent.
            SilentError: no complete answer within `deadline` seconds.
            LostError: the connection is over.
        """
        values = dict(headers or {})
        for name, value in values.items():
            if any(character < " " or character == "\x7f" for character in value) or not _is_utf8(value):
                raise ForbiddenCharacterError(name)
        if self.lost.done():
            raise LostError(self.lost.result())
        self._count += 1
        action_id = values.setdefault("ActionID", f"{self._prefix}{self._count}")
        # The answer to an asynchronous Originate is complete when it is accepted; the result comes as an event.
        as_list = False if single or "Async" in values else None
        future = self._manager.send_action({"Action": action, **values}, as_list=as_list)
        try:
            async with asyncio.timeout(deadline):
                answer: Answer | list[Answer] = await future
        except TimeoutError as error:
            raise SilentError(f"{self._peer} does not answer ({action}, {deadline:g} s)") from error
        finally:
            self._protocol.responses.pop(action_id, None)
        return answer if isinstance(answer, list) else [answer]

    async def close(self) -> None:
        """Close, and return when it is closed. More than once does no harm."""
        await _closed(self._protocol)

    async def _sign_in(self, username: str, secret: str, *, events: bool, deadline: float) -> None:
        headers = {"Username": username, "Secret": secret, "Events": "on" if events else "off"}
        try:
            answer = (await self.ask("Login", headers, deadline=deadline))[0]
        except LostError as error:
            raise ClosedEarlyError(
                f"{self._peer} closed the connection at sign-in: check that manager.conf permits this machine "
                "(`permit`, `acl`)"
            ) from error
        except ForbiddenCharacterError as error:
            raise LoginRefusedError("User name or password of the PBX hold control characters") from error
        if not answer.success:
            raise LoginRefusedError(
                f"{self._peer} refused the user {username!r}: check `username` and `secret`, and in manager.conf its "
                "section, password and `permit`"
            )


async def _closed(protocol: _Protocol) -> None:
    protocol.close()
    await asyncio.sleep(0)  # the transport lets go of its socket in the loop's next round


async def _version(protocol: _Protocol, peer: str, deadline: float) -> str:
    """The version in the greeting, e.g. "11.0.0"."""
    advice = f"What listens on {peer} is no Asterisk manager interface: check `port` (5038 is usual)"
    await asyncio.wait({protocol.greeted, protocol.lost}, timeout=deadline, return_when=asyncio.FIRST_COMPLETED)
    if not protocol.greeted.done() and protocol.lost.done():
        raise ClosedEarlyError(
            f"{peer} closed the connection without a word: check `port` (5038 is usual), and that what is between lets "
            "us through"
        )
    if not protocol.greeted.done():
        raise NotAmiError(advice)
    greeting: str = protocol.greeted.result()
    if not greeting.startswith(BANNER):
        raise NotAmiError(advice)
    return greeting.strip().rpartition("/")[2]


def _is_utf8(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
