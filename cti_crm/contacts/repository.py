"""Queries on contacts, organisations and numbers."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.contacts.folding import variants
from cti_crm.contacts.models import Contact, NumberChoice, Organization, PhoneNumberRow
from cti_crm.contacts.phone_numbers import DIRECT_DIAL_DIGITS
from cti_crm.infrastructure.http.pagination import PageQuery
from cti_crm.infrastructure.keyset import Keyset, cut
from cti_crm.infrastructure.prepared import Question

CONTACTS_OF_ORGANIZATION = 200  # people shown with their organisation
OWNERS_LOOKED_AT = 100  # of one number


async def contacts(
    session: AsyncSession, page: PageQuery, *, q: str, piece: str | None, organization_id: UUID | None
) -> tuple[Sequence[Contact], str | None]:
    """Contacts by name. `q` is what a person typed, `piece` the digits it stands for if it is part of a number."""
    query = select(Contact).join(Organization, Contact.organization_id == Organization.id, isouter=True)
    if organization_id is not None:
        query = query.where(Contact.organization_id == organization_id)
    if q.strip():
        text = contains_words(q, Contact.search_text, Organization.search_text)
        query = query.where(or_(text, _has_number(Contact.id, PhoneNumberRow.contact_id, piece)))
    found = await session.execute(Keyset(Contact.sort_name.expression, Contact.id.expression).page(query, page))
    return cut(found.scalars().all(), page.limit, lambda one: (one.sort_name, one.id))


async def organizations(session: AsyncSession, page: PageQuery) -> tuple[Sequence[Organization], str | None]:
    """Organisations by name."""
    order = Keyset(Organization.sort_name.expression, Organization.id.expression)
    found = await session.execute(order.page(select(Organization), page))
    return cut(found.scalars().all(), page.limit, lambda one: (one.sort_name, one.id))


def contains_words(q: str, *columns: Any) -> ColumnElement[bool]:
    """Every word of `q`, in either way to write its umlauts, stands in one of the columns."""
    return and_(
        *(
            or_(*(column.contains(variant, autoescape=True) for variant in variants(word) for column in columns))
            for word in q.split()
        )
    )


def _has_number(owner: Any, owner_column: Any, piece: str | None) -> ColumnElement[bool]:
    if piece is None:
        return false()
    with_piece = select(owner_column).where(
        owner_column.is_not(None), PhoneNumberRow.digits.contains(piece, autoescape=True)
    )
    found: ColumnElement[bool] = owner.in_(with_piece)
    return found


async def contact(session: AsyncSession, contact_id: UUID) -> Contact | None:
    """One contact."""
    return await session.get(Contact, contact_id)


async def contacts_by_id(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Contact]:
    """Several contacts."""
    if not ids:
        return {}
    return {one.id: one for one in (await session.execute(select(Contact).where(Contact.id.in_(ids)))).scalars()}


async def organization(session: AsyncSession, organization_id: UUID) -> Organization | None:
    """One organisation."""
    return await session.get(Organization, organization_id)


async def organizations_by_id(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Organization]:
    """Several organisations."""
    if not ids:
        return {}
    query = select(Organization).where(Organization.id.in_(ids))
    return {one.id: one for one in (await session.execute(query)).scalars()}


async def organizations_by_name(session: AsyncSession, sort_names: Collection[str]) -> Sequence[Organization]:
    """Organisations of these folded names, the oldest first."""
    query = select(Organization).where(Organization.sort_name.in_(sort_names)).order_by(Organization.id)
    return (await session.execute(query)).scalars().all()


async def contacts_by_name(session: AsyncSession, sort_names: Collection[str]) -> Sequence[Contact]:
    """Contacts of these folded names, the oldest first."""
    query = select(Contact).where(Contact.sort_name.in_(sort_names)).order_by(Contact.id)
    return (await session.execute(query)).scalars().all()


async def people_of(session: AsyncSession, organization_ids: Collection[UUID]) -> Sequence[Contact]:
    """The contacts of organisations, by name; not endlessly many."""
    query = (
        select(Contact)
        .where(Contact.organization_id.in_(organization_ids))
        .order_by(Contact.sort_name, Contact.id)
        .limit(CONTACTS_OF_ORGANIZATION * max(1, len(organization_ids)))
    )
    return (await session.execute(query)).scalars().all()


async def ids_of_people(session: AsyncSession, organization_id: UUID) -> Sequence[UUID]:
    """All contacts of an organisation, however many."""
    return (await session.execute(select(Contact.id).where(Contact.organization_id == organization_id))).scalars().all()


async def numbers_called(session: AsyncSession, e164: str) -> Sequence[PhoneNumberRow]:
    """The rows of one number, whoever has it."""
    query = select(PhoneNumberRow).where(PhoneNumberRow.e164 == e164).limit(OWNERS_LOOKED_AT)
    return (await session.execute(query)).scalars().all()


async def choice(session: AsyncSession, e164: str) -> NumberChoice | None:
    """Who was chosen among the owners of a number."""
    return await session.get(NumberChoice, e164)


_number = bindparam("number", type_=PhoneNumberRow.e164.type)
_TRUNKS = tuple(f"trunk_{place}" for place in range(DIRECT_DIAL_DIGITS + 1))
_trunks = [bindparam(name, type_=PhoneNumberRow.trunk_prefix.type) for name in _TRUNKS]
_row = select(
    PhoneNumberRow.id,
    PhoneNumberRow.e164,
    PhoneNumberRow.extension,
    PhoneNumberRow.trunk_prefix,
    PhoneNumberRow.contact_id,
    PhoneNumberRow.organization_id,
)


def _owners(number: ColumnElement[bool], trunk: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    # Two selections with an index each, not one with "or", and sorted by who asks: else PostgreSQL, which plans without
    # knowing the number, would at times walk through the whole table in its order.
    found = _row.where(number).union(_row.where(trunk)).subquery()
    return (
        select(
            found.c.id,
            found.c.e164,
            found.c.extension,
            found.c.trunk_prefix,
            found.c.contact_id,
            Contact.first_name,
            Contact.last_name,
            Organization.id.label("organization_id"),
            Organization.name.label("organization_name"),
        )
        .select_from(found)
        .outerjoin(Contact, Contact.id == found.c.contact_id)
        .outerjoin(Organization, Organization.id == func.coalesce(found.c.organization_id, Contact.organization_id))
    )


_chosen = select(
    NumberChoice.contact_id.label("chosen_contact_id"), NumberChoice.organization_id.label("chosen_organization_id")
).where(NumberChoice.e164 == _number)
_owners_of = Question(
    _owners(PhoneNumberRow.e164 == _number, PhoneNumberRow.trunk_prefix.in_(_trunks))
    .add_columns(*(chosen := _chosen.subquery()).c)
    .outerjoin(chosen, true())
    .limit(OWNERS_LOOKED_AT)
)
_owners_of_many = _owners(
    PhoneNumberRow.e164.in_(bindparam("numbers", expanding=True)),
    PhoneNumberRow.trunk_prefix.in_(bindparam("trunks", expanding=True)),
)
_choices = select(NumberChoice.e164, NumberChoice.contact_id, NumberChoice.organization_id).where(
    NumberChoice.e164.in_(bindparam("numbers", expanding=True))
)


def owners_of(connection: Connection, e164: str, trunks: Sequence[str]) -> Sequence[Any]:
    """Who has the number, or one of the trunk numbers behind which it may lie: one query, two indexes.

    No more than `DIRECT_DIAL_DIGITS` + 1 trunk numbers.
    """
    values = dict.fromkeys(_TRUNKS, e164) | dict(zip(_TRUNKS, trunks, strict=False))
    return sorted(_owners_of.ask(connection, number=e164, **values), key=lambda row: row.id)


def owners_of_many(connection: Connection, trunks_of: Mapping[str, Sequence[str]]) -> dict[str, Sequence[Any]]:
    """The same for several numbers with their trunk numbers."""
    trunks = {trunk for several in trunks_of.values() for trunk in several}
    found = connection.execute(_owners_of_many, {"numbers": list(trunks_of), "trunks": list(trunks)}).all()
    by_number, by_trunk = defaultdict[Any, list[Any]](list), defaultdict[Any, list[Any]](list)
    for row in found:
        by_number[row.e164].append(row)
        by_trunk[row.trunk_prefix].append(row)
    chosen = {one: owner for one, *owner in connection.execute(_choices, {"numbers": list(trunks_of)})}
    nobody = (None, None)
    owners: dict[str, Sequence[Any]] = {}
    for number, several in trunks_of.items():
        rows = {row.id: row for row in (*by_number[number], *(row for trunk in several for row in by_trunk[trunk]))}
        choice = chosen.get(number, nobody)
        owners[number] = [_owners_of.row(*rows[one], *choice) for one in sorted(rows)[:OWNERS_LOOKED_AT]]
    return owners
