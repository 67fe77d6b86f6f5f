"""`cti-crm serve`: the service itself."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from cti_crm.cli.common import ConfigOption, out, read_settings
from cti_crm.infrastructure import interpreter
from cti_crm.infrastructure.logging import set_up_logging
from cti_crm.settings import HttpSettings, LogSettings

if TYPE_CHECKING:
    from cti_crm.app import Service

log = structlog.get_logger(__name__)


def serve(config: ConfigOption = None) -> None:
    """Run the service against the PBXs of the configuration."""
    settings = read_settings(config)
    from cti_crm import app  # takes a second to load, which no other command should cost

    set_up_logging(settings.log)
    if not settings.pbx:
        log.warning("no_pbx", advice="Name your Asterisk in the configuration: [[pbx]] with host, username, secret.")
    run_until_stopped(app.run(settings, lambda service: log.info("serving", url=service.url)))


def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its database.", file_okay=False)] = Path("demo"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="TCP port; 0 takes a free one.", min=0, max=65535)] = 8080,
) -> None:
    """Try it out: a sample firm, and a PBX simulator on which calls come and go by themselves."""
    from cti_crm.demo import firm  # as above
    from cti_crm.demo.run import run_demo

    log_settings = LogSettings(level="warning")
    set_up_logging(log_settings)
    folder.mkdir(parents=True, exist_ok=True)

    def ready(service: "Service") -> None:
        out.print(f"\n  cti-crm runs. Open [bold]{service.url}[/] and sign in as\n")
        for person in firm.SIGN_INS:
            what = f"{person.role.value}, extension {person.extension}" if person.extension else person.role.value
            out.print(f"    [bold]{person.username:<8}[/] {firm.PASSWORD}    ({person.name}, {what})")
        out.print("\n  The first call comes in a few seconds. Stop with Ctrl-C.\n")

    run_until_stopped(run_demo(folder, HttpSettings(host=host, port=port), log_settings, ready))


def run_until_stopped(work: Coroutine[object, object, None]) -> None:
    """Run until it ends, or until SIGINT or SIGTERM asks it to; then it may tidy up."""

    async def run() -> None:
        task = asyncio.ensure_future(work)
        for one in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(one, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    interpreter.run(run())
