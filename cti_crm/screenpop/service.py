"""Call events -> who it is -> a pop for each agent concerned. Pops go on while the database is away."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from cti_crm.calls.call import Call, Direction
from cti_crm.calls.call_events import CallAbsorbed, CallEvent
from cti_crm.calls.ports import NumberFormat
from cti_crm.calls.repository import extensions
from cti_crm.calls.schemas import CallOut, Ref
from cti_crm.calls.views import call_out, remote_number
from cti_crm.contacts.schemas import MatchOut
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import STORE_FAULTS
from cti_crm.infrastructure.event_bus.bus import EventBus
from cti_crm.notes.schemas import NoteOut
from cti_crm.screenpop.case import Case, Pop, Untold
from cti_crm.screenpop.hub import Hub
from cti_crm.screenpop.knowledge import NOT_ASKED, Callers, Knowledge, Lore, Strangers
from cti_crm.screenpop.policy import Standing, audience
from cti_crm.screenpop.protocol import CallUpdated, CloseReason, PopChanged, PopContext, PopState, ScreenPop
from cti_crm.screenpop.session import frame

log = structlog.get_logger(__name__)

# Longer than any healthy look-up, shorter than the first ring. A pop goes out without its context rather than late.
LOOK_UP_SECONDS = 0.5
LOOK_UP_LIMIT = 10.0
RETRY_SECONDS = 2.0
# More at once would only make each slower, and leave no connection for anything else.
LOOK_UPS_AT_ONCE = 6
# What changes nothing in how a call stands for its agent (other phones that ring, holds) is told together, that often.
TOLD_EVERY = 0.2
TOLD_TOGETHER = 10  # calls; more would keep a pop waiting
WRAP_UP_KEPT = timedelta(hours=12)
"""A call that is not wrapped up is shown no longer than this, also after a restart of the service."""

FORGET_EVERY = timedelta(minutes=1)


class ScreenPopService:
    """Keeps the pops of all agents."""

    def __init__(
        self,
        bus: EventBus,
        hub: Hub,
        lore: Lore,
        numbers: NumberFormat,
        spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
        has_agent: Callable[[str, str], bool] = lambda _pbx, _extension: True,
        on_match: Callable[[MatchOut], None] = lambda _: None,
        callers: Callers | None = None,
    ) -> None:
        """`spawn` starts a task in the application's task group. `has_agent(pbx, extension)`: two PBXs may both have
        a phone 101, and only one of them an agent."""
        self._hub = hub
        self._lore = lore
        self._numbers = numbers
        self._spawn = spawn
        self._has_agent = has_agent
        self._on_match = on_match
        self._callers = callers or Strangers()
        self._cases: dict[UUID, Case] = {}
        self._changed: dict[UUID, Case] = {}  # in this turn of the loop
        self._look_ups = asyncio.Semaphore(LOOK_UPS_AT_ONCE)
        self._untold: dict[UUID, Untold] = {}
        self._forget_at = now()
        bus.subscribe(CallEvent, self._take)

    # -- from the calls --------------------------------------------------------------------------------------------

    def _take(self, event: CallEvent) -> None:
        call = event.call
        if isinstance(event, CallAbsorbed):
            self._absorbed(call)
            return
        case = self._cases.get(call.id)
        if case is None:
            case = self._cases[call.id] = Case(call)
        elif call.revision <= case.call.revision:
            return  # the same change may be told as several events
        elif _number(case.call) != _number(call):  # some trunks tell the caller's number a moment late
            case.fresh = False
            case.knowledge = None
        case.call = call
        # What a PBX reports in one breath is followed once, with its outcome.
        if not self._changed:
            asyncio.get_running_loop().call_soon(self._follow)
        self._changed[call.id] = case

    def _follow(self) -> None:
        changed, self._changed = self._changed, {}
        for case in changed.values():
            try:
                self._follow_one(case)
            except Exception:  # one odd call must not cost the others their pops
                log.exception("call_not_followed", call=str(case.call.id))
        self._forget_old()

    def _follow_one(self, case: Case) -> None:
        case.agents = self._agents_of(case.call)
        self._restand(case)
        self._look_up_if_needed(case)
        self._show_changed(case)
        self._tell_soon(case)
        if case.call.ended_at is not None:
            self._forget_closed(case)

    def _restand(self, case: Case) -> None:
        standings = audience(case.call)
        for extension in standings.keys() & case.agents:
            standing, pop = standings[extension], case.pops.get(extension)
            if pop is None:
                if standing.state is not PopState.CLOSED or standing.reason is CloseReason.FAILED:
                    case.pops[extension] = Pop(standing)
            elif pop.standing.reason is CloseReason.DONE and standing.state is not PopState.OFFERED:
                continue  # wrapped up already: only ringing there again opens it again
            elif pop.standing == standing and standing.state is PopState.CLOSED:
                continue
            else:
                pop.change(standing)

    def _agents_of(self, call: Call) -> set[str]:
        return {extension for extension in extensions(call) if self._has_agent(call.pbx, extension)}

    def _absorbed(self, call: Call) -> None:
        case = self._cases.pop(call.id, None)
        self._changed.pop(call.id, None)
        if case is None:
            return
        case.call = call
        for pop in case.pops.values():
            pop.change(Standing(PopState.CLOSED, CloseReason.DONE))
        self._show(case)

    def _forget_old(self) -> None:
        """Nobody wraps up a call of yesterday: its pop goes, lest they pile up where agents never do."""
        moment = now()
        if moment < self._forget_at:
            return
        self._forget_at, before = moment + FORGET_EVERY, moment - WRAP_UP_KEPT
        for case in list(self._cases.values()):
            if case.call.ended_at is None or case.call.ended_at >= before:
                continue
            for pop in case.pops.values():
                if pop.standing.state is PopState.WRAP_UP:
                    pop.change(Standing(PopState.CLOSED, CloseReason.DONE))
            self._show(case)
            self._cases.pop(case.call.id, None)

    def _forget_closed(self, case: Case) -> None:
        if all(pop.standing.state is PopState.CLOSED for pop in case.pops.values()):
            self._cases.pop(case.call.id, None)

    # -- looking up ------------------------------------------------------------------------------------------------

    def _look_up_if_needed(self, case: Case) -> None:
        if not case.fresh and case.task is None:
            case.task = self._spawn(self._look_up(case))

    async def _look_up(self, case: Case) -> None:
        try:
            while not case.fresh and (case.call.ended_at is None or self._cases.get(case.call.id) is case):
                case.fresh = True  # set before the look-up: who changes something meanwhile sets it back
                late = asyncio.get_running_loop().call_later(LOOK_UP_SECONDS, self._show_without_context, case)
                try:
                    async with self._look_ups, asyncio.timeout(LOOK_UP_LIMIT):
                        async for knowledge in self._lore.about(case.call):
                            self._learn(case, knowledge)
                except STORE_FAULTS as error:
                    log.warning("look_up_failed", call=str(case.call.id), error=type(error).__name__)
                    case.fresh = False
                    self._show_without_context(case)
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                finally:
                    late.cancel()
        finally:
            case.task = None

    def _learn(self, case: Case, knowledge: Knowledge) -> None:
        known = case.knowledge
        if not case.fresh and known is None:
            return  # the number changed meanwhile; it is looked up once more
        if known is not None and known.context.complete and not knowledge.context.complete:
            return  # the rest follows: until then what is shown stays
        if known is None or known.match is NOT_ASKED:
            self._on_match(knowledge.match)
        case.knowledge = knowledge if known is None else knowledge.with_newer_notes(known)
        if known is None or known.match != knowledge.match:
            self._tell_soon(case)
        for pop in case.pops.values():
            pop.change()
        self._show(case)

    def _show_without_context(self, case: Case) -> None:
        """The number at least, rather than a late pop; what is known of it follows."""
        if case.knowledge is None:
            log.warning("pop_without_context", call=str(case.call.id))
            case.knowledge = Knowledge(NOT_ASKED, PopContext(complete=False))
            self._show(case)

    # -- showing ---------------------------------------------------------------------------------------------------

    def _tell_soon(self, case: Case) -> None:
        """Have everybody concerned told how the call is now; the more changes until then, the fewer messages."""
        if not self._untold:
            asyncio.get_running_loop().call_later(TOLD_EVERY, self._tell)
        untold = self._untold.setdefault(case.call.id, Untold(case))
        if untold.case.call.revision <= case.call.revision:
            untold.case = case
        untold.agents |= case.agents

    def _tell(self) -> None:
        told = [self._untold.pop(call_id) for call_id in tuple(self._untold)[:TOLD_TOGETHER]]
        if self._untold:  # arranged before anything can go wrong with these
            asyncio.get_running_loop().call_soon(self._tell)
        for one in told:
            self._show(one.case)
        self._hub.to_concerned((one.agents, partial(self._call_updated, one.case)) for one in told)
        for one in told:
            if one.case.call.ended_at is not None:
                one.case.out = None  # nobody will ask for it soon, and it may wait for its wrap-up for hours

    def _call_updated(self, case: Case) -> CallUpdated:
        return CallUpdated(call=self._call_out(case))

    def _show_changed(self, case: Case) -> None:
        """Show at once where the call stands otherwise than was shown, or has been answered."""
        for extension, pop in case.pops.items():
            if pop.shown != (pop.standing, case.call.answered_by):
                self._show_one(case, extension, pop)

    def _show(self, case: Case) -> None:
        for extension, pop in case.pops.items():
            self._show_one(case, extension, pop)

    def _show_one(self, case: Case, extension: str, pop: Pop) -> None:
        if pop.sent or case.knowledge is None:
            return  # the look-up under way will show it, or its time limit will
        first_ring = pop.shown is None and pop.standing.state is PopState.OFFERED
        pop.sent, pop.shown = True, (pop.standing, case.call.answered_by)
        if self._hub.has(extension):
            message = PopChanged(pop=self._screen_pop(case, extension, pop))
            rang_at = _rang_at(case.call, extension) if first_ring else None
            self._hub.to_extension(extension, frame(message, rang_at, pop.standing.state.value))

    def _screen_pop(self, case: Case, extension: str, pop: Pop) -> ScreenPop:
        knowledge = case.knowledge or Knowledge(NOT_ASKED, PopContext(complete=False))
        number = remote_number(case.call, self._numbers)
        return ScreenPop(
            call=self._call_out(case),
            revision=pop.revision,
            state=pop.standing.state,
            agent_extension=extension,
            waiting_since=case.call.started_at,
            match=knowledge.match,
            context=knowledge.context,
            my_note=knowledge.notes.get(extension),
            colleagues_notes=[note for author, note in knowledge.notes.items() if author != extension],
            closed_reason=pop.standing.reason,
            closed_by=pop.standing.by,
            colleague=_colleague(case.call, extension) or self._callers.colleague(number),
            spam=self._callers.spam(number),
        )

    def _call_out(self, case: Case) -> CallOut:
        if case.out is not None and case.out[0] is case.call and case.out[1] is case.knowledge:
            return case.out[2]
        match = case.knowledge.match if case.knowledge else NOT_ASKED
        contact = Ref(id=match.contact.id, name=match.contact.name) if match.contact else None
        organization = Ref(id=match.organization.id, name=match.organization.name) if match.organization else None
        made = call_out(case.call, self._numbers, contact, organization)
        case.out = (case.call, case.knowledge, made)
        return made

    # -- for the socket and for other features -----------------------------------------------------------------------

    def pops_of(self, extension: str | None) -> list[ScreenPop]:
        """The pops an agent has open, oldest first."""
        if extension is None:
            return []
        return [
            self._screen_pop(case, extension, pop)
            for case in self._cases.values()
            if (pop := case.pops.get(extension)) is not None
            and pop.standing.state is not PopState.CLOSED
            and case.knowledge is not None
        ]

    def calls_of(self, extension: str | None, sees_all: bool) -> list[CallOut]:
        """The running calls somebody may see, oldest first."""
        return [
            self._call_out(case)
            for case in self._cases.values()
            if case.call.ended_at is None and (sees_all or extension in self._agents_of(case.call))
        ]

    def refresh(self, call_id: UUID | None = None, contact_id: UUID | None = None) -> None:
        """Something that pops show was changed: look it up anew for this call, or for all calls of this contact."""
        one = self._cases.get(call_id) if call_id and contact_id is None else None
        for case in self._cases.values() if one is None else (one,):
            match = case.knowledge.match if case.knowledge else NOT_ASKED
            of_contact = contact_id is not None and match.contact is not None and match.contact.id == contact_id
            everyone = call_id is None and contact_id is None
            if case.call.id == call_id or of_contact or everyone:
                case.fresh = False
                self._look_up_if_needed(case)

    def assigned(self, call_id: UUID, contact_id: UUID | None, organization_id: UUID | None) -> None:
        """It is stored whose a call is. Mostly that is what the number said, and the pop shows it already."""
        case = self._cases.get(call_id)
        match = case.knowledge.match if case and case.knowledge else None
        if match is not None:
            shown = match.contact and match.contact.id, match.organization and match.organization.id
            if shown == (contact_id, organization_id):
                return
        self.refresh(call_id=call_id)

    def marked(self, number: str) -> None:
        """A number was marked as spam, or is so no more."""
        for case in self._cases.values():
            if remote_number(case.call, self._numbers) == number:
                for pop in case.pops.values():
                    pop.change()
                self._show(case)

    def drafted(self, call_id: UUID, author: str, note: NoteOut) -> None:
        """Somebody writes on a call: shown without looking anything up, for that happens with each few letters."""
        case = self._cases.get(call_id)
        known = case.knowledge if case else None
        if case is None or known is None or not known.context.complete:
            self.refresh(call_id=call_id)
            return
        case.knowledge = replace(known, notes={**known.notes, author: note}).with_newer_notes(known)
        for pop in case.pops.values():
            pop.change()
        self._show(case)

    def wrapped_up(self, call_id: UUID, extension: str) -> None:
        """An agent is done with a call."""
        case = self._cases.get(call_id)
        pop = case.pops.get(extension) if case else None
        if case is None or pop is None:
            return
        pop.change(Standing(PopState.CLOSED, CloseReason.DONE))
        self._show(case)
        if case.call.ended_at is not None:
            self._forget_closed(case)

    def reopen(self, call: Call, extension: str) -> None:
        """After a restart of the service: an ended call this agent has not wrapped up."""
        case = self._cases.setdefault(call.id, Case(call))
        case.pops.setdefault(extension, Pop(Standing(PopState.WRAP_UP)))
        self._look_up_if_needed(case)


def _number(call: Call) -> str | None:
    return call.remote.number if call.remote else None


def _colleague(call: Call, extension: str) -> str | None:
    """Who is on the other side of an internal call."""
    if call.direction is not Direction.INTERNAL:
        return None
    return call.called.extension if call.caller.extension == extension else call.caller.extension


def _rang_at(call: Call, extension: str) -> datetime | None:
    alerting = [leg.alerting_at for leg in call.legs if leg.party.extension == extension and leg.alerting_at]
    return max(alerting, default=None)
