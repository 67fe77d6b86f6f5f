"""A person at their desk, for tests: signed in over HTTP, with an open socket whose messages are kept."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
from websockets.asyncio.client import ClientConnection, connect

from cti_crm.app import Service
from cti_crm.calls.ports import LinkState

API = "/api/v1"
PATIENCE = 15.0  # seconds; a bound against hanging, not a measure of speed

Json = dict[str, Any]


@dataclass
class Desk:
    """`pops` and `calls` hold the newest state of each, by call id."""

    url: str
    http: aiohttp.ClientSession
    socket: ClientConnection
    session: Json
    cookie: str
    pops: dict[str, Json] = field(default_factory=dict)
    calls: dict[str, Json] = field(default_factory=dict)
    messages: list[Json] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def read(self) -> None:
        """Take in what the socket says, until it closes."""
        async for text in self.socket:
            message = json.loads(text)
            async with self._changed:
                self._take(message)
                self._changed.notify_all()

    def _take(self, message: Json) -> None:
        self.messages.append(message)
        match message["type"]:
            case "snapshot":
                self.pops = {pop["call"]["id"]: pop for pop in message["pops"]}
                self.calls = {call["id"]: call for call in message["calls"]}
            case "pop":
                known = self.pops.get(message["pop"]["call"]["id"])
                assert known is None or known["revision"] <= message["pop"]["revision"]
                self.pops[message["pop"]["call"]["id"]] = message["pop"]
            case "call":
                self.calls[message["call"]["id"]] = message["call"]
            case "several":
                for one in message["messages"]:
                    self._take(one)

    async def until(self, condition: Callable[["Desk"], Any], what: str) -> Any:
        """Wait until the condition gives something true, and return that."""
        try:
            async with asyncio.timeout(PATIENCE), self._changed:
                while not (found := condition(self)):
                    await self._changed.wait()
                return found
        except TimeoutError:
            states = [(pop["state"], pop["closed_reason"], pop["match"]["reason"]) for pop in self.pops.values()]
            raise AssertionError(f"{what} did not come; pops: {states}, last: {self.messages[-3:]}") from None

    async def pop(self, state: str, **wanted: Any) -> Json:
        """Wait for a pop in this state whose fields are as wanted, with all that is known of the customer."""

        def matches(desk: "Desk") -> Json | None:
            for pop in desk.pops.values():
                known = pop["context"]["complete"]
                if known and pop["state"] == state and all(pop[key] == value for key, value in wanted.items()):
                    return pop
            return None

        found: Json = await self.until(matches, f"a pop “{state}” {wanted}")
        return found

    async def ended_call(self, **wanted: Any) -> Json:
        """Wait for a call that is over and as wanted."""
        found: Json = await self.until(
            lambda desk: next(
                (
                    call
                    for call in desk.calls.values()
                    if call["outcome"] and all(call[key] == value for key, value in wanted.items())
                ),
                None,
            ),
            f"an ended call {wanted}",
        )
        return found

    async def request(self, method: str, path: str, body: Json | None = None, key: str | None = None) -> Json:
        """Ask the API; the answer must be good. Returns {} for an empty one."""
        status, answer = await self.try_request(method, path, body, key)
        assert status < 400, (method, path, status, answer)
        return answer

    async def try_request(
        self, method: str, path: str, body: Json | None = None, key: str | None = None
    ) -> tuple[int, Json]:
        """Ask the API; returns status and answer."""
        headers = {"X-CSRF-Token": self.session["csrf_token"], "Idempotency-Key": key or uuid4().hex}
        async with self.http.request(method, self.url + API + path, json=body, headers=headers) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else {}

    async def stored(self, path: str, condition: Callable[[Json], Any]) -> Json:
        """Read an address until what is stored there is as it should be: the log is written behind the pop."""
        answer: Json = {}
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    status, answer = await self.try_request("GET", path)
                    assert status < 400 or status == 404, (path, status, answer)  # 404: not written yet
                    if status < 400 and condition(answer):
                        return answer
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{path} never became as it should: {answer}") from None


@asynccontextmanager
async def desk(url: str, username: str, password: str) -> AsyncIterator[Desk]:
    """Sign in, open the socket, read it until the block ends."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        async with http.post(url + API + "/session", json={"username": username, "password": password}) as response:
            assert response.status == 201, await response.text()
            session = await response.json()
            cookie = f"cti_crm_session={response.cookies['cti_crm_session'].value}"
        async with connect(url.replace("http", "ws", 1) + "/ws", additional_headers={"Cookie": cookie}) as socket:
            person = Desk(url, http, socket, session, cookie)
            reader = asyncio.create_task(person.read())
            try:
                await person.until(lambda one: any(m["type"] == "snapshot" for m in one.messages), "a snapshot")
                yield person
            finally:
                reader.cancel()
                await asyncio.gather(reader, return_exceptions=True)


async def links_up(service: Service) -> None:
    """Wait until every PBX is connected and its snapshot has been taken in."""
    async with asyncio.timeout(PATIENCE):
        # Only tests wait for this, so the service has no event for it.
        while not all(link.status.state is LinkState.UP and not link.queue_depth for link in service.links):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
