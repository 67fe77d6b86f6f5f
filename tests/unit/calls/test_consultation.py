"""Whom an agent asks while the customer waits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cti_crm.calls.call import Call, Direction, Hold, Leg, LegKind, LegState, Party
from cti_crm.calls.consultation import consulted
from cti_crm.infrastructure.clock import new_id

START = datetime(2026, 11, 21, 18, tzinfo=UTC)


def leg(leg_id: str, device: str, state: LegState, after: int, *, placed: bool = False) -> Leg:
    kind = LegKind.TRUNK if device == "PJSIP/trunk" else LegKind.DEVICE
    return Leg(leg_id, kind, device, Party(), state, placed, START + timedelta(seconds=after))


CUSTOMER = leg("c", "PJSIP/trunk", LegState.CONNECTED, 0, placed=True)
OWN = leg("a", "PJSIP/101", LegState.HELD, 1)
ASKED = leg("b", "PJSIP/102", LegState.ALERTING, 20)
HOLD = Hold("101", START + timedelta(seconds=19))


def call(*legs: Leg, hold: Hold | None = HOLD) -> Call:
    return Call(
        new_id(), "main", "1.0", 1, Direction.INBOUND, Party(), Party(), START, legs=legs, holds=(hold,) if hold else ()
    )


def test_who_is_called_since_the_customer_waits() -> None:
    assert consulted(call(CUSTOMER, OWN, ASKED), OWN) is ASKED
    assert consulted(call(CUSTOMER, OWN), OWN) is None


def test_nobody_once_they_are_gone_or_the_customer_is_back() -> None:
    gone = replace(ASKED, state=LegState.CLEARED)
    back = replace(OWN, state=LegState.CONNECTED)
    assert consulted(call(CUSTOMER, OWN, gone), OWN) is None
    assert consulted(call(CUSTOMER, back, ASKED), back) is None


def test_an_earlier_party_is_not_asked() -> None:
    before = leg("x", "PJSIP/103", LegState.CONNECTED, 5)
    assert consulted(call(CUSTOMER, OWN, before), OWN) is None


def test_a_second_line_of_the_phone_is_none_of_ours() -> None:
    second = leg("a2", "PJSIP/101", LegState.CONNECTED, 19, placed=True)
    assert consulted(call(CUSTOMER, OWN, second, ASKED), OWN) is None
