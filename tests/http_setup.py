"""A client of the API for tests, and a route that can be watched."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestClient
from pydantic import BaseModel

from cti_crm.infrastructure.errors import ConflictError
from cti_crm.infrastructure.http.api import ApiRequest, Routes
from tests.accounts_setup import PASSWORD

API = "/api/v1"
Client = TestClient[web.Request, web.Application]


class Order(BaseModel):
    text: str


class Done(BaseModel):
    count: int


@dataclass
class Counter:
    """What the route did. It waits for `go`, and refuses or fails as told."""

    done: list[str] = field(default_factory=list)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)
    refuse: bool = False
    fail: bool = False

    def routes(self) -> Routes:
        routes = Routes("orders")

        @routes.post("/orders")
        async def order(request: ApiRequest, body: Order) -> Done:
            self.started.set()
            await self.go.wait()
            if self.refuse:
                raise ConflictError
            self.done.append(body.text)
            if self.fail:
                raise RuntimeError("told to fail")
            return Done(count=len(self.done))

        @routes.delete("/orders")
        async def cancel(request: ApiRequest) -> None:
            self.done.append("cancelled")

        return routes


async def sign_in(client: Client, username: str = "anna") -> dict[str, str]:
    """Signs in; returns the headers an unsafe request then needs."""
    async with client.post(f"{API}/session", json={"username": username, "password": PASSWORD}) as answer:
        assert answer.status == 201, await answer.text()
        return {"X-CSRF-Token": (await answer.json())["csrf_token"]}
