"""Queries on pairs that look alike, on merges, and on what points to a contact."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cti_crm.contacts.models import Contact, PhoneNumberRow
from cti_crm.contacts.schemas import NumberLabel
from cti_crm.duplicates.models import ContactMerge, DistinctPair
from cti_crm.infrastructure.row_documents import key_of

_CROWD = 20
"""So many contacts with one number or name are no duplicates: a shared line that nobody marked, a Mr Müller."""

Pair = tuple[UUID, UUID, str]
"""The lesser id, the greater one, and what both have."""


async def same_number(session: AsyncSession, limit: int, contact_id: UUID | None = None) -> Sequence[Pair]:
    """Contacts with the same number that is not marked as shared."""
    first, second = aliased(PhoneNumberRow), aliased(PhoneNumberRow)
    own = [row.label != NumberLabel.SHARED.value for row in (first, second)]
    query = select(first.contact_id, second.contact_id, first.value).where(
        first.e164 == second.e164,
        func.coalesce(first.extension, "") == func.coalesce(second.extension, ""),
        *own,
    )
    if contact_id is None:
        query = query.where(first.e164.in_(_several(PhoneNumberRow.e164, PhoneNumberRow.contact_id.is_not(None))))
    return await _pairs(session, query, first.contact_id, second.contact_id, contact_id, limit)


async def same_email(session: AsyncSession, limit: int, contact_id: UUID | None = None) -> Sequence[Pair]:
    """Contacts with the same e-mail address."""
    first, second = aliased(Contact), aliased(Contact)
    query = select(first.id, second.id, first.email).where(first.email_key == second.email_key, first.email_key != "")
    if contact_id is None:
        query = query.where(first.email_key.in_(_several(Contact.email_key)))
    return await _pairs(session, query, first.id, second.id, contact_id, limit)


async def same_name(session: AsyncSession, limit: int, contact_id: UUID | None = None) -> Sequence[Pair]:
    """Contacts of the same full name who are not known to be of two firms."""
    first, second = aliased(Contact), aliased(Contact)
    query = select(first.id, second.id, func.trim(first.first_name + " " + first.last_name)).where(
        first.sort_name == second.sort_name,
        first.first_name != "",
        first.last_name != "",
        or_(
            first.organization_id == second.organization_id,
            first.organization_id.is_(None),
            second.organization_id.is_(None),
        ),
    )
    if contact_id is None:
        query = query.where(first.sort_name.in_(_several(Contact.sort_name)))
    return await _pairs(session, query, first.id, second.id, contact_id, limit)


def _several(column: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    """What more than one row has in a column, but no crowd."""
    return (
        select(column)
        .where(column != "", *conditions)
        .group_by(column)
        .having(func.count() > 1, func.count() <= _CROWD)
    )


async def _pairs(
    session: AsyncSession, query: Select[Any, Any, str], first: Any, second: Any, contact_id: UUID | None, limit: int
) -> Sequence[Pair]:
    told_apart = (
        select(DistinctPair.first_id)
        .where(
            or_(
                and_(DistinctPair.first_id == first, DistinctPair.second_id == second),
                and_(DistinctPair.first_id == second, DistinctPair.second_id == first),
            )
        )
        .exists()
    )
    mine = first < second if contact_id is None else and_(first == contact_id, second != contact_id)
    rows = await session.execute(query.where(mine, second.is_not(None), ~told_apart).limit(limit))
    return [(min(one, other), max(one, other), value) for one, other, value in rows]


async def merges_of(session: AsyncSession, kept_id: UUID) -> Sequence[ContactMerge]:
    """What became part of a contact and still is, the newest first."""
    query = select(ContactMerge).where(ContactMerge.kept_id == kept_id, ContactMerge.undone_at.is_(None))
    return (await session.execute(query.order_by(ContactMerge.id.desc()))).scalars().all()


async def hand_over(
    session: AsyncSession, column: Column[Any], owner: UUID, to: UUID, only: Sequence[Any] | None = None
) -> list[Any]:
    """Have rows of one contact point to another; `only`: some, by primary key. Returns the primary keys of the rows."""
    key = key_of(column.table)
    wanted = select(key).where(column == owner)
    if only is not None:
        wanted = wanted.where(key.in_(only))
    keys = list((await session.execute(wanted)).scalars())
    if keys:
        await session.execute(update(column.table).where(key.in_(keys)).values({column: to}))
    return keys
