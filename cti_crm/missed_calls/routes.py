"""Missed calls over HTTP."""

from uuid import UUID

from aiohttp import web

from cti_crm.infrastructure.http.api import ApiRequest, Routes
from cti_crm.infrastructure.http.pagination import Page
from cti_crm.infrastructure.http.principal import Role
from cti_crm.missed_calls.export import export
from cti_crm.missed_calls.schemas import Claim, Done, MissedCallOut, MissedCallQuery, MissedCounts, Snooze
from cti_crm.missed_calls.service import MissedCallService


def missed_call_routes(service: MissedCallService) -> Routes:
    """Who waits for a call back."""
    routes = Routes("missed calls")

    @routes.get("/missed-calls")
    async def list_missed_calls(request: ApiRequest, query: MissedCallQuery) -> Page[MissedCallOut]:
        """Missed callers, one line each with all their attempts."""
        return await service.page(request.session, request.principal, query)

    @routes.get("/missed-calls/counts")
    async def count_missed_calls(request: ApiRequest) -> MissedCounts:
        """How many callers wait, and who sees to how many."""
        return await service.counts(request.session)

    @routes.get("/missed-calls/export", roles=(Role.MANAGER,))
    async def export_missed_calls(request: ApiRequest, query: MissedCallQuery) -> web.Response:
        """The list as CSV (RFC 4180), with the same filters, in full."""
        return await export(service, request.session, request.principal, query)

    @routes.get("/missed-calls/{line_id}")
    async def get_missed_call(request: ApiRequest, line_id: UUID) -> MissedCallOut:
        """One line."""
        return await service.get(request.session, line_id)

    @routes.put("/missed-calls/{line_id}/claim")
    async def claim_missed_call(request: ApiRequest, line_id: UUID, body: Claim) -> MissedCallOut:
        """I call back. Conflict `claimed`: a colleague was faster."""
        return await service.claim(request.session, request.principal, line_id, body)

    @routes.put("/missed-calls/{line_id}/release")
    async def release_missed_call(request: ApiRequest, line_id: UUID) -> MissedCallOut:
        """Somebody else may call back."""
        return await service.release(request.session, request.principal, line_id)

    @routes.put("/missed-calls/{line_id}/done")
    async def finish_missed_call(request: ApiRequest, line_id: UUID, body: Done) -> MissedCallOut:
        """Nothing is left to do here."""
        return await service.done(request.session, request.principal, line_id, body)

    @routes.put("/missed-calls/{line_id}/snooze")
    async def snooze_missed_call(request: ApiRequest, line_id: UUID, body: Snooze) -> MissedCallOut:
        """Put it off until a time, or bring it back."""
        return await service.snooze(request.session, request.principal, line_id, body)

    @routes.put("/missed-calls/{line_id}/reopen")
    async def reopen_missed_call(request: ApiRequest, line_id: UUID) -> MissedCallOut:
        """They wait for a call back after all."""
        return await service.reopen(request.session, request.principal, line_id)

    return routes
