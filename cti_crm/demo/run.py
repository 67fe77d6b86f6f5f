"""`cti-crm demo`: the simulator, the sample firm, and the ordinary service connected to both."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from cti_crm.app import Service, running
from cti_crm.demo import firm
from cti_crm.demo.missed import miss_some_calls
from cti_crm.infrastructure.database import Database
from cti_crm.migrations.store import prepare
from cti_crm.pbx.simulator import Caller, Habits, People, Simulator, Traffic
from cti_crm.settings import DatabaseSettings, HttpSettings, LogSettings, PbxSettings, QueueSettings, Settings

WRAP_UP_SECONDS = 20


def demo_settings(
    folder: Path, pbx_port: int, http: HttpSettings, log: LogSettings, *, wrap_up_seconds: int = 0
) -> Settings:
    """What a firm would write into its cti-crm.toml, had it this PBX. wrap_up_seconds: after calls from `support`."""
    return Settings(
        database=DatabaseSettings(url=f"sqlite+aiosqlite:///{folder / 'cti-crm.db'}"),
        http=http,
        numbers=firm.NUMBERS,
        log=log,
        pbx=[
            PbxSettings(
                name=firm.PBX,
                port=pbx_port,
                username="cti",
                secret=SecretStr("cti-secret"),
                originate_username="cti-originate",
                originate_secret=SecretStr("originate-secret"),
                variables={"CUSTOMER_NO": "Customer number"},
            )
        ],
        queues={
            "support": QueueSettings(wrap_up_seconds=wrap_up_seconds),
            "service": QueueSettings(sign_in=["*"]),
        },
    )


@asynccontextmanager
async def demo(folder: Path, http: HttpSettings, log: LogSettings, *, traffic: bool = True) -> AsyncIterator[Service]:
    """A running demo for the length of the block; its database stays in `folder`, which must exist."""
    callers = [Caller(number, name) for number, name in firm.CALLERS]
    simulator = Simulator(people=People(Habits()), traffic=Traffic(callers) if traffic else None)
    async with simulator as pbx:
        settings = demo_settings(folder, pbx.port, http, log, wrap_up_seconds=WRAP_UP_SECONDS)
        database = Database(settings.database.url)
        try:
            await prepare(database)
            await firm.set_up(database)
            if traffic:
                await miss_some_calls(database)
        finally:
            await database.close()
        async with running(settings) as service:
            yield service


async def run_demo(folder: Path, http: HttpSettings, log: LogSettings, ready: Callable[[Service], None]) -> None:
    """Serve the demo until cancelled; `ready` is called when the port is open."""
    async with demo(folder, http, log) as service:
        ready(service)
        await asyncio.Event().wait()
