"""Whose a call is, and how it was wrapped up."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.calls.call import Call
from cti_crm.calls.repository import extensions
from cti_crm.contacts.events import NumbersAttached
from cti_crm.contacts.ownership import Owner
from cti_crm.contacts.repository import contact as find_contact
from cti_crm.contacts.repository import organization as find_organization
from cti_crm.contacts.schemas import MatchKind, MatchReason
from cti_crm.contacts.service import ContactService
from cti_crm.infrastructure.database import after_commit
from cti_crm.infrastructure.errors import InvalidInputError, NotAllowedError, NotFoundError
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.touchpoints import repository
from cti_crm.touchpoints.dispositions import DispositionService
from cti_crm.touchpoints.events import CallWrappedUp, TouchpointChanged
from cti_crm.touchpoints.models import Touchpoint
from cti_crm.touchpoints.recorder import TouchpointRecorder, announce
from cti_crm.touchpoints.schemas import Assign, TouchpointOut, WrapUp
from cti_crm.touchpoints.views import touchpoint_out

ExtensionOf = Callable[[UUID], str | None]
"""The extension of a user; None for one who takes no calls."""


class CallLookup(Protocol):
    """Finds a call wherever it is: still going on, or stored."""

    async def find(self, session: AsyncSession, call_id: UUID) -> Call | None:
        """The call as it is now; None if there is none."""
        ...


class TouchpointService:
    """The log of interactions."""

    def __init__(
        self, contacts: ContactService, recorder: TouchpointRecorder, calls: CallLookup, extension_of: ExtensionOf
    ) -> None:
        self._contacts = contacts
        self._recorder = recorder
        self._calls = calls
        self._extension_of = extension_of
        self._dispositions = DispositionService()

    async def wrap_up(self, session: AsyncSession, principal: Principal, call_id: UUID, body: WrapUp) -> TouchpointOut:
        """The user is done with the call. Raises NotFoundError, NotAllowedError, InvalidInputError."""
        call = await self._call(session, principal, call_id)
        await self._dispositions.check(session, call, body.disposition_id)
        touchpoint = await self._recorder.touchpoint_of(session, call)
        await repository.wrap_up(session, call_id, principal.user_id, body.disposition_id)
        after_commit(session, TouchpointChanged(touchpoint.id, call_id, touchpoint.contact_id))
        after_commit(session, CallWrappedUp(call_id, principal.user_id))
        return await self._out(session, touchpoint)

    async def assign(self, session: AsyncSession, principal: Principal, call_id: UUID, body: Assign) -> TouchpointOut:
        """Say whose the call is. With `remember`, calls of the number that nobody owned become theirs as well.

        Raises NotFoundError, NotAllowedError, InvalidInputError.
        """
        call = await self._call(session, principal, call_id)
        if call.remote is None:
            raise InvalidInputError("This is a call among colleagues; it belongs to no contact.")
        owner = await self._owner(session, body)
        touchpoint = await self._recorder.touchpoint_of(session, call)
        touchpoint.contact_id, touchpoint.organization_id = owner.contact_id, owner.organization_id
        touchpoint.assigned_by = principal.user_id
        await session.flush()
        announce(session, touchpoint)
        if body.remember and touchpoint.remote_number is not None:
            single = owner.single
            await self._contacts.remember(
                session,
                touchpoint.remote_number,
                contact_id=single.contact_id,
                organization_id=single.organization_id,
            )
            await self._own(session, [touchpoint.remote_number])
        return await self._out(session, touchpoint)

    async def owner_of(self, session: AsyncSession, call_id: UUID) -> Owner:
        """Whose a call is; an `OwnerOfCall`."""
        touchpoint = (await repository.by_call(session, [call_id])).get(call_id)
        return Owner(touchpoint.contact_id, touchpoint.organization_id) if touchpoint else Owner()

    async def on_numbers_attached(self, session: AsyncSession, event: NumbersAttached) -> None:
        """Give earlier calls that nobody owned to the new owners of their numbers."""
        await self._own(session, await repository.unowned_numbers(session, event.e164, event.trunk_prefixes))

    async def absorb(self, session: AsyncSession, gone: UUID, into: UUID) -> None:
        """A call turned out to be part of another one."""
        await repository.absorb(session, gone, into)

    async def wrapped_up(self, session: AsyncSession, user_id: UUID, call_ids: Collection[UUID]) -> set[UUID]:
        """Which of the calls the user is done with."""
        return await repository.wrapped_up(session, user_id, call_ids)

    async def calls_not_wrapped_up(self, session: AsyncSession, user_id: UUID, since: datetime) -> list[Call]:
        """Calls since then that are over, in which the user talked, and with which they are not done."""
        extension = self._extension_of(user_id)
        if extension is None:
            return []
        return await repository.calls_not_wrapped_up(session, user_id, extension, since)

    async def _call(self, session: AsyncSession, principal: Principal, call_id: UUID) -> Call:
        call = await self._calls.find(session, call_id)
        if call is None:
            raise NotFoundError("There is no such call.")
        if not principal.sees_all and self._extension_of(principal.user_id) not in extensions(call):
            raise NotAllowedError("This is somebody else's call.")
        return call

    async def _owner(self, session: AsyncSession, body: Assign) -> Owner:
        if sum(one is not None for one in (body.contact_id, body.organization_id, body.new_contact)) != 1:
            raise InvalidInputError("Give exactly one of contact_id, organization_id and new_contact.")
        if body.organization_id is not None:
            organization = await self._contacts.get_organization(session, body.organization_id)
            return Owner(None, organization.id)
        if body.new_contact is not None:
            contact = await self._contacts.create(session, body.new_contact)
        else:
            assert body.contact_id is not None  # noqa: S101 - one of the three is given
            contact = await self._contacts.get(session, body.contact_id)
        return Owner(contact.id, contact.organization.id if contact.organization else None)

    async def _own(self, session: AsyncSession, numbers: Collection[str]) -> None:
        """Give the calls of numbers that nobody owns to whom the number belongs now.

        Not where a choice decided: who called before from a shared number is not known by it.
        """
        for number in numbers:
            match = await self._contacts.matcher.match(session, number)
            if match.kind is not MatchKind.UNIQUE or match.reason is MatchReason.CHOSEN:
                continue
            owner = Owner(
                match.contact.id if match.contact else None, match.organization.id if match.organization else None
            )
            for touchpoint in await repository.give(session, number, owner):
                announce(session, touchpoint)

    async def _out(self, session: AsyncSession, touchpoint: Touchpoint) -> TouchpointOut:
        contact = await find_contact(session, touchpoint.contact_id) if touchpoint.contact_id else None
        firm = await find_organization(session, touchpoint.organization_id) if touchpoint.organization_id else None
        return touchpoint_out(touchpoint, contact, firm)
