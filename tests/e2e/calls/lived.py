"""A call as its people lived it: who did what is stated by the test, when it was comes from their phones."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.lab.sip_call import SipCall
from tests.lab.sipp import SipMessage

Span = tuple[str, float, float]


@dataclass(kw_only=True)
class Lived:
    """The truth about one call. Times in seconds since 1970.

    rang: whose phones rang, in order; if they rang_together, in any.
    talked: (agent, since, until) for each who had the customer.
    transfers: (kind, from, to, when). holds: (by, since, until). parked: (by, slot, since, until, retrieved by).
    """

    direction: str
    caller: str
    called: str
    start: float
    end: float
    outcome: str
    queue: str | None = None
    rang: list[str] = field(default_factory=list)
    rang_together: bool = False
    answered_by: str | None = None
    talked: list[Span] = field(default_factory=list)
    transfers: list[tuple[str, str, str, float]] = field(default_factory=list)
    holds: list[Span] = field(default_factory=list)
    parked: tuple[str, str, float, float, str | None] | None = None

    def as_truth(self, began: float) -> dict[str, Any]:
        """The form of `calls` in `*.truth.json`; times in seconds since `began`."""

        def t(at: float) -> float:
            return round(at - began, 2)

        parked = None
        if self.parked is not None:
            by, slot, since, until, retrieved_by = self.parked
            parked = {"by": by, "slot": slot, "from": t(since), "to": t(until), "retrieved_by": retrieved_by}
        last = max((until for _, _, until in self.talked), default=0.0)
        return {
            "direction": self.direction,
            "caller": self.caller,
            "called": self.called,
            "queue": self.queue,
            "rang": self.rang,
            **({"rang_together": True} if self.rang_together else {}),
            "answered_by": self.answered_by,
            "outcome": self.outcome,
            "transfers": [{"kind": kind, "from": one, "to": to, "t": t(at)} for kind, one, to, at in self.transfers],
            "final_agent": max(reversed(self.talked), key=lambda span: span[2])[0] if self.talked else None,
            "start": t(self.start),
            "answer": t(self.talked[0][1]) if self.talked else None,
            "end": t(self.end),
            "talk": round(last - self.talked[0][1], 2) if self.talked else 0.0,
            "talked": [[agent, t(since), t(until)] for agent, since, until in self.talked],
            "holds": [[by, t(since), t(until)] for by, since, until in self.holds],
            **({"parked": parked} if parked else {}),
        }


def lived(call: SipCall, direction: str = "inbound", outcome: str = "answered", **what: Any) -> Lived:
    """The truth about the call that `call` placed. Who was talked with first answered it, unless said otherwise."""
    truth = call.truth
    assert truth.invite is not None
    assert truth.end is not None
    talked = what.get("talked") or []
    if talked:
        what.setdefault("answered_by", truth.peer if direction == "outbound" else talked[0][0])
    what.setdefault("end", truth.end)
    what.setdefault("caller", truth.number)
    what.setdefault("called", truth.peer)
    return Lived(direction=direction, start=truth.invite, outcome=outcome, **what)


def rang(*calls: SipCall) -> list[str]:
    """Whose phones rang, each once, in the order in which they did."""
    ringing = sorted((call.truth.ring, call.truth.number) for call in calls if call.truth.ring is not None)
    return list(dict.fromkeys(number for _, number in ringing))


def talk(call: SipCall, *, since: float | None = None, until: float | None = None, agent: str | None = None) -> Span:
    """The stretch in which the person at `call` (or `agent`) talked with the customer: all of it, if not said."""
    begin, end = since or call.truth.answer, until or call.truth.end
    assert begin is not None
    assert end is not None
    return agent or call.truth.number, begin, end


def when(call: SipCall, method: str, nth: int = 0) -> float:
    """When a request of that kind was sent or received in `call`; `nth` counts from 0, negative from the end."""
    return _requests(call.messages, method)[nth].at


def _requests(messages: Iterable[SipMessage], method: str) -> list[SipMessage]:
    return [message for message in messages if message.method == method]


def held_by_keys(at_phone: SipCall, until: float | None, key: int = 0) -> list[Span]:
    """Pressing a feature code puts the other side on hold from its last key on, which is the `key`-th pressed."""
    assert until is not None
    return [(at_phone.truth.number, when(at_phone, "INFO", key), until)]
