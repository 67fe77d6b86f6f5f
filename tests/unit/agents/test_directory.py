"""The directory's states; how it loads is tested on the databases."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from cti_crm.agents.directory import AgentDirectory
from cti_crm.agents.events import DirectoryChange
from cti_crm.agents.schemas import QueueMemberOut
from cti_crm.calls.pbx_events import LinkLost, PbxSnapshot
from cti_crm.calls.pbx_presence import DeviceState, DeviceStateChanged, QueueMemberChanged

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


def _member(device: str, *, queue: str = "support", paused: bool = False, present: bool = True) -> QueueMemberChanged:
    return QueueMemberChanged(AT, queue, device, f"Member {device}", paused, present=present)


def _queue_after(directory: AgentDirectory, event: QueueMemberChanged) -> list[QueueMemberOut]:
    (queue,) = directory.apply("main", event).queues
    return queue.members


def test_queues_come_to_be_when_spoken_of() -> None:
    directory = AgentDirectory()
    assert directory.queues() == []

    members = _queue_after(directory, _member("PJSIP/102"))
    assert members == [QueueMemberOut(extension="102", name="Member PJSIP/102", paused=False, fixed=True)]
    _queue_after(directory, _member("PJSIP/101", paused=True))

    (queue,) = directory.queues()
    assert (queue.pbx, queue.name, queue.waiting) == ("main", "support", 0)
    assert [(member.extension, member.paused) for member in queue.members] == [("101", True), ("102", False)]


def test_members_go() -> None:
    directory = AgentDirectory()
    directory.apply("main", _member("PJSIP/101"))

    assert _queue_after(directory, _member("PJSIP/101", present=False)) == []


def test_what_changes_nothing_is_not_told() -> None:
    directory = AgentDirectory()
    directory.apply("main", _member("PJSIP/101"))
    directory.apply("main", DeviceStateChanged(AT, "PJSIP/101", DeviceState.IDLE))

    assert directory.apply("main", _member("PJSIP/101")) == DirectoryChange()
    assert directory.apply("main", _member("PJSIP/109", present=False)) == DirectoryChange()
    assert directory.apply("main", DeviceStateChanged(AT, "PJSIP/101", DeviceState.IDLE)) == DirectoryChange()
    assert directory.apply("main", LinkLost(AT)) == DirectoryChange()


def test_waiting_callers() -> None:
    directory = AgentDirectory()
    first, second = uuid4(), uuid4()

    directory.set_waiting(first, ("main", "support"), AT)
    (queue,) = directory.set_waiting(second, ("main", "support"), AT + timedelta(seconds=5)).queues
    assert (queue.waiting, queue.longest_wait_since) == (2, AT)
    assert directory.set_waiting(second, ("main", "support"), AT + timedelta(seconds=5)) == DirectoryChange()

    moved = directory.set_waiting(first, ("main", "sales"), AT).queues
    assert {(queue.name, queue.waiting) for queue in moved} == {("support", 1), ("sales", 1)}
    (queue,) = directory.set_waiting(second, None, AT).queues
    assert (queue.waiting, queue.longest_wait_since) == (0, None)
    assert directory.set_waiting(second, None, AT) == DirectoryChange()


def test_pbxs_have_queues_of_their_own() -> None:
    directory = AgentDirectory()
    directory.apply("main", _member("PJSIP/101"))
    directory.apply("branch", _member("PJSIP/102"))

    assert [(queue.pbx, queue.members[0].extension) for queue in directory.queues()] == [
        ("branch", "102"),
        ("main", "101"),
    ]


def test_after_a_connect_members_are_told_anew() -> None:
    directory = AgentDirectory()
    directory.apply("main", _member("PJSIP/101"))
    directory.apply("branch", _member("PJSIP/102"))
    directory.set_waiting(uuid4(), ("main", "support"), AT)

    (emptied,) = directory.apply("main", PbxSnapshot(AT, ())).queues
    assert (emptied.pbx, emptied.members, emptied.waiting) == ("main", [], 1)
    assert len(directory.queues()[0].members) == 1


def test_a_snapshot_says_which_queues_there_are() -> None:
    directory = AgentDirectory()
    directory.apply("main", _member("PJSIP/101"))
    directory.apply("branch", _member("PJSIP/101"))

    change = directory.apply("main", PbxSnapshot(AT, (), queues=("sales",)))

    assert change.queues_gone == (("main", "support"),)
    assert [(queue.pbx, queue.name) for queue in change.queues] == [("main", "sales")]
    assert [(queue.pbx, queue.name) for queue in directory.queues()] == [("branch", "support"), ("main", "sales")]


def test_phones_of_nobody_are_named() -> None:
    directory = AgentDirectory()
    for device in ("PJSIP/109", "PJSIP/101", "Queue:support"):
        directory.apply("main", DeviceStateChanged(AT, device, DeviceState.IDLE))

    assert directory.devices_without_agent("main") == ["PJSIP/101", "PJSIP/109"]
    assert directory.devices_without_agent("branch") == []


def test_the_topologys_view_exists_before_any_agent() -> None:
    assert dict(AgentDirectory().extensions_for("main")) == {}
