"""An AMI client on a bare socket."""

import asyncio

from cti_crm.pbx.simulator import Simulator

Packet = dict[str, str]
TIMEOUT = 20  # seconds, for one packet


class Client:
    """An AMI client with nothing clever in it. Answers and events come out of `read` in the order received."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._actions = 0

    @classmethod
    async def connect(cls, pbx: Simulator) -> "Client":
        client = cls(*await asyncio.open_connection(pbx.host, pbx.port))
        async with asyncio.timeout(TIMEOUT):
            assert await client.reader.readline() == b"Asterisk Call Manager/11.0.0\r\n"
        return client

    @classmethod
    async def sign_in(cls, pbx: Simulator, user: str = "cti", secret: str = "cti-secret") -> "Client":
        client = await cls.connect(pbx)
        answer = await client.ask("Login", Username=user, Secret=secret)
        assert answer["Message"] == "Authentication accepted"
        return client

    async def read(self) -> Packet:
        """The next packet. Raises IncompleteReadError or ConnectionError: the PBX is gone."""
        async with asyncio.timeout(TIMEOUT):
            data = await self.reader.readuntil(b"\r\n\r\n")
        return dict(line.partition(": ")[::2] for line in data.decode().removesuffix("\r\n\r\n").split("\r\n"))

    async def read_until(self, event: str, **wanted: str) -> list[Packet]:
        """Everything up to and with the first such event."""
        packets: list[Packet] = []
        while not packets or packets[-1].get("Event") != event or not wanted.items() <= packets[-1].items():
            packets.append(await self.read())
        return packets

    def send(self, action: str, **headers: str) -> str:
        self._actions += 1
        action_id = f"t-{self._actions}"
        lines = [f"Action: {action}", f"ActionID: {action_id}", *(f"{key}: {value}" for key, value in headers.items())]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        return action_id

    async def ask(self, action: str, **headers: str) -> Packet:
        """The action's own answer; events before it are dropped."""
        action_id = self.send(action, **headers)
        while (packet := await self.read()).get("ActionID") != action_id or "Response" not in packet:
            pass
        return packet

    async def list(self, action: str, **headers: str) -> list[Packet]:
        """The items of a list."""
        action_id = self.send(action, **headers)
        items: list[Packet] = []
        while (packet := await self.read()).get("EventList") != "Complete":
            if packet.get("ActionID") == action_id and "Event" in packet:
                items.append(packet)
        assert int(packet["ListItems"]) == len(items)
        return items

    async def gone(self) -> bool:
        """Whether the PBX closed the connection (events before that are dropped)."""
        try:
            while True:
                await self.read()
        except (asyncio.IncompleteReadError, ConnectionError):
            return True

    async def close(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            return
