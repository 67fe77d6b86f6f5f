"""The log beside what Asterisk's CEL says and what the people did: missing, doubled, wrong."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from tests.chaos.traffic import Customer
from tests.lab.sip import SipCall

Json = dict[str, Any]
CelRow = dict[str, str]

FAULTS = ("missing", "doubled", "made up", "never ended", "wrong agent", "wrong outcome", "actors against CEL")


@dataclass(frozen=True, slots=True)
class Expected:
    """What the log must say of one conversation. `talked`: who had the customer, in order; `outcomes`: any of them."""

    customer: Customer
    linkedid: str
    talked: tuple[str, ...]
    outcomes: frozenset[str]


@dataclass(slots=True)
class Verdict:
    """`wrong` holds, for each kind of fault, the calls in full."""

    conversations: int = 0
    logged: int = 0
    unseen: int = 0  # customers whom Asterisk never heard
    backfilled: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in FAULTS})

    @property
    def good(self) -> bool:
        return not any(self.wrong.values())

    def table(self) -> str:
        """For people."""
        rows: list[tuple[str, int]] = [
            ("conversations of the PBX", self.conversations),
            ("calls in the log", self.logged),
            ("  of these told by the PBX's records", self.backfilled),
            ("customers the PBX never heard", self.unseen),
            *((f"  {outcome}", count) for outcome, count in sorted(self.outcomes.items())),
            *((kind, len(found)) for kind, found in self.wrong.items()),
        ]
        return "\n".join(f"{name:<40}{count:>6}" for name, count in rows)

    def details(self) -> str:
        """Every differing call in full."""
        return "\n\n".join(f"=== {kind}\n{one}" for kind, found in self.wrong.items() for one in found)


def compare(customers: Sequence[Customer], log: Sequence[Json], cel: Sequence[CelRow]) -> Verdict:
    """Hold each conversation of the PBX against the log."""
    verdict = Verdict(logged=len(log), backfilled=sum(call["inferred_end"] for call in log))
    by_conversation = _by_conversation(cel)
    linkedids = {number: one for one, rows in by_conversation.items() if (number := _caller(rows)) is not None}
    unclaimed = {call["id"]: call for call in log}
    for customer in customers:
        linkedid = linkedids.get(customer.number)
        if linkedid is None:
            verdict.unseen += 1
            continue
        verdict.conversations += 1
        rows = by_conversation[linkedid]
        found = [call for call in log if _belongs(call, customer.number, linkedid)]
        for call in found:
            unclaimed.pop(call["id"], None)
        expected, contradictions = _expected(customer, linkedid, rows)
        if contradictions:
            verdict.wrong["actors against CEL"].append(_full(", ".join(contradictions), expected, found, rows))
        _judge(verdict, expected, found, rows)
    for call in unclaimed.values():
        verdict.wrong["made up"].append(json.dumps(call, indent=1))
    return verdict


def _judge(verdict: Verdict, expected: Expected, found: list[Json], rows: list[CelRow]) -> None:
    def fault(kind: str, why: str) -> None:
        verdict.wrong[kind].append(_full(why, expected, found, rows))

    if not found:
        fault("missing", "not in the log")
        return
    if len(found) > 1:
        fault("doubled", f"{len(found)} times in the log")
        return
    call = found[0]
    verdict.outcomes[call["outcome"] or "(none)"] += 1
    if call["ended_at"] is None:
        fault("never ended", "goes on for ever")
        return
    talked = tuple(agent for agent, _ in groupby(span["agent"] for span in call["talk"]))
    first, last = (expected.talked[0], expected.talked[-1]) if expected.talked else (None, None)
    if (talked, call["answered_by"], call["final_agent"]) != (expected.talked, first, last):
        fault("wrong agent", f"talked {talked}, answered by {call['answered_by']}, final agent {call['final_agent']}")
    if call["outcome"] not in expected.outcomes:
        fault("wrong outcome", f"outcome {call['outcome']}")


def _expected(customer: Customer, linkedid: str, rows: list[CelRow]) -> tuple[Expected, list[str]]:
    """From the people, with CEL as the judge where two things crossed on the wire."""
    joined = _joined(rows)
    lived: list[tuple[float, str]] = []
    contradictions: list[str] = []
    left = list(joined)
    for at_phone in sorted(customer.at_phones, key=lambda one: one.truth.answer or 0.0):
        if at_phone.truth.answer is None:
            continue
        seen = next((one for one in left if one[1] == at_phone.truth.number and _near(one[0], at_phone)), None)
        if seen is not None:
            left.remove(seen)
            lived.append((at_phone.truth.answer, at_phone.truth.number))
        elif not _crossed(at_phone):
            contradictions.append(f"{at_phone.truth.number} talked, CEL saw nothing")
    contradictions += [f"CEL saw {who} talk, nobody did" for _, who in left]
    talked = tuple(who for who, _ in groupby(who for _, who in sorted(lived)))
    return Expected(customer, linkedid, talked, _outcomes(customer, talked, rows)), contradictions


def _outcomes(customer: Customer, talked: tuple[str, ...], rows: list[CelRow]) -> frozenset[str]:
    if talked:
        return frozenset({"answered"})
    if customer.dialled in ("200", "201"):
        # A caller whose queue was ended by the PBX, by a restart or its own time limit, did not leave it.
        by_pbx = customer.call is not None and customer.call.truth.ended_by == "asterisk"
        return frozenset({"abandoned", "missed"} if by_pbx else {"abandoned"})
    if any(row["event"] == "ANSWER" and row["channel"].startswith("PJSIP/trunk-") for row in rows):
        return frozenset({"voicemail"})
    return frozenset({"missed"})


def _joined(rows: list[CelRow]) -> list[tuple[float, str]]:
    """(when, extension) of each phone's first entry into a bridge, in order."""
    seen: dict[str, tuple[float, str]] = {}
    for row in rows:
        technology, _, rest = row["channel"].partition("/")
        extension = rest.rpartition("-")[0]
        if row["event"] == "BRIDGE_ENTER" and technology == "PJSIP" and extension.isdigit():
            seen.setdefault(row["uniqueid"], (float(row["time"]), extension))
    return sorted(seen.values())


