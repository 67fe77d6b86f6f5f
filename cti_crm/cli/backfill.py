"""`cti-crm backfill`: fill the log from the PBX's own records."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cti_crm.calls.backfill import BackfillReport
from cti_crm.calls.call import Call
from cti_crm.cli.common import ConfigOption, out, read_settings
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.errors import InvalidInputError

_SHOWN = 50  # calls; more are only counted
# A call that has just ended may be on its way into the log of a service that runs.
_JUST_ENDED = timedelta(seconds=30)
_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z"]


def backfill(
    since: Annotated[
        datetime,
        typer.Option(formats=_FORMATS, help="From when, e.g. 2026-11-21T08:00; this machine's time if without zone."),
    ],
    until: Annotated[
        datetime | None, typer.Option(formats=_FORMATS, help="Until when; half a minute ago by default.")
    ] = None,
    pbx: Annotated[str | None, typer.Option("--pbx", help="Which PBX of the configuration; all by default.")] = None,
    config: ConfigOption = None,
) -> None:
    """Fill in calls that were missed, from the PBX's own records (CEL, CDR). Doing it again changes nothing."""
    settings = read_settings(config)
    with_records = [one.name for one in settings.pbx if one.records.cel is not None or one.records.cdr is not None]
    if pbx is not None and pbx not in [one.name for one in settings.pbx]:
        raise InvalidInputError(f"No PBX of the name {pbx} is configured.")
    if not with_records or (pbx is not None and pbx not in with_records):
        raise InvalidInputError(
            "No records are configured. Add [pbx.records] with cel or cdr, e.g. "
            'cel = "csv:/var/log/asterisk/cel-custom/cel.csv".'
        )
    latest = now() - _JUST_ENDED
    end = latest if until is None else min(until.astimezone(), latest)
    if since.astimezone() >= end:
        raise InvalidInputError("--since must be before --until, and in the past.")
    from cti_crm import app  # takes a second to load, which no other command should cost

    for name, report in asyncio.run(app.backfill(settings, since.astimezone(), end, pbx)).items():
        _print(name, report)


def _print(pbx: str, report: BackfillReport) -> None:
    changed = [("added", call) for call in report.added] + [("corrected", call) for call in report.corrected]
    if changed:
        out.print(_table(sorted(changed, key=lambda one: one[1].started_at)))
    told = f"{pbx}: {len(report.added)} added, {len(report.corrected)} corrected, {report.left} right already"
    if report.absorbed:
        told += f", {report.absorbed} found to be part of another"
    if report.going_on:
        told += f", {report.going_on} without an end in the records, left as they are"
    if report.cut:
        told += f", {report.cut} began before the records that were read, left as they are"
    out.print(told + ".", soft_wrap=True)


def _table(changed: list[tuple[str, Call]]) -> Table:
    table = Table("", "started", "direction", "from", "to", "answered by", "outcome", "talk s", box=None)
    for what, call in changed[:_SHOWN]:
        table.add_row(
            what,
            call.started_at.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            call.direction,
            escape(call.caller.number or "(withheld)"),
            escape(call.called.number or ""),
            escape(call.answered_by or ""),
            call.outcome or "",
            "" if call.talk_seconds is None else f"{call.talk_seconds:.1f}",
        )
    return table
