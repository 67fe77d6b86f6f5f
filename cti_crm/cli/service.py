"""`cti-crm serve`: the service itself."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine

import structlog

from cti_crm.cli.common import ConfigOption, read_settings
from cti_crm.infrastructure.logging import set_up_logging

log = structlog.get_logger(__name__)


def serve(config: ConfigOption = None) -> None:
    """Run the service against the PBXs of the configuration."""
    settings = read_settings(config)
    from cti_crm import app  # takes a second to load, which no other command should cost

    set_up_logging(settings.log)
    if not settings.pbx:
        log.warning("no_pbx", advice="Name your Asterisk in the configuration: [[pbx]] with host, username, secret.")
    run_until_stopped(app.run(settings, lambda service: log.info("serving", url=service.url)))


def run_until_stopped(work: Coroutine[object, object, None]) -> None:
    """Run until it ends, or until SIGINT or SIGTERM asks it to; then it may tidy up."""

    async def run() -> None:
        task = asyncio.ensure_future(work)
        for one in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(one, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(run())
