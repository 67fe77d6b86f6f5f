"""Cutting bytes into packets, reading headers, and whom to believe."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti_crm.pbx.asterisk.packet import (
    MAX_PACKET_BYTES,
    AmiPacket,
    Distrust,
    PacketSplitter,
    PacketTooLongError,
    distrust,
)
from cti_crm.pbx.asterisk.stream_file import read_stream

RECORDINGS = sorted((Path(__file__).parents[2] / "streams" / "recordings").glob("*.ami.jsonl"))


def connections(path: Path) -> Iterator[list[str]]:
    """The packets of each connection in a recording."""
    packets: list[str] = []
    for record in read_stream(path):
        if AmiPacket(record.raw).is_banner and packets:
            yield packets
            packets = []
        if record.raw:
            packets.append(record.raw)
    yield packets


CONNECTIONS = [packets for path in RECORDINGS for packets in connections(path)]


def encoded(packets: list[str]) -> bytes:
    return "".join(packets).encode("utf-8", "surrogateescape")


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_any_split_of_any_recording_gives_the_same_packets(data: st.DataObject) -> None:
    packets = data.draw(st.sampled_from(CONNECTIONS))
    stream = encoded(packets)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=200)))
    splitter = PacketSplitter()
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert [raw for piece in pieces for raw in splitter.feed(piece)] == packets


@given(
    st.lists(st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), min_size=1), min_size=1, max_size=5),
    st.binary(max_size=20).filter(lambda raw: b"\r" not in raw and b"\n" not in raw),
)
def test_any_letters_survive_byte_by_byte(values: list[str], junk: bytes) -> None:
    packets = ["Asterisk Call Manager/11.0.0\r\n"]
    packets += [f"Event: X\r\nName: {value}\r\n\r\n" for value in values]
    packets.append("Junk: " + junk.decode("utf-8", "surrogateescape") + "\r\n\r\n")
    splitter = PacketSplitter()
    assert [raw for byte in encoded(packets) for raw in splitter.feed(bytes([byte]))] == packets


def test_a_packet_without_an_end_is_given_up() -> None:
    splitter = PacketSplitter()
    assert list(splitter.feed(b"SSH-2.0\r\n")) == ["SSH-2.0\r\n"]
    with pytest.raises(PacketTooLongError):
        list(splitter.feed(b"x" * (MAX_PACKET_BYTES + 1)))


def test_headers_are_read_however_they_come() -> None:
    packet = AmiPacket(
        "Event: X\r\nVariable: a=1\r\nVARIABLE: b: 2\r\nEmpty:\r\nSpace: \r\nno colon\r\nLf: a\nb\r\n\r\n"
    )
    assert packet.event == "X"
    assert packet.fields == {"event": "X", "variable": "a=1", "empty": "", "space": "", "lf": "a\nb"}
    assert packet.repeated == ("variable",)
    assert packet.headers == [
        ("Event", "X"),
        ("Variable", "a=1"),
        ("VARIABLE", "b: 2"),
        ("Empty", ""),
        ("Space", ""),
        ("no colon", ""),
        ("Lf", "a\nb"),
    ]


def test_a_leading_banner_is_set_aside() -> None:
    packet = AmiPacket("Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nActionID: a-1\r\n\r\n")
    assert packet.banner == "Asterisk Call Manager/11.0.0"
    assert packet.headers == [("Response", "Success"), ("ActionID", "a-1")]
    assert not packet.is_banner
    assert AmiPacket("Asterisk Call Manager/11.0.0\r\n").is_banner


@given(st.text())
def test_no_text_is_too_strange_to_read(raw: str) -> None:
    packet = AmiPacket(raw)
    distrust(packet, "own-")
    assert packet.event == "" or raw.startswith("Event:")


def test_every_recorded_packet_is_believed() -> None:
    for packets in CONNECTIONS:
        prefix = AmiPacket(packets[1]).action_id.rpartition("-")[0] + "-"
        assert [distrust(AmiPacket(raw), prefix) for raw in packets] == [None] * len(packets)


HEAD = "Event: Newchannel\r\nPrivilege: call,all\r\n"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (HEAD + "Uniqueid: 1\r\nLinkedid: 1\r\n\r\n", None),
        (HEAD + "Variable: a=1\r\nVariable: b=2\r\n\r\n", None),
        ("Response: Success\r\nActionID: own-1\r\n\r\n", None),
        ("Event: QueueMember\r\nQueue: q\r\nActionID: own-3\r\n\r\n", None),
        ("Event: QueueMember\r\nQueue: q\r\nActionID: other-3\r\n\r\n", Distrust.NO_PRIVILEGE),
        ("Event: Hangup\r\nUniqueid: 1\r\nPrivilege: call,all\r\n\r\n", Distrust.NO_PRIVILEGE),
        ("Event: Hangup\r\n\r\n", Distrust.NO_PRIVILEGE),
        ("\r\nEvent: Hangup\r\nPrivilege: call,all\r\nUniqueid: 1\r\n\r\n", Distrust.EMPTY_LINE),
        ("Uniqueid: 1\r\nEvent: Hangup\r\n\r\n", Distrust.NO_FIRST_LINE),
        ("Event: \r\nPrivilege: call,all\r\n\r\n", Distrust.NO_FIRST_LINE),
        ("event: Hangup\r\nPrivilege: call,all\r\n\r\n", Distrust.NO_FIRST_LINE),
        ("Asterisk Call Manager/1.0\r\n\r\n", Distrust.NO_FIRST_LINE),
        ("\r\n\r\n", Distrust.EMPTY_LINE),
        (HEAD + "Event: Hangup\r\nUniqueid: 1\r\n\r\n", Distrust.REPEATED),
        (HEAD + "Uniqueid: 1\r\nuniqueid: 2\r\n\r\n", Distrust.REPEATED),
        (HEAD + "Linkedid: 1\r\nLinkedid: 1\r\n\r\n", Distrust.REPEATED),
        (HEAD + "DestUniqueid: 1\r\nDestUniqueid: 1\r\n\r\n", Distrust.REPEATED),
        (HEAD + "Channel: PJSIP/1-1\r\nChannel: PJSIP/2-1\r\n\r\n", Distrust.REPEATED),
    ],
)
def test_whom_to_believe(raw: str, reason: Distrust | None) -> None:
    assert distrust(AmiPacket(raw), "own-") is reason


def test_a_list_is_not_believed_if_nothing_was_asked() -> None:
    assert distrust(AmiPacket("Event: QueueMember\r\nActionID: \r\n\r\n"), "") is Distrust.NO_PRIVILEGE


def test_an_event_written_by_a_caller_cuts_the_real_one_and_neither_half_is_believed() -> None:
    """As recorded with `%0d%0a%0d%0a` in the user part of From."""
    forged = "Event: Hangup\r\nUniqueid: 1795286204.0\r\nLinkedid: 1795286204.0\r\n\r\nX: y"
    real = HEAD + f"Channel: PJSIP/trunk-1\r\nCallerIDNum: 1\r\n\r\n{forged}\r\nUniqueid: 2\r\nLinkedid: 2\r\n\r\n"
    splitter = PacketSplitter()
    packets = [AmiPacket(raw) for raw in splitter.feed(b"Asterisk Call Manager/11.0.0\r\n" + real.encode())][1:]
    assert [distrust(packet, "own-") for packet in packets] == [None, Distrust.NO_PRIVILEGE, Distrust.NO_FIRST_LINE]
    assert "uniqueid" not in packets[0].fields
