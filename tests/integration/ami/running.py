"""A link that runs in a test, with its events and its states to wait for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from cti_crm.calls.pbx_events import PbxEvent
from cti_crm.calls.ports import LinkState, LinkStatus
from cti_crm.pbx.asterisk.connection import AsteriskLink, LinkTiming
from cti_crm.pbx.asterisk.stream_file import StreamRecord
from cti_crm.settings import PbxSettings
from tests.fakes.fake_ami import FakeAmi

PATIENCE = 20.0
QUICK = LinkTiming(connect=PATIENCE, boot=PATIENCE, answer=PATIENCE, ping=PATIENCE, retry=0.02, retry_cap=0.05)


class Running:
    """A link that runs, its events and its states."""

    def __init__(self, link: AsteriskLink, states: asyncio.Queue[LinkStatus]) -> None:
        self.link = link
        self._states = states
        self._events = link.events()

    async def status(self, state: LinkState) -> LinkStatus:
        async with asyncio.timeout(PATIENCE):
            while True:
                status = await self._states.get()
                if status.state is state:
                    return status

    async def event(self, kind: type[PbxEvent] = PbxEvent) -> PbxEvent:
        async with asyncio.timeout(PATIENCE):
            while True:
                event = await anext(self._events)
                if isinstance(event, kind):
                    return event


@asynccontextmanager
async def linked(
    settings: PbxSettings,
    *,
    timing: LinkTiming = QUICK,
    queue_limit: int = 50_000,
    tap: Callable[[StreamRecord], None] | None = None,
) -> AsyncIterator[Running]:
    states: asyncio.Queue[LinkStatus] = asyncio.Queue()
    link = AsteriskLink(settings, timing=timing, queue_limit=queue_limit, on_status=states.put_nowait)
    if tap is not None:
        link.tap(tap)
    task = asyncio.create_task(link.run())
    try:
        yield Running(link, states)
    finally:
        task.cancel()
        await asyncio.wait({task})


@asynccontextmanager
async def running(
    ami: FakeAmi,
    *,
    timing: LinkTiming = QUICK,
    secret: str = "secret",
    queue_limit: int = 50_000,
    tap: Callable[[StreamRecord], None] | None = None,
) -> AsyncIterator[Running]:
    settings = PbxSettings.model_validate({"port": ami.port, "secret": secret})
    async with linked(settings, timing=timing, queue_limit=queue_limit, tap=tap) as run:
        yield run
