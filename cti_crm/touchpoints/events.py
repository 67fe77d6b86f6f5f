"""What happened to touchpoints; published after the commit."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TouchpointChanged:
    """A touchpoint is new, has another owner, or was wrapped up."""

    touchpoint_id: UUID
    call_id: UUID | None
    contact_id: UUID | None


@dataclass(frozen=True, slots=True)
class CallWrappedUp:
    """A user is done with a call."""

    call_id: UUID
    user_id: UUID


@dataclass(frozen=True, slots=True)
class DispositionsChanged:
    """What can be chosen at wrap-up is different now."""

    disposition_id: UUID


@dataclass(frozen=True, slots=True)
class TouchpointAssigned:
    """It is known now whose a call is: what was written about it belongs to them, too.

    new: with the touchpoint itself, made as the call was stored.
    """

    call_id: UUID
    contact_id: UUID | None
    organization_id: UUID | None
    new: bool = False
