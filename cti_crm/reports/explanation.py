"""Why a call became what it is: what the PBX said, what was made of it, where it popped, and why this contact."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.calls.call import Call, Step
from cti_crm.calls.call_events import CallAbsorbed
from cti_crm.calls.ports import HeardCalls, HeardEvent
from cti_crm.calls.schemas import StepOut
from cti_crm.infrastructure.errors import NotFoundError
from cti_crm.reports import queries
from cti_crm.reports.schemas import CallExplanation, CallMatch, ExplainedEvent, PopChange

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PopStanding:
    """How a call stands for an agent: the state of the pop, and for a closed one why, and who has the call."""

    state: str
    reason: str | None
    by: str | None


Audience = Callable[[Call], Mapping[str, PopStanding]]
"""Extension -> how the call stands for the agent there."""


class CallExplainer:
    """Explains stored calls. `heard` is None where nothing is recorded; `masked`: numbers in it are replaced."""

    def __init__(self, heard: HeardCalls | None, audience: Audience, *, masked: bool) -> None:
        self._heard = heard
        self._audience = audience
        self._masked = masked

    async def explain(self, session: AsyncSession, call_id: UUID) -> CallExplanation:
        """Raises NotFoundError. Without a recording the events are missing, the match is still told."""
        found = await queries.call(session, call_id)
        if found is None:
            raise NotFoundError("There is no such call.")
        heard: list[HeardEvent] = []
        if self._heard is not None:
            try:
                heard = await asyncio.to_thread(self._heard.heard, found.call)
            except (OSError, ValueError) as error:
                log.warning("recording_not_read", call=str(call_id), error=str(error))
        return CallExplanation(
            recorded=bool(heard),
            masked=self._masked,
            match=await self._match(session, call_id),
            events=self._events(heard),
        )

    async def _match(self, session: AsyncSession, call_id: UUID) -> CallMatch | None:
        match = await queries.match_of(session, call_id)
        return None if match is None else CallMatch(kind=match.kind, reason=match.reason, assigned_by=match.assigned_by)

    def _events(self, heard: list[HeardEvent]) -> list[ExplainedEvent]:
        steps: dict[UUID, int] = {}
        standings: dict[str, PopStanding] = {}
        events = []
        for one in heard:
            new_steps: list[Step] = []
            pops: list[PopChange] = []
            for told in one.told:
                call = told.call
                new_steps += call.steps[steps.get(call.id, 0) :]
                steps[call.id] = len(call.steps)
                if not isinstance(told, CallAbsorbed):
                    pops += _changes(standings, self._audience(call))
            events.append(
                ExplainedEvent(
                    at=one.at,
                    event=one.name,
                    channel=one.channel,
                    text=one.text,
                    meanings=list(dict.fromkeys(type(told).__name__ for told in one.told)),
                    steps=[StepOut(at=step.at, what=step.what, who=step.who, detail=step.detail) for step in new_steps],
                    pops=pops,
                )
            )
        return events


def _changes(before: dict[str, PopStanding], now: Mapping[str, PopStanding]) -> list[PopChange]:
    changed = {extension: standing for extension, standing in now.items() if before.get(extension) != standing}
    before.update(changed)
    return [
        PopChange(extension=extension, state=one.state, reason=one.reason, by=one.by)
        for extension, one in changed.items()
    ]
