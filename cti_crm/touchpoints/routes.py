"""Wrap-up and assignment of calls over HTTP."""

from uuid import UUID

from cti_crm.infrastructure.http.api import ApiRequest, Routes
from cti_crm.touchpoints.schemas import Assign, TouchpointOut, WrapUp
from cti_crm.touchpoints.service import TouchpointService


def touchpoint_routes(service: TouchpointService) -> Routes:
    """What agents do with a call."""
    routes = Routes("touchpoints")

    @routes.put("/calls/{call_id}/wrap-up")
    async def wrap_up(request: ApiRequest, call_id: UUID, body: WrapUp) -> TouchpointOut:
        """I am done with this call."""
        return await service.wrap_up(request.session, request.principal, call_id, body)

    @routes.put("/calls/{call_id}/contact")
    async def assign(request: ApiRequest, call_id: UUID, body: Assign) -> TouchpointOut:
        """Say whose this call is: make the contact, attach the number, or choose among several."""
        return await service.assign(request.session, request.principal, call_id, body)

    return routes
