"""The agents' pages: what each asks of the call that is theirs, through the real service and the acting account."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from cti_crm.calls.call import Call
from cti_crm.calls.control import CallControlService
from cti_crm.calls.live import LiveCalls
from cti_crm.calls.service import OwnDevice
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.http.principal import Principal, Role
from cti_crm.pbx.asterisk.actions import AsteriskControl
from cti_crm.settings import NumberSettings, PbxSettings
from tests.e2e.calls.office import Office


class Pages:
    """`page(extension)` is the page of the agent with that phone. `control` is the service behind all of them."""

    def __init__(self, office: Office, asterisk: AsteriskControl, tasks: asyncio.TaskGroup) -> None:
        self.live = LiveCalls(office.bus)
        self.asterisk = asterisk
        self._agents: dict[UUID, str] = {}
        self._tasks = tasks
        self.control = CallControlService(
            {"main": asterisk},
            self.live,
            office.bus,
            NumberPlan(NumberSettings.model_validate({"area_code": "30"})),
            lambda user: [OwnDevice("main", f"PJSIP/{self._agents[user]}", self._agents[user])],
            lambda _pbx, event: office.take(event),
            self._spawn,
        )

    def page(self, extension: str) -> "Page":
        """A page of its own, and nothing but its own phone."""
        user = new_id()
        self._agents[user] = extension
        return Page(self, Principal(user, extension, extension, Role.AGENT))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return self._tasks.create_task(work)


class Page:
    """One agent's page."""

    def __init__(self, pages: Pages, who: Principal) -> None:
        self._pages = pages
        self.who = who
        self.control = pages.control

    @property
    def call(self) -> Call:
        """The one call that goes on and in which this agent's phone is, or was."""
        device = f"PJSIP/{self.who.username}"
        (call,) = [one for one in self._pages.live.all() if any(leg.device == device for leg in one.legs)]
        return call

    async def hold(self) -> None:
        await self.control.hold(self.who, self.call.id)

    async def resume(self) -> None:
        await self.control.resume(self.who, self.call.id)

    async def mute(self, *, on: bool = True) -> None:
        await self.control.mute(self.who, self.call.id, on=on)

    async def transfer(self, to: str) -> None:
        await self.control.transfer(self.who, self.call.id, to)

    async def ask(self, to: str) -> None:
        await self.control.consult(self.who, self.call.id, to)

    async def bring_in(self, to: str) -> None:
        await self.control.consult(self.who, self.call.id, to, join=True)

    async def join(self) -> None:
        await self.control.join(self.who, self.call.id)

    async def complete(self) -> None:
        await self.control.complete(self.who, self.call.id)

    async def go_back(self) -> None:
        await self.control.go_back(self.who, self.call.id)

    async def park(self) -> None:
        await self.control.park(self.who, self.call.id)

    async def keys(self, digits: str) -> None:
        await self.control.send_digits(self.who, self.call.id, digits)

    async def hang_up(self) -> None:
        await self.control.hang_up(self.who, self.call.id)


@asynccontextmanager
async def pages_of(office: Office) -> AsyncIterator[Pages]:
    """The service for the length of the block."""
    settings = {
        "port": office.pbx.ports.ami,
        "originate_username": "cti-originate",
        "originate_secret": office.pbx.originate_secret,
    }
    asterisk = AsteriskControl(PbxSettings.model_validate(settings))
    async with asyncio.TaskGroup() as tasks:
        try:
            yield Pages(office, asterisk, tasks)
        finally:
            await asterisk.close()
