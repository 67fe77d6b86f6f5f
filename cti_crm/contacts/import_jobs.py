"""Imports that were uploaded: one runs at a time, in the background; how they go is kept in memory."""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from cti_crm.contacts.import_records import MAX_BYTES
from cti_crm.contacts.importer import ImportReport, import_contacts
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.schemas import ImportOut
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.errors import CtiCrmError, NotFoundError, TooLargeError, TooManyAttemptsError
from cti_crm.settings import NumberSettings

WAITING = 5  # imports that may wait for their turn
KEPT = 50  # imports whose report can still be asked for
PROBLEMS_SHOWN = 1000

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Job:
    id: UUID
    file_name: str
    data: bytes
    plan: NumberPlan
    state: str = "running"
    message: str = ""
    report: ImportReport = field(default_factory=ImportReport)


class ImportRunner:
    """Takes uploads and works them off in `run`, which belongs to the application's task group."""

    def __init__(self, database: Database, settings: NumberSettings) -> None:
        self._database = database
        self._settings = settings
        self._jobs: dict[UUID, _Job] = {}
        self._queue: asyncio.Queue[_Job] = asyncio.Queue(WAITING)

    def start(self, data: bytes, file_name: str, country: str | None) -> ImportOut:
        """Queue an import. `country` (ISO 3166) reads the file's numbers as that country's.

        Raises TooLargeError, TooManyAttemptsError, InvalidInputError (no such country).
        """
        if len(data) > MAX_BYTES:
            raise TooLargeError(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB. Split it.")
        job = _Job(new_id(), file_name, data, plan_of_country(self._settings, country))
        try:
            self._queue.put_nowait(job)
        except asyncio.QueueFull:
            raise TooManyAttemptsError("Other imports are still running. Try again when they are done.") from None
        self._jobs[job.id] = job
        for old in [one for one, known in self._jobs.items() if known.state != "running"][:-KEPT]:
            del self._jobs[old]
        return _out(job)

    def get(self, import_id: UUID) -> ImportOut:
        """How an import goes. Raises NotFoundError; after a restart none is known any more."""
        if import_id not in self._jobs:
            raise NotFoundError("This import is not known. What it had brought in before is there.")
        return _out(self._jobs[import_id])

    async def run(self) -> None:
        """Work imports off, one after the other, until cancelled."""
        while True:
            job = await self._queue.get()
            await self._import(job)

    async def _import(self, job: _Job) -> None:
        def keep(report: ImportReport) -> None:
            job.report = report

        try:
            await import_contacts(self._database, job.plan, job.data, keep)
            job.state = "finished"
        except CtiCrmError as error:
            job.state, job.message = "failed", str(error)
        except Exception:
            log.exception("import_failed", file_name=job.file_name)
            job.state, job.message = "failed", "Something went wrong here. Start it again: what is in already stays."
        finally:
            job.data = b""


def plan_of_country(settings: NumberSettings, country: str | None) -> NumberPlan:
    """Our own number plan, or another country's, where our area code means nothing.

    Raises InvalidInputError: no such country.
    """
    if country is None or country == settings.country:
        return NumberPlan(settings)
    return NumberPlan(settings.model_copy(update={"country": country.upper(), "area_code": None, "own": []}))


def _out(job: _Job) -> ImportOut:
    report = job.report
    return ImportOut(
        id=job.id,
        state=job.state,
        file_name=job.file_name,
        total=report.total,
        done=report.done,
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        problems=report.problems[:PROBLEMS_SHOWN],
        message=job.message,
    )
