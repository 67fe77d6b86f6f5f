"""What happened to the list of missed calls; published after the commit."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class MissedCallsChanged:
    """A line is new, changed or gone."""

    line_id: UUID


@dataclass(frozen=True, slots=True)
class MissedCallDue:
    """A line is back that `user_id` had put off until now."""

    line_id: UUID
    user_id: UUID
