"""What may be asked of the PBX over HTTP."""

from uuid import UUID

from cti_crm.calls.schemas import DialCreate, DialOut
from cti_crm.calls.service import CallService
from cti_crm.infrastructure.http.api import ApiRequest, Routes


def call_routes(calls: CallService) -> Routes:
    """Click-to-dial and hanging up."""
    routes = Routes("calls")

    @routes.post("/calls", status=202)
    async def dial(request: ApiRequest, body: DialCreate) -> DialOut:
        """Dial a number: your own phone rings first, then the other side is called."""
        return await calls.dial(request.principal, body)

    @routes.delete("/calls/{call_id}/leg")
    async def hang_up(request: ApiRequest, call_id: UUID) -> None:
        """Hang up your own part of a call."""
        await calls.hang_up(request.principal, call_id)

    return routes
