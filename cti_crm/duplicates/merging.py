"""What becomes of two contacts' fields and numbers when they are one, kept as a document by which it is undone."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import inspect

from cti_crm.contacts.models import Contact, PhoneNumberRow
from cti_crm.contacts.schemas import ContactFields
from cti_crm.contacts.service import derive_contact
from cti_crm.infrastructure.database import Base
from cti_crm.infrastructure.row_documents import plain, typed_row

FIELDS = tuple(name for name in ContactFields.model_fields if name != "custom")
_DERIVED = {"version", "sort_name", "search_text", "email_key", "updated_at"}


def row_document(row: Base) -> dict[str, Any]:
    """All columns of a row, as JSON can hold them."""
    return {column.key: plain(getattr(row, column.key)) for column in inspect(type(row)).column_attrs}


def merge_fields(kept: Contact, gone: Contact, take: Collection[str], take_custom: Collection[str]) -> dict[str, Any]:
    """Give `kept` what it lacks of `gone`, and what is to be taken.

    Returns the values before and after of what changed, and the values of `gone` that are shown no more.
    """
    wanted = {"organization_id" if one == "organization" else one for one in take}
    before, after, lost = {}, {}, {}
    for name in FIELDS:
        mine, theirs = getattr(kept, name), getattr(gone, name)
        if not theirs or mine == theirs:
            continue
        if not mine or name in wanted:
            before[name], after[name] = plain(mine), plain(theirs)
            setattr(kept, name, theirs)
        else:
            lost[name] = gone.organization.name if name == "organization_id" and gone.organization else str(theirs)
    custom = dict(kept.custom)
    for key, theirs in gone.custom.items():
        mine = custom.get(key)
        if mine is None or (mine != theirs and key in take_custom):
            before[f"custom.{key}"], after[f"custom.{key}"] = mine, theirs
            custom[key] = theirs
        elif mine != theirs:
            lost[f"custom.{key}"] = str(theirs)
    kept.custom = custom
    derive_contact(kept)
    return {"before": before, "after": after, "lost": lost}


def restore_fields(kept: Contact, changed: Mapping[str, Any]) -> None:
    """Undo `merge_fields` in every field that nobody changed since."""
    custom = dict(kept.custom)
    for name, after in changed["after"].items():
        before = changed["before"][name]
        if name.startswith("custom."):
            key = name.removeprefix("custom.")
            if custom.get(key) == after:
                custom.pop(key)
                if before is not None:
                    custom[key] = before
        elif plain(getattr(kept, name)) == after:
            setattr(kept, name, UUID(before) if before and name == "organization_id" else before)
    kept.custom = custom
    if kept.name:
        derive_contact(kept)


def merge_numbers(kept: Contact, gone: Contact) -> dict[str, Any]:
    """Give `kept` the numbers it lacks; the rows of those it has are dropped. Returns what undoes it."""
    known = {_key(row): row for row in kept.numbers}
    moved, dropped, hushed = [], [], []
    for row in list(gone.numbers):
        same = known.get(_key(row))
        gone.numbers.remove(row)
        if same is None:
            row.position = len(kept.numbers)
            kept.numbers.append(row)
            moved.append(str(row.id))
        else:
            dropped.append(row_document(row))
            if row.do_not_call and not same.do_not_call:
                same.do_not_call, same.do_not_call_reason = True, row.do_not_call_reason
                hushed.append(str(same.id))
    return {"moved": moved, "dropped": dropped, "hushed": hushed}


def restore_numbers(kept: Contact, gone: Contact, numbers: Mapping[str, Any]) -> None:
    """Undo `merge_numbers`, for the numbers that are still there."""
    for row in list(kept.numbers):
        if str(row.id) in numbers["moved"]:
            kept.numbers.remove(row)
            gone.numbers.append(row)
        elif str(row.id) in numbers["hushed"]:
            row.do_not_call, row.do_not_call_reason = False, ""
    for document in numbers["dropped"]:
        gone.numbers.append(PhoneNumberRow(**{**typed_row(PhoneNumberRow.__table__, document), "contact_id": gone.id}))
    for owner in (kept, gone):
        for position, row in enumerate(sorted(owner.numbers, key=lambda one: one.position)):
            row.position = position


def contact_again(document: Mapping[str, Any]) -> Contact:
    """The contact that was merged, as it was, without numbers."""
    values = {key: value for key, value in typed_row(Contact.__table__, document).items() if key not in _DERIVED}
    contact = Contact(**values, numbers=[])
    derive_contact(contact)
    return contact


def _key(row: PhoneNumberRow) -> tuple[str, str | None]:
    return (row.e164, row.extension) if row.e164 else (row.digits, None)
