"""Queries on the call log."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.models import User
from cti_crm.calls.call import Call
from cti_crm.calls.codec import from_document
from cti_crm.calls.models import CallAgentRow, CallRow
from cti_crm.contacts.models import Contact, Organization
from cti_crm.contacts.ownership import Owner
from cti_crm.contacts.repository import contains_words
from cti_crm.contacts.schemas import MatchKind, MatchReason
from cti_crm.infrastructure.keyset import Keyset, cut
from cti_crm.reports.schemas import CallQuery
from cti_crm.touchpoints.models import Touchpoint
from cti_crm.touchpoints.repository import belongs_to

_newest_first = Keyset(CallRow.started_at.expression, CallRow.id.expression, descending=True)


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A stored call with its owner, if it has any."""

    call: Call
    contact: Contact | None
    organization: Organization | None


def _select() -> Select[CallRow, Contact, Organization]:
    return (
        select(CallRow, Contact, Organization)
        .outerjoin(Touchpoint, Touchpoint.call_id == CallRow.id)
        .outerjoin(Contact, Contact.id == Touchpoint.contact_id)
        .outerjoin(Organization, Organization.id == Touchpoint.organization_id)
    )


async def calls(
    session: AsyncSession, query: CallQuery, *, piece: str | None, extensions: Sequence[str]
) -> tuple[list[LoggedCall], str | None]:
    """Calls, newest first. Each of `extensions` had a part in them; `piece`: digits `query.q` stands for, if any."""
    statement = _newest_first.page(_select().where(*_conditions(query, piece, extensions)), query)
    rows, following = cut(
        (await session.execute(statement)).all(), query.limit, lambda row: (row[0].started_at, row[0].id)
    )
    return [LoggedCall(from_document(row[0].document), row[1], row[2]) for row in rows], following


def _conditions(query: CallQuery, piece: str | None, extensions: Sequence[str]) -> list[ColumnElement[bool]]:
    conditions = [_had_a_part(extension) for extension in extensions]
    if query.since is not None:
        conditions.append(CallRow.started_at >= query.since)
    if query.until is not None:
        conditions.append(CallRow.started_at < query.until)
    if query.queue is not None:
        conditions.append(CallRow.queue == query.queue)
    if query.direction is not None:
        conditions.append(CallRow.direction == query.direction.value)
    if query.outcome is not None:
        conditions.append(CallRow.outcome == query.outcome.value)
    if query.contact_id is not None:
        conditions.append(Touchpoint.contact_id == query.contact_id)
    if query.organization_id is not None:
        conditions.append(belongs_to(Owner(None, query.organization_id)))
    if query.running is not None:
        conditions.append(CallRow.ended_at.is_(None) if query.running else CallRow.ended_at.is_not(None))
    if query.q.strip():
        names = contains_words(query.q, Contact.search_text, Organization.search_text)
        conditions.append(or_(names, CallRow.remote_number.contains(piece, autoescape=True)) if piece else names)
    return conditions


def _had_a_part(extension: str) -> ColumnElement[bool]:
    return CallRow.id.in_(select(CallAgentRow.call_id).where(CallAgentRow.extension == extension))


async def call(session: AsyncSession, call_id: UUID) -> LoggedCall | None:
    """One stored call."""
    row = (await session.execute(_select().where(CallRow.id == call_id))).one_or_none()
    return None if row is None else LoggedCall(from_document(row[0].document), row[1], row[2])


@dataclass(frozen=True, slots=True)
class MatchedBy:
    """Why a call is whose it is. assigned_by: the name of who said so."""

    kind: MatchKind
    reason: MatchReason
    assigned_by: str | None


async def match_of(session: AsyncSession, call_id: UUID) -> MatchedBy | None:
    """Why a call is whose it is; None if that was never asked, as for one between colleagues."""
    statement = (
        select(Touchpoint.match_kind, Touchpoint.match_reason, User.display_name)
        .outerjoin(User, User.id == Touchpoint.assigned_by)
        .where(Touchpoint.call_id == call_id)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else MatchedBy(MatchKind(row[0]), MatchReason(row[1]), row[2])
