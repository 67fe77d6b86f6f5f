"""Searching over HTTP."""

from cti_crm.infrastructure.http.api import ApiRequest, Routes
from cti_crm.search.schemas import SearchAllQuery, SearchResult
from cti_crm.search.service import SearchService


def search_routes(service: SearchService) -> Routes:
    """One search over everything one looks for."""
    routes = Routes("search")

    @routes.get("/search")
    async def search(request: ApiRequest, query: SearchAllQuery) -> SearchResult:
        """Contacts, organisations and notes by name, firm, e-mail, piece of a number or text; forgives misspelling."""
        return await service.search(request.session, query)

    return routes
