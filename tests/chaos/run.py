"""One run of chaos: everything put together, broken, left to settle, and compared."""

import asyncio
import shutil
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.chaos.ami_proxy import AmiProxy
from tests.chaos.monkey import Deed, Monkey
from tests.chaos.service import ServiceProcess, free_port, write_configuration
from tests.chaos.stores import complete_up_to, open_store, set_up
from tests.chaos.traffic import Traffic
from tests.chaos.verdict import Verdict, compare
from tests.lab.asterisk import AsteriskPbx

_SETTLE_SECONDS = 240  # a bound against waiting for ever
_COMMAND_LEAVES_OUT = timedelta(seconds=31)  # `cti-crm backfill` does not touch what has just ended


@dataclass(frozen=True, slots=True)
class Wish:
    """store: `sqlite` or `postgresql`. thorough: wait until the service itself calls its log complete, then backfill
    once more by command, which must change nothing; else until the log is right.
    """

    calls: int
    per_second: int
    seed: int
    store: str
    deeds: tuple[Deed, ...]
    thorough: bool
    records: tuple[str, ...] = ("cel", "cdr")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`folder` holds the service's log, the PBX's records and the database (SQLite) for a look."""

    verdict: Verdict
    story: str
    folder: Path


async def run(wish: Wish, pbx: AsteriskPbx) -> Outcome:
    """Raises TimeoutError if something hangs that must not."""
    folder = Path(tempfile.mkdtemp(prefix="cti-crm-chaos-"))
    began = datetime.now(UTC)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(wish.store, folder))
        token = await set_up(store.url)
        proxy = await stack.enter_async_context(AmiProxy(pbx.ports.ami))
        configuration, port = folder / "cti-crm.toml", free_port()
        write_configuration(
            configuration,
            store=store.url,
            http_port=port,
            ami_port=proxy.port,
            secret=pbx.events_secret,
            log=pbx.folder / "log",
            records=wish.records,
        )
        process = ServiceProcess(configuration, folder / "service.log", port)
        service = await stack.enter_async_context(process.running())
        traffic = await stack.enter_async_context(Traffic(pbx, wish.seed))
        monkey = Monkey(pbx, proxy, service, store)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(traffic.flow(wish.calls, wish.per_second))
            tasks.create_task(monkey.play(wish.deeds))
        await traffic.quiet()
        quiet_at = datetime.now(UTC)

        async def judge() -> Verdict:
            log = await service.calls(token)
            return compare(list(traffic.customers.values()), log, pbx.cel(), knows_holds="cel" in wish.records)

        async with asyncio.timeout(_SETTLE_SECONDS):
            await proxy.forgotten()
            await service.ready()
            verdict = await judge()
            healed_at = datetime.now(UTC)
            while wish.thorough or not verdict.good:
                complete = await complete_up_to(store.url)
                if complete is not None and complete > max(quiet_at, healed_at) + timedelta(seconds=1):
                    verdict = await judge()
                    break
                await asyncio.sleep(1)
                verdict = await judge()
        commanded = ""
        if wish.thorough:
            await asyncio.sleep(max(0.0, (quiet_at + _COMMAND_LEAVES_OUT - datetime.now(UTC)).total_seconds()))
            since = began.strftime("%Y-%m-%dT%H:%M:%S%z")
            commanded = await service.command("backfill", "--since", since)
            verdict = await judge()
        for name in ("cel-custom/cel.csv", "cdr-custom/cdr.csv"):
            shutil.copy(pbx.folder / "log" / name, folder)
        story = "\n".join(
            [
                *(f"{begin:%H:%M:%S.%f} - {end:%H:%M:%S.%f}  {what}" for begin, end, what in monkey.history),
                f"the service was started {service.starts} times; settled after "
                f"{(datetime.now(UTC) - quiet_at).total_seconds():.0f} s",
                "what people did: " + ", ".join(f"{what} {count}" for what, count in sorted(traffic.did.items())),
                *(f"trouble: {one}" for one in traffic.troubles),
                commanded,
            ]
        )
    return Outcome(verdict, story, folder)
