"""Marked numbers and own mobiles over HTTP."""

from cti_crm.callers.schemas import OwnMobileOut, OwnMobilePut, SpamList, SpamOut
from cti_crm.callers.service import CallerService
from cti_crm.infrastructure.http.api import ApiRequest, Routes


def caller_routes(service: CallerService) -> Routes:
    """The routes of this feature."""
    routes = Routes("callers")

    @routes.get("/spam-numbers")
    async def list_spam_numbers(request: ApiRequest) -> SpamList:
        """Numbers marked as spam."""
        return SpamList(items=await service.marked(request.session))

    @routes.put("/spam-numbers/{number}")
    async def mark_as_spam(request: ApiRequest, number: str) -> SpamOut:
        """Mark a number as spam: its calls are shown so, and make no sound. Calls are not refused."""
        return await service.mark(request.session, request.principal, number)

    @routes.delete("/spam-numbers/{number}")
    async def unmark_as_spam(request: ApiRequest, number: str) -> None:
        """Take the mark away."""
        await service.unmark(request.session, number)

    @routes.get("/own-mobile")
    async def get_own_mobile(request: ApiRequest) -> OwnMobileOut:
        """My mobile: who calls in from it is shown as me."""
        return await service.mobile(request.session, request.principal)

    @routes.put("/own-mobile")
    async def put_own_mobile(request: ApiRequest, body: OwnMobilePut) -> OwnMobileOut:
        """Name my mobile, or none."""
        return await service.set_mobile(request.session, request.principal, body.number)

    return routes
