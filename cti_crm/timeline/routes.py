"""Timelines over HTTP."""

from uuid import UUID

from cti_crm.infrastructure.http.api import ApiRequest, Routes
from cti_crm.timeline.schemas import Timeline, TimelineQuery
from cti_crm.timeline.service import TimelineService


def timeline_routes(service: TimelineService) -> Routes:
    """What was with whom, newest first."""
    routes = Routes("timeline")

    @routes.get("/contacts/{contact_id}/timeline")
    async def get_contact_timeline(request: ApiRequest, contact_id: UUID, query: TimelineQuery) -> Timeline:
        """A contact's calls, notes and tasks, newest first."""
        return await service.of_contact(request.session, contact_id, query)

    @routes.get("/organizations/{organization_id}/timeline")
    async def get_organization_timeline(request: ApiRequest, organization_id: UUID, query: TimelineQuery) -> Timeline:
        """The calls, notes and tasks of an organisation and its people, newest first."""
        return await service.of_organization(request.session, organization_id, query)

    return routes
