"""Lists: show, keep, export, change many at once and undo it. A session comes with each call; the edge commits."""

from typing import Any
from uuid import UUID

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.contacts import repository as contact_repository
from cti_crm.contacts.models import Contact
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.schemas import ContactUpdate
from cti_crm.contacts.service import ContactService
from cti_crm.contacts.views import contact_out
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.errors import ConflictError, NotAllowedError, NotFoundError
from cti_crm.infrastructure.http.csv_file import csv_response
from cti_crm.infrastructure.http.pagination import Page
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.infrastructure.row_documents import plain
from cti_crm.lists import repository
from cti_crm.lists.models import BulkEdit, SavedList
from cti_crm.lists.schemas import (
    CUSTOM,
    BulkIn,
    BulkOut,
    BulkUndone,
    Filters,
    LineOut,
    LinesQuery,
    SavedListIn,
    SavedListOut,
)

EXPORTED_AT_MOST = 100_000  # contacts in one file
_A_PAGE = 200
_COLUMNS = (
    *("last_name", "first_name", "organization", "position", "numbers", "email", "street", "postal_code", "city"),
    *("country", "language", "remark", "last_contact_at", "open_tasks"),
)


class ListService:
    """Contacts by what is known about them."""

    def __init__(self, plan: NumberPlan, contacts: ContactService) -> None:
        self._plan = plan
        self._contacts = contacts

    async def lines(self, session: AsyncSession, query: LinesQuery) -> Page[LineOut]:
        """A page of the contacts that pass the filters."""
        rows, following = await repository.lines(session, query.filters, query, newest=query.sort == "newest")
        ids = [one.id for one in rows]
        last = await repository.last_contacts(session, ids)
        tasks = await repository.open_tasks(session, ids)
        return Page[LineOut](
            items=[
                LineOut(
                    **contact_out(one, self._plan).model_dump(),
                    last_contact_at=last.get(one.id),
                    open_tasks=tasks.get(one.id, 0),
                )
                for one in rows
            ],
            next_cursor=following,
        )

    async def count(self, session: AsyncSession, filters: Filters) -> int:
        """How many pass the filters."""
        return await repository.count(session, filters)

    async def export(self, session: AsyncSession, query: LinesQuery) -> web.Response:
        """All contacts that pass the filters, at most 100,000, as a CSV file; custom fields stand behind the others."""
        lines: list[LineOut] = []
        page = query.model_copy(update={"limit": _A_PAGE, "cursor": None})
        while len(lines) < EXPORTED_AT_MOST:
            found = await self.lines(session, page)
            session.expunge_all()  # or the last page would carry all those before it
            lines += found.items
            if found.next_cursor is None:
                break
            page = page.model_copy(update={"cursor": found.next_cursor})
        keys = sorted({key for line in lines for key in line.custom})
        return csv_response("contacts.csv", (*_COLUMNS, *keys), (_cells(line, keys) for line in lines))

    # -- kept lists ------------------------------------------------------------------------------------------------

    async def saved(self, session: AsyncSession, principal: Principal) -> list[SavedListOut]:
        """The lists one sees."""
        return [_saved_out(one, principal) for one in await repository.saved_lists(session, principal.user_id)]

    async def keep(self, session: AsyncSession, principal: Principal, new: SavedListIn) -> SavedListOut:
        """Keep a list."""
        row = SavedList(owner_id=principal.user_id)
        _set(row, new)
        session.add(row)
        await session.flush()
        return _saved_out(row, principal)

    async def change(
        self, session: AsyncSession, principal: Principal, list_id: UUID, wish: SavedListIn
    ) -> SavedListOut:
        """Change a list. Raises NotFoundError, NotAllowedError: it is somebody else's."""
        row = await self._own(session, principal, list_id)
        _set(row, wish)
        row.updated_at = now()
        await session.flush()
        return _saved_out(row, principal)

    async def forget(self, session: AsyncSession, principal: Principal, list_id: UUID) -> None:
        """Remove a list; the contacts stay. Raises NotFoundError, NotAllowedError."""
        await session.delete(await self._own(session, principal, list_id))

    async def _own(self, session: AsyncSession, principal: Principal, list_id: UUID) -> SavedList:
        row = await session.get(SavedList, list_id)
        if row is None or (row.owner_id != principal.user_id and not row.shared):
            raise NotFoundError("There is no such list, or no more.")
        if row.owner_id != principal.user_id and not principal.sees_all:
            raise NotAllowedError("This list is somebody else's. Keep one of your own.")
        return row

    # -- many at once ----------------------------------------------------------------------------------------------

    async def change_many(self, session: AsyncSession, principal: Principal, wish: BulkIn) -> BulkOut:
        """Set one field of many contacts; whoever was changed meanwhile is left. Raises InvalidInputError."""
        field, value = wish.change.target
        before: dict[str, Any] = {}
        after: Any = None
        left: list[UUID] = []
        for seen in wish.contacts:
            contact = await contact_repository.contact(session, seen.id)
            if contact is None or contact.version != seen.version:
                left.append(seen.id)
                continue
            before[str(seen.id)] = plain(_value(contact, field))
            await self._contacts.update(session, seen.id, _change(contact, field, value))
            after = plain(_value(contact, field))  # a custom field's value is not always what was sent
        edit = BulkEdit(field=field, value=after, before=before, edited_by=principal.user_id)
        session.add(edit)
        await session.flush()
        return BulkOut(id=edit.id, changed=len(before), left=left)

    async def undo(self, session: AsyncSession, edit_id: UUID) -> BulkUndone:
        """Give each contact its former value again, unless it was changed since.

        Raises NotFoundError, ConflictError: undone already.
        """
        edit = await session.get(BulkEdit, edit_id)
        if edit is None:
            raise NotFoundError("There is no such change.")
        if edit.undone_at is not None:
            raise ConflictError("This has been undone already.")
        restored = 0
        for key, value in edit.before.items():
            contact = await contact_repository.contact(session, UUID(key))
            if contact is not None and _is_still(contact, edit.field, edit.value):
                await self._contacts.update(session, contact.id, _change(contact, edit.field, value))
                restored += 1
        edit.undone_at = now()
        return BulkUndone(restored=restored, left=len(edit.before) - restored)


