"""Tasks: what is to be done, by whom, until when."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.schemas import UserRef
from cti_crm.contacts.ownership import Owner, OwnerOfCall
from cti_crm.contacts.service import flush, known_owner
from cti_crm.contacts.views import contact_ref, organization_ref
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import after_commit
from cti_crm.infrastructure.errors import ConflictError, FieldError, InvalidInputError, NotAllowedError, NotFoundError
from cti_crm.infrastructure.http.pagination import Page
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.tasks import repository
from cti_crm.tasks.events import TaskChanged
from cti_crm.tasks.models import Task
from cti_crm.tasks.repository import TaskView
from cti_crm.tasks.schemas import TaskCreate, TaskOut, TaskQuery, TaskUpdate


class TaskService:
    """Tasks about a contact, an organisation or a call concern everybody; others their people and managers only."""

    def __init__(self, owner_of_call: OwnerOfCall) -> None:
        self._owner_of_call = owner_of_call

    async def page(self, session: AsyncSession, principal: Principal, query: TaskQuery) -> Page[TaskOut]:
        """Tasks, the most urgent first. Raises NotAllowedError: other people's, without saying about whom."""
        assignee = {"me": principal.user_id, "all": None}.get(query.assignee) or _user_id(query.assignee)
        about_somebody = query.contact_id or query.organization_id or query.call_id
        if assignee != principal.user_id and not about_somebody and not principal.sees_all:
            raise NotAllowedError("Only managers see everybody's tasks.")
        views, following = await repository.page(session, query, assignee)
        return Page[TaskOut](items=[task_out(view) for view in views], next_cursor=following)

    async def create(self, session: AsyncSession, principal: Principal, new: TaskCreate) -> TaskOut:
        """A new task. Raises InvalidInputError: there is no such assignee, contact or organisation."""
        owner = await known_owner(session, Owner(new.contact_id, new.organization_id))
        if owner == Owner() and new.call_id is not None:
            owner = (await self._owner_of_call(session, new.call_id)).single
        task = Task(
            text=new.text,
            due_at=new.due_at,
            assignee_id=await self._assignee(session, new.assignee_id or principal.user_id),
            created_by=principal.user_id,
            call_id=new.call_id,
            contact_id=owner.contact_id,
            organization_id=owner.organization_id,
        )
        session.add(task)
        await session.flush()
        return await self._told(session, task)

    async def update(self, session: AsyncSession, principal: Principal, task_id: UUID, change: TaskUpdate) -> TaskOut:
        """Change the fields sent. Raises NotFoundError, NotAllowedError, ConflictError, InvalidInputError."""
        task = await self._task(session, principal, task_id)
        if task.version != change.version:
            raise ConflictError
        if change.assignee_id is not None:
            task.assignee_id = await self._assignee(session, change.assignee_id)
        if change.text is not None:
            task.text = change.text
        if "due_at" in change.model_fields_set:
            task.due_at = change.due_at
        if change.done is not None:
            task.done_at = (task.done_at or now()) if change.done else None
        await flush(session)
        return await self._told(session, task)

    async def delete(self, session: AsyncSession, principal: Principal, task_id: UUID) -> None:
        """Remove a task. Raises NotFoundError, NotAllowedError: neither mine nor made by me."""
        task = await self._task(session, principal, task_id)
        if not _is_involved(principal, task):
            raise NotAllowedError("Only who made this task, or is to do it, may remove it.")
        await session.delete(task)
        await flush(session)
        after_commit(session, TaskChanged(task.id, task.assignee_id, task.call_id, task.contact_id))

    async def open_of(self, session: AsyncSession, owner: Owner, limit: int = 20) -> list[TaskOut]:
        """The owner's open tasks, the most urgent first."""
        return [task_out(view) for view in await repository.open_of(session, owner, limit)]

    async def of_calls(self, session: AsyncSession, call_ids: Collection[UUID]) -> dict[UUID, list[TaskOut]]:
        """The tasks that came of calls, oldest first; calls without any are left out."""
        tasks: dict[UUID, list[TaskOut]] = {}
        for view in await repository.of_calls(session, call_ids):
            if view.task.call_id is not None:
                tasks.setdefault(view.task.call_id, []).append(task_out(view))
        return tasks

    async def on_call_assigned(self, session: AsyncSession, call_id: UUID, owner: Owner) -> None:
        """It is known now whose the call is; its tasks are theirs."""
        await repository.give_calls_tasks(session, call_id, owner.single)

    async def absorb(self, session: AsyncSession, gone: UUID, into: UUID) -> None:
        """A call turned out to be part of another one."""
        await repository.move_calls_tasks(session, gone, into)

    async def _task(self, session: AsyncSession, principal: Principal, task_id: UUID) -> Task:
        view = await repository.get(session, task_id)
        if view is None:
            raise NotFoundError("There is no such task, or no more.")
        about_somebody = view.task.contact_id or view.task.organization_id or view.task.call_id
        if not about_somebody and not _is_involved(principal, view.task):
            raise NotAllowedError("This is somebody else's task.")
        return view.task

    @staticmethod
    async def _assignee(session: AsyncSession, user_id: UUID) -> UUID:
        if not await repository.user_exists(session, user_id):
            raise InvalidInputError(fields=[FieldError("assignee_id", "There is no such user.")])
        return user_id

    @staticmethod
    async def _told(session: AsyncSession, task: Task) -> TaskOut:
        after_commit(session, TaskChanged(task.id, task.assignee_id, task.call_id, task.contact_id))
        view = await repository.get(session, task.id)
        if view is None:
            raise NotFoundError
        return task_out(view)


def _user_id(text: str) -> UUID | None:
    if text in ("me", "all"):
        return None
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInputError(fields=[FieldError("assignee", "Give “me”, “all” or a user's id.")]) from None


def _is_involved(principal: Principal, task: Task) -> bool:
    return principal.sees_all or principal.user_id in (task.assignee_id, task.created_by)


def task_out(view: TaskView) -> TaskOut:
    """A task as the API shows it."""
    task = view.task
    firm = view.contact.organization if view.contact else view.organization
    return TaskOut(
        id=task.id,
        version=task.version,
        text=task.text,
        due_at=task.due_at,
        done_at=task.done_at,
        assignee=UserRef(id=task.assignee_id, name=view.assignee),
        created_by=UserRef(id=task.created_by, name=view.creator),
        contact=contact_ref(view.contact) if view.contact else None,
        organization=organization_ref(firm),
        call_id=task.call_id,
        created_at=task.created_at,
    )
