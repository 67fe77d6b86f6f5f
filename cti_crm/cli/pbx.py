"""`cti-crm replay | record | doctor`: what happens on the line, and what is wrong with it."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from cti_crm.agents.directory import AgentDirectory
from cti_crm.calls.call import Call
from cti_crm.calls.call_events import CallAbsorbed
from cti_crm.calls.schemas import CallOut
from cti_crm.calls.topology import Topology
from cti_crm.calls.tracker import CallTracker
from cti_crm.calls.views import call_out
from cti_crm.cli.common import ConfigOption, err, out, read_settings
from cti_crm.cli.service import run_until_stopped
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.errors import InvalidInputError
from cti_crm.migrations import store
from cti_crm.pbx.asterisk.connection import AsteriskLink
from cti_crm.pbx.asterisk.doctor import Finding, FindingLevel, check_pbx
from cti_crm.pbx.asterisk.replay import pbx_events_of
from cti_crm.pbx.asterisk.stream_file import StreamFileError, StreamWriter
from cti_crm.settings import PbxSettings, Settings

_MARKS = {
    FindingLevel.OK: ("✔ ", "green"),
    FindingLevel.WARNING: ("! ", "yellow"),
    FindingLevel.ERROR: ("✘ ", "red"),
}

PbxOption = Annotated[str | None, typer.Option("--pbx", help="Which PBX of the configuration; the first by default.")]


def replay(
    file: Annotated[Path, typer.Argument(help="A recorded AMI stream (*.ami.jsonl, *.ami.jsonl.gz).", dir_okay=False)],
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print an array of calls in the documented form.")] = False,
) -> None:
    """Run a recorded AMI stream through translation and tracker, without network or database; print the calls."""
    settings = read_settings(config)
    plan = NumberPlan(settings.numbers)
    try:
        calls = [call_out(call, plan) for call in replayed_calls(file, _pbx(settings, None))]
    except StreamFileError as error:
        raise InvalidInputError(f"{file} is no recorded AMI stream: {error}") from None
    if as_json:
        typer.echo(json.dumps([call.model_dump(mode="json", by_alias=True) for call in calls], indent=2))
    else:
        out.print(_table(calls))


def replayed_calls(file: Path, pbx: PbxSettings) -> list[Call]:
    """The calls of a recording as they were in the end, oldest first. Raises OSError or StreamFileError."""
    tracker = CallTracker(pbx.name, Topology(frozenset(pbx.trunks)), new_id)
    calls: dict[UUID, Call] = {}
    for event in pbx_events_of(file):
        for told in tracker.apply(event):
            if isinstance(told, CallAbsorbed):
                calls.pop(told.call.id, None)
            else:
                calls[told.call.id] = told.call
    return sorted(calls.values(), key=lambda call: call.started_at)


def _table(calls: list[CallOut]) -> Table:
    table = Table(
        "started", "direction", "from", "to", "queue", "rang at", "answered by", "outcome", "talk s", box=None
    )
    for call in calls:
        table.add_row(
            _clock(call.started_at),
            call.direction,
            call.caller.display or call.caller.name or "(withheld)",
            call.called.display,
            call.queue or "",
            " ".join(call.offered_to),
            call.answered_by or "",
            call.outcome or "(running)",
            "" if call.talk_seconds is None else f"{call.talk_seconds:.1f}",
        )
    return table


def _clock(moment: datetime) -> str:
    return moment.strftime("%H:%M:%S")


def record(
    file: Annotated[Path, typer.Argument(help="Where to write the stream (*.ami.jsonl).", dir_okay=False)],
    config: ConfigOption = None,
    pbx: PbxOption = None,
) -> None:
    """Write the live AMI stream to a file until stopped with Ctrl-C. Passwords are never written, numbers are."""
    link = AsteriskLink(_pbx(read_settings(config), pbx))

    async def run() -> None:
        with StreamWriter(file) as writer:
            link.tap(writer.write)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(link.run())
                tasks.create_task(_drain(link))

    err.print(f"Recording to {file}. Stop with Ctrl-C.")
    run_until_stopped(run())
    err.print(f"{link.counters.packets} packets written.")


async def _drain(link: AsteriskLink) -> None:
    async for _ in link.events():
        pass


def doctor(config: ConfigOption = None) -> None:
    """Check configuration, database and PBX, and say what to change. Exit status 1 if anything is wrong."""
    settings = read_settings(config)
    findings = asyncio.run(_examine(settings))
    for finding in findings:
        out.print(Text.assemble(_MARKS[finding.level], finding.title), soft_wrap=True)
        if finding.advice:
            out.print(Text(f"    {finding.advice}", style="dim"), soft_wrap=True)
    if any(finding.level is FindingLevel.ERROR for finding in findings):
        raise typer.Exit(1)


async def _examine(settings: Settings) -> list[Finding]:
    NumberPlan(settings.numbers)  # raises, with the words for it
    findings = [Finding(FindingLevel.OK, "The configuration can be read.")]
    directory = AgentDirectory()
    findings.append(await _examine_database(settings, directory))
    if not settings.pbx:
        advice = "Add [[pbx]] with host, username and secret to the configuration."
        findings.append(Finding(FindingLevel.ERROR, "No PBX is configured.", advice))
    for pbx in settings.pbx:
        findings += await check_pbx(pbx, set(directory.extensions_for(pbx.name)))
    return findings


async def _examine_database(settings: Settings, directory: AgentDirectory) -> Finding:
    database = Database(settings.database.url)
    try:
        found = await store.state(database)
        if found is store.StoreState.CURRENT:
            async with database.transaction() as session:
                await directory.load(session)
            agents = len(directory.agents())
            if agents:
                return Finding(FindingLevel.OK, f"The database answers; {agents} agents are set up.")
            advice = "Add one: cti-crm user add anna --role agent --extension 101 --device PJSIP/101"
            return Finding(FindingLevel.WARNING, "The database answers, but no agent is set up.", advice)
        return _STORE[found]
    except (SQLAlchemyError, OSError) as error:
        advice = "Check database.url, and that the server runs and lets this user in."
        return Finding(FindingLevel.ERROR, f"The database does not answer: {str(error).splitlines()[0]}", advice)
    finally:
        await database.close()


_STORE = {
    store.StoreState.EMPTY: Finding(
        FindingLevel.WARNING, "The database is empty.", "`cti-crm serve` sets it up when it starts."
    ),
    store.StoreState.BEHIND: Finding(
        FindingLevel.ERROR, "The database is of an older version.", "Run `cti-crm backup FILE`, then `cti-crm migrate`."
    ),
    store.StoreState.NEWER: Finding(
        FindingLevel.ERROR, "The database is of a newer version.", "Install that version, or restore an older backup."
    ),
}


def _pbx(settings: Settings, name: str | None) -> PbxSettings:
    for pbx in settings.pbx:
        if name in (None, pbx.name):
            return pbx
    if name is not None:
        raise InvalidInputError(f"No PBX of the name {name} is configured.")
    return PbxSettings()
