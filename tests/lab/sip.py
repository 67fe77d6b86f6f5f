"""The people around the test PBX, played by SIPp: customers who call, agents at their phones, people outside."""

import asyncio
import itertools
import os
from types import TracebackType
from typing import Self

from tests.lab.asterisk import AsteriskPbx
from tests.lab.sip_call import WAIT_SECONDS, SipCall
from tests.lab.sipp import LOCAL, SipMessage, SippProcess

_call_numbers = itertools.count(1)


class _Person:
    """Who can place calls and be called. Base of the three kinds of people below."""

    def __init__(self, pbx: AsteriskPbx, number: str, name: str = "") -> None:
        self.number = number
        self.calls: list[SipCall] = []
        self._pbx = pbx
        self._name = name
        self._processes: list[SippProcess] = []
        self._incoming: asyncio.Queue[SipCall] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.stop()
        self._processes.clear()

    async def _listen(self, port: int) -> None:
        process = self._process("callee", port, ["-key", "my_number", self.number or "lab"], placed=None)
        await process.start()
        await process.listening()

    async def _place(self, dialled: str, user: str, host: str, password: str | None) -> SipCall:
        call_id = f"placed-{os.getpid()}-{next(_call_numbers)}@lab"
        display = f'"{self._name}" ' if self._name else ""
        login = ["-au", user, "-ap", password] if password else []
        arguments = [
            f"{LOCAL}:{self._pbx.ports.sip}", "-s", dialled, "-cid_str", call_id, "-m", "1", "-deadcall_wait", "0",
            "-key", "my_number", user, "-key", "my_host", host, "-key", "my_display", display, *login,
        ]  # fmt: skip
        calls: list[SipCall] = []
        process = self._process("caller", self._pbx.ports.next_placed(), arguments, placed=calls)
        call = SipCall(process, call_id, self.number, dialled, placed=True)
        calls.append(call)
        self.calls.append(call)
        await process.start()
        await call.seen(lambda m: m.method == "INVITE")
        return call

    def _process(self, scenario: str, port: int, arguments: list[str], placed: list[SipCall] | None) -> SippProcess:
        known: dict[str, SipCall] = {}
        calls = placed if placed is not None else self.calls

        def take(message: SipMessage) -> None:
            if message.header("From").endswith("tag=lab"):
                return  # one of our own commands
            known.update({call.call_id: call for call in calls})
            call = known.get(message.call_id)
            if call is None and message.method == "INVITE" and not message.sent:
                number = self.number or message.user("")
                call = SipCall(process, message.call_id, number, message.user("From"), placed=False)
                self.calls.append(call)
                self._arrived(call)
            if call is not None:
                call.take(message)

        def ended(problem: str) -> None:
            for call in calls:
                call.fail(problem)

        process = SippProcess(scenario, port, self._pbx.ports.next_media(), arguments, take, ended)
        self._processes.append(process)
        return process

    def _arrived(self, call: SipCall) -> None:
        raise NotImplementedError


class _Reachable(_Person):
    """Who can be called. `refusing`: "BUSY", "DECLINE" or "UNKNOWN" (404) refuses every call at once."""

    refusing: str | None = None

    async def next_call(self, wait_seconds: float = WAIT_SECONDS) -> SipCall:
        """The next call that comes in (each is handed out once), as soon as its INVITE is there."""
        async with asyncio.timeout(wait_seconds):
            return await self._incoming.get()

    def _arrived(self, call: SipCall) -> None:
        call.command_soon(self.refusing or "RING")
        self._incoming.put_nowait(call)


class Phone(_Reachable):
    """An agent's phone, `Phone(pbx, "101")`; `device` 1 is the second one of 106. Rings for every call, until told."""

    def __init__(self, pbx: AsteriskPbx, extension: str, device: int = 0) -> None:
        super().__init__(pbx, extension)
        self._device = device

    async def __aenter__(self) -> Self:
        await self._listen(self._pbx.ports.phone(self.number, self._device))
        return self

    async def call(self, dialled: str) -> SipCall:
        """Dial an extension, an outside number or a code; signs in with the phone's password."""
        return await self._place(dialled, self.number, LOCAL, self._pbx.phone_secret)


class Outside(_Reachable):
    """The world behind the trunk: everybody who is called from inside. A call's `truth.number` is who was dialled."""

    def __init__(self, pbx: AsteriskPbx) -> None:
        super().__init__(pbx, "")

    async def __aenter__(self) -> Self:
        await self._listen(self._pbx.ports.trunk)
        return self


class Crowd(_Person):
    """Many customers at once, played by one SIPp."""

    def __init__(self, pbx: AsteriskPbx, callers: list[str]) -> None:
        super().__init__(pbx, "crowd")
        self.placed: asyncio.Queue[SipCall] = asyncio.Queue()
        self._callers = callers
        self._by_id: dict[str, SipCall] = {}

    async def call(self, dialled: list[str], per_second: int) -> list[SipCall]:
        """The first caller dials the first number and so on, `per_second` calls begin each second."""
        await self.begin(dialled, per_second)
        async with asyncio.timeout(WAIT_SECONDS):
            return [await self.placed.get() for _ in self._callers]

    async def begin(self, dialled: list[str], per_second: int) -> None:
        """The same without waiting: each call is in `placed` as soon as it begins."""
        count = str(len(self._callers))
        lines = ["SEQUENTIAL", *(f"{one};{to}" for one, to in zip(self._callers, dialled, strict=True))]
        rate = ["-m", count, "-l", count, "-r", str(per_second), "-deadcall_wait", "0"]
        keys = {"[my_number]": "[field0]", "[service]": "[field1]", "[my_host]": LOCAL, "[my_display]": ""}
        process: SippProcess

        def take(message: SipMessage) -> None:
            call = self._by_id.get(message.call_id)
            if call is None and message.method == "INVITE" and message.sent:
                call = SipCall(process, message.call_id, message.user("From"), message.user(""), placed=True)
                self._by_id[message.call_id] = call
                self.calls.append(call)
                self.placed.put_nowait(call)
            if call is not None and not message.header("From").endswith("tag=lab"):
                call.take(message)

        def ended(problem: str) -> None:
            for call in self.calls:
                call.fail(problem)

        port, media = self._pbx.ports.next_placed(), self._pbx.ports.next_media()
        arguments = [f"{LOCAL}:{self._pbx.ports.sip}", *rate]
        process = SippProcess("caller", port, media, arguments, take, ended, keys=keys, lines=lines)
        self._processes.append(process)
        await process.start()


class Customer(_Person):
    """Someone outside who calls us. `number` None withholds it."""

    def __init__(self, pbx: AsteriskPbx, number: str | None, name: str = "") -> None:
        super().__init__(pbx, number or "anonymous", name or ("" if number else "Anonymous"))
        self._host = LOCAL if number else "anonymous.invalid"

    async def call(self, dialled: str) -> SipCall:
        """Call one of our numbers, e.g. "+49305550200"."""
        return await self._place(dialled, self.number, self._host, None)
