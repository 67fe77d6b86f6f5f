"""Tasks over HTTP."""

from uuid import UUID

from cti_crm.infrastructure.http.api import ApiRequest, Routes
from cti_crm.infrastructure.http.pagination import Page
from cti_crm.tasks.schemas import TaskCreate, TaskOut, TaskQuery, TaskUpdate
from cti_crm.tasks.service import TaskService


def task_routes(service: TaskService) -> Routes:
    """What is to be done."""
    routes = Routes("tasks")

    @routes.get("/tasks")
    async def list_tasks(request: ApiRequest, query: TaskQuery) -> Page[TaskOut]:
        """Tasks, the most urgent first: mine, or everybody's about a contact, an organisation or a call."""
        return await service.page(request.session, request.principal, query)

    @routes.post("/tasks")
    async def create_task(request: ApiRequest, body: TaskCreate) -> TaskOut:
        """Make a task."""
        return await service.create(request.session, request.principal, body)

    @routes.patch("/tasks/{task_id}")
    async def update_task(request: ApiRequest, task_id: UUID, body: TaskUpdate) -> TaskOut:
        """Change the fields sent; `done` closes the task or opens it again."""
        return await service.update(request.session, request.principal, task_id, body)

    @routes.delete("/tasks/{task_id}")
    async def delete_task(request: ApiRequest, task_id: UUID) -> None:
        """Remove a task."""
        await service.delete(request.session, request.principal, task_id)

    return routes
