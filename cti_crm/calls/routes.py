"""Click-to-dial over HTTP."""

from cti_crm.calls.schemas import DialCreate, DialOut
from cti_crm.calls.service import CallService
from cti_crm.infrastructure.http.api import ApiRequest, Routes


def call_routes(calls: CallService) -> Routes:
    """Click-to-dial."""
    routes = Routes("calls")

    @routes.post("/calls", status=202)
    async def dial(request: ApiRequest, body: DialCreate) -> DialOut:
        """Dial a number: your own phone rings first, then the other side is called."""
        return await calls.dial(request.principal, body)

    return routes
