"""Tasks: what is to be done, by whom, until when."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.contacts.ownership import Owner, OwnerOfCall
from cti_crm.contacts.service import flush, known_owner
from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import after_commit
from cti_crm.infrastructure.errors import ConflictError, FieldError, InvalidInputError, NotAllowedError, NotFoundError
from cti_crm.infrastructure.http.pagination import Page
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.tasks import repository
from cti_crm.tasks.events import NoticeKind, TaskChanged, TaskNotice
from cti_crm.tasks.models import Task
from cti_crm.tasks.recurrence import Recurrence, next_due
from cti_crm.tasks.schemas import HandOver, TaskCreate, TaskOut, TaskQuery, TaskUpdate
from cti_crm.tasks.views import task_out

TeamOf = Callable[[UUID], Collection[UUID]]
"""The users of a user's team, themselves included."""


class TaskService:
    """Tasks about a contact, an organisation or a call concern everybody; others their people, team and managers."""

    def __init__(self, owner_of_call: OwnerOfCall, team_of: TeamOf = lambda user_id: (user_id,)) -> None:
        self._owner_of_call = owner_of_call
        self._team_of = team_of

    async def page(self, session: AsyncSession, principal: Principal, query: TaskQuery) -> Page[TaskOut]:
        """Tasks, the most urgent first. Raises NotAllowedError: other people's, without saying about whom."""
        assignees = self._assignees(principal, query.assignee)
        about_somebody = query.contact_id or query.organization_id or query.call_id
        theirs = assignees is None or not set(assignees) <= {principal.user_id, *self._team_of(principal.user_id)}
        if theirs and not about_somebody and not principal.sees_all:
            raise NotAllowedError("Only managers see everybody's tasks.")
        views, following = await repository.page(session, query, assignees)
        return Page[TaskOut](items=[task_out(view) for view in views], next_cursor=following)

    async def create(self, session: AsyncSession, principal: Principal, new: TaskCreate) -> TaskOut:
        """A new task. Raises InvalidInputError: there is no such assignee, contact or organisation."""
        owner = await known_owner(session, Owner(new.contact_id, new.organization_id))
        if owner == Owner() and new.call_id is not None:
            owner = (await self._owner_of_call(session, new.call_id)).single
        task = Task(
            id=new_id(),
            text=new.text,
            due_at=new.due_at,
            assignee_id=principal.user_id,
            created_by=principal.user_id,
            call_id=new.call_id,
            contact_id=owner.contact_id,
            organization_id=owner.organization_id,
            remind_minutes=new.remind_minutes,
        )
        _recur(task, new.recurrence)
        plan_reminder(task)
        if new.assignee_id is not None:
            await self._give(session, principal, task, new.assignee_id, "")
        session.add(task)
        await session.flush()
        return await self._told(session, task)

    async def update(self, session: AsyncSession, principal: Principal, task_id: UUID, change: TaskUpdate) -> TaskOut:
        """Change the fields sent. Raises NotFoundError, NotAllowedError, ConflictError, InvalidInputError."""
        task = await self._task(session, principal, task_id, change.version)
        sent = change.model_fields_set
        if change.text is not None:
            task.text = change.text
        if "due_at" in sent:
            task.due_at = change.due_at
        if "remind_minutes" in sent:
            task.remind_minutes = change.remind_minutes
        if "recurrence" in sent or ("due_at" in sent and task.due_at is None):
            _recur(task, change.recurrence if "recurrence" in sent else None)
        if sent & {"due_at", "remind_minutes"}:
            plan_reminder(task)
        with session.no_autoflush:  # one change is one version
            if change.assignee_id is not None:
                await self._give(session, principal, task, change.assignee_id, "")
            if change.done is not None:
                await (self._close(session, task) if change.done else self._reopen(session, task))
        await flush(session)
        return await self._told(session, task)

    async def skip(self, session: AsyncSession, principal: Principal, task_id: UUID, version: int) -> TaskOut:
        """Close a recurring task undone: its next one comes. Raises as `update`, and if it does not recur."""
        task = await self._task(session, principal, task_id, version)
        if task.recurrence is None:
            raise InvalidInputError("Only a task that comes again can be skipped.")
        with session.no_autoflush:
            await self._close(session, task)
        task.skipped = True
        await flush(session)
        return await self._told(session, task)

    async def hand_over(self, session: AsyncSession, principal: Principal, task_id: UUID, wish: HandOver) -> TaskOut:
        """Give a task to a colleague, who is told at once. Raises as `update`."""
        task = await self._task(session, principal, task_id, wish.version)
        await self._give(session, principal, task, wish.assignee_id, wish.comment)
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

    # -- closing, and what comes after -----------------------------------------------------------------------------

    @staticmethod
    async def _close(session: AsyncSession, task: Task) -> None:
        if task.done_at is not None:
            return
        task.done_at, task.remind_at, task.reminded_at = now(), None, None
        due = _comes_again(task)
        if due is None or await repository.following(session, task.id) is not None:
            return
        successor = Task(
            text=task.text,
            due_at=due,
            assignee_id=task.assignee_id,
            created_by=task.created_by,
            contact_id=task.contact_id,
            organization_id=task.organization_id,
            recurrence=task.recurrence,
            follows=task.id,
            remind_minutes=task.remind_minutes,
        )
        plan_reminder(successor)
        session.add(successor)

    @staticmethod
    async def _reopen(session: AsyncSession, task: Task) -> None:
        if task.done_at is None:
            return
        task.done_at, task.skipped = None, False
        plan_reminder(task)
        successor = await repository.following(session, task.id)
        if successor is not None and successor.version == 1 and successor.done_at is None:
            await session.delete(successor)  # nobody has touched it: as if it had never come

    async def _give(
        self, session: AsyncSession, principal: Principal, task: Task, assignee_id: UUID, comment: str
    ) -> None:
        if not await repository.user_exists(session, assignee_id):
            raise InvalidInputError(fields=[FieldError("assignee_id", "There is no such user.")])
        if assignee_id == task.assignee_id:
            return
        after_commit(session, TaskNotice(task.id, task.assignee_id, NoticeKind.SEEN))
        task.assignee_id, task.reminded_at = assignee_id, None
        task.handed_by, task.handed_at, task.handed_comment = principal.user_id, now(), comment
        task.handed_seen = assignee_id == principal.user_id
        if not task.handed_seen:
            after_commit(session, TaskNotice(task.id, assignee_id, NoticeKind.HANDED_OVER))

    # -- finding ---------------------------------------------------------------------------------------------------

    def _assignees(self, principal: Principal, wish: str) -> Collection[UUID] | None:
        match wish:
            case "me":
                return [principal.user_id]
            case "team":
                return [principal.user_id, *self._team_of(principal.user_id)]
            case "all":
                return None
        try:
            return [UUID(wish)]
        except ValueError:
            field = FieldError("assignee", "Give “me”, “team”, “all” or a user's id.")
            raise InvalidInputError(fields=[field]) from None

    async def _task(
        self, session: AsyncSession, principal: Principal, task_id: UUID, version: int | None = None
    ) -> Task:
        view = await repository.get(session, task_id)
        if view is None:
            raise NotFoundError("There is no such task, or no more.")
        task = view.task
        about_somebody = task.contact_id or task.organization_id or task.call_id
        in_team = task.assignee_id in self._team_of(principal.user_id)
        if not about_somebody and not in_team and not _is_involved(principal, task):
            raise NotAllowedError("This is somebody else's task.")
        if version is not None and task.version != version:
            raise ConflictError
        return task

    @staticmethod
    async def _told(session: AsyncSession, task: Task) -> TaskOut:
        after_commit(session, TaskChanged(task.id, task.assignee_id, task.call_id, task.contact_id))
        view = await repository.get(session, task.id)
        if view is None:
            raise NotFoundError
        return task_out(view)


