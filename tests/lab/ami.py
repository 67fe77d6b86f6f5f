"""A plain AMI client for tests: independent of the service's own, so that neither hides a fault of the other."""

import asyncio
import itertools
from collections.abc import Callable
from types import TracebackType

Packet = dict[str, str]
_WAIT_SECONDS = 10


class AmiError(Exception):
    """Asterisk answered `Response: Error`; the message is Asterisk's own."""


class AmiClient:
    """`async with AmiClient(port, user, secret) as ami`. Keeps every event in `events`, oldest first."""

    def __init__(self, port: int, username: str, secret: str, host: str = "127.0.0.1") -> None:
        self.events: list[Packet] = []
        self._address = (host, port)
        self._login = {"Username": username, "Secret": secret}
        self._ids = itertools.count(1)
        self._responses: dict[str, asyncio.Future[Packet]] = {}
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> "AmiClient":
        self._reader, self._writer = await asyncio.open_connection(*self._address)
        self.banner = (await self._reader.readline()).decode().strip()
        self._task = asyncio.create_task(self._read(), name="lab AMI client")
        try:
            await self.action("Login", **self._login)
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        self._task.cancel()
        await asyncio.gather(self._task, self._writer.wait_closed(), return_exceptions=True)

    async def action(self, name: str, **headers: str) -> Packet:
        """Send one action and return its response. Raises AmiError, TimeoutError, ConnectionError."""
        action_id = f"lab-{next(self._ids)}"
        lines = {"Action": name, "ActionID": action_id, **headers}
        self._responses[action_id] = asyncio.get_running_loop().create_future()
        self._writer.write("".join(f"{key}: {value}\r\n" for key, value in lines.items()).encode() + b"\r\n")
        async with asyncio.timeout(_WAIT_SECONDS):
            response = await self._responses[action_id]
        if response["Response"] == "Error":
            raise AmiError(response.get("Message", ""))
        return response

    async def listing(self, name: str, **headers: str) -> list[Packet]:
        """Send an action that answers with a list of events; return those without the closing one."""
        action_id = (await self.action(name, **headers))["ActionID"]
        await self.wait_for(lambda event: event.get("ActionID") == action_id and event.get("EventList") == "Complete")
        return [e for e in self.events if e.get("ActionID") == action_id and "EventList" not in e]

    async def wait_for(self, wanted: Callable[[Packet], bool], wait_seconds: float = 15, start: int = 0) -> Packet:
        """The first event from index `start` on that is `wanted`, past or to come. Raises TimeoutError."""
        async with asyncio.timeout(wait_seconds), self._changed:
            while True:
                for event in self.events[start:]:
                    if wanted(event):
                        return event
                await self._changed.wait()

    async def closed(self) -> None:
        """Until Asterisk closes the connection."""
        await asyncio.wait([self._task])

    async def _read(self) -> None:
        try:
            while raw := await self._reader.readuntil(b"\r\n\r\n"):
                lines = raw.decode("utf-8", "replace").strip().split("\r\n")
                packet = {key: value.removeprefix(" ") for key, _, value in (line.partition(":") for line in lines)}
                if "Response" in packet and "Event" not in packet:
                    self._responses.pop(packet["ActionID"]).set_result(packet)
                    continue
                async with self._changed:
                    self.events.append(packet)
                    self._changed.notify_all()
        except (asyncio.IncompleteReadError, ConnectionError):
            for response in self._responses.values():
                if not response.done():
                    response.set_exception(ConnectionError("Asterisk closed the connection"))
