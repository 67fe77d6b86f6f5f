"""Tasks in the form in which the API shows them."""

from cti_crm.accounts.schemas import UserRef
from cti_crm.contacts.views import contact_ref, organization_ref
from cti_crm.tasks.recurrence import Recurrence
from cti_crm.tasks.repository import TaskView
from cti_crm.tasks.schemas import Handed, TaskOut


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
        skipped=task.skipped,
        assignee=UserRef(id=task.assignee_id, name=view.assignee),
        created_by=UserRef(id=task.created_by, name=view.creator),
        contact=contact_ref(view.contact) if view.contact else None,
        organization=organization_ref(firm),
        call_id=task.call_id,
        recurrence=Recurrence.model_validate(task.recurrence["rule"]) if task.recurrence else None,
        remind_minutes=task.remind_minutes,
        remind_at=task.remind_at,
        reminded_at=task.reminded_at,
        handed=_handed(view),
        created_at=task.created_at,
    )


def _handed(view: TaskView) -> Handed | None:
    task = view.task
    if task.handed_by is None or task.handed_at is None:
        return None
    by = UserRef(id=task.handed_by, name=view.giver or "")
    return Handed(by=by, at=task.handed_at, comment=task.handed_comment, seen=task.handed_seen)