def _near(at: float, call: SipCall) -> bool:
    truth = call.truth
    assert truth.invite is not None
    return truth.invite - 0.1 <= at <= (truth.end or at) + 1.0


def _crossed(call: SipCall) -> bool:
    """Whether the phone's answer crossed the end of its ringing: the call was over before it began."""
    truth = call.truth
    cancelled = any(message.method == "CANCEL" for message in call.messages)
    return cancelled or (truth.answer is not None and truth.end is not None and truth.end - truth.answer < 0.5)


def _by_conversation(cel: Sequence[CelRow]) -> dict[str, list[CelRow]]:
    found: dict[str, list[CelRow]] = defaultdict(list)
    for row in cel:
        found[row["linkedid"]].append(row)
    return found


def _caller(rows: list[CelRow]) -> str | None:
    """The number of the customer's channel, which is the conversation's first."""
    numbers = (row["cid_num"] for row in rows if row["uniqueid"] == row["linkedid"])
    return next((number for number in numbers if number.startswith("+")), None)


def _belongs(call: Json, number: str, linkedid: str) -> bool:
    return bool(call["linkedid"] == linkedid or call["caller"]["number"] == number)


def _full(why: str, expected: Expected, found: list[Json], rows: list[CelRow]) -> str:
    customer = expected.customer
    lines = [
        f"{why}; {customer.number} dialled {customer.dialled} ({expected.linkedid}): "
        f"expected talk {expected.talked}, outcome {'/'.join(sorted(expected.outcomes))}",
        "-- in the log",
        *(json.dumps(call) for call in found),
        "-- the people",
        *(_story(call) for call in [customer.call, *customer.at_phones] if call is not None),
        "-- CEL",
        *(
            f"{_clock(float(row['time']))} {row['event']} {row['channel']} {row['uniqueid']} {row['application']} "
            f"{row['data']} {row['peer']} {row['extra']}"
            for row in rows
        ),
    ]
    return "\n".join(lines)


def _story(call: SipCall) -> str:
    truth = call.truth
    times = {name: getattr(truth, name) for name in ("invite", "ring", "answer", "end")}
    told = ", ".join(f"{name} {_clock(at)}" for name, at in times.items() if at is not None)
    return f"{truth.number} {'to' if truth.placed else 'from'} {truth.peer}: {told}, {truth.status}, {truth.ended_by}"


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%H:%M:%S.%f")[:-3]
