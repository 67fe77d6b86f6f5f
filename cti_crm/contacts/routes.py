"""Contacts, organisations, numbers and imports over HTTP."""

from uuid import UUID

from aiohttp import BodyPartReader, web

from cti_crm.contacts import bin  # noqa: A004 - what people call it
from cti_crm.contacts.bin import BinList
from cti_crm.contacts.import_jobs import ImportRunner
from cti_crm.contacts.import_records import MAX_BYTES
from cti_crm.contacts.schemas import (
    ContactCreate,
    ContactOut,
    ContactQuery,
    ContactUpdate,
    ImportOut,
    MatchOut,
    NumberAttach,
    NumberQuery,
    OrganizationCreate,
    OrganizationOut,
    OrganizationUpdate,
    SearchQuery,
)
from cti_crm.contacts.service import ContactService
from cti_crm.infrastructure.errors import InvalidInputError, TooLargeError
from cti_crm.infrastructure.http.api import ApiRequest, Routes
from cti_crm.infrastructure.http.pagination import Page
from cti_crm.infrastructure.http.principal import Role


def contact_routes(service: ContactService, imports: ImportRunner) -> Routes:
    """People."""
    routes = Routes("contacts")

    @routes.get("/contacts")
    async def list_contacts(request: ApiRequest, query: ContactQuery) -> Page[ContactOut]:
        """Contacts by name; `q` finds by name, firm, e-mail or any piece of a number."""
        return await service.search(request.session, query)

    @routes.post("/contacts")
    async def create_contact(request: ApiRequest, body: ContactCreate) -> ContactOut:
        """Make a contact."""
        return await service.create(request.session, body)

    @routes.post("/contacts/import", status=202)
    async def import_contacts(request: ApiRequest) -> ImportOut:
        """Import a CSV or vCard file (multipart/form-data: `file`, perhaps `country`); it runs on, ask how it goes."""
        data, file_name, country = await _upload(request.http)
        return imports.start(data, file_name, country)

    @routes.get("/contacts/import/{import_id}")
    async def get_import(request: ApiRequest, import_id: UUID) -> ImportOut:
        """How an import goes."""
        return imports.get(import_id)

    @routes.get("/contacts/{contact_id}")
    async def get_contact(request: ApiRequest, contact_id: UUID) -> ContactOut:
        """One contact."""
        return await service.get(request.session, contact_id)

    @routes.patch("/contacts/{contact_id}")
    async def update_contact(request: ApiRequest, contact_id: UUID, body: ContactUpdate) -> ContactOut:
        """Change the fields sent."""
        return await service.update(request.session, contact_id, body)

    @routes.delete("/contacts/{contact_id}")
    async def delete_contact(request: ApiRequest, contact_id: UUID) -> None:
        """Put a contact with their notes and tasks into the bin; their calls stay in the log without a name."""
        await service.delete(request.session, contact_id, request.principal.display_name)

    @routes.post("/contacts/{contact_id}/numbers")
    async def attach_number(request: ApiRequest, contact_id: UUID, body: NumberAttach) -> ContactOut:
        """Add a number; all earlier calls of it that nobody's name stands on become theirs."""
        return await service.attach_number(request.session, contact_id, body)

    @routes.get("/numbers/match")
    async def match_number(request: ApiRequest, query: NumberQuery) -> MatchOut:
        """Whose number it is, and why we think so."""
        return await service.matcher.match(request.session, query.number)

    return routes


def organization_routes(service: ContactService) -> Routes:
    """Firms."""
    routes = Routes("organizations")

    @routes.get("/organizations")
    async def list_organizations(request: ApiRequest, query: SearchQuery) -> Page[OrganizationOut]:
        """Organisations by name; `q` finds by name or any piece of a number."""
        return await service.search_organizations(request.session, query)

    @routes.post("/organizations")
    async def create_organization(request: ApiRequest, body: OrganizationCreate) -> OrganizationOut:
        """Make an organisation."""
        return await service.create_organization(request.session, body)

    @routes.get("/organizations/{organization_id}")
    async def get_organization(request: ApiRequest, organization_id: UUID) -> OrganizationOut:
        """One organisation with its people."""
        return await service.get_organization(request.session, organization_id)

    @routes.patch("/organizations/{organization_id}")
    async def update_organization(
        request: ApiRequest, organization_id: UUID, body: OrganizationUpdate
    ) -> OrganizationOut:
        """Change the fields sent."""
        return await service.update_organization(request.session, organization_id, body)

    @routes.delete("/organizations/{organization_id}")
    async def delete_organization(request: ApiRequest, organization_id: UUID) -> None:
        """Put an organisation into the bin; its people and the calls stay."""
        await service.delete_organization(request.session, organization_id, request.principal.display_name)

    return routes


def bin_routes(service: ContactService) -> Routes:
    """What was deleted lately."""
    routes = Routes("bin")

    @routes.get("/bin")
    async def list_bin(request: ApiRequest) -> BinList:
        """Deleted contacts and organisations that can be had back, the latest first."""
        return BinList(items=await bin.items(request.session))

    @routes.post("/bin/{item_id}/restore", status=204)
    async def restore_from_bin(request: ApiRequest, item_id: UUID) -> None:
        """Restore a contact or organisation with its numbers, notes, tasks and calls."""
        await service.take_back(request.session, item_id)

    @routes.delete("/bin/{item_id}", roles=(Role.MANAGER,))
    async def delete_from_bin(request: ApiRequest, item_id: UUID) -> None:
        """Delete something for good, before its time."""
        await request.session.delete(await bin.item(request.session, item_id))

    return routes


async def _upload(http: web.Request) -> tuple[bytes, str, str | None]:
    """The fields `file` and `country` of a form. Raises InvalidInputError, TooLargeError."""
    if http.content_type != "multipart/form-data":
        raise InvalidInputError("Send the file as multipart/form-data, in the field “file”.")
    data, file_name, country = None, "", None
    try:
        async for part in await http.multipart():
            if isinstance(part, BodyPartReader) and part.name == "file":
                file_name = part.filename or "contacts"
                data = await _read_at_most(part, MAX_BYTES)
            elif isinstance(part, BodyPartReader) and part.name == "country":
                country = (await _read_at_most(part, 100)).decode(errors="replace").strip() or None
    except ValueError:
        raise InvalidInputError("The form cannot be read.") from None
    if data is None:
        raise InvalidInputError("The field “file” is missing.")
    return data, file_name[:200], country


async def _read_at_most(part: BodyPartReader, limit: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk():
        data += chunk
        if len(data) > limit:
            raise TooLargeError(f"The file is larger than {limit // 1024 // 1024} MB. Split it.")
    return bytes(data)
