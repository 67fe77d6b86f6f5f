"""Tasks over HTTP."""

from uuid import UUID

from cti_crm.infrastructure.http.api import ApiRequest, Routes
from cti_crm.infrastructure.http.pagination import Page
from cti_crm.tasks.reminders import Reminders
from cti_crm.tasks.schemas import (
    HandOver,
    NoticeList,
    ReminderMailIn,
    ReminderMailOut,
    Snooze,
    TaskCreate,
    TaskOut,
    TaskQuery,
    TaskStep,
    TaskUpdate,
)
from cti_crm.tasks.service import TaskService


def task_routes(service: TaskService, reminders: Reminders) -> Routes:
    """What is to be done, and being reminded of it."""
    routes = Routes("tasks")

    @routes.get("/tasks")
    async def list_tasks(request: ApiRequest, query: TaskQuery) -> Page[TaskOut]:
        """Tasks, the most urgent first: mine, my team's, or everybody's about a contact, an organisation or a call."""
        return await service.page(request.session, request.principal, query)

    @routes.post("/tasks")
    async def create_task(request: ApiRequest, body: TaskCreate) -> TaskOut:
        """Make a task."""
        return await service.create(request.session, request.principal, body)

    @routes.get("/tasks/notices")
    async def list_notices(request: ApiRequest) -> NoticeList:
        """What I am to be told: reminders that stand, and tasks handed to me that I have not seen."""
        return await reminders.notices(request.session, request.principal)

    @routes.get("/tasks/reminder-mail")
    async def get_reminder_mail(request: ApiRequest) -> ReminderMailOut:
        """Where my reminders go by e-mail."""
        return await reminders.mail_wish(request.session, request.principal)

    @routes.put("/tasks/reminder-mail")
    async def put_reminder_mail(request: ApiRequest, body: ReminderMailIn) -> ReminderMailOut:
        """Have my reminders sent by e-mail, or no more."""
        return await reminders.set_mail_wish(request.session, request.principal, body)

    @routes.patch("/tasks/{task_id}")
    async def update_task(request: ApiRequest, task_id: UUID, body: TaskUpdate) -> TaskOut:
        """Change the fields sent; `done` closes the task or opens it again. A recurring one's next comes with it."""
        return await service.update(request.session, request.principal, task_id, body)

    @routes.post("/tasks/{task_id}/skip", status=200)
    async def skip_task(request: ApiRequest, task_id: UUID, body: TaskStep) -> TaskOut:
        """Close a recurring task undone: its next one comes."""
        return await service.skip(request.session, request.principal, task_id, body.version)

    @routes.post("/tasks/{task_id}/hand-over", status=200)
    async def hand_over_task(request: ApiRequest, task_id: UUID, body: HandOver) -> TaskOut:
        """Give a task to a colleague."""
        return await service.hand_over(request.session, request.principal, task_id, body)

    @routes.post("/tasks/{task_id}/seen", status=200)
    async def see_task(request: ApiRequest, task_id: UUID) -> TaskOut:
        """I saw the reminder, or that the task is mine now."""
        return await reminders.seen(request.session, request.principal, task_id)

    @routes.post("/tasks/{task_id}/snooze", status=200)
    async def snooze_task(request: ApiRequest, task_id: UUID, body: Snooze) -> TaskOut:
        """Remind me again then."""
        return await reminders.seen(request.session, request.principal, task_id, body.until)

    @routes.delete("/tasks/{task_id}")
    async def delete_task(request: ApiRequest, task_id: UUID) -> None:
        """Remove a task."""
        await service.delete(request.session, request.principal, task_id)

    return routes
