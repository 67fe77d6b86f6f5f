"""From a number as typed to the row that is stored, with the columns by which it is found."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.contacts.events import NumbersAttached
from cti_crm.contacts.models import PhoneNumberRow
from cti_crm.contacts.phone_numbers import NumberPlan, trunk_prefix
from cti_crm.contacts.schemas import NumberIn, NumberLabel
from cti_crm.infrastructure.database import after_commit
from cti_crm.infrastructure.errors import FieldError, InvalidInputError


def contact_numbers(plan: NumberPlan, typed: Sequence[NumberIn]) -> list[PhoneNumberRow]:
    """A person's numbers. Raises InvalidInputError naming those without any digit.

    One with an extension is also found by the direct dial it is where both stand in one number: 030 1234 ext. 12 is
    what calls as 030 123412.
    """
    rows = _rows(plan, typed)
    for row in rows:
        row.trunk_prefix = row.e164 if row.extension else None
    return rows


def organization_numbers(plan: NumberPlan, typed: Sequence[NumberIn]) -> list[PhoneNumberRow]:
    """A firm's numbers. Behind its main number, and behind one written with "-0", lie direct dials."""
    rows = _rows(plan, typed)
    for row in rows:
        number = plan.parse(row.value)
        if number is not None:
            prefix = trunk_prefix(row.value, number)
            row.trunk_prefix = prefix if row.label == NumberLabel.MAIN or prefix != number.e164 else None
    return rows


def _rows(plan: NumberPlan, typed: Sequence[NumberIn]) -> list[PhoneNumberRow]:
    wrong = [
        FieldError(f"numbers.{index}.value", "This is no telephone number: it has no digit.")
        for index, one in enumerate(typed)
        if not plan.digits(one.value)
    ]
    if wrong:
        raise InvalidInputError(fields=wrong)
    return [_row(plan, one, position) for position, one in enumerate(typed)]


def _row(plan: NumberPlan, typed: NumberIn, position: int) -> PhoneNumberRow:
    number = plan.parse(typed.value)
    return PhoneNumberRow(
        position=position,
        value=typed.value,
        label=typed.label.value,
        do_not_call=typed.do_not_call,
        do_not_call_reason=typed.do_not_call_reason if typed.do_not_call else "",
        e164=number.e164 if number else None,
        extension=number.extension if number else None,
        digits=plan.digits(typed.value),
    )


def replace_numbers(current: list[PhoneNumberRow], wanted: Sequence[PhoneNumberRow]) -> list[PhoneNumberRow]:
    """Make `current` what is wanted; rows that stay keep their id. Returns the new rows."""
    kept = {(row.value, row.label): row for row in current}
    result = [_taken_over(kept.pop((row.value, row.label), row), row) for row in wanted]
    added = [row for row in result if row not in current]
    for position, row in enumerate(result):
        row.position = position
    current[:] = result
    return added


def _taken_over(row: PhoneNumberRow, wanted: PhoneNumberRow) -> PhoneNumberRow:
    row.do_not_call, row.do_not_call_reason = wanted.do_not_call, wanted.do_not_call_reason
    return row


def announce(session: AsyncSession, added: Sequence[PhoneNumberRow]) -> None:
    """Tell, after the commit, whose numbers are known now."""
    e164 = tuple(row.e164 for row in added if row.e164)
    if e164:
        trunks = tuple(row.trunk_prefix for row in added if row.trunk_prefix and not row.extension)
        after_commit(session, NumbersAttached(e164, trunks))
