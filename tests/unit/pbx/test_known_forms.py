"""What is read by its form is what is read header by header; whatever differs from a form is not read by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti_crm.pbx.asterisk.ami_events import EVENTS
from cti_crm.pbx.asterisk.known_forms import _MAX_FORMS, _MAX_OF_A_KIND, KnownForms
from cti_crm.pbx.asterisk.packet import AmiPacket
from cti_crm.pbx.asterisk.stream_file import read_stream
from tests.streams.truth import NAMES, RECORDINGS

RAW = "Event: Hangup\r\nPrivilege: call,all\r\nChannel: PJSIP/1-1\r\nUniqueid: 1.1\r\nCause: 16\r\n\r\n"


def forms(*learned: str, used: set[str] | None = None) -> KnownForms:
    found = KnownForms({"Hangup"} if used is None else used)
    for raw in learned:
        found.learn(AmiPacket(raw))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_is_read_as_header_by_header(name: str) -> None:
    known = forms(used=set(EVENTS))
    read = 0
    for record in read_stream(RECORDINGS / f"{name}.ami.jsonl"):
        packet = AmiPacket(record.raw)
        if not packet.event or not packet.has_privilege or packet.repeated:
            assert known.read(record.raw) is None
            continue
        known.learn(packet)
        plain = known.read(record.raw)
        assert plain is not None
        assert (plain.event, plain.raw) == (packet.event, packet.raw)
        assert (plain.banner, plain.is_response, plain.has_privilege, plain.repeated) == ("", False, True, ())
        if packet.event in EVENTS:
            assert {"event": plain.event, **plain.fields} == packet.fields
        else:
            assert plain.fields.items() <= packet.fields.items()
        read += 1
    assert read


def test_of_an_event_nobody_uses_only_its_channels_are_taken_out() -> None:
    plain = forms(RAW, used=set()).read(RAW)
    assert plain is not None
    assert plain.fields == {"channel": "PJSIP/1-1", "uniqueid": "1.1"}


@pytest.mark.parametrize(
    "raw",
    [
        RAW.replace("Cause: 16\r\n", ""),
        RAW.replace("Cause", "cause"),
        RAW.replace("Cause: ", "Cause:"),
        RAW.replace("Cause: 16", "Cause: 16\r\nX: y"),
        RAW.replace("Cause: 16", "Cause: 16\r\nCause: 16"),
        RAW.replace("Cause: 16", "Cause: 16\r\n"),
        RAW.replace("Cause: 16", "Cause: 16\r"),
        RAW.replace("Hangup", "Hangups"),
        RAW + RAW,
        RAW[:-2],
        "\r\n" + RAW,
        "",
    ],
)
def test_what_differs_is_not_read(raw: str) -> None:
    assert forms(RAW).read(raw) is None


@given(st.dictionaries(st.sampled_from(["16", "1.1", "PJSIP/1-1", "call,all"]), st.text(), min_size=1))
def test_any_value_is_read_as_it_is_or_not_at_all(values: dict[str, str]) -> None:
    raw = RAW
    for old, new in values.items():
        raw = raw.replace(f": {old}\r\n", f": {new}\r\n")
    plain = forms(RAW).read(raw)
    assert plain is None or {"event": "Hangup", **plain.fields} == AmiPacket(raw).fields
    assert plain is not None or any("\r" in value for value in values.values())


def test_it_learns_no_more_than_there_is_room_for() -> None:
    kind = [RAW.replace("Cause", f"X{number}") for number in range(_MAX_OF_A_KIND + 1)]
    known = forms(*kind)
    assert [known.read(raw) is not None for raw in kind] == [True] * _MAX_OF_A_KIND + [False]
    kinds = [RAW.replace("Hangup", f"Hangup{number}") for number in range(_MAX_FORMS + 1)]
    known = forms(*kinds, *kinds)
    assert sum(known.read(raw) is not None for raw in kinds) == _MAX_FORMS
