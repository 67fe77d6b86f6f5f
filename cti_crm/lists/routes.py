"""Lists of contacts over HTTP."""

from uuid import UUID

from aiohttp import web

from cti_crm.infrastructure.http.api import ApiRequest, Routes
from cti_crm.infrastructure.http.pagination import Page
from cti_crm.lists.schemas import (
    BulkIn,
    BulkOut,
    BulkUndone,
    CountOut,
    LineOut,
    LinesQuery,
    SavedListIn,
    SavedListOut,
    SavedListsOut,
)
from cti_crm.lists.service import ListService


def list_routes(service: ListService) -> Routes:
    """Contacts by what is known about them."""
    routes = Routes("lists")

    @routes.get("/lists")
    async def saved_lists(request: ApiRequest) -> SavedListsOut:
        """One's own lists, and those that are shared."""
        return SavedListsOut(items=await service.saved(request.session, request.principal))

    @routes.post("/lists")
    async def keep_list(request: ApiRequest, body: SavedListIn) -> SavedListOut:
        """Keep a list."""
        return await service.keep(request.session, request.principal, body)

    @routes.put("/lists/{list_id}")
    async def change_list(request: ApiRequest, list_id: UUID, body: SavedListIn) -> SavedListOut:
        """Change a list: one's own, or a shared one as a manager."""
        return await service.change(request.session, request.principal, list_id, body)

    @routes.delete("/lists/{list_id}")
    async def forget_list(request: ApiRequest, list_id: UUID) -> None:
        """Remove a list; the contacts stay."""
        await service.forget(request.session, request.principal, list_id)

    @routes.get("/lists/contacts/lines")
    async def list_lines(request: ApiRequest, query: LinesQuery) -> Page[LineOut]:
        """The contacts that pass the filters."""
        return await service.lines(request.session, query)

    @routes.get("/lists/contacts/count")
    async def count_lines(request: ApiRequest, query: LinesQuery) -> CountOut:
        """How many pass the filters."""
        return CountOut(count=await service.count(request.session, query.filters))

    @routes.get("/lists/contacts/file")
    async def export_lines(request: ApiRequest, query: LinesQuery) -> web.Response:
        """The contacts that pass the filters as a CSV file."""
        return await service.export(request.session, query)

    @routes.post("/lists/contacts/change")
    async def change_many(request: ApiRequest, body: BulkIn) -> BulkOut:
        """Set one field of many contacts; it can be undone."""
        return await service.change_many(request.session, request.principal, body)

    @routes.post("/lists/changes/{edit_id}/undo")
    async def undo_change(request: ApiRequest, edit_id: UUID) -> BulkUndone:
        """Give each contact its former value again, unless it was changed since."""
        return await service.undo(request.session, edit_id)

    return routes
