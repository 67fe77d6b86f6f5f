from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from cti_crm.infrastructure.metrics import Metrics, metrics_handler, metrics_middleware

Client = TestClient[web.Request, web.Application]


@dataclass
class Counts:
    packets: int = 10
    resyncs: int = 2
    overflows: int = 1
    unknown: Counter[str] = field(default_factory=lambda: Counter({"VarSet": 3}))
    rejected: Counter[str] = field(default_factory=lambda: Counter({"no event name": 1}))


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def client(metrics: Metrics) -> AsyncIterator[Client]:
    async def contact(_request: web.Request) -> web.Response:
        raise web.HTTPNotFound

    async def socket(request: web.Request) -> web.WebSocketResponse:
        response = web.WebSocketResponse()
        await response.prepare(request)
        await response.close()
        return response

    app = web.Application(middlewares=[metrics_middleware(metrics)])
    app.router.add_get("/contacts/{contact_id}", contact)
    app.router.add_get("/metrics", metrics_handler(metrics))
    app.router.add_get("/ws", socket)
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_requests_are_counted_by_route_never_by_address(client: Client, metrics: Metrics) -> None:
    for path in ("/contacts/1", "/contacts/2", "/+4917612345678"):
        async with client.get(path) as answer:
            assert answer.status == 404
    async with client.request("PROPFIND", "/contacts/1") as answer:
        assert answer.status == 405
    async with client.ws_connect("/ws"):
        pass

    async with client.get("/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        text = await answer.text()
    count = 'cti_crm_http_request_seconds_count{method="GET",route='
    assert count + '"/contacts/{contact_id}",status="404"} 2.0' in text
    assert count + '"unknown",status="404"} 1.0' in text
    assert 'method="other"' in text
    assert "4917612345678" not in text
    assert "PROPFIND" not in text
    assert "/ws" not in text


def test_what_a_link_counts_is_shown(metrics: Metrics) -> None:
    counts = Counts()
    metrics.watch_link("main", counts)
    value = metrics.registry.get_sample_value

    assert value("cti_crm_ami_packets_total", {"pbx": "main"}) == 10
    assert value("cti_crm_resyncs_total", {"pbx": "main"}) == 2
    assert value("cti_crm_ami_overflows_total", {"pbx": "main"}) == 1
    assert value("cti_crm_ami_unknown_events_total", {"pbx": "main", "event": "VarSet"}) == 3
    assert value("cti_crm_ami_rejected_packets_total", {"pbx": "main", "reason": "no event name"}) == 1
    counts.packets = 11
    assert value("cti_crm_ami_packets_total", {"pbx": "main"}) == 11


def test_instruments(metrics: Metrics) -> None:
    metrics.ring_to_pop.observe(0.004)
    metrics.pops.labels("offered").inc()
    metrics.watch_depth("bus", lambda: 7)
    value = metrics.registry.get_sample_value

    assert value("cti_crm_ring_to_pop_seconds_bucket", {"le": "0.002"}) == 0
    assert value("cti_crm_ring_to_pop_seconds_bucket", {"le": "0.005"}) == 1
    assert value("cti_crm_pops_total", {"state": "offered"}) == 1
    assert value("cti_crm_queue_depth", {"queue": "bus"}) == 7


def test_each_application_has_its_own() -> None:
    first, second = Metrics(), Metrics()
    first.open_sockets.inc()

    assert second.registry.get_sample_value("cti_crm_open_sockets") == 0
