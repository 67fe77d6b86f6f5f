"""Tells every browser what becomes of missed callers, and how many wait."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.missed_calls.events import MissedCallDue, MissedCallsChanged
from cti_crm.missed_calls.schemas import MissedCounts
from cti_crm.missed_calls.service import MissedCallService
from cti_crm.screenpop.hub import Hub
from cti_crm.screenpop.protocol import MissedCallReminder, MissedCallsUpdated

TOLD_WHOLE = 20
"""Lines sent along when they change; of more at once the browsers are told only to look again."""


class MissedCallsNews:
    """Reads what changed once for all browsers. `counts`: as last told, for snapshots."""

    def __init__(self, hub: Hub, service: MissedCallService) -> None:
        self._hub = hub
        self._service = service
        self.counts = MissedCounts()

    async def load(self, session: AsyncSession) -> None:
        """How it stands when the service starts."""
        self.counts = await self._service.counts(session)

    async def changed(self, session: AsyncSession, events: Sequence[MissedCallsChanged]) -> None:
        """Lines changed: tell what they are now."""
        ids = {event.line_id for event in events}
        self.counts = await self._service.counts(session)
        lines = await self._service.several(session, ids) if len(ids) <= TOLD_WHOLE else []
        gone = sorted(ids - {line.id for line in lines}) if len(ids) <= TOLD_WHOLE else []
        self._hub.to_all(MissedCallsUpdated(lines=lines, gone=gone, whole=len(ids) <= TOLD_WHOLE, counts=self.counts))

    async def due(self, session: AsyncSession, events: Sequence[MissedCallDue]) -> None:
        """Lines are back that somebody had put off: remind them."""
        lines = {line.id: line for line in await self._service.several(session, {one.line_id for one in events})}
        for event in events:
            if event.line_id in lines:
                self._hub.to_user(event.user_id, MissedCallReminder(line=lines[event.line_id]))
