"""Dispositions: managers define what agents can choose at wrap-up, for which queues, and where they must."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.schemas import UserRef
from cti_crm.calls.call import Call
from cti_crm.contacts.service import flush
from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import after_commit
from cti_crm.infrastructure.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from cti_crm.infrastructure.http.api import ApiRequest, Routes
from cti_crm.infrastructure.http.principal import Principal, Role
from cti_crm.touchpoints import repository
from cti_crm.touchpoints.events import DispositionsChanged
from cti_crm.touchpoints.models import Disposition
from cti_crm.touchpoints.schemas import (
    DispositionIn,
    DispositionList,
    DispositionQuery,
    DispositionRule,
    RequiredDispositions,
)

EVERY_CALL = ""
REQUIRED_CHANGED = UUID(int=0)
"""Stands for no single disposition, where those who show them are told that the rule changed."""


class DispositionService:
    """A retired disposition stays where it was chosen."""

    async def all(self, session: AsyncSession, retired: bool) -> DispositionList:
        """What can be chosen, and for managers to look at what could be."""
        rows = await repository.dispositions(session, retired)
        return DispositionList(
            items=[_rule(one, name) for one, name in rows],
            required=_required(await repository.required_queues(session)),
        )

    async def create(self, session: AsyncSession, principal: Principal, new: DispositionIn) -> DispositionRule:
        """A new disposition."""
        key = new_id()
        disposition = Disposition(id=key, key=key.hex, **new.model_dump(exclude={"version"}))
        session.add(disposition)
        return await self._changed(session, principal, disposition)

    async def put(
        self, session: AsyncSession, principal: Principal, disposition_id: UUID, wish: DispositionIn
    ) -> DispositionRule:
        """Change or retire one. Raises NotFoundError; ConflictError: somebody else changed it meanwhile."""
        disposition = await repository.disposition(session, disposition_id)
        if disposition is None:
            raise NotFoundError("There is no such disposition.")
        if disposition.version != wish.version:
            raise ConflictError
        for name, value in wish.model_dump(exclude={"version"}).items():
            setattr(disposition, name, value)
        return await self._changed(session, principal, disposition)

    async def require(self, session: AsyncSession, wish: RequiredDispositions) -> RequiredDispositions:
        """For which calls one must be chosen from now on."""
        queues = {EVERY_CALL} if wish.every_call else set(wish.queues)
        await repository.require(session, queues)
        after_commit(session, DispositionsChanged(REQUIRED_CHANGED))
        return _required(queues)

    async def check(self, session: AsyncSession, call: Call, disposition_id: UUID | None) -> None:
        """Whether a call can be done with this choice. Raises InvalidInputError: no such one, or one is needed."""
        if disposition_id is not None:
            if await repository.disposition(session, disposition_id) is None:
                raise InvalidInputError(fields=[FieldError("disposition_id", "There is no such disposition.")])
            return
        if await repository.required_queues(session) & {EVERY_CALL, call.queue or EVERY_CALL}:
            offered = await repository.dispositions(session, retired=False)
            if any(not one.queues or call.queue in one.queues for one, _ in offered):
                raise InvalidInputError(fields=[FieldError("disposition_id", "Choose the result of this call first.")])

    @staticmethod
    async def _changed(session: AsyncSession, principal: Principal, disposition: Disposition) -> DispositionRule:
        disposition.changed_by, disposition.changed_at = principal.user_id, now()
        await flush(session)
        after_commit(session, DispositionsChanged(disposition.id))
        return _rule(disposition, principal.display_name)


def disposition_routes(service: DispositionService) -> Routes:
    """What can be chosen at wrap-up."""
    routes = Routes("touchpoints")

    @routes.get("/dispositions")
    async def list_dispositions(request: ApiRequest, query: DispositionQuery) -> DispositionList:
        """The results an agent can choose at wrap-up."""
        return await service.all(request.session, query.retired)

    @routes.post("/dispositions", roles=(Role.MANAGER,))
    async def create_disposition(request: ApiRequest, body: DispositionIn) -> DispositionRule:
        """Define a new result."""
        return await service.create(request.session, request.principal, body)

    @routes.put("/dispositions/required", roles=(Role.MANAGER,))
    async def require_dispositions(request: ApiRequest, body: RequiredDispositions) -> RequiredDispositions:
        """Say for which calls a result must be chosen."""
        return await service.require(request.session, body)

    @routes.put("/dispositions/{disposition_id}", roles=(Role.MANAGER,))
    async def put_disposition(request: ApiRequest, disposition_id: UUID, body: DispositionIn) -> DispositionRule:
        """Change a result, or offer it no more."""
        return await service.put(request.session, request.principal, disposition_id, body)

    return routes


def _required(queues: set[str]) -> RequiredDispositions:
    return RequiredDispositions(every_call=EVERY_CALL in queues, queues=sorted(queues - {EVERY_CALL}))


def _rule(one: Disposition, changed_by: str | None) -> DispositionRule:
    return DispositionRule(
        id=one.id,
        key=one.key,
        label_en=one.label_en,
        label_de=one.label_de,
        position=one.position,
        active=one.active,
        queues=one.queues,
        follow_up=one.follow_up,
        follow_up_text=one.follow_up_text,
        follow_up_due=one.follow_up_due,
        version=one.version,
        changed_by=UserRef(id=one.changed_by, name=changed_by) if one.changed_by and changed_by else None,
        changed_at=one.changed_at,
    )
