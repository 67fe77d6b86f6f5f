"""`AsteriskRecords`: what CEL and CDR tell of the calls of one PBX."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

from cti_crm.calls.call import LegKind
from cti_crm.calls.ports import Conversation
from cti_crm.calls.topology import Topology
from cti_crm.pbx.asterisk.records.cdr_calls import call_of
from cti_crm.pbx.asterisk.records.cdr_grouping import CdrGrouping
from cti_crm.pbx.asterisk.records.cel_calls import conversations_of
from cti_crm.pbx.asterisk.records.conversations import CelGrouping
from cti_crm.pbx.asterisk.records.rows import cdr_row, cel_row
from cti_crm.pbx.asterisk.records.sources import open_table, zone_of
from cti_crm.pbx.asterisk.records.tables import CDR, CEL
from cti_crm.settings import PbxSettings


class AsteriskRecords:
    """Implements `CallRecords`. CEL comes first; of calls that it does not know, CDR tells what it can."""

    def __init__(self, settings: PbxSettings, topology: Topology) -> None:
        """Raises RecordsError if the columns named in the configuration are not enough."""
        records = settings.records
        zone = zone_of(records)
        self._pbx = settings.name
        self._topology = topology
        self._zone = zone
        self._cel = open_table(CEL, records.cel, zone) if records.cel else None
        self._cdr = open_table(CDR, records.cdr, zone) if records.cdr else None

    async def conversations(self, since: datetime, until: datetime) -> AsyncIterator[Conversation]:
        """See `CallRecords`."""
        told: set[str] = set()
        async for conversation in self._from_cel(since, until):
            if conversation.began:
                told |= conversation.ids
            yield conversation
        async for conversation in self._from_cdr(since, until, told):
            yield conversation

    async def _from_cel(self, since: datetime, until: datetime) -> AsyncIterator[Conversation]:
        if self._cel is None:
            return
        grouping = CelGrouping(self._phone)
        async for page in self._cel.pages(since, until):
            for row in filter(None, (cel_row(values, self._zone) for values in page)):
                for found in grouping.take(row):
                    for conversation in conversations_of(found, self._pbx, self._topology):
                        yield conversation
                    await _others_first()
            await _others_first()
        for found in grouping.finish():
            for conversation in conversations_of(found, self._pbx, self._topology):
                yield conversation
            await _others_first()

    async def _from_cdr(self, since: datetime, until: datetime, told: set[str]) -> AsyncIterator[Conversation]:
        if self._cdr is None:
            return
        grouping = CdrGrouping(self._phone)
        async for page in self._cdr.pages(since, until):
            for row in filter(None, (cdr_row(values, self._zone) for values in page)):
                if row.leg not in told and row.linkedid not in told:
                    for rows in grouping.take(row):
                        yield call_of(rows, self._pbx, self._topology)
            await _others_first()
        for rows in grouping.finish():
            yield call_of(rows, self._pbx, self._topology)

    def _phone(self, channel: str) -> str:
        return self._topology.device(channel) if channel and self._topology.kind(channel) is LegKind.DEVICE else ""


async def _others_first() -> None:
    """Calls that ring now do not wait for those of the past."""
    await asyncio.sleep(0)
