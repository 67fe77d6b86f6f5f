"""Queries on tasks. A task comes with the names of its people and of whom it is about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, false, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cti_crm.accounts.models import User
from cti_crm.contacts.models import Contact, Organization
from cti_crm.contacts.ownership import Owner
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import UtcDateTime
from cti_crm.infrastructure.keyset import Keyset, cut
from cti_crm.infrastructure.upsert import insert_for
from cti_crm.tasks.models import ReminderMail, Task
from cti_crm.tasks.schemas import TaskQuery, TaskStatus

_SOME_DAY = datetime(9999, 1, 1, tzinfo=UTC)  # sorts tasks without a date behind the others
_due = func.coalesce(Task.due_at, literal(_SOME_DAY, UtcDateTime()))
_urgency = Keyset(_due, Task.id.expression)

_assignee = aliased(User)
_creator = aliased(User)
_giver = aliased(User)


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task with the names that belong to it."""

    task: Task
    assignee: str
    creator: str
    contact: Contact | None
    organization: Organization | None
    giver: str | None


def belongs_to(owner: Owner) -> ColumnElement[bool]:
    """Tasks of the contact; for an organisation also those of its people. Nobody's: none."""
    if owner.contact_id is not None:
        return Task.contact_id == owner.contact_id
    if owner.organization_id is None:
        return false()
    people = select(Contact.id).where(Contact.organization_id == owner.organization_id)
    return or_(Task.organization_id == owner.organization_id, Task.contact_id.in_(people))


def _select() -> Select[Task, str, str, Contact, Organization, str]:
    return (
        select(Task, _assignee.display_name, _creator.display_name, Contact, Organization, _giver.display_name)
        .join(_assignee, _assignee.id == Task.assignee_id)
        .join(_creator, _creator.id == Task.created_by)
        .outerjoin(Contact, Contact.id == Task.contact_id)
        .outerjoin(Organization, Organization.id == Task.organization_id)
        .outerjoin(_giver, _giver.id == Task.handed_by)
    )


async def _views(session: AsyncSession, query: Select[Task, str, str, Contact, Organization, str]) -> list[TaskView]:
    return [TaskView(*row) for row in (await session.execute(query)).all()]


async def get(session: AsyncSession, task_id: UUID) -> TaskView | None:
    """One task."""
    found = await _views(session, _select().where(Task.id == task_id))
    return found[0] if found else None


async def by_id(session: AsyncSession, ids: Collection[UUID]) -> list[TaskView]:
    """Several tasks."""
    return await _views(session, _select().where(Task.id.in_(ids))) if ids else []


async def page(
    session: AsyncSession, query: TaskQuery, assignees: Collection[UUID] | None
) -> tuple[Sequence[TaskView], str | None]:
    """Tasks, the most urgent first; `assignees` None means everybody's."""
    statement = _select()
    if assignees is not None:
        statement = statement.where(Task.assignee_id.in_(assignees))
    if query.due_from is not None:
        statement = statement.where(Task.due_at >= query.due_from)
    if query.due_before is not None:
        statement = statement.where(Task.due_at < query.due_before)
    if query.contact_id is not None:
        statement = statement.where(Task.contact_id == query.contact_id)
    if query.organization_id is not None:
        statement = statement.where(belongs_to(Owner(None, query.organization_id)))
    if query.call_id is not None:
        statement = statement.where(Task.call_id == query.call_id)
    match query.status:
        case TaskStatus.OPEN:
            statement = statement.where(Task.done_at.is_(None))
        case TaskStatus.OVERDUE:
            statement = statement.where(Task.done_at.is_(None), Task.due_at < now())
        case TaskStatus.DONE:
            statement = statement.where(Task.done_at.is_not(None))
    rows = await _views(session, _urgency.page(statement, query))
    return cut(rows, query.limit, lambda row: (row.task.due_at or _SOME_DAY, row.task.id))


async def open_of(session: AsyncSession, owner: Owner, limit: int) -> list[TaskView]:
    """The owner's open tasks, the most urgent first."""
    query = _select().where(belongs_to(owner), Task.done_at.is_(None)).order_by(_due, Task.id).limit(limit)
    return await _views(session, query)


async def of_calls(session: AsyncSession, call_ids: Collection[UUID]) -> list[TaskView]:
    """The tasks that came of calls, oldest first."""
    return await _views(session, _select().where(Task.call_id.in_(call_ids)).order_by(Task.id)) if call_ids else []


