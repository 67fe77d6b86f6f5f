"""Customers who call and agents who act, by seeded chance: one seed gives the same wishes, if not the same times."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random
from types import TracebackType
from typing import Any, Self

from tests.lab.ami import AmiError
from tests.lab.asterisk import AsteriskPbx
from tests.lab.sip import Crowd, Phone
from tests.lab.sip_call import SipCall

# What customers dial: extensions, one with voicemail, one with two phones, the ring group, both queues.
DIALLED = {"101": 8, "102": 8, "103": 9, "104": 9, "105": 8, "106": 10, "300": 14, "200": 19, "201": 15}
_PHONES = (("101", 0), ("102", 0), ("103", 0), ("104", 0), ("105", 0), ("106", 0), ("106", 1))
_HAND_OVER_TO = ("101", "102", "103", "104")
_PARK = "700"
_PATIENCE = (1.5, 7.0)  # seconds after which a customer hangs up, whatever goes on
_GOING_HOME_SECONDS = 12  # longer than the patience of the last customer
_OVER_SECONDS = 30


@dataclass(slots=True)
class Customer:
    """One customer's one call; `at_phones` are the calls of that customer at our phones, in order of arrival.

    consulted: at phones whom a colleague asked about this customer. fetched: placed to fetch them from a parking slot.
    """

    number: str
    dialled: str
    call: SipCall | None = None
    at_phones: list[SipCall] = field(default_factory=list)
    consulted: list[SipCall] = field(default_factory=list)
    fetched: list[SipCall] = field(default_factory=list)

    def everybody(self) -> Iterator[SipCall]:
        """All calls that may have brought somebody of ours together with the customer."""
        yield from self.at_phones
        yield from self.consulted
        yield from self.fetched


class Traffic:
    """`async with Traffic(pbx, seed) as traffic: await traffic.flow(...)`."""

    def __init__(self, pbx: AsteriskPbx, seed: int) -> None:
        self.customers: dict[str, Customer] = {}
        self.did: Counter[str] = Counter()  # what people did, for the report
        self.troubles: list[str] = []  # people who could not do what they wanted
        self._pbx = pbx
        self._seed = seed
        self._phones: dict[str, Phone] = {}  # the last device of each extension
        self._everybody: list[Phone | Crowd] = []
        self._asking: set[str] = set()  # who asks a colleague just now
        self._asked_about: dict[str, Customer] = {}  # whom they asked about last
        self._stack = AsyncExitStack()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        try:
            for extension, device in _PHONES:
                phone = await self._stack.enter_async_context(Phone(self._pbx, extension, device))
                self._phones[extension] = phone
                self._everybody.append(phone)
                self._act(self._agent(phone))
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stack.aclose()

    async def flow(self, count: int, per_second: int) -> None:
        """`count` customers call, each once and with a number of their own; returns when the last has begun."""
        chance = Random(self._seed)
        dids = chance.choices(list(DIALLED), list(DIALLED.values()), k=count)
        numbers = [f"+49151{23_000_000 + index:08}" for index in range(count)]
        for number, extension in zip(numbers, dids, strict=True):
            self.customers[number] = Customer(number, extension)
        crowd = await self._stack.enter_async_context(Crowd(self._pbx, numbers))
        self._everybody.append(crowd)
        await crowd.begin([f"+49305550{extension}" for extension in dids], per_second)
        for _ in range(count):
            call = await crowd.placed.get()
            self.customers[call.truth.number].call = call
            self._act(self._customer(call))

    async def quiet(self) -> None:
        """Until nobody telephones any more; who still does so after a while goes home. TimeoutError if a call hangs."""
        try:
            await self._no_channels(_GOING_HOME_SECONDS)
        except TimeoutError:
            for call in [call for one in self._everybody for call in one.calls if call.truth.end is None]:
                placed_or_up = call.truth.placed or call.truth.answer is not None
                self._act(self._leave(call.hang_up() if placed_or_up else call.decline()))
            await self._no_channels(_OVER_SECONDS)

    async def _no_channels(self, within: float) -> None:
        async with self._pbx.ami() as ami, asyncio.timeout(within):
            while await ami.listing("CoreShowChannels"):
                await ami.wait_for(lambda event: event.get("Event") == "Hangup", start=len(ami.events))

    async def _leave(self, leaving: Coroutine[Any, Any, object]) -> None:
        await leaving

    # --- people

    async def _customer(self, call: SipCall) -> None:
        patience = self._chance(call.truth.number).uniform(*_PATIENCE)
        try:
            await call.ended(patience)
        except TimeoutError:
            self.did["customer hangs up"] += 1
            await call.hang_up()

    async def _agent(self, phone: Phone) -> None:
        while True:
            call = await phone.next_call(wait_seconds=3600)
            peer = call.truth.peer
            customer = self.customers.get(peer)
            if customer is not None:
                customer.at_phones.append(call)
                count = len(customer.at_phones)
                self._act(self._at_phone(call, customer, self._chance(f"{peer} {phone.number} {count}")))
            elif (customer := self._asked_about.get(peer)) is not None:
                customer.consulted.append(call)
                self._act(self._is_asked(call, self._chance(f"{customer.number} {peer} asks {phone.number}")))
            else:
                self.troubles.append(f"{phone.number} was called by {peer!r}, whom nobody played")

    async def _at_phone(self, call: SipCall, customer: Customer, chance: Random) -> None:
        await asyncio.sleep(chance.uniform(0.05, 0.8))
        wish = chance.choices(("answer", "decline", "never answer"), (72, 10, 18))[0]
        if call.truth.end is not None:
            return
        self.did[wish] += 1
        if wish == "decline":
            await call.decline()
        elif wish == "answer" and await self._unless_over(call, call.answer()):
            await self._talk(call, customer, chance)

    async def _is_asked(self, call: SipCall, chance: Random) -> None:
        """A colleague asks, and may give the customer over."""
        await asyncio.sleep(chance.uniform(0.05, 0.5))
        wish = chance.choices(("answer", "decline", "never answer"), (80, 10, 10))[0]
        if wish == "decline":
            await call.decline()
        elif wish == "answer" and await self._unless_over(call, call.answer()):
            await asyncio.sleep(chance.uniform(1.5, 3.5))
            if call.truth.end is None:
                await call.hang_up()

    async def _talk(self, call: SipCall, customer: Customer, chance: Random) -> None:
        await asyncio.sleep(chance.uniform(0.2, 1.6))
        if chance.random() < 0.2:
            self.did["hold"] += 1
            if not await self._unless_over(call, call.hold()):
                return
            await asyncio.sleep(chance.uniform(0.1, 0.8))
            if not await self._unless_over(call, call.resume()):
                return
        match chance.choices(("transfer", "ask", "park", "hang up", "stay"), (12, 12, 8, 41, 27))[0]:
            case "transfer":
                self.did["transfer"] += 1
                await self._unless_over(call, call.transfer(self._colleague(call, chance)))
            case "ask" if call.truth.number not in self._asking:
                await self._ask(call, customer, chance)
            case "park":
                await self._park(call, customer, chance)
            case "hang up" if call.truth.end is None:
                self.did["agent hangs up"] += 1
                await self._unless_over(call, call.hang_up())
        # Else it is the customer's turn.

    async def _ask(self, call: SipCall, customer: Customer, chance: Random) -> None:
        """An attended transfer: after the answer, while it rings, or called off."""
        extension = call.truth.number
        self._asking.add(extension)
        self._asked_about[extension] = customer
        when = chance.choices(("after the answer", "while it rings", "called off"), (65, 15, 20))[0]
        self.did[f"asks a colleague: {when}"] += 1
        asking: SipCall | None = None
        try:
            if not await self._unless_over(call, call.hold()):
                return
            asking = await self._phones[extension].call(self._colleague(call, chance))
            reached = asking.ringing(3) if when == "while it rings" else asking.answered(3)
            if await self._unless_over(asking, reached) and when != "called off":
                await asyncio.sleep(chance.uniform(0.1, 0.6))
                if call.truth.end is None and asking.truth.end is None:
                    await self._unless_over(call, call.transfer_to_call(asking))
        finally:
            self._asking.discard(extension)
            if asking is not None and asking.truth.end is None:
                await asking.hang_up()

    async def _park(self, call: SipCall, customer: Customer, chance: Random) -> None:
        """Somebody fetches the customer; or the time runs out, or they give up."""
        self.did["park"] += 1
        await self._unless_over(call, call.transfer(_PARK))
        await asyncio.sleep(chance.uniform(0.3, 1.5))
        slot = await self._slot_of(customer) if chance.random() < 0.7 else None
        if slot is None:
            return
        self.did["fetch"] += 1
        fetched = await self._phones[chance.choice(_HAND_OVER_TO)].call(slot)
        customer.fetched.append(fetched)
        try:
            if await self._unless_over(fetched, fetched.answered(3)):
                await asyncio.sleep(chance.uniform(0.5, 2.0))
        finally:
            if fetched.truth.end is None:
                await fetched.hang_up()

    async def _slot_of(self, customer: Customer) -> str | None:
        async with self._pbx.ami("cti-originate") as ami:
            parked = await ami.listing("ParkedCalls")
        return next((one["ParkingSpace"] for one in parked if one["ParkeeCallerIDNum"] == customer.number), None)

    @staticmethod
    def _colleague(call: SipCall, chance: Random) -> str:
        return chance.choice([one for one in _HAND_OVER_TO if one != call.truth.number])

    @staticmethod
    async def _unless_over(call: SipCall, doing: Coroutine[Any, Any, object]) -> bool:
        """Do it, unless the call ends before it is done; whether it goes on."""
        tasks = [asyncio.create_task(doing), asyncio.create_task(call.ended(wait_seconds=3600))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if call.truth.end is None:
                await tasks[0]  # raises what hindered it
            return call.truth.end is None
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _chance(self, who: str) -> Random:
        return Random(f"{self._seed} {who}")

    def _act(self, person: Coroutine[Any, Any, None]) -> None:
        """Let somebody act; that they cannot (Asterisk is away) is part of the game and noted."""

        async def act() -> None:
            try:
                await person
            except (TimeoutError, AssertionError, AmiError, OSError) as error:
                self.troubles.append((str(error) or type(error).__name__).splitlines()[0])

        task = asyncio.create_task(act())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
