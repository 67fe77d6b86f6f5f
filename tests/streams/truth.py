"""Compares calls as we tell them with what the people on the phones lived through."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cti_crm.calls.call import Call
from cti_crm.calls.call_events import CallAbsorbed, CallEnded, CallEvent
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
class Replay:
    """A recording after the tracker has seen it."""

    start: datetime
    events: list[CallEvent]
    calls: list[Call]
    tracker: CallTracker

    def seconds(self, at: datetime | None) -> float | None:
        return None if at is None else (at - self.start).total_seconds()


def replay(name: str) -> Replay:
    path = RECORDINGS / f"{name}.ami.jsonl"
    tracker = CallTracker("main", TOPOLOGY, new_id)
    events = [told for event in pbx_events_of(path) for told in tracker.apply(event)]
    latest: dict[Any, Call] = {}
    for event in events:
        latest[event.call.id] = event.call
        if isinstance(event, CallAbsorbed):
            del latest[event.call.id]
    return Replay(recorded_at(path), events, sorted(latest.values(), key=lambda call: call.started_at), tracker)


def truth(name: str) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = json.loads((RECORDINGS / f"{name}.truth.json").read_text())["calls"]
    return calls


def as_truth(call: Call, run: Replay) -> dict[str, Any]:
    """The call in the form of the truth files; times apart."""
    unanswered_outbound = call.direction == "outbound" and not call.talk
    return {
        "direction": call.direction.value,
        "caller": call.caller.number or "anonymous",
        "called": call.called.number,
        "queue": call.queue,
        "rang": list(call.offered_to),
        "answered_by": call.answered_by,
        "outcome": call.outcome.value if call.outcome else None,
        "transfers": [(one.kind.value, one.from_party, one.to_party) for one in call.transfers],
        # The truth names who dialled; by the contract nobody talked, so it is null.
        "final_agent": call.caller.number if unanswered_outbound else call.final_agent,
        "parked": [(one.by, one.slot, one.retrieved_by) for one in call.parked],
        "holds": len(call.holds),
    }


def expected(call: dict[str, Any]) -> dict[str, Any]:
    parked = call.get("parked")
    return {
        **{key: call[key] for key in ("direction", "caller", "called", "queue", "rang", "answered_by", "outcome")},
        "transfers": [(one["kind"], one["from"], one["to"]) for one in call["transfers"]],
        "final_agent": call["final_agent"],
        "parked": [(parked["by"], parked["slot"], parked["retrieved_by"])] if parked else [],
        "holds": len(call["holds"]),
    }


def ended_once(run: Replay) -> bool:
    ends = [event.call.id for event in run.events if isinstance(event, CallEnded)]
    return len(ends) == len(set(ends))
