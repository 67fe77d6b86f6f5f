"""What happened to tasks; published after the commit."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TaskChanged:
    """A task was made, changed, done or removed."""

    task_id: UUID
    assignee_id: UUID
    call_id: UUID | None
    contact_id: UUID | None
