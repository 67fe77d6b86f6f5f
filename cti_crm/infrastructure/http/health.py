"""Whether the service lives, and whether each of its parts works."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from pydantic import BaseModel

PART_SECONDS = 3.0

Part = Callable[[], Awaitable[str]]
"""Asks a part how it is: "" if well, else in words what is wrong. An exception counts as wrong."""


class PartOut(BaseModel):
    """One part; `message` is for people."""

    ok: bool
    message: str = ""


class ReadyOut(BaseModel):
    """All parts; 200 if all are well, else 503."""

    ready: bool
    parts: dict[str, PartOut]


def add_health(app: web.Application, parts: Mapping[str, Part], part_seconds: float = PART_SECONDS) -> None:
    """GET /healthz and GET /readyz."""

    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def ready(_request: web.Request) -> web.Response:
        states = await asyncio.gather(*(_ask(part, part_seconds) for part in parts.values()))
        out = ReadyOut(ready=all(state.ok for state in states), parts=dict(zip(parts, states, strict=True)))
        return web.Response(
            status=200 if out.ready else 503,
            text=out.model_dump_json(),
            content_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)


async def _ask(part: Part, seconds: float) -> PartOut:
    try:
        async with asyncio.timeout(seconds):
            message = await part()
    except TimeoutError:
        return PartOut(ok=False, message="does not answer")
    except Exception as error:  # whatever a driver raises: the part does not work
        return PartOut(ok=False, message=f"does not work ({type(error).__name__})")
    return PartOut(ok=not message, message=message)
