"""Keeps the list of missed calls by the calls that are stored, in the same transaction."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.calls.call import Call, Direction
from cti_crm.contacts.ownership import CallOwner, OwnersOfCalls
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.infrastructure.database import after_commit
from cti_crm.missed_calls import repository
from cti_crm.missed_calls.arranging import Affected, Caller, is_missed
from cti_crm.missed_calls.events import MissedCallsChanged
from cti_crm.missed_calls.models import MissedAttempt
from cti_crm.missed_calls.settling import Settler

_NOBODY_KNOWN: Mapping[UUID, CallOwner] = MappingProxyType({})


class MissedCallRecorder:
    """Doing it again with the same calls changes nothing; the order in which calls become known does not matter."""

    def __init__(self, owners_of: OwnersOfCalls, settler: Settler, plan: NumberPlan) -> None:
        self._owners_of = owners_of
        self._settler = settler
        self._plan = plan

    async def record(
        self, session: AsyncSession, calls: Sequence[Call], known: Mapping[UUID, CallOwner] = _NOBODY_KNOWN
    ) -> None:
        """Take in calls that are stored, each as often as it changes; their touchpoints are written already.

        known: whose calls are, as far as that has just been read.
        """
        matter = [call for call in calls if _has_come(call) or _has_talked(call) or _in_vain(call)]
        if not matter:
            return
        owners = {call.id: known[call.id] for call in matter if call.id in known}
        owners |= await self._owners_of(session, {call.id for call in matter} - owners.keys())
        calls = await self._of_lines(session, matter, owners)
        if not calls:
            return
        came = [call for call in calls if _has_come(call)]
        talked = [call for call in calls if _has_talked(call)]
        tried = [call for call in calls if _in_vain(call)]
        listed = await repository.attempts(session, [call.id for call in came])
        affected = Affected()
        new = [
            row
            for call in came
            if (row := await self._take(session, call, owners.get(call.id), listed.get(call.id), affected)) is not None
        ]
        for call in talked:
            owner = owners.get(call.id)
            if owner is not None and call.answered_at is not None:
                affected.add(_caller(owner), owner.number, call.answered_at)
        affected.talk_ids = {call.id for call in (*came, *tried) if call.answered_at is None}
        await self._settler.settle(session, affected, new)
        await self._tell_of_tries(session, [owners[call.id] for call in tried if call.id in owners])

    async def _of_lines(
        self, session: AsyncSession, calls: Sequence[Call], owners: Mapping[UUID, CallOwner]
    ) -> list[Call]:
        """Those that were missed, and those that may change a line there is already: for most there is none."""
        since = min(call.answered_at or call.started_at for call in calls)
        at_stake = await repository.at_stake(session, [call.id for call in calls], owners.values(), since)
        return [
            call
            for call in calls
            if is_missed(call)
            or call.id in at_stake
            or ((owner := owners.get(call.id)) and not at_stake.isdisjoint((owner.owner.contact_id, owner.number)))
        ]

    async def refresh(self, session: AsyncSession, call_ids: Collection[UUID]) -> None:
        """It is known now, or known better, whose these calls are."""
        await self.record(session, await repository.calls_of_interest(session, call_ids))

    async def absorb(self, session: AsyncSession, gone: UUID, into: UUID) -> None:
        """A call turned out to be part of another one, which is recorded as well."""
        await repository.move_closings(session, gone, into)
        row = (await repository.attempts(session, [gone])).get(gone)
        if row is not None:
            await self._drop(session, row, affected := Affected())
            await self._settler.settle(session, affected)

    async def _take(
        self,
        session: AsyncSession,
        call: Call,
        owner: CallOwner | None,
        row: MissedAttempt | None,
        affected: Affected,
    ) -> MissedAttempt | None:
        """The call's row if it is to be settled: a new one, or one that is somebody else's now."""
        if owner is None or not is_missed(call):
            if row is not None:
                await self._drop(session, row, affected)
            return None
        if row is None:
            row = MissedAttempt(call_id=call.id, counts_from=call.started_at)
        elif (row.contact_id, row.number) != (owner.owner.contact_id, owner.number):
            affected.add(Caller.of(row.contact_id, row.number), row.number, row.counts_from)
            affected.line_ids.add(row.line_id)
        row.at, row.waited = call.started_at, call.wait_seconds or 0.0
        row.outcome, row.queue = str(call.outcome), call.queue
        row.called = self._plan.e164_or_text(call.called.number) if call.called.number else call.called.extension
        row.number, row.name = owner.number, call.caller.name[:80]
        row.contact_id, row.organization_id = owner.owner.contact_id, owner.owner.organization_id
        row.match_kind, row.match_reason = owner.match_kind, owner.match_reason
        affected.add(_caller(owner), owner.number, row.counts_from)
        return row

    @staticmethod
    async def _drop(session: AsyncSession, row: MissedAttempt, affected: Affected) -> None:
        affected.add(Caller.of(row.contact_id, row.number), row.number, row.counts_from)
        affected.line_ids.add(row.line_id)
        await session.delete(row)
        await session.flush()

    @staticmethod
    async def _tell_of_tries(session: AsyncSession, owners: Sequence[CallOwner]) -> None:
        """We called back and nobody answered: that stands in the line, too."""
        affected = Affected(
            contact_ids={one.owner.contact_id for one in owners if one.owner.contact_id is not None},
            numbers={one.number for one in owners if one.number is not None},
        )
        if affected.contact_ids or affected.numbers:
            for line in await repository.lines_of(session, affected):
                if line.closed_at is None:
                    after_commit(session, MissedCallsChanged(line.id))


def _caller(owner: CallOwner) -> Caller:
    return Caller.of(owner.owner.contact_id, owner.number)


def _has_come(call: Call) -> bool:
    return call.direction is Direction.INBOUND and call.ended_at is not None


def _has_talked(call: Call) -> bool:
    return call.remote is not None and call.answered_at is not None


def _in_vain(call: Call) -> bool:
    return call.direction is Direction.OUTBOUND and call.ended_at is not None and call.answered_at is None