def plan_reminder(task: Task) -> None:
    """When to remind of a task: before it is due, or when it is; never for what is past already."""
    task.remind_at = task.reminded_at = None
    if task.due_at is None or task.remind_minutes is None or task.done_at is not None:
        return
    moment = now()
    early = task.due_at - timedelta(minutes=task.remind_minutes)
    if task.due_at > moment:
        task.remind_at = early if early > moment else task.due_at


def _recur(task: Task, rule: Recurrence | None) -> None:
    """The rule, and from when it counts: later tasks of a series keep to its first day and hour."""
    if rule is None:
        task.recurrence = None
        return
    if task.due_at is None:
        raise InvalidInputError(fields=[FieldError("due_at", "A task that comes again needs a first date.")])
    task.recurrence = {"rule": rule.model_dump(mode="json"), "first": task.due_at.isoformat()}


def _comes_again(task: Task) -> datetime | None:
    """When its next one is due: the first that is not past already, lest missed ones pile up."""
    if task.recurrence is None or task.due_at is None:
        return None
    rule, first = Recurrence.model_validate(task.recurrence["rule"]), datetime.fromisoformat(task.recurrence["first"])
    return next_due(rule, first, max(task.due_at, now()))


def _is_involved(principal: Principal, task: Task) -> bool:
    return principal.sees_all or principal.user_id in (task.assignee_id, task.created_by)
