"""What a caller may write into the stream by way of the number or name shown for them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from cti_crm.calls.pbx_events import ChannelState, PbxEvent
from cti_crm.pbx.asterisk.interpreter import Interpreter
from cti_crm.pbx.asterisk.packet import EOL, AmiPacket
from cti_crm.pbx.asterisk.replay import recorded_at
from cti_crm.pbx.asterisk.stream_file import StreamRecord, read_stream
from tests.streams.mutations import PbxState
from tests.streams.truth import RECORDINGS


def records(name: str) -> list[StreamRecord]:
    return list(read_stream(RECORDINGS / f"{name}.ami.jsonl"))


def channels(stream: Sequence[StreamRecord]) -> list[tuple[str, str]]:
    """Name and Uniqueid of every channel, so that a forger may guess right."""
    packets = (AmiPacket(record.raw) for record in stream)
    return [(packet.fields["channel"], packet.fields["uniqueid"]) for packet in packets if packet.event == "Newchannel"]


def parties_of(stream: Sequence[StreamRecord], header: str) -> list[int]:
    """The records in which a caller might have written by way of `header`: those that describe a channel.

    (OriginateResponse has a number too, but that of our own click-to-dial.)
    """
    return [
        index
        for index, record in enumerate(stream)
        if record.raw.startswith("Event:") and f"{header}: " in record.raw and "ChannelStateDesc: " in record.raw
    ]


def written_in(record: StreamRecord, header: str, text: str) -> list[StreamRecord]:
    """The record with `text` behind each value of `header`, as packets, as the network would bring it."""
    lines = [
        line + text if line.partition(":")[0].endswith(header) else line
        for line in record.raw.removesuffix(EOL + EOL).split(EOL)
    ]
    raw = EOL.join(lines) + EOL + EOL
    return [replace(record, raw=piece + EOL + EOL) for piece in _packets(raw)]


def _packets(raw: str) -> Iterator[str]:
    yield from raw.removesuffix(EOL + EOL).split(EOL + EOL)


def understood(name: str, stream: Sequence[StreamRecord], interpreter: Interpreter) -> list[PbxEvent]:
    start = recorded_at(RECORDINGS / f"{name}.ami.jsonl")
    events: list[PbxEvent] = []
    for record in stream:
        at = start + timedelta(seconds=record.t)
        if record.mark == "disconnected":
            events += interpreter.disconnected(at, "")
        elif record.raw:
            events += interpreter.feed(record.raw, at)
    return [*events, *interpreter.finish()]


def prefix_of(stream: Sequence[StreamRecord]) -> str:
    """What the ActionIDs of the last connection begin with."""
    packets = [AmiPacket(record.raw) for record in stream if record.raw]
    login = max(index for index, packet in enumerate(packets) if packet.is_banner) + 1
    return packets[login].action_id.rpartition("-")[0]


_STATES = {ChannelState.DIALING: 4, ChannelState.RINGING: 5, ChannelState.UP: 6}


def listed(t: float, state: PbxState, prefix: str) -> list[StreamRecord]:
    """The answers to the questions what goes on, asked on a connection whose ActionIDs begin with `prefix`."""
    packets = [f"Response: Success\r\nActionID: {prefix}-91\r\nEventList: start\r\nMessage: Channels will follow"]
    for one in state.legs.values():
        view = one.leg
        packets.append(
            f"Event: CoreShowChannel\r\nActionID: {prefix}-91\r\nChannel: {view.channel}\r\n"
            f"ChannelState: {_STATES.get(view.state, 0)}\r\nChannelStateDesc: x\r\nCallerIDNum: {view.number}\r\n"
            f"CallerIDName: {view.name}\r\nConnectedLineNum: {view.connected_number}\r\n"
            f"ConnectedLineName: {view.connected_name}\r\nLanguage: en\r\nAccountCode: \r\nContext: x\r\n"
            f"Exten: {view.exten}\r\nPriority: 1\r\nUniqueid: {view.id}\r\nLinkedid: {view.linkedid}\r\n"
            f"Application: {one.application}\r\nApplicationData: \r\nDuration: 00:00:01\r\nBridgeId: {one.bridge}"
        )
    packets.append(f"Event: CoreShowChannelsComplete\r\nActionID: {prefix}-91\r\nEventList: Complete")
    for number, action in ((92, "QueueStatus"), (93, "ParkedCalls")):
        packets.append(f"Response: Success\r\nActionID: {prefix}-{number}\r\nEventList: start\r\nMessage: x")
        packets.append(f"Event: {action}Complete\r\nActionID: {prefix}-{number}\r\nEventList: Complete")
    return [StreamRecord(t, raw=packet + EOL + EOL) for packet in packets]
