"""All people of one test around one PBX: made when first asked for, gone at the end."""

from contextlib import AsyncExitStack
from types import TracebackType

from tests.lab.asterisk import AsteriskPbx
from tests.lab.sip import Crowd, Customer, Outside, Phone
from tests.lab.sip_call import SipCall


class People:
    """`async with People(pbx) as people`. A phone that was never asked for is not plugged in: calls to it fail."""

    def __init__(self, pbx: AsteriskPbx) -> None:
        self.pbx = pbx
        self._stack = AsyncExitStack()
        self._phones: dict[tuple[str, int], Phone] = {}
        self._outside: Outside | None = None
        self._customers: list[Customer] = []
        self._crowds: list[Crowd] = []

    async def __aenter__(self) -> "People":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        left = [call for person in self.everybody() for call in person.calls if call.truth.end is None]
        await self._stack.aclose()
        if left:  # a failed test: the next one shall find a quiet PBX
            await self.pbx.hang_up_all()

    def everybody(self) -> list[Phone | Customer | Crowd | Outside]:
        """All who were asked for so far."""
        return [*self._phones.values(), *self._customers, *self._crowds, *([self._outside] if self._outside else [])]

    async def phone(self, extension: str, device: int = 0) -> Phone:
        """The phone of 101 ... 106, ringing for every call until told; 106 has two (device 0 and 1)."""
        key = (extension, device)
        if key not in self._phones:
            self._phones[key] = await self._stack.enter_async_context(Phone(self.pbx, extension, device))
        return self._phones[key]

    async def outside(self) -> Outside:
        """Everybody who is called over the trunk."""
        if self._outside is None:
            self._outside = await self._stack.enter_async_context(Outside(self.pbx))
        return self._outside

    async def crowd(self, callers: list[str], dialled: list[str], per_second: int) -> list[SipCall]:
        """Many customers call at once, each with a number of their own."""
        crowd = await self._stack.enter_async_context(Crowd(self.pbx, callers))
        self._crowds.append(crowd)
        return await crowd.call(dialled, per_second)

    async def customer(self, number: str | None, name: str = "") -> Customer:
        """A caller from outside; number None withholds it."""
        customer = await self._stack.enter_async_context(Customer(self.pbx, number, name))
        self._customers.append(customer)
        return customer
