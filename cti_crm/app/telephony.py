"""The telephone systems: for each its link, tracker, control, flight recorder and records."""

import asyncio
from collections.abc import Callable
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.app.background import Background
from cti_crm.app.crm import Crm
from cti_crm.calls.gaps import GapFiller
from cti_crm.calls.ingest import Ingest
from cti_crm.calls.pbx_events import PbxEvent
from cti_crm.calls.ports import LinkStatus
from cti_crm.calls.repository import CallRepository
from cti_crm.calls.topology import Topology
from cti_crm.calls.tracker import CallTracker
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.event_bus.bus import EventBus
from cti_crm.infrastructure.metrics import Metrics
from cti_crm.pbx.asterisk.actions import AsteriskControl
from cti_crm.pbx.asterisk.connection import AsteriskLink
from cti_crm.pbx.asterisk.flight_files import RecorderLimits
from cti_crm.pbx.asterisk.flight_recorder import FlightRecorder
from cti_crm.pbx.asterisk.hindsight import FlightRecords
from cti_crm.pbx.asterisk.queue_actions import AsteriskQueues
from cti_crm.pbx.asterisk.records.reader import AsteriskRecords
from cti_crm.reports.explanation import CallExplainer, PopStanding
from cti_crm.screenpop.policy import audience
from cti_crm.settings import PbxSettings, Settings


class Telephony:
    """All PBXs of the configuration."""

    def __init__(
        self,
        settings: Settings,
        crm: Crm,
        metrics: Metrics,
        on_status: Callable[[str, LinkStatus], None],
    ) -> None:
        """`on_status(pbx, status)` is told of each change of a link."""
        self._settings = settings
        self._crm = crm
        self._metrics = metrics
        self._on_status = on_status
        self._loop: asyncio.AbstractEventLoop | None = None
        self._recorders: list[FlightRecorder] = []
        self._gap_fillers: list[GapFiller] = []
        self._topologies: dict[str, Topology] = {}
        self._trackers: dict[str, CallTracker] = {}
        self._ingests: dict[str, Ingest] = {}
        self.links: list[AsteriskLink] = []
        self.controls: dict[str, AsteriskControl] = {}
        self.queues: dict[str, AsteriskQueues] = {}
        self.records: dict[str, AsteriskRecords] = {}
        for pbx in settings.pbx:
            self._add(pbx)

    def _add(self, pbx: PbxSettings) -> None:
        name = pbx.name
        link = AsteriskLink(pbx, on_status=partial(self._on_status, name))
        topology = Topology(frozenset(pbx.trunks), self._crm.directory.extensions_for(name))
        self._topologies[name] = topology
        self.links.append(link)
        self._record(link)
        self.controls[name] = AsteriskControl(pbx)
        self.queues[name] = AsteriskQueues(pbx)
        self._trackers[name] = CallTracker(name, topology, new_id)
        if pbx.records.cel is not None or pbx.records.cdr is not None:
            self.records[name] = AsteriskRecords(pbx, topology)
        self._metrics.watch_link(name, link.counters)
        self._metrics.watch_depth(f"ami-{name}", partial(getattr, link, "queue_depth"))

    def _record(self, link: AsteriskLink) -> None:
        folder, wanted = self._settings.recorder_folder, self._settings.recorder
        if folder is None:
            return
        recorder = FlightRecorder(
            folder,
            link.name,
            RecorderLimits(wanted.hours, wanted.max_megabytes * 1_000_000),
            mask=self._settings.log.mask_numbers,
            on_rotate=partial(self._in_loop, link.request_check),
        )
        link.listen(recorder.hear)
        self._recorders.append(recorder)

    def _in_loop(self, work: Callable[[], None]) -> None:
        """Have `work` done from another thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(work)

    def explainer(self) -> CallExplainer:
        """Tells how a call came about, from what was recorded."""
        folder = self._settings.recorder_folder
        return CallExplainer(
            None if folder is None else FlightRecords(folder, self._topologies),
            lambda call: {
                extension: PopStanding(one.state, one.reason, one.by) for extension, one in audience(call).items()
            },
            masked=self._settings.log.mask_numbers,
        )

    def tell(self, pbx: str, event: PbxEvent) -> None:
        """What only we know of a PBX's calls, because we did it."""
        self._ingests[pbx].take(event)

    async def take_over_calls(self, session: AsyncSession) -> None:
        """Calls that went on when the service stopped go on; those it missed the end of are ended by the snapshot."""
        repository = CallRepository(session)
        for name, tracker in self._trackers.items():
            tracker.restore([call for call, _seen_at in await repository.running(name)])

    async def start(self, background: Background, database: Database, bus: EventBus) -> None:
        """Connect, and keep connected."""
        self._loop = asyncio.get_running_loop()
        writer = self._crm.writer
        for link in self.links:
            tracker = self._trackers[link.name]
            if link.name in self.records:
                records = self.records[link.name]
                filler = GapFiller(link, tracker, records, self._crm.backfill, database, bus, writer.flushed)
                await filler.start()
                self._gap_fillers.append(filler)
                background.until_done(filler.run())
            self._ingests[link.name] = Ingest(link, tracker, bus)
            background.spawn(self._ingests[link.name].run())
            background.spawn(link.run())
        for recorder in self._recorders:
            recorder.start()

    async def stop(self) -> None:
        """After the links were cancelled: end what must end in order."""
        for filler in self._gap_fillers:
            filler.stop()

    async def close(self) -> None:
        """Last of all."""
        for recorder in self._recorders:
            await asyncio.to_thread(recorder.stop)
        for control in self.controls.values():
            await control.close()
        for queues in self.queues.values():
            await queues.close()
