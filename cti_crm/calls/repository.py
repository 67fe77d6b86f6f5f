"""Queries on the call log's tables."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, Table, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.calls.call import Call, LegKind
from cti_crm.calls.codec import from_document, to_json
from cti_crm.calls.models import CallAgentRow, CallRow, PbxSeenRow
from cti_crm.calls.ports import NumberFormat
from cti_crm.calls.views import remote_number
from cti_crm.infrastructure.database import JsonText
from cti_crm.infrastructure.prepared import Writing

_CALLS, _AGENTS = cast("Table", CallRow.__table__), cast("Table", CallAgentRow.__table__)
_AT_ONCE = 50
_LONGEST = timedelta(hours=24)  # a call that is older is not looked for among those that go on


def _save_newer(insert: Any) -> Any:
    changed = {one.name: insert.excluded[one.name] for one in _CALLS.columns if not one.primary_key}
    newer = CallRow.revision < insert.excluded["revision"]
    return insert.on_conflict_do_update(index_elements=["id"], set_=changed, where=newer)


_save = Writing(_CALLS, [one.name for one in _CALLS.columns], _save_newer)
_add_agents = Writing(_AGENTS, ["call_id", "extension"], lambda insert: insert.on_conflict_do_nothing())
_mark_seen = Writing(
    PbxSeenRow.__table__,
    ["pbx", "seen_at"],
    lambda insert: insert.on_conflict_do_update(index_elements=["pbx"], set_={"seen_at": insert.excluded["seen_at"]}),
)


class CallRepository:
    """Reads and writes calls; a newer revision is never overwritten by an older one."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, call_id: UUID) -> Call | None:
        """One call."""
        row = await self._session.get(CallRow, call_id)
        return None if row is None else from_document(row.document)

    async def running(self, pbx: str) -> list[tuple[Call, datetime]]:
        """The calls of a PBX that had not ended when last written, each with when it was last heard of."""
        rows = await self._session.scalars(select(CallRow).where(CallRow.pbx == pbx, CallRow.ended_at.is_(None)))
        return [(from_document(row.document), row.seen_at) for row in rows]

    async def of_conversation(self, pbx: str, ids: Collection[str], since: datetime, until: datetime) -> list[Call]:
        """The calls of a PBX to which one of these Linkedids or leg ids belongs, and that went on in that time."""
        rows = (await self._session.scalars(_of(pbx).where(CallRow.linkedid.in_(ids)))).all()
        if not rows:
            # A consultation stands under the Linkedid of the call it was for: look into those of the same time.
            same_time = _of(pbx).where(CallRow.started_at.between(since - _LONGEST, until), CallRow.ended_at >= since)
            rows = (await self._session.scalars(same_time)).all()
        calls = [from_document(row.document) for row in rows]
        return [call for call in calls if call.linkedid in ids or any(leg.id in ids for leg in call.legs)]

    async def earliest_going_on(self, pbx: str, at: datetime) -> datetime:
        """When the oldest call began that went on at `at`; `at` itself if there was none."""
        going_on = or_(CallRow.ended_at.is_(None), CallRow.ended_at >= at)
        oldest = select(func.min(CallRow.started_at)).where(
            CallRow.pbx == pbx, CallRow.started_at.between(at - _LONGEST, at), going_on
        )
        return await self._session.scalar(oldest) or at

    async def seen_at(self, pbx: str) -> datetime | None:
        """Up to when the log holds what happened at a PBX; None if it was never connected."""
        row = await self._session.get(PbxSeenRow, pbx)
        return None if row is None else row.seen_at

    async def mark_seen(self, pbx: str, at: datetime) -> None:
        """The log holds what happened at a PBX up to `at`."""
        await _mark_seen.write(self._session, [(pbx, at)])

    async def save(self, calls: Sequence[Call], numbers: NumberFormat, seen_at: datetime) -> None:
        """Write calls, each as it is now; `seen_at` is when the PBX last spoke of them."""
        # Few at a time, each a turn of the loop: making documents of hundreds of calls would keep the pops waiting.
        for start in range(0, len(calls), _AT_ONCE):
            await self._save(calls[start : start + _AT_ONCE], numbers, seen_at)

    async def _save(self, calls: Sequence[Call], numbers: NumberFormat, seen_at: datetime) -> None:
        await _save.write(self._session, [_row(call, numbers, seen_at) for call in calls])
        agents = [(call.id, name) for call in calls for name in sorted(extensions(call))]
        if agents:
            await _add_agents.write(self._session, agents)

    async def remove(self, call_ids: Iterable[UUID]) -> None:
        """Drop calls that turned out to be part of another."""
        gone = list(call_ids)
        if gone:
            await self._session.execute(delete(CallAgentRow).where(CallAgentRow.call_id.in_(gone)))
            await self._session.execute(delete(CallRow).where(CallRow.id.in_(gone)))


def _row(call: Call, numbers: NumberFormat, seen_at: datetime) -> tuple[object, ...]:
    """In the order of the table's columns."""
    return (
        call.id,
        call.pbx,
        call.linkedid[:150],
        call.revision,
        call.direction.value,
        remote_number(call, numbers),
        call.queue,
        call.outcome.value if call.outcome else None,
        call.started_at,
        call.answered_at,
        call.ended_at,
        seen_at,
        JsonText(to_json(call)),
    )


def _of(pbx: str) -> Select[CallRow]:
    return select(CallRow).where(CallRow.pbx == pbx)


def extensions(call: Call) -> set[str]:
    """The extensions of ours that have, or had, a part in the call."""
    ours = {leg.party.extension for leg in call.legs if leg.kind is LegKind.DEVICE and leg.party.extension}
    return ours | set(call.offered_to)
