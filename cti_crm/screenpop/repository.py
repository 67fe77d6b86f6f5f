"""The questions of a pop, made once and asked with every call: one for all that is known, more where there is more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Row,
    String,
    Uuid,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    true,
    union,
)

from cti_crm.accounts.models import User
from cti_crm.calls.models import CallRow
from cti_crm.contacts.models import Contact, Organization
from cti_crm.contacts.ownership import Owner
from cti_crm.infrastructure.database import UtcDateTime
from cti_crm.infrastructure.prepared import Question
from cti_crm.missed_calls.models import MissedLine
from cti_crm.notes.models import Note
from cti_crm.notes.repository import for_everybody
from cti_crm.tasks.models import Task
from cti_crm.touchpoints.models import Touchpoint

PAST_CALLS = 5


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of somebody.

    past: their last touchpoints without this call, newest first. notes: on those, on this call, and their newest one,
    oldest first. said: whose the call is by what is stored of it. due: that they were missed and wait to be called
    back: `attempts`, `missed_at` first, and who said they would do it (`claimed_by`, `claimer`). language: what a
    contact likes to speak, "" if not known.
    """

    past: Sequence[Any]
    notes: Sequence[Row[Any]]
    today: int
    has_tasks: bool
    said: Owner
    due: Any
    language: str


@dataclass(frozen=True, slots=True)
class _Questions:
    all: Question
    notes: Executable
    today: Executable


def known_of(connection: Connection, owner: Owner, number: str | None, call_id: UUID, start_of_day: datetime) -> Known:
    """What is stored of the owner, or of a number that nobody owns. The call itself is no past one."""
    whose: UUID | str | None
    if owner.contact_id is not None:
        questions, whose = _of_contact, owner.contact_id
    elif owner.organization_id is not None:
        questions, whose = _of_organization, owner.organization_id
    else:
        questions, whose = _of_number, number
    asked = {"whose": whose, "call": call_id}
    rows = questions.all.ask(connection, **asked, contact=owner.contact_id, number=number)
    past = [row for row in rows if row.id is not None]
    today = sum(row.at >= start_of_day for row in past)
    if today == PAST_CALLS:
        today = connection.execute(questions.today, {**asked, "since": start_of_day}).scalar_one()
    first = rows[0]
    return Known(
        past=past,
        notes=connection.execute(questions.notes, asked).all() if first.has_notes else (),
        today=today,
        has_tasks=bool(first.has_tasks),
        said=Owner(first.said_contact, first.said_organization),
        due=first if first.attempts is not None else None,
        language=first.language or "",
    )


def notes_on(connection: Connection, call_id: UUID) -> Sequence[Row[Any]]:
    """The notes on a call."""
    return connection.execute(_notes_on_call, {"call": call_id}).all()


def contact_with_firm(connection: Connection, contact_id: UUID) -> Row[Any] | None:
    """A contact's id and names, with those of their organisation."""
    return connection.execute(_contact, {"contact": contact_id}).one_or_none()


_call = bindparam("call", type_=Uuid())
_this_note = Note.call_id == _call
_note = (
    select(
        Note.id,
        Note.version,
        Note.text,
        Note.author_id,
        Note.call_id,
        Note.contact_id,
        Note.organization_id,
        Note.created_at,
        Note.updated_at,
        Note.finished_at,
        User.display_name,
    )
    .join(User, User.id == Note.author_id)
    .order_by(Note.created_at, Note.id)
)
_notes_on_call: Executable = _note.where(_this_note)
_contact: Executable = (
    select(Contact.id, Contact.first_name, Contact.last_name, Organization.id.label("firm_id"), Organization.name)
    .outerjoin(Organization, Organization.id == Contact.organization_id)
    .where(Contact.id == bindparam("contact", type_=Uuid()))
)

_contact_id = bindparam("contact", type_=Uuid())
# Each by its own index: SQLite would read all open lines with "or".
_theirs = union(
    select(MissedLine.id).where(MissedLine.closed_at.is_(None), MissedLine.contact_id == _contact_id),
    select(MissedLine.id).where(
        MissedLine.closed_at.is_(None), MissedLine.number == bindparam("number", type_=String())
    ),
)
_due = (
    select(
        MissedLine.attempts,
        MissedLine.first_at.label("missed_at"),
        MissedLine.claimed_by,
        User.display_name.label("claimer"),
    )
    .outerjoin(User, User.id == MissedLine.claimed_by)
    .where(MissedLine.id.in_(_theirs), MissedLine.attempts > 0)
    .order_by(MissedLine.first_at)
    .limit(1)
)


def _questions(touchpoints: ColumnElement[bool], notes: ColumnElement[bool], tasks: ColumnElement[bool]) -> _Questions:
    past = (
        select(
            Touchpoint.id,
            Touchpoint.medium,
            Touchpoint.at,
            Touchpoint.call_id,
            CallRow.direction,
            CallRow.outcome,
            CallRow.document["final_agent"].as_string().label("agent"),
        )
        .outerjoin(CallRow, CallRow.id == Touchpoint.call_id)
        .where(touchpoints, or_(Touchpoint.call_id != _call, Touchpoint.call_id.is_(None)))
        .order_by(Touchpoint.at.desc(), Touchpoint.id.desc())
        .limit(PAST_CALLS)
    ).subquery("past")
    newest = select(Note.id).where(notes).order_by(Note.created_at.desc(), Note.id.desc()).limit(1).subquery()
    on_past = Note.call_id.in_(select(past.c.call_id))
    # Each by its own index: PostgreSQL would read the whole table for them with "or".
    shown = union(select(Note.id).where(_this_note), select(Note.id).where(on_past), select(newest.c.id))
    said = select(Touchpoint).where(Touchpoint.call_id == _call).subquery("said")
    has = select(
        or_(exists().where(_this_note), exists().where(on_past), select(Note.id).where(notes).exists()).label(
            "has_notes"
        ),
        exists().where(tasks, Task.done_at.is_(None)).label("has_tasks"),
        select(Contact.language).where(Contact.id == _contact_id).scalar_subquery().label("language"),
    ).subquery("has")
    due = _due.subquery("due")
    return _Questions(
        all=Question(
            select(
                has,
                said.c.contact_id.label("said_contact"),
                said.c.organization_id.label("said_organization"),
                due,
                past,
            )
            .select_from(has.outerjoin(said, true()).outerjoin(due, true()).outerjoin(past, true()))
            .order_by(past.c.at.desc(), past.c.id.desc())
        ),
        notes=_note.where(Note.id.in_(shown)),
        today=select(func.count())
        .select_from(Touchpoint)
        .where(
            touchpoints,
            Touchpoint.at >= bindparam("since", type_=UtcDateTime()),
            or_(Touchpoint.call_id != _call, Touchpoint.call_id.is_(None)),
        ),
    )


def _of(table: type[Note | Task | Touchpoint]) -> ColumnElement[bool]:
    """Of an organisation, or of one of its people."""
    people = select(Contact.id).where(Contact.organization_id == _whose)
    return or_(table.organization_id == _whose, table.contact_id.in_(people))


_whose = bindparam("whose", type_=Uuid())
_of_contact = _questions(
    Touchpoint.contact_id == _whose, and_(Note.contact_id == _whose, for_everybody), Task.contact_id == _whose
)
_of_organization = _questions(_of(Touchpoint), and_(_of(Note), for_everybody), _of(Task))
_of_number = _questions(Touchpoint.remote_number == bindparam("whose", type_=String()), false(), false())
