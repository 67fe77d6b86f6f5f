"""A service of our own between a real Asterisk and its people, whose link to the manager interface can be cut."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from cti_crm.app import Service, running
from cti_crm.calls.call import Call
from cti_crm.calls.codec import from_document
from cti_crm.calls.models import CallRow
from cti_crm.settings import DatabaseSettings, HttpSettings, NumberSettings, PbxSettings, RecordSettings, Settings
from tests.lab.asterisk import AsteriskPbx

PATIENCE = 12.0


class Wire:
    """Carries bytes to a port of this machine, or to a socket in a file, until it is cut."""

    def __init__(self, target: int | Path) -> None:
        self._target = target
        self._open = True
        self._ends: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> "Wire":
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.cut()
        self._server.close()
        await self._server.wait_closed()

    def cut(self) -> None:
        """No connection lives, none comes up."""
        self._open = False
        for end in self._ends:
            end.close()

    def mend(self) -> None:
        """Connections come up again."""
        self._open = True

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._open:
            writer.close()
            return
        if isinstance(self._target, Path):
            far_reader, far_writer = await asyncio.open_unix_connection(self._target)
        else:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._ends |= {writer, far_writer}
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            self._ends -= {writer, far_writer}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


class Office:
    """The service's log, and the wire to its PBX."""

    def __init__(self, service: Service, since: datetime) -> None:
        """`since`: the PBX's records also hold the calls of tests before."""
        self._service = service
        self._since = since

    async def link(self, *, up: bool) -> None:
        """Wait until the link is up, or down."""
        async with asyncio.timeout(PATIENCE):
            while (self._service.links[0].status.state.value == "up") != up:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.02)

    async def calls(self, enough: Callable[[list[Call]], bool] = lambda _: True) -> list[Call]:
        """The log, oldest call first, once it is as awaited."""
        found: list[Call] = []
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    async with self._service.database.transaction() as session:
                        rows = (await session.scalars(select(CallRow).order_by(CallRow.started_at))).all()
                    found = [from_document(row.document) for row in rows if row.started_at >= self._since]
                    if enough(found):
                        return found
                    await asyncio.sleep(0.1)
        except TimeoutError:
            story = "\n".join(map(str, found))
            raise AssertionError(f"the log did not become what was awaited:\n{story}") from None


def settings_of(pbx: AsteriskPbx, database_url: str, port: int, records: dict[str, str]) -> Settings:
    asterisk = PbxSettings(
        name="main",
        port=port,
        secret=SecretStr(pbx.events_secret),
        records=RecordSettings.model_validate(records),
    )
    return Settings(
        database=DatabaseSettings(url=database_url),
        http=HttpSettings(port=0),
        numbers=NumberSettings(country="DE", area_code="30", own=["+49 30 5550"]),
        pbx=[asterisk],
    )


@asynccontextmanager
async def office(settings: Settings, since: datetime) -> AsyncIterator[Office]:
    """The service runs and its link is up."""
    async with running(settings) as service:
        found = Office(service, since)
        await found.link(up=True)
        yield found


@pytest.fixture
async def wire(asterisk_pbx: AsteriskPbx) -> AsyncIterator[Wire]:
    async with Wire(asterisk_pbx.ports.ami) as wire:
        yield wire


def csv_records(pbx: AsteriskPbx) -> dict[str, str]:
    """The files that `asterisk_conf/` writes."""
    return {kind: f"csv:{_log_folder(pbx)}/{kind}-custom/{kind}.csv" for kind in ("cel", "cdr")}


def _log_folder(pbx: AsteriskPbx) -> Path:
    return pbx.folder / "log"
