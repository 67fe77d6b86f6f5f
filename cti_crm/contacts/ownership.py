"""To whom a call belongs, for features that must not know how that is found out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
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


OwnerOfCall = Callable[[AsyncSession, UUID], Awaitable[Owner]]
"""Tells whose a call is; nobody's if it is not known yet."""
