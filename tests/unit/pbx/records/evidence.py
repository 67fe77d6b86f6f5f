"""The CEL and CDR that a real Asterisk wrote beside each recorded stream, as rows, and the truth to compare with."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cti_crm.calls.call import Call
from cti_crm.calls.topology import Topology
from cti_crm.pbx.asterisk.records.rows import CdrRow, CelRow, cdr_row, cel_row

RECORDINGS = Path(__file__).parents[3] / "streams" / "recordings"
NAMES = sorted(
    path.name.removesuffix(".truth.json")
    for path in RECORDINGS.glob("*.truth.json")
    if "cel" in json.loads(path.read_text())
)
TOPOLOGY = Topology(trunks=frozenset({"PJSIP/trunk"}))
START = datetime(2026, 11, 21, 18, tzinfo=UTC)

# The evidence was kept without the applications' data; this is what the dialplan of the recordings gave them.
_QUEUES = {"200": "support", "201": "sales"}
_DIAL = {"mobile": "PJSIP/01701234567@trunk,30"}


def evidence(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((RECORDINGS / f"{name}.truth.json").read_text())
    return content


def cel(name: str, start: datetime = START) -> list[CelRow]:
    """The channel events; `start` is second 0 of the recording."""
    rows = []
    for one in evidence(name)["cel"]:
        at = (start + timedelta(seconds=one["t"])).timestamp()
        data = _QUEUES.get(one.get("exten"), "") if one.get("app") == "Queue" else _DIAL.get(one.get("exten"), "")
        values = {"event": one["event"], "time": at, "cid_num": one.get("num"), "exten": one.get("exten"),
                  "channel": one["channel"], "application": one.get("app"), "data": one.get("data", data),
                  "uniqueid": one["uniqueid"], "linkedid": one["linkedid"],
                  "extra": _text(one.get("extra"))}  # fmt: skip
        row = cel_row(values, UTC)
        assert row is not None
        rows.append(row)
    return rows


def _text(extra: object) -> object:
    return json.dumps(extra) if isinstance(extra, dict) else extra


def cdr(name: str) -> list[CdrRow]:
    content = evidence(name)
    linkedids = {one["uniqueid"]: one["linkedid"] for one in content["cel"]}
    rows = []
    for one in content["cdr"]:
        data = _QUEUES.get(one["dst"], "") if one["app"] == "Queue" else _DIAL.get(one["dst"], "")
        values = {key: one[key] for key in ("start", "answer", "end", "disposition", "src", "dst", "channel")}
        values |= {"dstchannel": one["dstchannel"], "lastapp": one["app"], "uniqueid": one["uniqueid"],
                   "linkedid": one.get("linkedid") or linkedids.get(one["uniqueid"]),
                   "lastdata": one.get("data", data)}  # fmt: skip
        row = cdr_row(values, UTC)
        assert row is not None
        rows.append(row)
    return rows


def told(call: Call) -> dict[str, Any]:
    """The call in the form of the truth files; times apart."""
    return {
        "direction": call.direction.value,
        "caller": call.caller.number or "anonymous",
        "called": call.called.number,
        "queue": call.queue,
        "rang": sorted(call.offered_to),
        "answered_by": call.answered_by,
        "final_agent": call.final_agent,
        "outcome": call.outcome.value if call.outcome else None,
        "transfers": [(one.kind.value, one.from_party, one.to_party) for one in call.transfers],
        "parked": [(one.by, one.slot, one.retrieved_by) for one in call.parked],
        "holds": len(call.holds),
    }


def lived(call: dict[str, Any]) -> dict[str, Any]:
    parked = call.get("parked")
    return {
        **{key: call[key] for key in ("direction", "caller", "called", "queue", "answered_by", "outcome")},
        "rang": sorted(call["rang"]),
        "transfers": [(one["kind"], one["from"], one["to"]) for one in call["transfers"]],
        "final_agent": call["final_agent"] if call["answer"] is not None else None,
        "parked": [(parked["by"], parked["slot"], parked["retrieved_by"])] if parked else [],
        "holds": len(call["holds"]),
    }