async def user_exists(session: AsyncSession, user_id: UUID) -> bool:
    """Whether a task can be given to this user."""
    query = select(User.id).where(User.id == user_id, User.disabled_at.is_(None))
    return (await session.execute(query)).one_or_none() is not None


async def give_calls_tasks(session: AsyncSession, call_id: UUID, owner: Owner) -> None:
    """The tasks of a call that are nobody's yet belong to whoever the call belongs to."""
    await session.execute(
        update(Task)
        .where(Task.call_id == call_id)
        .values(contact_id=owner.contact_id, organization_id=owner.organization_id, updated_at=Task.updated_at)
    )


async def move_calls_tasks(session: AsyncSession, gone: UUID, into: UUID) -> None:
    """A call became part of another one: so do its tasks."""
    await session.execute(update(Task).where(Task.call_id == gone).values(call_id=into, updated_at=Task.updated_at))


async def following(session: AsyncSession, task_id: UUID) -> Task | None:
    """The task that came after a recurring one."""
    return (await session.execute(select(Task).where(Task.follows == task_id))).scalar_one_or_none()


# -- telling of them: no new version, so that who edits a task meanwhile meets no conflict ---------------------------


async def notices(session: AsyncSession, user_id: UUID, limit: int) -> list[TaskView]:
    """The user's open tasks with a reminder that stands, or handed over and not seen yet."""
    query = _select().where(
        Task.assignee_id == user_id,
        Task.done_at.is_(None),
        or_(Task.reminded_at.is_not(None), and_(Task.handed_at.is_not(None), Task.handed_seen.is_(False))),
    )
    return await _views(session, query.order_by(func.coalesce(Task.reminded_at, Task.handed_at), Task.id).limit(limit))


async def to_remind(session: AsyncSession, moment: datetime, limit: int) -> Sequence[tuple[UUID, UUID, datetime]]:
    """Open tasks whose reminder is due at `moment`: their id, assignee, and when it was due."""
    query = (
        select(Task.id, Task.assignee_id, Task.remind_at)
        .where(Task.remind_at <= moment, Task.done_at.is_(None))
        .order_by(Task.remind_at)
        .limit(limit)
    )
    return [(task, user, at) for task, user, at in (await session.execute(query)).all() if at is not None]


async def next_reminder(session: AsyncSession) -> datetime | None:
    """When the next reminder is due."""
    query = select(func.min(Task.remind_at)).where(Task.done_at.is_(None))
    return (await session.execute(query)).scalar_one()


async def reminded(session: AsyncSession, task_id: UUID, due: datetime, moment: datetime) -> bool:
    """The reminder stands from now on. Returns False if somebody was faster, or it was put off meanwhile."""
    statement = (
        update(Task)
        .where(Task.id == task_id, Task.remind_at == due, Task.done_at.is_(None))
        .values(remind_at=None, reminded_at=moment, updated_at=Task.updated_at)
        .returning(Task.id)
    )
    return (await session.execute(statement)).one_or_none() is not None


async def seen(session: AsyncSession, task_id: UUID, remind_at: datetime | None) -> None:
    """The assignee saw reminder and hand-over; reminded again at `remind_at`, or as it was planned."""
    values: dict[str, object] = {"reminded_at": None, "handed_seen": True, "updated_at": Task.updated_at}
    if remind_at is not None:
        values["remind_at"] = remind_at
    await session.execute(update(Task).where(Task.id == task_id).values(values))


async def mail_of(session: AsyncSession, user_id: UUID) -> ReminderMail | None:
    """Where the user's reminders go by e-mail; nowhere for one who may no longer sign in."""
    query = (
        select(ReminderMail)
        .join(User, User.id == ReminderMail.user_id)
        .where(ReminderMail.user_id == user_id, User.disabled_at.is_(None))
    )
    return (await session.execute(query)).scalar_one_or_none()


async def set_mail(session: AsyncSession, user_id: UUID, address: str | None, language: str, timezone: str) -> None:
    """Where the user's reminders go from now on."""
    if address is None:
        await session.execute(delete(ReminderMail).where(ReminderMail.user_id == user_id))
        return
    values = {"address": address, "language": language, "timezone": timezone}
    statement = insert_for(session, ReminderMail).values(user_id=user_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=values))
