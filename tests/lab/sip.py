"""The people around the test PBX, played by SIPp: customers who call, agents at their phones, people outside.

Each call of theirs is a `SipCall`: it tells what its person lived through, and does what the test says, when told.
"""

import asyncio
import itertools
import os
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any, Self

from tests.lab.asterisk import AsteriskPbx
from tests.lab.sipp import LOCAL, SipMessage, SippProcess

_WAIT_SECONDS = 20  # how long anything is waited for, unless told otherwise
_KEY_SECONDS = 0.25  # 160 ms as talk.xml says, and a pause
_TELL_AGAIN_SECONDS = 1
_TELLINGS = 8
# Command -> what SIPp sends for it: requests, or answers to the first INVITE.
_SENT: dict[str, tuple[str | int, ...]] = {
    "RING": (180, 200, 302, 404, 486, 487, 603),
    "ANSWER": (200,),
    "BUSY": (486,),
    "DECLINE": (603,),
    "UNKNOWN": (404,),
    "FORWARD": (302,),
    "HANGUP": ("BYE", "CANCEL"),
    "TRANSFER": ("REFER",),
    "KEY": ("INFO",),
    "REINVITE": ("INVITE",),
}
_call_numbers = itertools.count(1)


@dataclass(slots=True)
class SipTruth:
    """A call as one person lived it, from SIPp's message trace. Times in seconds since 1970, None if it never came.

    placed: called themselves (else were called). peer: the number they dialled, or the caller's as shown.
    status: final answer to the INVITE (200 answered, 486 busy, 487 given up, 603 declined ...).
    ended_by: "actor" (this person hung up, gave up or refused) or "asterisk".
    """

    number: str
    placed: bool
    peer: str
    invite: float | None = None
    ring: float | None = None
    answer: float | None = None
    end: float | None = None
    status: int | None = None
    ended_by: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The form of `sip` in `*.truth.json`, times as they are."""
        return asdict(self)


class SipCall:
    """One call of one person. `truth` grows while it runs; `messages` are all its SIP messages."""

    def __init__(self, process: SippProcess, call_id: str, number: str, peer: str, placed: bool) -> None:
        self.truth = SipTruth(number, placed, peer)
        self.call_id = call_id
        self.messages: list[SipMessage] = []
        self._process = process
        self._changed = asyncio.Condition()
        self._problem = ""
        self._doing: set[asyncio.Task[None]] = set()

    # --- waiting for what happens

    async def ringing(self, wait_seconds: float = _WAIT_SECONDS) -> Self:
        """Until this phone rings, or (placed) the other side is said to ring. Raises TimeoutError, AssertionError."""
        return await self._until(lambda: self.truth.ring is not None, "ringing", wait_seconds)

    async def answered(self, wait_seconds: float = _WAIT_SECONDS) -> Self:
        """Until the call is up (placed: Asterisk answered, which queues and announcements do too)."""
        await self._until(lambda: self.truth.answer is not None, "answered", wait_seconds)
        await self.seen(lambda message: message.method == "ACK", wait_seconds)
        return self

    async def ended(self, wait_seconds: float = _WAIT_SECONDS) -> SipTruth:
        """Until the call is over for this person, answered or not."""
        await self._until(lambda: self.truth.end is not None, "ended", wait_seconds)
        return self.truth

    async def seen(self, wanted: Callable[[SipMessage], bool], wait_seconds: float = _WAIT_SECONDS) -> SipMessage:
        """The first message, past or to come, that is `wanted`."""
        await self._until(lambda: any(map(wanted, self.messages)), "the message awaited", wait_seconds)
        return next(filter(wanted, self.messages))

    # --- what a called person can do

    async def answer(self) -> Self:
        """Pick up. Returns when Asterisk confirmed."""
        await self._command("ANSWER")
        await self.seen(lambda m: m.method == "ACK")
        return self

    async def decline(self) -> SipTruth:
        """Press "decline" (603)."""
        await self._command("DECLINE")
        return await self.ended()

    async def busy(self) -> SipTruth:
        """Be busy (486)."""
        await self._command("BUSY")
        return await self.ended()

    async def forward(self, to: str) -> SipTruth:
        """Send the call to another extension (302)."""
        await self._command("FORWARD", {"X-Contact": f"<sip:{to}@{LOCAL}>"})
        return await self.ended()

    # --- what both can do

    async def hang_up(self) -> SipTruth:
        """Hang up; a placed call that nobody answered yet is given up (CANCEL)."""
        await self._command("HANGUP")
        return await self.ended()

    async def hold(self) -> None:
        """Put the other side on hold (re-INVITE, a=sendonly)."""
        await self._reinvite("sendonly")

    async def resume(self) -> None:
        """Take the other side back."""
        await self._reinvite("sendrecv")

    async def press(self, keys: str) -> None:
        """Press keys, one after the other, as fast as Asterisk plays them on (SIP INFO)."""
        for number, key in enumerate(keys):
            if number:
                await asyncio.sleep(_KEY_SECONDS)
            await self._commanded("KEY", {"X-Key": key}, lambda m: m.status == 200 and m.cseq_method == "INFO")

    async def transfer(self, to: str) -> SipTruth:
        """Blind transfer (REFER); hangs up when Asterisk says how it went, as phones do."""
        return await self._refer(f"<sip:{to}@{LOCAL}>")

    async def transfer_to_call(self, other: "SipCall") -> SipTruth:
        """Attended transfer (REFER with Replaces, RFC 3891): join this call's other side with that of `other`."""
        ours, theirs = other.tags()
        replaces = f"{other.call_id.replace('@', '%40')}%3Bto-tag%3D{theirs}%3Bfrom-tag%3D{ours}"
        return await self._refer(f"<sip:{other.truth.peer}@{LOCAL}?Replaces={replaces}>")

    def tags(self) -> tuple[str, str]:
        """This person's tag and Asterisk's tag of the dialog; it must ring at least."""
        answer = [m for m in self.messages if m.status in (180, 200) and m.cseq_method == "INVITE"][-1]
        ours, theirs = ("From", "To") if self.truth.placed else ("To", "From")
        return answer.tag(ours), answer.tag(theirs)

    # --- inside

    def take(self, message: SipMessage) -> None:
        """Learn from one message of the trace."""
        truth = self.truth
        self.messages.append(message)
        who = "actor" if message.sent else "asterisk"
        mine = message.sent is not truth.placed  # an answer to the first INVITE comes from the side that was called
        if message.method == "INVITE" and truth.invite is None:
            truth.invite = message.at
        elif message.cseq_method == "INVITE" and message.status and mine and truth.status is None:
            if message.status in (180, 183):
                truth.ring = truth.ring or message.at
            elif message.status == 200:
                truth.status, truth.answer = 200, message.at
            elif message.status >= 300 and message.status != 401:
                truth.status, truth.end = message.status, message.at
                truth.ended_by = truth.ended_by or who
        elif message.method == "CANCEL":
            truth.ended_by = truth.ended_by or who
        elif message.method == "BYE" and truth.end is None:
            truth.end, truth.ended_by = message.at, who
        self._tell()

    def fail(self, problem: str) -> None:
        """SIPp is gone; whoever waits for more of this call must hear of it."""
        self._problem = problem or "SIPp ended"
        self._tell()

    def command_soon(self, name: str) -> None:
        """Have a command carried out, without waiting for that."""
        self._spawn(self._command(name))

    def _tell(self) -> None:
        self._spawn(self._notify())

    def _spawn(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(doing)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _until(self, condition: Callable[[], bool], what: str, wait_seconds: float) -> Self:
        try:
            async with asyncio.timeout(wait_seconds), self._changed:
                while not condition():
                    if self._problem:
                        raise AssertionError(f"{self} is not {what} any more: {self._problem}")
                    await self._changed.wait()
        except TimeoutError:
            raise TimeoutError(f"{self} was not {what} within {wait_seconds} s\n{self._process.problems()}") from None
        return self

    def __repr__(self) -> str:
        story = " / ".join(f"{'>' if m.sent else '<'} {m.start_line[:40]}" for m in self.messages[-8:])
        return f"call of {self.truth.number} ({'to' if self.truth.placed else 'from'} {self.truth.peer}): {story}"

    async def _command(self, name: str, headers: dict[str, str] | None = None) -> None:
        """Command, and wait until that is seen to begin, or the call is over.

        While SIPp waits for something else (the ACK of a re-INVITE, say) it passes a command over: then nothing is
        sent, and it is told again.
        """
        before = len(self.messages) if name in ("KEY", "TRANSFER", "REINVITE") else 0
        tell = self._process.command(self.call_id, name, headers or {})
        for _ in range(_TELLINGS):
            if self.truth.end is not None or self._problem or self._sent(_SENT[name], before):
                return
            tell()
            await self._happens(lambda: self.truth.end is not None or self._sent(_SENT[name], before))

    def _sent(self, what: tuple[str | int, ...], before: int) -> bool:
        return any(
            message.sent and (message.method in what or (message.status in what and message.cseq_method == "INVITE"))
            for message in self.messages[before:]
        )

    async def _happens(self, condition: Callable[[], bool]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_TELL_AGAIN_SECONDS), self._changed:
                await self._changed.wait_for(lambda: bool(self._problem) or condition())

    async def _reinvite(self, direction: str) -> None:
        await self._commanded("REINVITE", {"X-Direction": direction}, lambda m: m.sent and m.method == "ACK")

    async def _commanded(self, name: str, headers: dict[str, str], done: Callable[[SipMessage], bool]) -> None:
        """Command, and wait for the message after it that is `done`."""
        before = len(self.messages)
        await self._command(name, headers)
        await self._until(lambda: any(map(done, self.messages[before:])), f"done with {name}", _WAIT_SECONDS)

    async def _refer(self, target: str) -> SipTruth:
        await self._commanded("TRANSFER", {"X-Refer-To": target}, lambda m: m.status == 202)
        await self._until(self._transfer_told, "told how the transfer went", _WAIT_SECONDS)
        if self.truth.end is None:
            await self._command("HANGUP")
        return await self.ended()

    def _transfer_told(self) -> bool:
        final = any(m.method == "NOTIFY" and "terminated" in m.header("Subscription-State") for m in self.messages)
        return final or self.truth.end is not None


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

    async def next_call(self, wait_seconds: float = _WAIT_SECONDS) -> SipCall:
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
        async with asyncio.timeout(_WAIT_SECONDS):
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