def _value(contact: Contact, field: str) -> Any:
    key = field.removeprefix(CUSTOM)
    return getattr(contact, field) if key == field else contact.custom.get(key)


def _is_still(contact: Contact, field: str, value: Any) -> bool:
    return bool((plain(_value(contact, field)) or None) == (value or None))


def _change(contact: Contact, field: str, value: Any) -> ContactUpdate:
    key = field.removeprefix(CUSTOM)
    change = {field: value} if key == field else {"custom": {key: value}}
    return ContactUpdate.model_validate({"version": contact.version, **change})


def _set(row: SavedList, wish: SavedListIn) -> None:
    row.name, row.shared = wish.name, wish.shared
    row.filters = wish.filters.model_dump(mode="json", exclude_defaults=True)


def _saved_out(row: SavedList, principal: Principal) -> SavedListOut:
    return SavedListOut(
        id=row.id,
        name=row.name,
        shared=row.shared,
        mine=row.owner_id == principal.user_id,
        filters=Filters.model_validate(row.filters),
        updated_at=row.updated_at,
    )


def _cells(line: LineOut, keys: list[str]) -> list[str]:
    return [
        line.last_name,
        line.first_name,
        line.organization.name if line.organization else "",
        line.position,
        "; ".join(number.display for number in line.numbers),
        line.email,
        line.street,
        line.postal_code,
        line.city,
        line.country,
        line.language,
        line.remark,
        line.last_contact_at.isoformat(timespec="seconds") if line.last_contact_at else "",
        str(line.open_tasks),
        *(str(line.custom.get(key, "")) for key in keys),
    ]
