"""Queries on marked numbers and own mobiles."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.models import User
from cti_crm.callers.models import OwnMobile, SpamNumber
from cti_crm.infrastructure.upsert import insert_for

Marked = tuple[SpamNumber, str]


async def marked(session: AsyncSession) -> Sequence[Marked]:
    """All marked numbers with the name of who marked them, the newest first."""
    query = (
        select(SpamNumber, User.display_name)
        .join(User, User.id == SpamNumber.marked_by)
        .order_by(SpamNumber.marked_at.desc(), SpamNumber.number)
    )
    return [(row, name) for row, name in await session.execute(query)]


async def mark(session: AsyncSession, number: str, user_id: UUID) -> Marked:
    """Mark a number; an older mark stays as it is."""
    fresh = insert_for(session, SpamNumber).values(number=number, marked_by=user_id)
    await session.execute(fresh.on_conflict_do_nothing())
    query = select(SpamNumber, User.display_name).join(User, User.id == SpamNumber.marked_by)
    row, name = (await session.execute(query.where(SpamNumber.number == number))).one()
    return row, name


async def unmark(session: AsyncSession, number: str) -> None:
    """Take a mark away."""
    await session.execute(delete(SpamNumber).where(SpamNumber.number == number))


async def mobiles(session: AsyncSession) -> Sequence[OwnMobile]:
    """All own mobiles."""
    return (await session.execute(select(OwnMobile))).scalars().all()


async def mobile_of(session: AsyncSession, user_id: UUID) -> OwnMobile | None:
    """A user's mobile."""
    return await session.get(OwnMobile, user_id)


async def holder_of(session: AsyncSession, number: str) -> UUID | None:
    """Whose mobile it is."""
    return (await session.execute(select(OwnMobile.user_id).where(OwnMobile.number == number))).scalar_one_or_none()
