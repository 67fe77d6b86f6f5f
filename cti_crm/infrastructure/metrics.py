"""What is measured, in Prometheus' form. Each application has a registry of its own."""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Protocol

from aiohttp import web
from aiohttp.typedefs import Middleware
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_MILLISECONDS = (1, 2, 5, 10, 20, 35, 50, 75, 100, 150, 250, 500, 1000, 2500, 5000)


class LinkCounts(Protocol):
    """What the link to a PBX counts by itself."""

    packets: int
    resyncs: int
    overflows: int

    @property
    def unknown(self) -> Mapping[str, int]:
        """Events nobody uses, by name."""
        ...

    @property
    def rejected(self) -> Mapping[str, int]:
        """Packets not understood, by reason."""
        ...


class Metrics:
    """The instruments. Names and labels are part of the outside contract."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.ring_to_pop = Histogram(
            "cti_crm_ring_to_pop_seconds",
            "From the arrival of the PBX's event to the write of the pop to the browser's socket.",
            buckets=[one / 1000 for one in _MILLISECONDS],
            registry=self.registry,
        )
        self.queue_depth = Gauge(
            "cti_crm_queue_depth", "What waits in an internal queue.", ["queue"], registry=self.registry
        )
        self.open_sockets = Gauge("cti_crm_open_sockets", "Browsers connected.", registry=self.registry)
        self.pops = Counter(
            "cti_crm_pops", "Screen pops, by the state they came to.", ["state"], registry=self.registry
        )
        self.matches = Counter(
            "cti_crm_matches",
            "Numbers looked up, by result and reason.",
            ["kind", "reason"],
            registry=self.registry,
        )
        self.http_requests = Histogram(
            "cti_crm_http_request_seconds",
            "Requests, by route; sockets are not among them.",
            ["method", "route", "status"],
            buckets=[one / 1000 for one in _MILLISECONDS],
            registry=self.registry,
        )
        self._links = _LinkCollector()
        self.registry.register(self._links)

    def watch_link(self, pbx: str, counts: LinkCounts) -> None:
        """Show what the link to a PBX counts."""
        self._links.links[pbx] = counts

    def watch_depth(self, queue: str, depth: Callable[[], float]) -> None:
        """Show how much waits in an internal queue; `depth` is asked at each look."""
        self.queue_depth.labels(queue).set_function(depth)


class _LinkCollector(Collector):
    def __init__(self) -> None:
        self.links: dict[str, LinkCounts] = {}

    def collect(self) -> Iterable[Metric]:
        packets = CounterMetricFamily("cti_crm_ami_packets", "Packets received from a PBX.", labels=["pbx"])
        unknown = CounterMetricFamily(
            "cti_crm_ami_unknown_events", "Events that nobody uses, skipped.", labels=["pbx", "event"]
        )
        rejected = CounterMetricFamily(
            "cti_crm_ami_rejected_packets", "Packets that were not understood, skipped.", labels=["pbx", "reason"]
        )
        resyncs = CounterMetricFamily("cti_crm_resyncs", "Snapshots taken after a lost link.", labels=["pbx"])
        overflows = CounterMetricFamily(
            "cti_crm_ami_overflows", "Links given up because we could not keep up.", labels=["pbx"]
        )
        for pbx, counts in self.links.items():
            packets.add_metric([pbx], counts.packets)
            resyncs.add_metric([pbx], counts.resyncs)
            overflows.add_metric([pbx], counts.overflows)
            for event, count in counts.unknown.items():
                unknown.add_metric([pbx, event], count)
            for reason, count in counts.rejected.items():
                rejected.add_metric([pbx, reason], count)
        return packets, unknown, rejected, resyncs, overflows


def metrics_middleware(metrics: Metrics) -> Middleware:
    """Outermost of all: counts what the browser gets."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        began = time.perf_counter()
        status = 500
        try:
            response = await handler(request)
            status = response.status
        except web.HTTPException as error:
            status = error.status
            raise
        finally:
            if status != 101:  # a socket lasts for hours
                # The route's pattern, never the address itself: numbers and ids stand in that.
                resource = request.match_info.route.resource
                route = resource.canonical if resource is not None else "unknown"
                spent = time.perf_counter() - began
                method = request.method if request.method in _METHODS else "other"
                metrics.http_requests.labels(method, route, str(status)).observe(spent)
        return response

    return middleware


def metrics_handler(metrics: Metrics) -> Handler:
    """GET /metrics."""

    async def handle(_request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return handle
