"""An Asterisk manager interface that misbehaves on demand."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self

GREETING = "Asterisk Call Manager/11.0.0\r\n"
BOOTED = "Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: {uptime}\r\nStatus: Fully Booted\r\n\r\n"

_LISTS = {
    "CoreShowChannels": "Channels will follow",
    "QueueStatus": "Queue status will follow",
    "ParkedCalls": "Parked calls will follow",
    "DeviceStateList": "Device State Changes will follow",
    "PJSIPShowEndpoints": "A listing of Endpoints follows, presented as EndpointList events",
    "ShowDialPlan": "Dialplan will follow",
}
_LIST_ENDS = {
    "DeviceStateList": "DeviceStateListComplete",
    "PJSIPShowEndpoints": "EndpointListComplete",
    "ShowDialPlan": "ShowDialPlanComplete",
}


class FakeAmi:
    """A server on 127.0.0.1; attributes may be changed at any time.

    lists: action -> items, each its header lines without ActionID. denied: actions answered by "Permission denied".
    unanswered: actions received and never answered.
    variables: what Getvar tells.
    closes_at_once: says nothing to who connects. hangs_up_after: an action after which it closes.
    fragment: bytes sent at a time; 0 sends all at once.
    tells_originate: whether OriginateResponse follows. actions: what was received, Login included.
    """

    def __init__(self) -> None:
        self.port = 0
        self.greeting = GREETING
        self.secret = "secret"
        self.uptime: int | None = 1000
        self.lists: dict[str, list[str]] = {}
        self.denied: set[str] = set()
        self.unanswered: set[str] = set()
        self.closes_at_once = False
        self.hangs_up_after: str | None = None
        self.commands = ["Originate", "Hangup", "CoreShowChannels"]
        self.version = "22.10.1"
        self.variables = {"PJSIP_ENDPOINT(trunk,context)": "from-trunk", "PJSIP_ENDPOINT(trunk,callerid)": "<unknown>"}
        self.tells_originate = False
        self.fragment = 0
        self.actions: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port and all connections."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.drop()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def drop(self) -> None:
        """Break all connections."""
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    async def say(self, *packets: str | bytes) -> None:
        """Send packets to all who are connected."""
        for writer in list(self._writers):
            for packet in packets:
                await self._send(writer, packet)

    async def received(self, action: str) -> dict[str, str]:
        """The next action of that name; earlier others are dropped."""
        while True:
            headers = await self.actions.get()
            if headers["Action"] == action:
                return headers

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.append(writer)
        try:
            with suppress(ConnectionError):
                if self.closes_at_once:
                    return
                await self._send(writer, self.greeting)
                while (headers := await _read_action(reader)) is not None:
                    self.actions.put_nowait(headers)
                    await self._answer(writer, headers)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            self._tasks.discard(task)

    async def _answer(self, writer: asyncio.StreamWriter, headers: dict[str, str]) -> None:
        action, action_id = headers["Action"], headers["ActionID"]
        if action in self.unanswered:
            pass
        elif action in self.denied:
            await self._respond(writer, "Error", action_id, "Message: Permission denied")
        elif action == "Login":
            await self._login(writer, headers)
        elif action in _LISTS:
            await self._respond(writer, "Success", action_id, "EventList: start", f"Message: {_LISTS[action]}")
            items = self.lists.get(action, [])
            for item in items:
                await self._send(writer, f"{item}\r\nActionID: {action_id}\r\n\r\n")
            end = _LIST_ENDS.get(action, f"{action}Complete")
            await self._send(
                writer,
                f"Event: {end}\r\nActionID: {action_id}\r\nEventList: Complete\r\nListItems: {len(items)}\r\n\r\n",
            )
        elif action == "ListCommands":
            await self._respond(writer, "Success", action_id, *(f"{name}: something" for name in self.commands))
        elif action == "Getvar":
            await self._respond(writer, "Success", action_id, f"Value: {self.variables.get(headers['Variable'], '')}")
        elif action == "CoreSettings":
            await self._respond(writer, "Success", action_id, f"AsteriskVersion: {self.version}")
        else:
            await self._respond(writer, "Success", action_id)
            if action == "Originate" and self.tells_originate:
                await self.say(
                    f"Event: OriginateResponse\r\nPrivilege: call,all\r\nActionID: {action_id}\r\n"
                    "Response: Failure\r\nReason: 0\r\nUniqueid: <null>\r\n\r\n"
                )
        if self.hangs_up_after == action:
            writer.close()

    async def _login(self, writer: asyncio.StreamWriter, headers: dict[str, str]) -> None:
        if headers["Secret"] != self.secret:
            await self._respond(writer, "Error", headers["ActionID"], "Message: Authentication failed")
            writer.close()
            return
        await self._respond(writer, "Success", headers["ActionID"], "Message: Authentication accepted")
        if headers["Events"] == "on" and self.uptime is not None:
            await self._send(writer, BOOTED.format(uptime=self.uptime))

    async def _respond(self, writer: asyncio.StreamWriter, response: str, action_id: str, *lines: str) -> None:
        await self._send(writer, "\r\n".join([f"Response: {response}", f"ActionID: {action_id}", *lines, "", ""]))

    async def _send(self, writer: asyncio.StreamWriter, packet: str | bytes) -> None:
        data = packet.encode("utf-8", "surrogateescape") if isinstance(packet, str) else packet
        for piece in _pieces(data, self.fragment or max(1, len(data))):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)


def _pieces(data: bytes, size: int) -> Iterable[bytes]:
    return (data[begin : begin + size] for begin in range(0, len(data), size))


async def _read_action(reader: asyncio.StreamReader) -> dict[str, str] | None:
    try:
        block = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    pairs = (line.partition(": ") for line in block.decode().split("\r\n") if line)
    return {name: value for name, _, value in pairs}
