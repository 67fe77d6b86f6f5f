"""The one port: API, socket, pages, metrics, health."""

import asyncio
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter

from cti_crm import __version__
from cti_crm.accounts.idempotency import idempotency_middleware
from cti_crm.accounts.middleware import session_middleware
from cti_crm.app.parts import PREFIX, Parts
from cti_crm.infrastructure.database import STORE_FAULTS
from cti_crm.infrastructure.http.api_docs import api_docs
from cti_crm.infrastructure.http.errors import problem_middleware
from cti_crm.infrastructure.http.pages import add_pages
from cti_crm.infrastructure.http.security import add_security_headers
from cti_crm.infrastructure.metrics import metrics_handler, metrics_middleware
from cti_crm.screenpop.protocol import ClientMessage, ServerMessage

STATIC = Path(__file__).parent.parent / "static"
_MAX_BODY = 25 * 1024 * 1024  # a little more than the largest import


def socket_schema() -> dict[str, Any]:
    """The JSON Schema of both directions of the socket."""
    return {
        "server": TypeAdapter(ServerMessage).json_schema(by_alias=True, mode="serialization"),
        "client": TypeAdapter(ClientMessage).json_schema(),
    }


def web_application(parts: Parts) -> web.Application:
    """Everything that is answered over HTTP."""
    http = parts.settings.http
    app = web.Application(
        client_max_size=_MAX_BODY,
        middlewares=[
            metrics_middleware(parts.metrics),
            problem_middleware,
            session_middleware(
                parts.crm.accounts,
                parts.database,
                origins=http.origins,
                secure_cookies=http.secure_cookies,
                sign_in_path=f"{PREFIX}/session",
            ),
            idempotency_middleware(parts.database),
        ],
    )
    add_security_headers(app)
    app.router.add_get("/ws", parts.desk.socket.handle)
    app.router.add_get("/healthz", _alive)
    app.router.add_get("/readyz", _Readiness(parts).answer)
    app.router.add_get("/metrics", metrics_handler(parts.metrics))
    app.router.add_get("/api/docs", api_docs(parts.api.openapi()))
    app.router.add_get(f"{PREFIX}/socket-schema.json", _socket_schema)
    parts.api.register(app)
    add_pages(app, STATIC)
    parts.metrics.open_sockets.set_function(lambda: len(parts.hub))
    return app


class _Readiness:
    """Whether the service can do its work, part by part."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def answer(self, _request: web.Request) -> web.Response:
        parts: dict[str, dict[str, str]] = {}
        try:
            async with asyncio.timeout(3):
                await self._parts.database.ping()
            parts["database"] = {"state": "up", "message": ""}
        except STORE_FAULTS as error:
            parts["database"] = {"state": "down", "message": type(error).__name__}
        for link in self._parts.telephony.links:
            parts[f"pbx:{link.name}"] = {"state": link.status.state.value, "message": link.status.message}
        ready = all(part["state"] == "up" for part in parts.values())
        return web.json_response({"ready": ready, "parts": parts}, status=200 if ready else 503)


async def _alive(_request: web.Request) -> web.Response:
    return web.json_response({"alive": True, "version": __version__})


async def _socket_schema(_request: web.Request) -> web.Response:
    return web.json_response(socket_schema())
