"""The call log over HTTP."""

from uuid import UUID

from cti_crm.calls.schemas import CallOut
from cti_crm.infrastructure.http.api import ApiRequest, Routes
from cti_crm.infrastructure.http.pagination import Page
from cti_crm.infrastructure.http.principal import Role
from cti_crm.reports.explanation import CallExplainer
from cti_crm.reports.schemas import CallExplanation, CallQuery, CallRecord
from cti_crm.reports.service import CallLogService


def report_routes(service: CallLogService, explainer: CallExplainer) -> Routes:
    """What was called, and how it went."""
    routes = Routes("calls")

    @routes.get("/calls")
    async def list_calls(request: ApiRequest, query: CallQuery) -> Page[CallOut]:
        """The call log, newest first; agents see their own calls, managers all."""
        return await service.calls(request.session, request.principal, query)

    @routes.get("/calls/{call_id}")
    async def get_call(request: ApiRequest, call_id: UUID) -> CallRecord:
        """One call, step by step, with what was written about it."""
        return await service.call(request.session, request.principal, call_id)

    @routes.get("/calls/{call_id}/explanation", roles=(Role.MANAGER, Role.PBX_ADMIN))
    async def explain_call(request: ApiRequest, call_id: UUID) -> CallExplanation:
        """Why a call became what it is: what the PBX said, what was made of it, whom it popped for, and why."""
        return await explainer.explain(request.session, call_id)

    return routes
