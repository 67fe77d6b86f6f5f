"""To whom a call belongs, for features that must not know how that is found out."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Owner:
    """A contact, an organisation, both (the contact's own) or neither."""

    contact_id: UUID | None = None
    organization_id: UUID | None = None

    @property
    def single(self) -> "Owner":
        """The contact if there is one, else the organisation: what belongs to a person is not the firm's as well."""
        return Owner(self.contact_id) if self.contact_id else Owner(None, self.organization_id)


@dataclass(frozen=True, slots=True)
class CallOwner:
    """Whose a call is, by which number (E.164 where it can be; None if withheld), and what the number alone said."""

    owner: Owner
    number: str | None
    match_kind: str
    match_reason: str


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation with somebody outside that began at `at`; `agent`: who of ours had it, or has it now."""

    call_id: UUID
    contact_id: UUID | None
    number: str | None
    at: datetime
    agent: str | None


OwnersOfCalls = Callable[[AsyncSession, Collection[UUID]], Awaitable[dict[UUID, CallOwner]]]
"""Tells whose calls are; those that are not known yet, or between colleagues, are left out."""

TalksWith = Callable[[AsyncSession, Collection[UUID], Collection[str], datetime], Awaitable[list[Talk]]]
"""The conversations with these contacts or numbers that began after a time."""

OwnerOfCall = Callable[[AsyncSession, UUID], Awaitable[Owner]]
"""Tells whose a call is; nobody's if it is not known yet."""
