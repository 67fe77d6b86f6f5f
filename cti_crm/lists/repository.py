"""Queries for lists of contacts."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.contacts.folding import variants
from cti_crm.contacts.models import Contact, CustomValue, PhoneNumberRow
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.http.pagination import PageQuery
from cti_crm.infrastructure.keyset import Keyset, cut
from cti_crm.lists.models import SavedList
from cti_crm.lists.schemas import Filters
from cti_crm.tasks.models import Task
from cti_crm.touchpoints.models import Touchpoint


async def lines(
    session: AsyncSession, filters: Filters, page: PageQuery, *, newest: bool
) -> tuple[Sequence[Contact], str | None]:
    """A page of contacts, by name or the newest first."""
    by_name = Keyset(Contact.sort_name.expression, Contact.id.expression)
    order = Keyset(Contact.id.expression, descending=True) if newest else by_name
    found = await session.execute(order.page(select(Contact).where(*_conditions(filters)), page))
    return cut(found.scalars().all(), page.limit, lambda one: (one.id,) if newest else (one.sort_name, one.id))


async def count(session: AsyncSession, filters: Filters) -> int:
    """How many contacts there are in all."""
    return (await session.execute(select(func.count()).select_from(Contact).where(*_conditions(filters)))).scalar_one()


async def last_contacts(session: AsyncSession, contact_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each was talked with last, or tried to be."""
    query = select(Touchpoint.contact_id, func.max(Touchpoint.at)).where(Touchpoint.contact_id.in_(contact_ids))
    rows = await session.execute(query.group_by(Touchpoint.contact_id))
    return {contact_id: at for contact_id, at in rows if contact_id is not None}


async def open_tasks(session: AsyncSession, contact_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many tasks are open with each."""
    query = select(Task.contact_id, func.count()).where(Task.contact_id.in_(contact_ids), Task.done_at.is_(None))
    rows = await session.execute(query.group_by(Task.contact_id))
    return {contact_id: number for contact_id, number in rows if contact_id is not None}


async def saved_lists(session: AsyncSession, user_id: UUID) -> Sequence[SavedList]:
    """The lists a user sees, by name."""
    query = select(SavedList).where(or_(SavedList.owner_id == user_id, SavedList.shared))
    return (await session.execute(query.order_by(func.lower(SavedList.name), SavedList.id))).scalars().all()


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    wanted = [
        or_(*(Contact.search_text.contains(variant, autoescape=True) for variant in variants(word)))
        for word in filters.q.split()
    ]
    for column, value in (
        (Contact.city, filters.city),
        (Contact.country, filters.country),
        (Contact.language, filters.language),
    ):
        if value:
            wanted.append(func.lower(column) == value.lower())
    if filters.postal_code:
        wanted.append(Contact.postal_code.startswith(filters.postal_code, autoescape=True))
    if filters.organization_id is not None:
        wanted.append(Contact.organization_id == filters.organization_id)
    if filters.created_from is not None:
        wanted.append(Contact.created_at >= datetime.combine(filters.created_from, time(), UTC))
    if filters.created_until is not None:
        wanted.append(Contact.created_at < datetime.combine(filters.created_until, time(), UTC) + timedelta(days=1))
    wanted += [_custom(key, value) for key, value in filters.custom.items()]
    wanted += _what_there_is(filters)
    return wanted


def _what_there_is(filters: Filters) -> list[ColumnElement[bool]]:
    number = PhoneNumberRow.contact_id == Contact.id
    asked: list[tuple[bool | None, ColumnElement[bool]]] = [
        (filters.has_email, Contact.email != ""),
        (filters.has_number, exists().where(number)),
        (filters.do_not_call, exists().where(and_(number, PhoneNumberRow.do_not_call))),
        (filters.open_task, exists().where(Task.contact_id == Contact.id, Task.done_at.is_(None))),
    ]
    for days, wish in ((filters.contacted_days, True), (filters.quiet_days, False)):
        if days is not None:
            since = now() - timedelta(days=days)
            asked.append((wish, exists().where(Touchpoint.contact_id == Contact.id, Touchpoint.at >= since)))
    return [condition if wish else ~condition for wish, condition in asked if wish is not None]


def _custom(key: str, value: CustomValue) -> ColumnElement[bool]:
    held: Any = Contact.custom[key]
    if isinstance(value, bool):
        return held.as_boolean() == value  # type: ignore[no-any-return]
    if isinstance(value, int | float):
        return held.as_float() == float(value)  # type: ignore[no-any-return]
    return func.lower(held.as_string()) == value.lower()
