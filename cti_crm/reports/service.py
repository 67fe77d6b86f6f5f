"""The call log, and one call with all that was written about it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.calls.repository import extensions
from cti_crm.calls.schemas import CallOut
from cti_crm.calls.views import call_detail, call_out
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.infrastructure.errors import NotAllowedError, NotFoundError
from cti_crm.infrastructure.http.pagination import Page
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.notes.service import NoteService
from cti_crm.reports import queries
from cti_crm.reports.queries import LoggedCall
from cti_crm.reports.schemas import CallQuery, CallRecord
from cti_crm.tasks.service import TaskService
from cti_crm.touchpoints.repository import dispositions_of
from cti_crm.touchpoints.service import ExtensionOf
from cti_crm.touchpoints.views import disposition_out, party_refs


class CallLogService:
    """Reads the stored calls; a call that goes on may be a moment older here than on the socket."""

    def __init__(self, plan: NumberPlan, notes: NoteService, tasks: TaskService, extension_of: ExtensionOf) -> None:
        self._plan = plan
        self._notes = notes
        self._tasks = tasks
        self._extension_of = extension_of

    async def calls(self, session: AsyncSession, principal: Principal, query: CallQuery) -> Page[CallOut]:
        """Calls, newest first: managers see all, others those in which their own extension had a part."""
        wanted = [query.agent] if query.agent is not None else []
        if not principal.sees_all:
            own = self._extension_of(principal.user_id)
            if own is None:
                return Page[CallOut](items=[])
            wanted.append(own)
        found, following = await queries.calls(session, query, piece=self._plan.piece(query.q), extensions=wanted)
        items = [call_out(one.call, self._plan, *party_refs(one.contact, one.organization)) for one in found]
        return Page[CallOut](items=items, next_cursor=following)

    async def call(self, session: AsyncSession, principal: Principal, call_id: UUID) -> CallRecord:
        """One call. Raises NotFoundError; NotAllowedError: somebody else's, and in no timeline the user may read."""
        found = await queries.call(session, call_id)
        if found is None:
            raise NotFoundError("There is no such call.")
        if not self._may_see(principal, found):
            raise NotAllowedError("This is somebody else's call.")
        detail = call_detail(found.call, self._plan, *party_refs(found.contact, found.organization))
        disposition = (await dispositions_of(session, [call_id])).get(call_id)
        return CallRecord(
            **dict(detail),
            disposition=disposition_out(disposition) if disposition else None,
            notes=(await self._notes.of_calls(session, [call_id])).get(call_id, []),
            tasks=(await self._tasks.of_calls(session, [call_id])).get(call_id, []),
        )

    def _may_see(self, principal: Principal, found: LoggedCall) -> bool:
        """A call that belongs to a contact or an organisation stands in their timeline, which everybody reads."""
        in_timeline = found.contact is not None or found.organization is not None
        own = self._extension_of(principal.user_id)
        return principal.sees_all or in_timeline or own in extensions(found.call)
