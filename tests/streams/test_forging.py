"""Whatever a caller writes into the stream by way of their number or name, the calls stay what they were."""

from collections.abc import Sequence
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from cti_crm.calls.pbx_events import PbxEvent
from cti_crm.calls.tracker import CallTracker
from cti_crm.infrastructure.clock import new_id
from cti_crm.pbx.asterisk.interpreter import Interpreter
from cti_crm.pbx.asterisk.stream_file import StreamRecord
from tests.streams.forging import channels, listed, parties_of, prefix_of, records, understood, written_in
from tests.streams.mutations import PbxState
from tests.streams.truth import NAMES, TOPOLOGY

NUMBERS = ("CallerIDNum", "ConnectedLineNum")


@cache
def _stream(name: str) -> tuple[StreamRecord, ...]:
    return tuple(records(name))


@cache
def _untouched(name: str) -> tuple[PbxEvent, ...]:
    return tuple(understood(name, _stream(name), Interpreter()))


def _line(draw: st.DrawFn, victim: tuple[str, str]) -> str:
    channel, uniqueid = victim
    return draw(
        st.sampled_from(
            [
                "",
                "X: y",
                "no header at all",
                "Event: Hangup",
                "Event: Newchannel",
                "Event: BridgeEnter",
                "Event: QueueCallerAbandon",
                "Response: Success",
                "Asterisk Call Manager/11.0.0",
                "Privilege: call,all",
                f"Channel: {channel}",
                f"Uniqueid: {uniqueid}",
                f"Linkedid: {uniqueid}",
                f"DestUniqueid: {uniqueid}",
                f"DestChannel: {channel}",
                "ChannelState: 6",
                "CallerIDName: Eve",
                "ConnectedLineName: Eve",
                "AccountCode: ",
                "Context: office",
                "Priority: 1",
                "Cause: 16",
                "BridgeUniqueid: 0",
                "ActionID: rec-2",
            ]
        )
    )


def _forged(stream: Sequence[StreamRecord], places: set[int], header: str, text: str) -> list[StreamRecord]:
    return [
        piece
        for index, record in enumerate(stream)
        for piece in (written_in(record, header, text) if index in places else [record])
    ]


@st.composite
def _texts(draw: st.DrawFn, victims: list[tuple[str, str]]) -> str:
    """Lines of a forger who knows a channel and its Uniqueid; at most as many as SIP leaves room for."""
    victim = draw(st.sampled_from(victims))
    count = draw(st.integers(1, 10))
    return "".join("\r\n" + _line(draw, victim) for _ in range(count))


@settings(deadline=None, max_examples=400)
@given(st.data())
def test_what_is_written_into_numbers_changes_no_event(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    stream = _stream(name)
    text = data.draw(_texts(channels(stream)))
    header = data.draw(st.sampled_from(NUMBERS))
    places = parties_of(stream, header)
    chosen = data.draw(st.sampled_from([places, *([place] for place in places)]))
    interpreter = Interpreter()
    events = understood(name, _forged(stream, set(chosen), header, text), interpreter)
    assert events == list(_untouched(name))


def _beginning(name: str, channel: str) -> str:
    return (
        f"\r\n\r\nEvent: {name}\r\nPrivilege: call,all\r\nChannel: {channel}\r\nChannelState: 6\r\n"
        "ChannelStateDesc: Up\r\nCallerIDNum: 1"
    )


def _ending(uniqueid: str) -> str:
    return (
        "\r\nCallerIDName: x\r\nConnectedLineNum: 1\r\nConnectedLineName: x\r\nLanguage: en\r\nAccountCode: \r\n"
        f"Context: office\r\nExten: 1\r\nPriority: 1\r\nUniqueid: {uniqueid}\r\nLinkedid: {uniqueid}"
    )


def _whole(name: str, channel: str, uniqueid: str) -> str:
    return f"{_beginning(name, channel)}{_ending(uniqueid)}\r\nCause: 16\r\n\r\nX: y"


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_the_beginning_of_a_perfect_event_gains_nothing(data: st.DataObject) -> None:
    """The rest of the event that is cut completes it: a well-formed event, about the wrong channel."""
    name = data.draw(st.sampled_from(NAMES))
    stream = _stream(name)
    channel, _ = data.draw(st.sampled_from(channels(stream)))
    text = _beginning(data.draw(st.sampled_from(["Hangup", "BridgeLeave", "Newstate"])), channel)
    header = data.draw(st.sampled_from(NUMBERS))
    places = set(
        data.draw(st.sampled_from([parties_of(stream, header), *([one] for one in parties_of(stream, header))]))
    )
    assert understood(name, _forged(stream, places, header, text), Interpreter()) == list(_untouched(name))


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_a_perfect_forgery_is_healed_by_the_next_look_at_the_pbx(data: st.DataObject) -> None:
    """Longer than SIP has room for. What it does is undone when the PBX is asked what goes on."""
    name = data.draw(st.sampled_from(NAMES))
    stream = _stream(name)
    channel, uniqueid = data.draw(st.sampled_from(channels(stream)))
    text = data.draw(
        st.sampled_from(
            [
                _whole("Hangup", channel, uniqueid),
                _whole("Newchannel", "PJSIP/eve-1", "1.1"),
                _ending(uniqueid),
                _ending(uniqueid) + "\r\n\r\nX: y",
                _ending(uniqueid) + _beginning("Hangup", channel),
            ]
        )
    )
    header = data.draw(st.sampled_from(NUMBERS))
    events = [one for one in parties_of(stream, header) if "Privilege: " in stream[one].raw]  # no list is amid
    place = data.draw(st.sampled_from(events))
    interpreter, tracker, state = Interpreter(), CallTracker("main", TOPOLOGY, new_id), PbxState()
    for event in understood(name, stream[: place + 1], Interpreter()):
        state.take(event)
    for event in understood(name, _forged(stream[: place + 1], {place}, header, text), interpreter):
        tracker.apply(event)
    for _ in range(2):  # what differs once may be on its way
        for event in understood(name, listed(stream[place].t, state, prefix_of(stream[:place])), interpreter):
            tracker.apply(event)
    talking = {leg.id for call in tracker.calls() for leg in call.legs if leg.ended_at is None}
    assert talking <= state.legs.keys()
    assert len(tracker) == len(state.legs)
    for event in understood(name, stream[place + 1 :], interpreter):
        tracker.apply(event)
    assert len(tracker) == 0
