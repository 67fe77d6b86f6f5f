"""The list of missed calls as a CSV file."""

from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.infrastructure.http.csv_file import csv_response
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.missed_calls.schemas import MissedCallOut, MissedCallQuery
from cti_crm.missed_calls.service import MissedCallService

_COLUMNS = (
    *("number", "contact", "organization", "attempts", "queues", "first_at", "last_at", "longest_wait_seconds"),
    *("due_at", "claimed_by", "snoozed_until", "closed_at", "closed_how", "closed_by", "reason", "remark", "lure"),
)
_A_PAGE = 200


async def export(
    service: MissedCallService, session: AsyncSession, principal: Principal, query: MissedCallQuery
) -> web.Response:
    """All lines the query finds; its `limit` and `cursor` do not count. Times are UTC, by ISO 8601."""
    lines: list[MissedCallOut] = []
    page = query.model_copy(update={"limit": _A_PAGE, "cursor": None})
    while True:
        found = await service.page(session, principal, page)
        lines += found.items
        if found.next_cursor is None:
            break
        page = page.model_copy(update={"cursor": found.next_cursor})
    return csv_response("missed-calls.csv", _COLUMNS, map(_row, lines))


def _row(line: MissedCallOut) -> list[str]:
    return [
        line.number or "",
        line.contact.name if line.contact else line.name,
        line.organization.name if line.organization else "",
        str(line.attempt_count),
        " ".join(sorted({one.queue for one in line.attempts if one.queue})),
        _time(line.first_at),
        _time(line.last_at),
        f"{line.longest_wait:.0f}",
        _time(line.due_at),
        line.claimed_by.name if line.claimed_by else "",
        _time(line.snoozed_until),
        _time(line.closed_at),
        line.closed_how or "",
        line.closed_by.name if line.closed_by else line.closed_agent or "",
        line.reason or "",
        line.remark,
        " ".join(line.lure),
    ]


def _time(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
