"""Reminders: each stands once, from when it is due until it is seen; by e-mail, too, for who wants that."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import Database, after_commit
from cti_crm.infrastructure.errors import InvalidInputError, NotAllowedError, NotFoundError
from cti_crm.infrastructure.event_bus.bus import EventBus
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.infrastructure.jobs import enqueue
from cti_crm.infrastructure.mail import Mail, Mailer
from cti_crm.infrastructure.repeating import repeat, until
from cti_crm.tasks import repository
from cti_crm.tasks.events import NoticeKind, TaskChanged, TaskNotice
from cti_crm.tasks.mails import reminder_mail
from cti_crm.tasks.recurrence import known_zone
from cti_crm.tasks.schemas import NoticeList, ReminderMailIn, ReminderMailOut, TaskOut
from cti_crm.tasks.views import task_out

MAIL_JOB = "task-reminder-mail"
AT_ONCE = 100
NOTICES_SHOWN = 50


class Reminders:
    """Watches the clock. What is due is marked and told in one transaction: a restart tells nothing twice."""

    def __init__(self, database: Database, bus: EventBus, mailer: Mailer | None, page: str | None) -> None:
        """`page` is where the browser app is found, for links in e-mails."""
        self._database = database
        self._mailer = mailer
        self._page = page
        self._wake = asyncio.Event()
        bus.subscribe(TaskChanged, lambda _: self._wake.set())
        bus.subscribe(TaskNotice, lambda _: self._wake.set())

    async def run(self) -> None:
        """Remind until cancelled."""
        await repeat(self.remind_due, self._wake, waiting_is_told_as="reminders_wait_for_database")

    async def remind_due(self) -> timedelta:
        """Remind of what is due now. Returns how long there is nothing to do, if no task changes."""
        moment = now()
        async with self._database.transaction() as session:
            due = await repository.to_remind(session, moment, AT_ONCE)
            for task_id, user_id, at in due:
                if await repository.reminded(session, task_id, at, moment):
                    after_commit(session, TaskNotice(task_id, user_id, NoticeKind.DUE))
                    await self._mail(session, task_id, user_id, moment)
            following = await repository.next_reminder(session)
        return timedelta() if len(due) == AT_ONCE else until(following)

    async def _mail(self, session: AsyncSession, task_id: UUID, user_id: UUID, moment: datetime) -> None:
        if self._mailer is not None and await repository.mail_of(session, user_id) is not None:
            payload = {"task": str(task_id), "user": str(user_id), "reminded_at": moment.isoformat()}
            await enqueue(session, MAIL_JOB, payload)

    async def send_mail(self, job_id: UUID, payload: dict[str, Any]) -> None:
        """The job: one reminder by e-mail. What is done, handed on or put off meanwhile is not mentioned any more."""
        user_id = UUID(payload["user"])
        async with self._database.transaction() as session:
            view = await repository.get(session, UUID(payload["task"]))
            wish = await repository.mail_of(session, user_id)
        if view is None or wish is None or view.task.done_at is not None or view.task.assignee_id != user_id:
            return
        put_off = view.task.remind_at is not None and view.task.reminded_at is None
        if self._mailer is None or put_off:
            return
        subject, text = reminder_mail(task_out(view), wish.language, wish.timezone, self._page)
        await self._mailer.send(Mail(wish.address, subject, text, job_id))

    # -- for the one who is reminded -------------------------------------------------------------------------------

    async def notices(self, session: AsyncSession, principal: Principal) -> NoticeList:
        """What the user is to be told."""
        views = await repository.notices(session, principal.user_id, NOTICES_SHOWN)
        return NoticeList(items=[task_out(view) for view in views])

    async def seen(
        self, session: AsyncSession, principal: Principal, task_id: UUID, until: datetime | None = None
    ) -> TaskOut:
        """The user saw what there was to say, and wants to be reminded again at `until`.

        Raises NotFoundError, NotAllowedError: it is not their task; InvalidInputError: `until` is past.
        """
        if until is not None and until <= now():
            raise InvalidInputError("Choose a time to come.")
        view = await repository.get(session, task_id)
        if view is None:
            raise NotFoundError("There is no such task, or no more.")
        if view.task.assignee_id != principal.user_id:
            raise NotAllowedError("This is somebody else's task.")
        await repository.seen(session, task_id, until)
        after_commit(session, TaskNotice(task_id, principal.user_id, NoticeKind.SEEN))
        await session.refresh(view.task)
        return task_out(view)

    # -- e-mail ----------------------------------------------------------------------------------------------------

    async def mail_wish(self, session: AsyncSession, principal: Principal) -> ReminderMailOut:
        """Where the user's reminders go by e-mail."""
        wish = await repository.mail_of(session, principal.user_id)
        return ReminderMailOut(possible=self._mailer is not None, address=wish.address if wish else None)

    async def set_mail_wish(self, session: AsyncSession, principal: Principal, wish: ReminderMailIn) -> ReminderMailOut:
        """Send the user's reminders there from now on."""
        timezone = wish.timezone if known_zone(wish.timezone) else "UTC"
        await repository.set_mail(session, principal.user_id, wish.address, wish.language, timezone)
        return ReminderMailOut(possible=self._mailer is not None, address=wish.address)
