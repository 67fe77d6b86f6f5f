"""`cti-crm watch`: pops and calls in a terminal, as one agent sees them. An independent client of our socket."""

import asyncio
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

import typer
from pydantic import TypeAdapter
from rich.markup import escape
from rich.panel import Panel
from rich.text import Text
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from cti_crm.cli.common import err, out
from cti_crm.cli.service import run_until_stopped
from cti_crm.infrastructure.errors import NotSignedInError
from cti_crm.screenpop.protocol import (
    CallUpdated,
    LinkUpdated,
    PopChanged,
    PopState,
    ScreenPop,
    ServerMessage,
    Several,
    Snapshot,
    Welcome,
)

_messages: TypeAdapter[ServerMessage] = TypeAdapter(ServerMessage)
_COLOURS = {
    PopState.OFFERED: "yellow",
    PopState.DIALLING: "cyan",
    PopState.TALKING: "green",
    PopState.WRAP_UP: "blue",
    PopState.CLOSED: "bright_black",
}


def watch(
    token: Annotated[str, typer.Option(envvar="CTI_CRM_TOKEN", help="From `cti-crm token add --user NAME`.")],
    url: Annotated[str, typer.Option(help="Where the service is.")] = "http://127.0.0.1:8080",
) -> None:
    """Show pops and calls as the token's user sees them, until Ctrl-C. Connects again by itself."""
    parts = urlsplit(url)
    socket = urlunsplit(("wss" if parts.scheme == "https" else "ws", parts.netloc, "/ws", "", ""))
    run_until_stopped(_watch(socket, token))


async def _watch(socket: str, token: str) -> None:
    while True:
        try:
            async with connect(socket, additional_headers={"Authorization": f"Bearer {token}"}) as connection:
                async for text in connection:
                    _show(_messages.validate_json(text))
        except InvalidStatus as error:
            if error.response.status_code in (401, 403):
                raise NotSignedInError("The token is not valid, or its user is disabled.") from None
            err.print(f"The service answered {error.response.status_code}; trying again.")
        except (OSError, ConnectionClosed):
            err.print("The service does not answer; trying again.")
        await asyncio.sleep(2)


def _show(message: ServerMessage) -> None:
    match message:
        case Welcome():
            extension = message.extension or "none (you see all calls if you are a manager)"
            out.print(f"Connected to cti-crm {message.version}; extension: {extension}")
        case Snapshot():
            out.print(f"{len(message.calls)} running calls, {len(message.pops)} open pops")
            for pop in message.pops:
                _show_pop(pop)
        case PopChanged():
            _show_pop(message.pop)
        case CallUpdated() if message.call.outcome is not None:
            call = message.call
            out.print(Text(f"{call.caller.display or '?'} → {call.called.display or '?'}: {call.outcome}"))
        case Several():
            for one in message.messages:
                _show(one)
        case LinkUpdated():
            out.print(Text(f"PBX {message.link.pbx}: {message.link.state} {message.link.message}"))
        case _:
            pass


def _show_pop(pop: ScreenPop) -> None:
    call = pop.call
    remote = call.called if call.direction == "outbound" else call.caller
    match = pop.match
    who = match.contact.name if match.contact else (remote.name or remote.display or "number withheld")
    lines = Text()
    lines.append(f"{who}\n", style="bold")
    if match.organization:
        lines.append(f"{match.organization.name}\n")
    lines.append(f"{remote.display}   ({match.reason})\n")
    if call.queue:
        lines.append(f"queue {call.queue}\n")
    for task in pop.context.open_tasks[:3]:
        lines.append(f"open: {task.text}\n")
    if pop.context.last_note:
        lines.append(f"note: {pop.context.last_note.text}\n")
    state = pop.state.value if pop.closed_reason is None else f"{pop.state.value}: {pop.closed_reason.value}"
    if pop.closed_by:
        state += f" ({pop.closed_by})"
    out.print(Panel(lines, title=escape(state), border_style=_COLOURS[pop.state], width=60))
