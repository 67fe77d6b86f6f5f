"""What a PBX tells of its queues: those without members too, and how each member came there and pauses."""

from datetime import UTC, datetime, timedelta

import pytest

from cti_crm.calls.pbx_presence import QueueMemberChanged
from cti_crm.pbx.asterisk.packet import AmiPacket
from cti_crm.pbx.asterisk.snapshot import SnapshotCollector
from cti_crm.pbx.asterisk.translate import Translator

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


def packet(name: str, **headers: str) -> AmiPacket:
    return AmiPacket("".join(f"{key}: {value}\r\n" for key, value in {"Event": name, **headers}.items()) + "\r\n")


def member(**headers: str) -> QueueMemberChanged:
    said = {"Queue": "support", "MemberName": "Anna", "Interface": "Local/101@agents/n", **headers}
    (event,) = Translator().translate(packet("QueueMemberPause", **said), AT)
    assert isinstance(event, QueueMemberChanged)
    return event


def test_a_snapshot_names_all_queues() -> None:
    collector = SnapshotCollector()
    for name in ("support", "empty"):
        collector.feed(packet("QueueParams", Queue=name), AT)
    collector.feed(packet("CoreShowChannelsComplete"), AT)
    snapshot = collector.snapshot(AT, restarted=False)
    assert snapshot is not None
    assert snapshot.queues == ("support", "empty")


def test_a_member_is_a_phone_behind_what_the_pbx_calls_it() -> None:
    event = member(StateInterface="PJSIP/101", Membership="dynamic", Wrapuptime="30")
    assert (event.device, event.interface) == ("PJSIP/101", "Local/101@agents/n")
    assert (event.dynamic, event.wrap_up_seconds) == (True, 30)


@pytest.mark.parametrize(
    ("membership", "dynamic"), [("dynamic", True), ("static", False), ("realtime", False), ("", False)]
)
def test_only_who_signed_in_can_be_taken_out(membership: str, dynamic: bool) -> None:
    assert member(Membership=membership).dynamic is dynamic


@pytest.mark.parametrize(
    ("headers", "since"),
    [
        ({"Paused": "1", "LastPause": str(int(AT.timestamp()) - 60)}, AT - timedelta(seconds=60)),
        ({"Paused": "1", "LastPause": str(int(AT.timestamp()) + 60)}, AT),  # a clock that is ahead of ours
        ({"Paused": "1", "LastPause": "0"}, None),
        ({"Paused": "1", "LastPause": "nonsense"}, None),
        ({"Paused": "1"}, None),
        ({"Paused": "0", "LastPause": str(int(AT.timestamp()) - 60)}, None),
    ],
)
def test_since_when_a_member_pauses(headers: dict[str, str], since: datetime | None) -> None:
    assert member(**headers).paused_at == since
