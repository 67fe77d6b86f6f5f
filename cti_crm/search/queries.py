"""What a search shows beside what it found: the notes' texts, and when somebody was last talked with."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.contacts.search_index import missing
from cti_crm.contacts.search_tables import SearchEntry
from cti_crm.notes.models import Note
from cti_crm.notes.repository import for_everybody
from cti_crm.touchpoints.models import Touchpoint

_LATEST = 200  # touchpoints in which those are looked for who were talked with lately


async def talked_with_lately(session: AsyncSession) -> dict[UUID, datetime]:
    """The contacts of the latest touchpoints, and when they were."""
    latest = select(Touchpoint.contact_id, Touchpoint.at).order_by(Touchpoint.at.desc()).limit(_LATEST).subquery()
    query = select(latest.c.contact_id, func.max(latest.c.at)).group_by(latest.c.contact_id)
    return {row[0]: row[1] for row in await session.execute(query) if row[0] is not None}


async def last_talks(session: AsyncSession, contacts: Collection[UUID]) -> dict[UUID, datetime]:
    """When each contact was last talked with; those never talked with are left out."""
    query = (
        select(Touchpoint.contact_id, func.max(Touchpoint.at))
        .where(Touchpoint.contact_id.in_(contacts))
        .group_by(Touchpoint.contact_id)
    )
    return {row[0]: row[1] for row in await session.execute(query) if row[0] is not None}


async def notes(session: AsyncSession, ids: Collection[UUID]) -> Sequence[Note]:
    """Several notes."""
    return (await session.execute(select(Note).where(Note.id.in_(ids)))).scalars().all() if ids else []


async def notes_not_indexed(session: AsyncSession, after: UUID | None, limit: int) -> Sequence[Note]:
    """Notes that the search does not know yet."""
    query = (
        select(Note).where(missing(Note.id, SearchEntry.note_id, after), for_everybody).order_by(Note.id).limit(limit)
    )
    return (await session.execute(query)).scalars().all()
