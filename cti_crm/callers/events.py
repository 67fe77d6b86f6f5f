"""What happened to known numbers; published after the commit."""

from dataclasses import dataclass
from uuid import UUID

from cti_crm.callers.schemas import SpamOut


@dataclass(frozen=True, slots=True)
class SpamChanged:
    """A number was marked, or its mark was taken away (`mark` is None)."""

    number: str
    mark: SpamOut | None


@dataclass(frozen=True, slots=True)
class OwnMobileChanged:
    """A user named their mobile, or has none any more."""

    user_id: UUID
    number: str | None
