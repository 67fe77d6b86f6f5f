"""A small application with the real middlewares, and one route of its own that can be watched."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from cti_crm.accounts.idempotency import idempotency_middleware
from cti_crm.accounts.middleware import session_middleware
from cti_crm.accounts.routes import account_routes
from cti_crm.accounts.service import AccountService
from cti_crm.agents.directory import AgentDirectory
from cti_crm.agents.own_queues import OwnQueues
from cti_crm.agents.routes import agent_routes
from cti_crm.agents.service import AgentService
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.http.api import Api
from cti_crm.infrastructure.http.errors import problem_middleware
from cti_crm.infrastructure.http.security import add_security_headers
from cti_crm.settings import AgentSettings, HttpSettings
from tests.accounts_setup import Clock, cheap_passwords
from tests.http_setup import API, Client, Counter


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(clock: Clock) -> AccountService:
    return AccountService(cheap_passwords(), clock)


@pytest.fixture
def counter() -> Counter:
    counter = Counter()
    counter.go.set()
    return counter


@pytest.fixture
def http_settings() -> HttpSettings:
    return HttpSettings(origins=["https://crm.example.com"])


@pytest.fixture
def app(
    database: Database, accounts: AccountService, counter: Counter, clock: Clock, http_settings: HttpSettings
) -> web.Application:
    api = Api(API, database, "test", "1")
    directory = AgentDirectory()
    agents = agent_routes(directory, AgentService(), OwnQueues(directory, {}, AgentSettings(), {}))
    for routes in (account_routes(accounts), agents, counter.routes()):
        api.add(routes)
    app = web.Application(
        middlewares=[
            problem_middleware,
            session_middleware(
                accounts,
                database,
                origins=http_settings.origins,
                secure_cookies=http_settings.secure_cookies,
                sign_in_path=f"{API}/session",
            ),
            idempotency_middleware(database, clock),
        ]
    )
    add_security_headers(app)
    app.router.add_get("/", _page)
    app.router.add_get("/ws", _socket)
    api.register(app)
    return app


async def _page(_request: web.Request) -> web.Response:
    return web.Response(text="page")


async def _socket(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.close()
    return socket


@pytest.fixture
async def client(app: web.Application) -> AsyncIterator[Client]:
    async with TestClient(TestServer(app)) as client:
        yield client
