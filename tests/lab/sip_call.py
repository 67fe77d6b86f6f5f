"""One call of one person played by SIPp: it tells what they lived through, and does what the test says, when told."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Self

from tests.lab.sipp import LOCAL, SipMessage, SippProcess

WAIT_SECONDS = 20  # how long anything is waited for, unless told otherwise
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

    async def ringing(self, wait_seconds: float = WAIT_SECONDS) -> Self:
        """Until this phone rings, or (placed) the other side is said to ring. Raises TimeoutError, AssertionError."""
        return await self._until(lambda: self.truth.ring is not None, "ringing", wait_seconds)

    async def answered(self, wait_seconds: float = WAIT_SECONDS) -> Self:
        """Until the call is up (placed: Asterisk answered, which queues and announcements do too)."""
        await self._until(lambda: self.truth.answer is not None, "answered", wait_seconds)
        await self.seen(lambda message: message.method == "ACK", wait_seconds)
        return self

    async def ended(self, wait_seconds: float = WAIT_SECONDS) -> SipTruth:
        """Until the call is over for this person, answered or not."""
        await self._until(lambda: self.truth.end is not None, "ended", wait_seconds)
        return self.truth

    async def seen(self, wanted: Callable[[SipMessage], bool], wait_seconds: float = WAIT_SECONDS) -> SipMessage:
        """The first message, past or to come, that is `wanted`."""
        await self._until(lambda: any(map(wanted, self.messages)), "the message awaited", wait_seconds)
        return next(filter(wanted, self.messages))

    # --- what a called person can do

    async def answer(self) -> Self:
        """Pick up what rings. Returns when Asterisk confirmed."""
        await self.ringing()  # else the word to answer could come before the word to ring
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
        await self._until(lambda: any(map(done, self.messages[before:])), f"done with {name}", WAIT_SECONDS)

    async def _refer(self, target: str) -> SipTruth:
        await self._commanded("TRANSFER", {"X-Refer-To": target}, lambda m: m.status == 202)
        await self._until(self._transfer_told, "told how the transfer went", WAIT_SECONDS)
        if self.truth.end is None:
            await self._command("HANGUP")
        return await self.ended()

    def _transfer_told(self) -> bool:
        final = any(m.method == "NOTIFY" and "terminated" in m.header("Subscription-State") for m in self.messages)
        return final or self.truth.end is not None
