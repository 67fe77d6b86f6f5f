"""Duplicates over HTTP."""

from uuid import UUID

from cti_crm.contacts.schemas import ContactOut
from cti_crm.duplicates.schemas import DistinctIn, DuplicatesOut, DuplicatesQuery, MergeIn, MergeOut, MergesOut
from cti_crm.duplicates.service import DuplicateService
from cti_crm.infrastructure.http.api import ApiRequest, Routes


def duplicate_routes(service: DuplicateService) -> Routes:
    """The same person twice."""
    routes = Routes("duplicates")

    @routes.get("/duplicates")
    async def list_duplicates(request: ApiRequest, query: DuplicatesQuery) -> DuplicatesOut:
        """Contacts that may be one, the likeliest first."""
        return await service.proposals(request.session, query.limit)

    @routes.post("/duplicates/distinct")
    async def tell_apart(request: ApiRequest, body: DistinctIn) -> None:
        """These two are not the same: do not propose them again."""
        await service.tell_apart(request.session, request.principal, body)

    @routes.get("/contacts/{contact_id}/duplicates")
    async def list_duplicates_of(request: ApiRequest, contact_id: UUID, query: DuplicatesQuery) -> DuplicatesOut:
        """Contacts that may be this one."""
        return await service.proposals(request.session, query.limit, contact_id)

    @routes.post("/contacts/{contact_id}/merge")
    async def merge_contacts(request: ApiRequest, contact_id: UUID, body: MergeIn) -> MergeOut:
        """Make another contact part of this one; it can be undone."""
        return await service.merge(request.session, request.principal, contact_id, body)

    @routes.get("/contacts/{contact_id}/merges")
    async def list_merges(request: ApiRequest, contact_id: UUID) -> MergesOut:
        """What became part of this contact."""
        return MergesOut(items=await service.merges(request.session, contact_id))

    @routes.post("/merges/{merge_id}/undo")
    async def undo_merge(request: ApiRequest, merge_id: UUID) -> ContactOut:
        """Take two contacts apart again."""
        return await service.undo(request.session, merge_id)

    return routes
