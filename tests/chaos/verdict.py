"""The log beside what Asterisk's CEL says and what the people did: missing, doubled, wrong."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from math import inf
from typing import Any

from tests.chaos.traffic import Customer
from tests.lab.sip_call import SipCall

Json = dict[str, Any]
CelRow = dict[str, str]

# The leg that asked a colleague is in the bridge for a moment when the customer comes into it, and leaves before them.
_PASSING = 0.1  # seconds

FAULTS = ("missing", "doubled", "made up", "never ended", "wrong agent", "wrong outcome", "actors against CEL")


@dataclass(frozen=True, slots=True)
class Expected:
    """What the log must say of one conversation. `talked`: who had the customer, in order; `outcomes`: any of them.

    unsure: who may have had the customer or not, for the PBX was killed in that moment.
    """

    customer: Customer
    linkedid: str
    talked: tuple[str, ...]
    outcomes: frozenset[str]
    unsure: frozenset[str] = frozenset()


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


def compare(
    customers: Sequence[Customer], log: Sequence[Json], cel: Sequence[CelRow], *, knows_holds: bool = True
) -> Verdict:
    """Hold each conversation of the PBX against the log.

    knows_holds: whether what the service may read tells of holds. If not, a consultation that began just before a
    reconnect cannot be known for one, and stands as a call of its own.
    """
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
        expected, contradictions = _expected(customer, linkedid, rows, cel, knows_holds=knows_holds)
        if contradictions:
            verdict.wrong["actors against CEL"].append(_full(", ".join(contradictions), expected, found, rows))
        _judge(verdict, expected, found, rows)
    for call in unclaimed.values():
        if _fetched_nobody(call):
            continue
        rows = by_conversation.get(call["linkedid"], [])
        if rows and _nobody_known(call, rows):
            by_conversation.pop(call["linkedid"])  # once
            continue
        if rows and _between_us(call) and (not knows_holds or _too_late_to_consult(call, float(rows[0]["time"]), cel)):
            continue
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
    sure, wanted = (
        [agent for agent, _ in groupby(one for one in agents if one not in expected.unsure)]
        for agents in (talked, expected.talked)
    )
    first, last = (talked[0], talked[-1]) if talked else (None, None)
    if sure != wanted or (call["answered_by"], call["final_agent"]) != (first, last):
        fault("wrong agent", f"talked {talked}, answered by {call['answered_by']}, final agent {call['final_agent']}")
    if call["outcome"] not in ({"answered"} if talked else expected.outcomes):
        fault("wrong outcome", f"outcome {call['outcome']}")


def _expected(
    customer: Customer, linkedid: str, rows: list[CelRow], cel: Sequence[CelRow], *, knows_holds: bool
) -> tuple[Expected, list[str]]:
    """From the people, with CEL as the judge where two things crossed on the wire.

    In CDR a talk of a moment looks like a phone whose call was picked up by another.
    """
    left = _joined(linkedid, cel)
    lived: list[tuple[float, str]] = []
    unsure: set[str] = set()
    contradictions: list[str] = []
    for call in sorted(customer.everybody(), key=lambda one: (_crossed(one), one.truth.answer or 0.0)):
        if call.truth.answer is None:
            continue
        seen = next((one for one in left if one[1] == call.truth.number and _near(one[0], call)), None)
        if seen is not None:
            left.remove(seen)
            if knows_holds or not _crossed(call, _PASSING):
                lived.append(seen)
            else:
                unsure.add(call.truth.number)
        elif _cut_short(rows):
            unsure.add(call.truth.number)  # what happened last before the PBX was killed, it may not have written
        elif call in customer.at_phones and not _crossed(call):
            contradictions.append(f"{call.truth.number} talked, CEL saw nothing")
    contradictions += [f"CEL saw {who} talk, nobody did" for _, who in left]
    talked = tuple(who for who, _ in groupby(who for _, who in sorted(lived)))
    outcomes = _outcomes(customer, talked, rows) | ({"missed"} if unsure and not talked else set())
    return Expected(customer, linkedid, talked, outcomes, frozenset(unsure)), contradictions


def _cut_short(rows: list[CelRow]) -> bool:
    return not any(row["event"] == "CHAN_END" and row["uniqueid"] == row["linkedid"] for row in rows)


def _outcomes(customer: Customer, talked: tuple[str, ...], rows: list[CelRow]) -> frozenset[str]:
    if talked:
        return frozenset({"answered"})
    # A caller whose queue was ended by the PBX, by a restart or its own time limit, did not leave it.
    by_pbx = customer.call is not None and customer.call.truth.ended_by == "asterisk"
    outcome = "missed"
    if customer.dialled in ("200", "201"):
        outcome = "abandoned"
    elif any(row["event"] == "ANSWER" and row["channel"].startswith("PJSIP/trunk-") for row in rows):
        outcome = "voicemail"
    return frozenset({outcome, "missed"} if _cut_short(rows) or (by_pbx and outcome == "abandoned") else {outcome})


def _joined(customer: str, cel: Sequence[CelRow]) -> list[tuple[float, str]]:
    """(since when, extension) of each phone's channel that shared a bridge with the customer's, in order."""
    stays = _stays(cel)
    theirs = [stay for stay in stays if stay.leg == customer]
    seen: dict[str, tuple[float, str]] = {}
    for stay in stays:
        technology, _, rest = stay.channel.partition("/")
        extension = rest.rpartition("-")[0]
        if technology != "PJSIP" or not extension.isdigit():
            continue
        for other in theirs:
            since, until = max(stay.since, other.since), min(stay.until, other.until)
            passing = until - since < _PASSING and other.since - stay.since > _PASSING and stay.until < other.until
            if stay.bridge == other.bridge and since <= until and not passing:
                seen.setdefault(stay.leg, (since, extension))
    return sorted(seen.values())


@dataclass(slots=True)
class _Stay:
    leg: str
    channel: str
    bridge: str
    since: float
    until: float = inf


def _stays(cel: Sequence[CelRow]) -> list[_Stay]:
    """Who was in which bridge, from when till when; those who wait in a parking slot hear nobody."""
    stays: list[_Stay] = []
    there: dict[str, _Stay] = {}
    for row in cel:
        if row["event"] == "BRIDGE_ENTER":
            extra = json.loads(row["extra"] or "{}")
            if extra.get("bridge_technology") != "holding_bridge":
                stay = _Stay(row["uniqueid"], row["channel"], extra.get("bridge_id", ""), float(row["time"]))
                there[stay.leg] = stay
                stays.append(stay)
        elif row["event"] == "BRIDGE_EXIT" and row["uniqueid"] in there:
            there.pop(row["uniqueid"]).until = float(row["time"])
    return stays


def _near(at: float, call: SipCall) -> bool:
    truth = call.truth
    assert truth.invite is not None
    return truth.invite - 0.1 <= at <= (truth.end or at) + 1.0


def _crossed(call: SipCall, within: float = 0.5) -> bool:
    """Whether the phone's answer crossed the end of its ringing: the call was over before it began."""
    truth = call.truth
    cancelled = any(message.method == "CANCEL" for message in call.messages)
    return cancelled or (truth.answer is not None and truth.end is not None and truth.end - truth.answer < within)


