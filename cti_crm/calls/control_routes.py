"""Call control over HTTP: of the user's own calls, while they go on."""

from uuid import UUID

from cti_crm.calls.control import CallControlService
from cti_crm.calls.control_schemas import ConferenceCreate, DigitsCreate, PbxList, PickUpCreate, TransferCreate
from cti_crm.calls.schemas import DialOut
from cti_crm.infrastructure.http.api import ApiRequest, Routes


def control_routes(control: CallControlService) -> Routes:
    """Answers tell that the PBX took the wish; what came of it is told by the call over the socket."""
    routes = Routes("calls")
    _own_talk(routes, control)
    _handing_over(routes, control)

    @routes.get("/pbxs")
    async def pbxs(request: ApiRequest) -> PbxList:
        """The telephone systems, and what each can do with calls."""
        return PbxList(items=await control.pbxs())

    @routes.post("/calls/{call_id}/retrieve", status=202)
    async def retrieve(request: ApiRequest, call_id: UUID) -> DialOut:
        """Fetch a parked call: your own phone rings, and has it when it answers."""
        return await control.retrieve(request.principal, call_id)

    @routes.post("/calls/{call_id}/pick-up", status=202)
    async def pick_up(request: ApiRequest, call_id: UUID, body: PickUpCreate) -> DialOut:
        """Take a call that rings at a colleague: your own phone rings, and has it when it answers."""
        return await control.pick_up(request.principal, call_id, body.extension)

    return routes


def _own_talk(routes: Routes, control: CallControlService) -> None:
    @routes.delete("/calls/{call_id}/leg")
    async def hang_up(request: ApiRequest, call_id: UUID) -> None:
        """Hang up your own part of a call."""
        await control.hang_up(request.principal, call_id)

    @routes.post("/calls/{call_id}/hold", status=204)
    async def hold(request: ApiRequest, call_id: UUID) -> None:
        """Let the other side hear music."""
        await control.hold(request.principal, call_id)

    @routes.post("/calls/{call_id}/resume", status=204)
    async def resume(request: ApiRequest, call_id: UUID) -> None:
        """Take the other side back."""
        await control.resume(request.principal, call_id)

    @routes.post("/calls/{call_id}/mute", status=204)
    async def mute(request: ApiRequest, call_id: UUID) -> None:
        """Let the others not hear you."""
        await control.mute(request.principal, call_id, on=True)

    @routes.post("/calls/{call_id}/unmute", status=204)
    async def unmute(request: ApiRequest, call_id: UUID) -> None:
        """Let the others hear you again."""
        await control.mute(request.principal, call_id, on=False)

    @routes.post("/calls/{call_id}/dtmf", status=204)
    async def dtmf(request: ApiRequest, call_id: UUID, body: DigitsCreate) -> None:
        """Play keys to the other side."""
        await control.send_digits(request.principal, call_id, body.digits)


def _handing_over(routes: Routes, control: CallControlService) -> None:
    @routes.post("/calls/{call_id}/transfer", status=204)
    async def transfer(request: ApiRequest, call_id: UUID, body: TransferCreate) -> None:
        """Hand the call over: at once, or ask first."""
        if body.ask_first:
            await control.consult(request.principal, call_id, body.to)
        else:
            await control.transfer(request.principal, call_id, body.to)

    @routes.post("/calls/{call_id}/complete-transfer", status=204)
    async def complete(request: ApiRequest, call_id: UUID) -> None:
        """Hand the call over to whom you are asking, also while their phone still rings."""
        await control.complete(request.principal, call_id)

    @routes.post("/calls/{call_id}/cancel-transfer", status=204)
    async def go_back(request: ApiRequest, call_id: UUID) -> None:
        """Go back to the other side."""
        await control.go_back(request.principal, call_id)

    @routes.post("/calls/{call_id}/conference", status=204)
    async def conference(request: ApiRequest, call_id: UUID, body: ConferenceCreate) -> None:
        """Bring a third person in, or whom you are asking."""
        if body.to is None:
            await control.join(request.principal, call_id)
        else:
            await control.consult(request.principal, call_id, body.to, join=True)

    @routes.post("/calls/{call_id}/park", status=204)
    async def park(request: ApiRequest, call_id: UUID) -> None:
        """Let the other side wait in a parking slot."""
        await control.park(request.principal, call_id)
