"""What happened to tasks; published after the commit."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TaskChanged:
    """A task was made, changed, done or removed."""

    task_id: UUID
    assignee_id: UUID
    call_id: UUID | None
    contact_id: UUID | None


class NoticeKind(StrEnum):
    """Why somebody is told of a task."""

    DUE = "due"
    HANDED_OVER = "handed_over"
    SEEN = "seen"  # no longer to be told


@dataclass(frozen=True, slots=True)
class TaskNotice:
    """Somebody is to be told of a task, or has been."""

    task_id: UUID
    user_id: UUID
    kind: NoticeKind
