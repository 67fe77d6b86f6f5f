"""The composition root: settings -> adapters -> services -> HTTP. The only package that knows every part."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from cti_crm.app.http import STATIC, socket_schema, web_application
from cti_crm.app.parts import Parts
from cti_crm.calls.backfill import BackfillReport, Stretch
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.interpreter import keep_tidy, settle
from cti_crm.migrations.store import prepare
from cti_crm.pbx.asterisk.connection import AsteriskLink
from cti_crm.settings import Settings

__all__ = ["STATIC", "Service", "backfill", "openapi_document", "run", "running", "socket_schema"]


@dataclass(slots=True)
class Service:
    """A running service. `url` is where the browser goes; `at_rest`: nobody's phone rings."""

    url: str
    database: Database
    links: list[AsteriskLink]
    calls_written: Callable[[], Awaitable[None]]
    at_rest: Callable[[], bool]


def openapi_document() -> dict[str, Any]:
    """The API's description, made without a database or a PBX."""
    return Parts(Settings()).api.openapi()


async def run(settings: Settings, ready: Callable[[Service], None] = lambda _: None) -> None:
    """Serve until cancelled; `ready` is called when the port is open. Raises what is wrong with store or port."""
    async with running(settings) as service:
        settle()
        ready(service)
        await keep_tidy(service.at_rest)


async def backfill(settings: Settings, since: datetime, until: datetime, pbx: str | None) -> dict[str, BackfillReport]:
    """Fill the log from the PBXs' own records, of one PBX or of all that have some; the service may run meanwhile.

    Raises what is wrong with the store, and RecordsError.
    """
    parts = Parts(settings)
    try:
        await prepare(parts.database)
        async with asyncio.TaskGroup() as tasks:
            parts.background.tasks = tasks
            async with parts.database.transaction() as session:
                await parts.crm.directory.load(session)
            return {
                name: await parts.crm.backfill.fill(records, Stretch(name, since, until))
                for name, records in parts.telephony.records.items()
                if pbx in (None, name)
            }
    finally:
        await parts.database.close()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Service]:
    """A service for the length of the block: the same for `serve`, the demo and the tests."""
    parts = Parts(settings)
    try:
        await prepare(parts.database)
        async with asyncio.TaskGroup() as tasks:
            await parts.start(tasks)
            runner = web.AppRunner(web_application(parts), access_log=None, shutdown_timeout=3.0)
            await runner.setup()
            try:
                site = web.TCPSite(runner, settings.http.host, settings.http.port)
                await site.start()
                port = runner.addresses[0][1]
                url = f"http://{settings.http.host}:{port}"
                at_rest = parts.crm.live.nobody_rings
                yield Service(url, parts.database, parts.telephony.links, parts.crm.writer.flushed, at_rest)
            finally:
                parts.hub.dismiss_all()
                await runner.cleanup()
                await parts.stop()
    finally:
        await parts.database.close()
