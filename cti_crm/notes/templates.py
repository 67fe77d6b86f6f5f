"""Templates of notes: managers write them, everybody uses them."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.models import User
from cti_crm.accounts.schemas import UserRef
from cti_crm.contacts.service import flush
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.database import after_commit
from cti_crm.infrastructure.errors import ConflictError, NotFoundError
from cti_crm.infrastructure.http.api import ApiRequest, Routes
from cti_crm.infrastructure.http.principal import Principal, Role
from cti_crm.notes.events import TemplatesChanged
from cti_crm.notes.models import NoteTemplate
from cti_crm.notes.schemas import TemplateIn, TemplateList, TemplateOut


class TemplateService:
    """A firm has few enough for one page."""

    async def all(self, session: AsyncSession) -> TemplateList:
        """All templates, in the order in which they are shown."""
        query = select(NoteTemplate, User.display_name).join(User, User.id == NoteTemplate.changed_by)
        rows = await session.execute(query.order_by(NoteTemplate.position, NoteTemplate.title, NoteTemplate.id))
        return TemplateList(items=[_out(template, name) for template, name in rows.all()])

    async def create(self, session: AsyncSession, principal: Principal, new: TemplateIn) -> TemplateOut:
        """Write a new template."""
        template = NoteTemplate(id=new_id(), changed_by=principal.user_id, **new.model_dump(exclude={"version"}))
        session.add(template)
        await flush(session)
        after_commit(session, TemplatesChanged(template.id))
        return _out(template, principal.display_name)

    async def put(
        self, session: AsyncSession, principal: Principal, template_id: UUID, wish: TemplateIn
    ) -> TemplateOut:
        """Change a template. Raises NotFoundError; ConflictError: somebody else changed it meanwhile."""
        template = await session.get(NoteTemplate, template_id)
        if template is None:
            raise NotFoundError("There is no such template, or no more.")
        if template.version != wish.version:
            raise ConflictError
        template.changed_by = principal.user_id
        for name, value in wish.model_dump(exclude={"version"}).items():
            setattr(template, name, value)
        await flush(session)
        after_commit(session, TemplatesChanged(template.id))
        return _out(template, principal.display_name)

    async def delete(self, session: AsyncSession, template_id: UUID) -> None:
        """Remove a template, if it is there still; notes made of it stay."""
        template = await session.get(NoteTemplate, template_id)
        if template is not None:
            await session.delete(template)
            await flush(session)
            after_commit(session, TemplatesChanged(template_id))


def template_routes(service: TemplateService) -> Routes:
    """Templates of notes."""
    routes = Routes("notes")

    @routes.get("/note-templates")
    async def list_templates(request: ApiRequest) -> TemplateList:
        """Texts to begin a note with."""
        return await service.all(request.session)

    @routes.post("/note-templates", roles=(Role.MANAGER,))
    async def create_template(request: ApiRequest, body: TemplateIn) -> TemplateOut:
        """Write a new template."""
        return await service.create(request.session, request.principal, body)

    @routes.put("/note-templates/{template_id}", roles=(Role.MANAGER,))
    async def put_template(request: ApiRequest, template_id: UUID, body: TemplateIn) -> TemplateOut:
        """Change a template."""
        return await service.put(request.session, request.principal, template_id, body)

    @routes.delete("/note-templates/{template_id}", roles=(Role.MANAGER,))
    async def delete_template(request: ApiRequest, template_id: UUID) -> None:
        """Remove a template."""
        await service.delete(request.session, template_id)

    return routes


def _out(template: NoteTemplate, changed_by: str) -> TemplateOut:
    language = template.language
    return TemplateOut(
        id=template.id,
        version=template.version,
        title=template.title,
        text=template.text,
        language="de" if language == "de" else "en" if language == "en" else None,
        queues=template.queues,
        position=template.position,
        changed_by=UserRef(id=template.changed_by, name=changed_by),
        updated_at=template.updated_at,
    )
