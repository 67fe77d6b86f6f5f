"""Compares calls as we tell them with what the people on the phones lived through."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cti_crm.calls.call import Call
from cti_crm.calls.call_events import CallAbsorbed, CallEnded, CallEvent
from cti_crm.calls.pbx_events import PbxEvent
from cti_crm.calls.topology import Topology
from cti_crm.calls.tracker import CallTracker
from cti_crm.infrastructure.clock import new_id
from cti_crm.pbx.asterisk.replay import pbx_events_of, recorded_at

RECORDINGS = Path(__file__).parent / "recordings"
NAMES = sorted(path.name.removesuffix(".ami.jsonl") for path in RECORDINGS.glob("*.ami.jsonl"))
TOPOLOGY = Topology(trunks=frozenset({"PJSIP/trunk"}))

# The times of the truth are those of the phones' own SIP messages, ours those of the events.
TOLERANCE = 0.35


@dataclass
class Run:
    """What a tracker told. `start` is second 0 of the truth."""

    start: datetime
    events: list[CallEvent]
    calls: list[Call]
    tracker: CallTracker

    def seconds(self, at: datetime | None) -> float | None:
        return None if at is None else (at - self.start).total_seconds()


def replay(name: str) -> Run:
    path = RECORDINGS / f"{name}.ami.jsonl"
    return run_of(recorded_at(path), pbx_events_of(path))


def run_of(start: datetime, pbx_events: Iterable[PbxEvent], topology: Topology = TOPOLOGY) -> Run:
    tracker = CallTracker("main", topology, new_id)
    events = [told for event in pbx_events for told in tracker.apply(event)]
    return Run(start, events, last_told(events), tracker)


def last_told(events: Iterable[CallEvent]) -> list[Call]:
    """The calls as last told, in the order in which they began; none that became part of another."""
    latest: dict[UUID, Call] = {}
    for event in events:
        latest[event.call.id] = event.call
        if isinstance(event, CallAbsorbed):
            del latest[event.call.id]
    return sorted(latest.values(), key=lambda call: call.started_at)


def truth(name: str) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = json.loads((RECORDINGS / f"{name}.truth.json").read_text())["calls"]
    return calls


def as_truth(call: Call) -> dict[str, Any]:
    """The call in the form of the truth files; times apart."""
    return {
        "direction": call.direction.value,
        "caller": call.caller.number or "anonymous",
        "called": call.called.number,
        "queue": call.queue,
        "rang": list(call.offered_to),
        "answered_by": call.answered_by,
        "outcome": call.outcome.value if call.outcome else None,
        "transfers": [(one.kind.value, one.from_party, one.to_party) for one in call.transfers],
        "final_agent": call.final_agent,
        "parked": [(one.by, one.slot, one.retrieved_by) for one in call.parked],
        "holds": [one.by for one in call.holds],
        "talked": [one.agent for one in call.talk],
    }


def expected(call: dict[str, Any]) -> dict[str, Any]:
    """What `as_truth` must give. Holds and talk are compared only where the truth names who held and talked."""
    parked = call.get("parked")
    return {
        **{key: call[key] for key in ("direction", "caller", "called", "queue", "rang", "answered_by", "outcome")},
        "transfers": [(one["kind"], one["from"], one["to"]) for one in call["transfers"]],
        # Older files name who dialled where nobody talked; by the contract that is null.
        "final_agent": call["final_agent"] if call["answer"] is not None else None,
        "parked": [(parked["by"], parked["slot"], parked["retrieved_by"])] if parked else [],
        "holds": [one[0] for one in call["holds"]] if _named(call) else len(call["holds"]),
        "talked": [one[0] for one in call["talked"]] if _named(call) else None,
    }


def times(call: Call, run: Run) -> dict[str, float | None]:
    """When all of it was, in seconds since the start of the recording."""
    at = run.seconds
    found = {
        "start": at(call.started_at),
        "answer": at(call.answered_at),
        "end": at(call.ended_at),
        "talk": call.talk_seconds,
    }
    for number, hold in enumerate(call.holds):
        found |= {f"hold {number} since": at(hold.since), f"hold {number} until": at(hold.until)}
    for number, transfer in enumerate(call.transfers):
        found[f"transfer {number}"] = at(transfer.at)
    for number, parking in enumerate(call.parked):
        found |= {f"parked {number} since": at(parking.since), f"parked {number} until": at(parking.until)}
    for number, talk in enumerate(call.talk):
        found |= {f"talk {number} since": at(talk.since), f"talk {number} until": at(talk.until)}
    return found


def expected_times(call: dict[str, Any]) -> dict[str, float | None]:
    """What `times` must give, within TOLERANCE."""
    wanted: dict[str, float | None] = {key: call[key] for key in ("start", "answer", "end", "talk")}
    for number, hold in enumerate(call["holds"]):
        wanted |= {f"hold {number} since": hold[-2], f"hold {number} until": hold[-1]}
    for number, transfer in enumerate(call["transfers"]):
        wanted[f"transfer {number}"] = transfer["t"]
    if call.get("parked"):
        wanted |= {"parked 0 since": call["parked"]["from"], "parked 0 until": call["parked"]["to"]}
    for number, talk in enumerate(call.get("talked", ())):
        wanted |= {f"talk {number} since": talk[1], f"talk {number} until": talk[2]}
    return wanted


def differences(run: Run, wanted: list[dict[str, Any]], *, timed: bool = True) -> list[str]:
    """What we tell otherwise than the people lived it, in words."""
    found = []
    for number in range(max(len(run.calls), len(wanted))):
        ours = run.calls[number] if number < len(run.calls) else None
        theirs = wanted[number] if number < len(wanted) else None
        if ours is None or theirs is None:
            found.append(f"call {number}: we tell {ours}, they lived {theirs}")
            continue
        found += [f"call {number}: {line}" for line in _differences(ours, theirs, run, timed=timed)]
    return found


def ended_once(run: Run) -> bool:
    ends = [event.call.id for event in run.events if isinstance(event, CallEnded)]
    return len(ends) == len(set(ends))


def _differences(call: Call, wanted: dict[str, Any], run: Run, *, timed: bool) -> list[str]:
    told, lived = as_truth(call), expected(wanted)
    if wanted.get("rang_together"):
        told["rang"], lived["rang"] = sorted(told["rang"]), sorted(lived["rang"])
    if not _named(wanted):
        told |= {"holds": len(call.holds), "talked": None}
    found = [f"{key}: we tell {told[key]!r}, they lived {lived[key]!r}" for key in told if told[key] != lived[key]]
    if not timed or found:
        return found
    ours = times(call, run)
    for key, theirs in expected_times(wanted).items():
        one = ours.get(key)
        if (one is None) != (theirs is None) or (one and theirs and abs(one - theirs) > TOLERANCE):
            found.append(f"{key}: we tell {one}, they lived {theirs}")
    return found


def _named(call: dict[str, Any]) -> bool:
    return "talked" in call
