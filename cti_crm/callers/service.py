"""Marking numbers as spam, and naming one's own mobile."""

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.schemas import UserRef
from cti_crm.callers import repository
from cti_crm.callers.events import OwnMobileChanged, SpamChanged
from cti_crm.callers.models import OwnMobile
from cti_crm.callers.schemas import OwnMobileOut, SpamOut
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.infrastructure.database import after_commit
from cti_crm.infrastructure.errors import ConflictError, FieldError, InvalidInputError
from cti_crm.infrastructure.http.principal import Principal


class CallerService:
    """Everybody marks and unmarks numbers, and names a mobile of their own."""

    def __init__(self, plan: NumberPlan) -> None:
        self._plan = plan

    async def marked(self, session: AsyncSession) -> list[SpamOut]:
        """All marked numbers, the newest mark first."""
        return [self._out(one) for one in await repository.marked(session)]

    async def mark(self, session: AsyncSession, principal: Principal, raw: str) -> SpamOut:
        """Mark a number. Raises InvalidInputError: withheld, or one of our own."""
        if self._plan.is_withheld(raw):
            raise _invalid("A withheld number cannot be marked: it would be everybody's who hides theirs.")
        number = self._plan.e164_or_text(raw)
        if self._plan.is_own(number):
            raise _invalid("This is one of our own numbers.")
        mark = self._out(await repository.mark(session, number, principal.user_id))
        after_commit(session, SpamChanged(number, mark))
        return mark

    async def unmark(self, session: AsyncSession, raw: str) -> None:
        """Take a mark away; nothing if there is none."""
        number = self._plan.e164_or_text(raw)
        await repository.unmark(session, number)
        after_commit(session, SpamChanged(number, None))

    async def mobile(self, session: AsyncSession, principal: Principal) -> OwnMobileOut:
        """My mobile."""
        found = await repository.mobile_of(session, principal.user_id)
        return self._mobile_out(found.number if found else None)

    async def set_mobile(self, session: AsyncSession, principal: Principal, raw: str | None) -> OwnMobileOut:
        """Name my mobile, or none. Raises InvalidInputError (no number), ConflictError (a colleague's)."""
        number = self._public(raw) if raw is not None else None
        found = await repository.mobile_of(session, principal.user_id)
        if number is None:
            if found is not None:
                await session.delete(found)
        elif await repository.holder_of(session, number) not in (None, principal.user_id):
            raise ConflictError("This number is a colleague's mobile.")
        elif found is not None:
            found.number = number
        else:
            session.add(OwnMobile(user_id=principal.user_id, number=number))
        await session.flush()
        after_commit(session, OwnMobileChanged(principal.user_id, number))
        return self._mobile_out(number)

    def _public(self, raw: str) -> str:
        number = self._plan.parse(raw)
        if number is None or self._plan.is_own(number.e164):
            raise _invalid("This is no mobile number. Write it as one dials it: 0170 1234567.")
        return number.e164

    def _out(self, marked: repository.Marked) -> SpamOut:
        row, name = marked
        return SpamOut(
            number=row.number,
            display=self._plan.display(row.number),
            marked_by=UserRef(id=row.marked_by, name=name),
            marked_at=row.marked_at,
        )

    def _mobile_out(self, number: str | None) -> OwnMobileOut:
        return OwnMobileOut(number=number, display=self._plan.display(number) if number else "")


def _invalid(message: str) -> InvalidInputError:
    return InvalidInputError(message, fields=[FieldError("number", message)])
