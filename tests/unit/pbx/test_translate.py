"""AMI events as recorded, and as older PBXes send them -> what the core knows."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti_crm.calls import pbx_events as core
from cti_crm.calls.pbx_events import ChannelState, DialStatus, PbxEvent
from cti_crm.calls.pbx_presence import DeviceState, DeviceStateChanged, QueueMemberChanged
from cti_crm.pbx.asterisk.ami_events import EVENTS
from cti_crm.pbx.asterisk.fields import is_phone
from cti_crm.pbx.asterisk.packet import AmiPacket
from cti_crm.pbx.asterisk.stream_file import read_stream
from cti_crm.pbx.asterisk.translate import Translator

RECORDINGS = Path(__file__).parents[2] / "streams" / "recordings"
AT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)


def recorded(name: str, event: str) -> Iterator[AmiPacket]:
    for record in read_stream(RECORDINGS / f"{name}.ami.jsonl"):
        packet = AmiPacket(record.raw)
        if packet.event == event:
            yield packet


def translated(name: str, event: str) -> list[PbxEvent]:
    translator = Translator()
    events = [one for packet in recorded(name, event) for one in translator.translate(packet, AT)]
    assert not translator.counters.rejected
    return events


def packet(event: str, **headers: str) -> AmiPacket:
    lines = [f"Event: {event}", "Privilege: call,all", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return AmiPacket("\r\n".join(lines))


def one(event: str, **headers: str) -> PbxEvent:
    (translation,) = Translator().translate(packet(event, **headers), AT)
    return translation


def channel(prefix: str = "", uniqueid: str = "1.1", name: str = "PJSIP/101-00000001", **more: str) -> dict[str, str]:
    headers = {"Channel": name, "ChannelState": "6", "Uniqueid": uniqueid, "Linkedid": "1.0", **more}
    return {prefix + key: value for key, value in headers.items()}


def test_a_new_leg_tells_the_number_dialled() -> None:
    first, second = translated("direct_answered", "Newchannel")
    assert isinstance(first, core.LegCreated)
    assert isinstance(second, core.LegCreated)
    assert first.at == AT
    assert first.leg.exten == "+49305550101"
    assert first.leg.state is ChannelState.DIALING
    assert first.leg.channel == "PJSIP/trunk-00000000"
    assert first.leg.number.startswith("+49")
    assert first.leg.name == ""
    assert first.leg.id == first.leg.linkedid == second.leg.linkedid


def test_a_phone_that_rings() -> None:
    ringing = [event for event in translated("direct_missed", "Newstate") if isinstance(event, core.LegChanged)]
    assert ChannelState.RINGING in [event.leg.state for event in ringing]
    (state,) = translated("direct_missed", "DialState")
    assert isinstance(state, core.DialRinging)
    assert state.target.channel.startswith("PJSIP/101-")


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("direct_answered", [DialStatus.ANSWER]),
        ("direct_busy", [DialStatus.BUSY]),
        ("agent_declines", [DialStatus.NO_ANSWER]),
        ("queue_abandoned", [DialStatus.CANCEL] * 4),
    ],
)
def test_how_a_dial_attempt_ended(name: str, statuses: list[DialStatus]) -> None:
    assert [event.status for event in translated(name, "DialEnd") if isinstance(event, core.DialEnded)] == statuses


def test_click_to_dial_has_a_dial_attempt_without_a_source() -> None:
    first, second = translated("click_to_dial_originate_async", "DialBegin")
    assert isinstance(first, core.DialBegan)
    assert isinstance(second, core.DialBegan)
    assert first.source is None
    assert second.source is not None
    assert second.dial_string == "03098765432@trunk"


def test_the_result_of_click_to_dial() -> None:
    (answered,) = translated("click_to_dial_originate_async", "OriginateResponse")
    assert isinstance(answered, core.OriginateFinished)
    assert answered.ok
    assert answered.leg_id
    (failed,) = translated("click_to_dial_agent_does_not_answer", "OriginateResponse")
    assert isinstance(failed, core.OriginateFinished)
    assert (failed.ok, failed.leg_id, failed.channel) == (False, "", "PJSIP/101")
    assert failed.action_id == "rec-5"


def test_a_leg_that_declined_tells_its_causes() -> None:
    cleared = translated("agent_declines", "Hangup")
    assert (21, "603") in [(one.cause, one.tech_cause) for one in cleared if isinstance(one, core.LegCleared)]


def test_a_queue_offers_and_connects() -> None:
    offered = translated("queue_answered", "AgentCalled")
    assert {one.target.channel[:9] for one in offered if isinstance(one, core.QueueOffered)} == {
        "PJSIP/101",
        "PJSIP/102",
    }
    (connected,) = translated("queue_answered", "AgentConnect")
    assert isinstance(connected, core.QueueConnected)
    assert (connected.queue, connected.target.channel[:9]) == ("support", "PJSIP/102")
    (joined,) = translated("queue_answered", "QueueCallerJoin")
    assert isinstance(joined, core.QueueJoined)
    assert (joined.queue, joined.position) == ("support", 1)
    (abandoned,) = translated("queue_abandoned", "QueueCallerAbandon")
    assert isinstance(abandoned, core.QueueAbandoned)
    assert abandoned.waited_seconds == 3


def test_transfers_name_their_legs() -> None:
    (blind,) = translated("blind_transfer_refer", "BlindTransfer")
    assert isinstance(blind, core.BlindTransferred)
    assert blind.transferer.channel.startswith("PJSIP/101-")
    assert blind.transferee is not None
    assert (blind.exten, blind.ok) == ("102", True)
    (by_phone,) = translated("attended_transfer_refer", "AttendedTransfer")
    assert isinstance(by_phone, core.AttendedTransferred)
    assert by_phone.first.id != by_phone.second.id
    assert by_phone.target is not None
    assert by_phone.target.channel.startswith("PJSIP/102-")
    (by_code,) = translated("attended_transfer_by_ami", "AttendedTransfer")
    assert isinstance(by_code, core.AttendedTransferred)
    assert by_code.first.id == by_code.second.id


def test_parking_pickup_and_voicemail() -> None:
    (parked,) = translated("parked_and_retrieved", "ParkedCall")
    assert isinstance(parked, core.Parked)
    assert (parked.slot, parked.parker) == ("701", "PJSIP/101")
    (unparked,) = translated("parked_and_retrieved", "UnParkedCall")
    assert isinstance(unparked, core.Unparked)
    assert unparked.retriever is not None
    assert unparked.retriever.channel.startswith("PJSIP/102-")
    (picked,) = translated("call_pickup", "Pickup")
    assert isinstance(picked, core.PickedUp)
    assert (picked.picker.channel[:9], picked.target.channel[:9]) == ("PJSIP/102", "PJSIP/101")
    (message,) = translated("voicemail_after_noanswer", "MessageWaiting")
    assert isinstance(message, core.VoicemailLeft)
    assert message.mailbox == "105@default"


def test_a_mailbox_without_a_channel_is_no_message_just_left() -> None:
    assert Translator().translate(packet("MessageWaiting", Mailbox="105@default", New="3"), AT) == []


def test_bridges_and_conferences() -> None:
    joined = translated("local_channel_followme", "BridgeEnter")
    assert any(isinstance(one, core.LegJoined) and one.swapped for one in joined)
    mixed = one("BridgeEnter", **channel(), BridgeUniqueid="b", BridgeTechnology="softmix")
    assert isinstance(mixed, core.LegJoined)
    assert mixed.conference
    entered = one("ConfbridgeJoin", **channel(), Conference="500")
    assert isinstance(entered, core.ConferenceJoined)
    assert entered.conference == "500"
    (merged,) = translated("attended_transfer_by_ami", "BridgeMerge")
    assert isinstance(merged, core.BridgesMerged)
    assert merged.source != merged.target


def test_only_digits_that_the_device_sent_count() -> None:
    assert isinstance(one("DTMFEnd", **channel(), Digit="#", Direction="Received"), core.DigitPressed)
    assert Translator().translate(packet("DTMFEnd", **channel(), Digit="#", Direction="Sent"), AT) == []


@pytest.mark.parametrize(("event", "timed_out"), [("ParkedCallTimeOut", True), ("ParkedCallGiveUp", False)])
def test_the_end_of_parking(event: str, timed_out: bool) -> None:
    ended = one(event, **channel("Parkee"), ParkingSpace="701")
    assert isinstance(ended, core.ParkingEnded)
    assert ended.timed_out is timed_out


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        ("PJSIP/101", True),
        ("SIP/provider", True),
        ("Queue:support_avail", False),
        ("Queue:support_pause_PJSIP/101", False),
        ("Custom:DND101", False),
        ("hint:101@office", False),
        ("Local/101@office", False),
        ("101", False),
        ("", False),
    ],
)
def test_which_devices_are_phones(device: str, expected: bool) -> None:
    assert is_phone(device) is expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("NOT_INUSE", DeviceState.IDLE),
        ("RINGINUSE", DeviceState.IN_USE),
        ("INVALID", DeviceState.UNAVAILABLE),
        ("WHATEVER", DeviceState.UNKNOWN),
    ],
)
def test_device_states(state: str, expected: DeviceState) -> None:
    assert one("DeviceStateChange", Device="PJSIP/101", State=state) == DeviceStateChanged(AT, "PJSIP/101", expected)


@pytest.mark.parametrize(
    ("event", "headers", "expected"),
    [
        ("QueueMember", {"Location": "PJSIP/101", "Name": "Anna"}, ("PJSIP/101", False, "", True)),
        (
            "QueueMemberPause",
            {"Interface": "Local/101@q", "StateInterface": "PJSIP/101", "Paused": "1", "PausedReason": "lunch"},
            ("PJSIP/101", True, "lunch", True),
        ),
        ("QueueMemberPaused", {"Interface": "SIP/101", "Paused": "1"}, ("SIP/101", True, "", True)),
        (
            "QueueMemberRemoved",
            {"Interface": "PJSIP/101", "StateInterface": "hint:101@x", "Paused": "0"},
            ("PJSIP/101", False, "", False),
        ),
    ],
)
def test_queue_members(event: str, headers: dict[str, str], expected: tuple[str, bool, str, bool]) -> None:
    changed = one(event, Queue="support", **headers)
    assert isinstance(changed, QueueMemberChanged)
    assert (changed.device, changed.paused, changed.pause_reason, changed.present) == expected


def test_named_channel_variables_are_what_the_caller_entered() -> None:
    lines = [f"{name}: {value}" for name, value in channel(uniqueid="1.1").items()]
    said = [
        "ChanVariable: CUSTOMER_NO=47\u202e11",
        "ChanVariable: OTHER=x",
        "ChanVariable: PIN=",
        "chanvariable: A=b=c",
    ]
    raw = "\r\n".join(["Event: Newstate", "Privilege: call,all", *lines, *said, "", ""])
    translator = Translator(variables={"CUSTOMER_NO": "Customer number", "PIN": "Pin", "A": "Letter"})
    _, *entered = translator.translate(AmiPacket(raw), AT)
    assert entered == [
        core.CallerEntered(AT, "1.1", "Customer number", "4711"),
        core.CallerEntered(AT, "1.1", "Letter", "b=c"),
    ]
    assert len(Translator().translate(AmiPacket(raw), AT)) == 1


def test_every_recording_is_understood_in_full() -> None:
    translator, kinds = Translator(), Counter[str]()
    for path in RECORDINGS.glob("*.ami.jsonl"):
        for record in read_stream(path):
            found = AmiPacket(record.raw)
            if found.event:
                kinds.update(type(event).__name__ for event in translator.translate(found, AT))
    assert not translator.counters.rejected
    created = sum(path.read_text().count('"Event: Newchannel\\r\\n') for path in RECORDINGS.glob("*.ami.jsonl"))
    assert kinds["LegCreated"] == created == kinds["LegCleared"] + 2  # one recording broke off during a call


@pytest.mark.parametrize("name", sorted(EVENTS.keys() - {"Dial"}))  # of which only that with SubEvent Begin is read
def test_an_event_without_its_headers_is_counted_and_left_out(name: str) -> None:
    translator = Translator()
    events = translator.translate(AmiPacket(f"Event: {name}\r\nPrivilege: call,all\r\n\r\n"), AT)
    if name == "Shutdown":
        assert events == [core.PbxStopped(AT)]
    else:
        assert events == []
        assert sum(translator.counters.rejected.values()) == 1


def test_unknown_events_are_counted_but_not_without_a_limit() -> None:
    translator = Translator()
    for number in range(300):
        assert translator.translate(packet(f"Invented{number}"), AT) == []
    assert len(translator.counters.unknown) == 201
    assert translator.counters.unknown["others"] == 100


@given(
    st.sampled_from(sorted(EVENTS)),
    st.dictionaries(
        st.sampled_from(["Channel", "Uniqueid", "Linkedid", "DestUniqueid", "DestChannel", "Queue", "Cause", "Result"]),
        st.text(),
    ),
)
def test_no_header_makes_the_translator_raise(name: str, headers: dict[str, str]) -> None:
    for event in Translator().translate(packet(name, **headers), AT):
        json.dumps(repr(event))


def test_asterisk_11_dials_bridges_and_holds() -> None:
    began = one(
        "Dial", SubEvent="Begin", Channel="SIP/t-1", Destination="SIP/101-2", UniqueID="1", DestUniqueID="2",
        CallerIDNum="+4930123", ConnectedLineNum="101",
    )  # fmt: skip
    assert isinstance(began, core.DialBegan)
    assert began.source is not None
    assert (began.source.number, began.target.id, began.target.channel) == ("+4930123", "2", "SIP/101-2")
    pair = {"Channel1": "SIP/t-1", "Channel2": "SIP/101-2", "Uniqueid1": "1", "Uniqueid2": "2"}
    joined = Translator().translate(packet("Bridge", Bridgestate="Link", **pair), AT)
    assert [(type(event), event.bridge) for event in joined if isinstance(event, core.LegJoined)] == [
        (core.LegJoined, "1+2"),
        (core.LegJoined, "1+2"),
    ]
    left = Translator().translate(packet("Bridge", Bridgestate="Unlink", **pair), AT)
    assert [type(event) for event in left] == [core.LegLeft, core.LegLeft]
    assert isinstance(one("Hold", **channel(), Status="On"), core.LegHeld)
    assert isinstance(one("Hold", **channel(), Status="Off"), core.LegUnheld)
    assert isinstance(one("Join", **channel(), Queue="q", Position="2"), core.QueueJoined)
    assert isinstance(one("Leave", **channel(), Queue="q"), core.QueueLeft)
    parked = one("ParkedCall", **channel(), Exten="701", From="SIP/101-2")
    assert isinstance(parked, core.Parked)
    assert parked.slot == "701"
    assert isinstance(one("MusicOnHold", **channel(), State="Start"), core.MusicStarted)
