"""Click-to-dial over HTTP."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.calls.schemas import DialCreate, DialOut
from cti_crm.calls.service import CallService
from cti_crm.infrastructure.errors import CtiCrmError, FieldError
from cti_crm.infrastructure.http.api import ApiRequest, Routes

WarnedOf = Callable[[AsyncSession, str, UUID | None], Awaitable[str | None]]
"""Why a number is not to be called, as somebody noted it at a contact or organisation; None if it may be, empty
without a reason."""


class DoNotCallError(CtiCrmError):
    """This number is not to be called."""

    code = "do_not_call"
    status = 409


def call_routes(calls: CallService, warned_of: WarnedOf) -> Routes:
    """Click-to-dial."""
    routes = Routes("calls")

    @routes.post("/calls", status=202)
    async def dial(request: ApiRequest, body: DialCreate) -> DialOut:
        """Dial a number: your own phone rings first, then the other side is called.

        One that is not to be called is refused with the code `do_not_call`, and the reason as the field's, unless
        `confirmed`.
        """
        reason = None if body.confirmed else await warned_of(request.session, body.number, body.contact_id)
        if reason is not None:
            raise DoNotCallError(fields=[FieldError("number", reason)] if reason else ())
        return await calls.dial(request.principal, body)

    return routes
