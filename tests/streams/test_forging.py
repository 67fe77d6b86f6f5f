"""Whatever a caller writes into the stream by way of their number or name, the calls stay what they were."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti_crm.calls.pbx_events import LegView, PbxEvent, PbxSnapshot
from cti_crm.calls.tracker import CallTracker
from cti_crm.infrastructure.clock import new_id
from cti_crm.pbx.asterisk.interpreter import Interpreter
from cti_crm.pbx.asterisk.stream_file import StreamRecord
from tests.streams.forging import channels, listed, parties_of, prefix_of, records, understood, written_in
from tests.streams.mutations import PbxState
from tests.streams.truth import NAMES, TOPOLOGY

NUMBERS = ("CallerIDNum", "ConnectedLineNum")
NAMES_SHOWN = ("CallerIDName", "ConnectedLineName")


@cache
def _stream(name: str) -> tuple[StreamRecord, ...]:
    return tuple(records(name))


@cache
def _untouched(name: str) -> tuple[PbxEvent, ...]:
    return tuple(understood(name, _stream(name), Interpreter()))


def _line(draw: st.DrawFn, victim: tuple[str, str], also: Sequence[str]) -> str:
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
                "Event: DialBegin",
                "Event: QueueCallerAbandon",
                "Event: QueueEntry",
                "Event: ParkedCall",
                "Event: CoreShowChannel",
                "Event: CoreShowChannelsComplete",
                "Event: FullyBooted",
                "Event: Shutdown",
                "Response: Success",
                "Asterisk Call Manager/11.0.0",
                "Privilege: call,all",
                f"Channel: {channel}",
                f"Uniqueid: {uniqueid}",
                f"Linkedid: {uniqueid}",
                f"DestUniqueid: {uniqueid}",
                f"DestChannel: {channel}",
                f"TransfereeUniqueid: {uniqueid}",
                "ChannelState: 6",
                "ChannelStateDesc: Up",
                "DestChannelState: 6",
                "CallerIDNum: 1",
                "CallerIDName: Eve",
                "ConnectedLineName: Eve",
                "Language: en",
                "AccountCode: ",
                "DestAccountCode: ",
                "Context: office",
                "Exten: 1",
                "Priority: 1",
                "Cause: 16",
                "BridgeUniqueid: 0",
                "ActionID: rec-2",
                *also,
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
def _texts(draw: st.DrawFn, victims: list[tuple[str, str]], also: Sequence[str] = ()) -> str:
    """Lines of a forger who knows a channel and its Uniqueid; at most as many as SIP leaves room for."""
    victim = draw(st.sampled_from(victims))
    count = draw(st.integers(1, 10))
    return "".join("\r\n" + _line(draw, victim, also) for _ in range(count))


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


@pytest.mark.parametrize("header", NUMBERS)
@pytest.mark.parametrize("name", NAMES)
def test_the_very_first_event_of_a_pbx_can_be_cut_too(name: str, header: str) -> None:
    """Whether this Asterisk describes its channels in full is known from its greeting, before any event."""
    stream = _stream(name)
    for _, uniqueid in channels(stream):
        for place in parties_of(stream, header)[:2]:
            changed = _forged(stream, {place}, header, f"\r\nUniqueid: {uniqueid}\r\n")
            assert understood(name, changed, Interpreter()) == list(_untouched(name))


@settings(deadline=None, max_examples=400)
@given(st.data())
def test_what_is_written_anywhere_changes_no_more_than_what_is_shown_of_the_parties(data: st.DataObject) -> None:
    """A CallerIDName and a ConnectedLineNum that are there twice were written in behind either; who can tell?"""
    name = data.draw(st.sampled_from(NAMES))
    stream = _stream(name)
    text = data.draw(_texts(channels(stream), ["ConnectedLineNum: 1"]))
    header = data.draw(st.sampled_from(NUMBERS + NAMES_SHOWN))
    places = parties_of(stream, header)
    chosen = data.draw(st.sampled_from([places, *([place] for place in places)]))
    interpreter = Interpreter()
    events = understood(name, _forged(stream, set(chosen), header, text), interpreter)
    assert _but_for_claims(events) == _but_for_claims(_untouched(name))


def _but_for_claims(events: Iterable[PbxEvent]) -> list[PbxEvent]:
    """Without the caller's name and the name and number of the other side."""
    found: list[PbxEvent] = []
    for event in events:
        views = {
            one.name: _view(value) for one in fields(event) if isinstance(value := getattr(event, one.name), LegView)
        }
        if isinstance(event, PbxSnapshot):
            found.append(replace(event, legs=tuple(replace(one, leg=_view(one.leg)) for one in event.legs)))
        else:
            found.append(replace(event, **views))  # type: ignore[arg-type]
    return found


def _view(view: LegView) -> LegView:
    return replace(view, name="", connected_number="", connected_name="")


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
