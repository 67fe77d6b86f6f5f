"""Whatever a caller writes into the stream by way of their number or name, the calls stay what they were."""

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from cti_crm.calls.pbx_events import PbxEvent
from cti_crm.pbx.asterisk.interpreter import Interpreter
from cti_crm.pbx.asterisk.stream_file import StreamRecord
from tests.streams.forging import channels, parties_of, records, understood, written_in
from tests.streams.truth import NAMES

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
    forged = [
        piece
        for index, record in enumerate(stream)
        for piece in (written_in(record, header, text) if index in chosen else [record])
    ]
    interpreter = Interpreter()
    events = understood(name, forged, interpreter)
    assert events == list(_untouched(name))
