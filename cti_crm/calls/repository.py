"""Queries on the call log's tables."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.calls.call import Call, LegKind
from cti_crm.calls.codec import from_document, to_document
from cti_crm.calls.models import CallAgentRow, CallRow
from cti_crm.calls.ports import NumberFormat
from cti_crm.calls.views import remote_number


class CallRepository:
    """Reads and writes calls; a newer revision is never overwritten by an older one."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert

    async def get(self, call_id: UUID) -> Call | None:
        """One call."""
        row = await self._session.get(CallRow, call_id)
        return None if row is None else from_document(row.document)

    async def running(self, pbx: str) -> list[tuple[Call, datetime]]:
        """The calls of a PBX that had not ended when last written, each with when it was last heard of."""
        rows = await self._session.scalars(select(CallRow).where(CallRow.pbx == pbx, CallRow.ended_at.is_(None)))
        return [(from_document(row.document), row.seen_at) for row in rows]

    async def save(self, calls: Sequence[Call], numbers: NumberFormat, seen_at: datetime) -> None:
        """Write calls, each as it is now; `seen_at` is when the PBX last spoke of them."""
        if not calls:
            return
        values = [
            {
                "id": call.id,
                "pbx": call.pbx,
                "linkedid": call.linkedid[:150],
                "revision": call.revision,
                "direction": call.direction.value,
                "remote_number": remote_number(call, numbers),
                "queue": call.queue,
                "outcome": call.outcome.value if call.outcome else None,
                "started_at": call.started_at,
                "answered_at": call.answered_at,
                "ended_at": call.ended_at,
                "seen_at": seen_at,
                "document": to_document(call),
            }
            for call in calls
        ]
        statement = self._insert(CallRow).values(values)
        changed = {column: statement.excluded[column] for column in values[0] if column != "id"}
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["id"], set_=changed, where=CallRow.revision < statement.excluded["revision"]
            )
        )
        agents = [{"call_id": call.id, "extension": name} for call in calls for name in sorted(extensions(call))]
        if agents:
            await self._session.execute(self._insert(CallAgentRow).values(agents).on_conflict_do_nothing())

    async def remove(self, call_ids: Iterable[UUID]) -> None:
        """Drop calls that turned out to be part of another."""
        gone = list(call_ids)
        if gone:
            await self._session.execute(delete(CallAgentRow).where(CallAgentRow.call_id.in_(gone)))
            await self._session.execute(delete(CallRow).where(CallRow.id.in_(gone)))


def extensions(call: Call) -> set[str]:
    """The extensions of ours that have, or had, a part in the call."""
    ours = {leg.party.extension for leg in call.legs if leg.kind is LegKind.DEVICE and leg.party.extension}
    return ours | set(call.offered_to)
