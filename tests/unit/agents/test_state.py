"""What an agent is doing, told from what is known of them."""

from datetime import UTC, datetime, timedelta

import pytest

from cti_crm.agents.state import WRAP_UP_REASON, AgentCall, AgentState, Facts, Pause, agent_state, foremost, pause_of
from cti_crm.calls.call import Direction
from cti_crm.calls.pbx_presence import DeviceState

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
IDLE, RINGING, TALKS, OFF = DeviceState.IDLE, DeviceState.RINGING, DeviceState.IN_USE, DeviceState.UNAVAILABLE
TALK = AgentCall(AgentState.BUSY, Direction.INBOUND, AT)
RING = AgentCall(AgentState.RINGING, Direction.INBOUND, AT + timedelta(seconds=5))
LUNCH, OPEN, WRAPPING = Pause(True, "Lunch", AT), Pause(False), Pause(True, WRAP_UP_REASON, AT)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (Facts(), AgentState.LOGGED_OFF),
        (Facts(devices=[OFF, DeviceState.UNKNOWN]), AgentState.LOGGED_OFF),
        (Facts(devices=[OFF, IDLE]), AgentState.READY),
        (Facts(devices=[IDLE], pauses=[OPEN]), AgentState.READY),
        (Facts(devices=[IDLE], pauses=[LUNCH, OPEN]), AgentState.READY),
        (Facts(devices=[IDLE], pauses=[LUNCH, LUNCH]), AgentState.NOT_READY),
        (Facts(devices=[IDLE], do_not_disturb=True), AgentState.NOT_READY),
        (Facts(devices=[IDLE], wrapping_up=True, do_not_disturb=True), AgentState.WRAP_UP),
        (Facts(devices=[IDLE], wrapping_up=True, pauses=[WRAPPING]), AgentState.WRAP_UP),
        (Facts(devices=[IDLE], pauses=[WRAPPING]), AgentState.NOT_READY),
        (Facts(devices=[RINGING], pauses=[LUNCH]), AgentState.RINGING),
        (Facts(devices=[IDLE], calls=[RING]), AgentState.RINGING),
        (Facts(devices=[OFF], wrapping_up=True), AgentState.LOGGED_OFF),
        (Facts(devices=[RINGING, TALKS]), AgentState.BUSY),
        (Facts(devices=[DeviceState.ON_HOLD], wrapping_up=True), AgentState.BUSY),
        (Facts(devices=[OFF], calls=[TALK, RING]), AgentState.BUSY),
    ],
)
def test_the_strongest_counts(facts: Facts, state: AgentState) -> None:
    assert agent_state(facts) is state


def test_a_pause_counts_where_no_queue_may_ring() -> None:
    assert pause_of(Facts(pauses=[LUNCH, OPEN])) is None
    assert pause_of(Facts(pauses=[Pause(True), LUNCH])) == LUNCH
    assert pause_of(Facts(pauses=[Pause(True)])) == Pause(True)
    assert pause_of(Facts(pauses=[WRAPPING])) == WRAPPING


def test_a_pause_for_wrap_up_is_none_of_the_agents_own_while_they_wrap_up() -> None:
    assert pause_of(Facts(pauses=[WRAPPING], wrapping_up=True)) is None
    assert pause_of(Facts(pauses=[WRAPPING, LUNCH], wrapping_up=True)) == LUNCH


def test_a_talk_stands_before_a_ringing_phone() -> None:
    newer = AgentCall(AgentState.BUSY, Direction.OUTBOUND, AT + timedelta(seconds=1))
    assert foremost([]) is None
    assert foremost([RING, TALK]) == TALK
    assert foremost([newer, TALK, RING]) == newer