def _by_conversation(cel: Sequence[CelRow]) -> dict[str, list[CelRow]]:
    found: dict[str, list[CelRow]] = defaultdict(list)
    for row in cel:
        found[row["linkedid"]].append(row)
    return found


def _caller(rows: list[CelRow]) -> str | None:
    """The number of the customer's channel, which is the conversation's first."""
    numbers = (row["cid_num"] for row in rows if row["uniqueid"] == row["linkedid"])
    return next((number for number in numbers if number.startswith("+")), None)


def _fetched_nobody(call: Json) -> bool:
    """A phone dialled a parking slot that had become empty: a call of its own."""
    slot = call["called"]["number"] or ""
    return len(slot) == 3 and slot.startswith("70") and call["direction"] == "internal" and not call["talk"]


def _nobody_known(call: Json, rows: list[CelRow]) -> bool:
    """The PBX stopped before it had put the caller's number right: a call, but nobody can say whose."""
    nobody = call["caller"]["number"] is None and not call["talk"] and call["ended_at"] is not None
    return nobody and call["direction"] == "inbound" and _caller(rows) is None


def _between_us(call: Json) -> bool:
    return bool(call["direction"] == "internal" and call["caller"]["extension"])


def _too_late_to_consult(call: Json, at: float, cel: Sequence[CelRow]) -> bool:
    """The customer had hung up by then, so that the question to a colleague is a call of its own."""
    phone = f"PJSIP/{call['caller']['extension']}-"
    there: set[str] = set()
    for row in cel:
        if float(row["time"]) < at and row["channel"].startswith(phone):
            if row["event"] == "CHAN_START":
                there.add(row["uniqueid"])
            elif row["event"] == "CHAN_END":
                there.discard(row["uniqueid"])
    return not there


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
        *(_story(call) for call in [customer.call, *customer.everybody()] if call is not None),
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
