"""A call explained: from a real recording through the flight recorder to the API, on both databases."""

from pathlib import Path

from cti_crm.calls.call_events import CallOffered
from cti_crm.calls.topology import Topology
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.http.principal import Role
from cti_crm.pbx.asterisk.flight_files import FlightFiles, RecorderLimits
from cti_crm.pbx.asterisk.hindsight import FlightRecords
from cti_crm.pbx.asterisk.replay import recorded_at
from cti_crm.pbx.asterisk.stream_file import StreamRecord, read_stream
from tests.crm_setup import MOBILE, Crm, call, get
from tests.streams.truth import RECORDINGS, TOPOLOGY, replay


def flown(folder: Path, name: str) -> FlightRecords:
    """A recording as the flight recorder would have it."""
    begin = recorded_at(RECORDINGS / f"{name}.ami.jsonl").timestamp()
    with FlightFiles(folder, "main", RecorderLimits(), mask=True) as files:
        files.write(
            StreamRecord(begin + one.t, one.raw, one.mark) for one in read_stream(RECORDINGS / f"{name}.ami.jsonl")
        )
    return FlightRecords(folder, {"main": TOPOLOGY})


def test_every_event_of_the_call_and_what_it_meant(tmp_path: Path) -> None:
    (lived,) = replay("queue_answered").calls
    heard = flown(tmp_path, "queue_answered").heard(lived)
    assert heard[0].name == "Newchannel"
    assert heard[-1].name in ("Hangup", "SoftHangupRequest", "AgentComplete")
    assert [one.at for one in heard] == sorted(one.at for one in heard)
    rang = [told.leg.party.extension for one in heard for told in one.told if isinstance(told, CallOffered)]
    assert sorted(map(str, rang)) == sorted(lived.offered_to)
    last = [told.call for one in heard for told in one.told][-1]
    assert (last.outcome, last.final_agent, len(last.steps)) == (lived.outcome, lived.final_agent, len(lived.steps))
    assert "4917612345678" not in "".join(one.text for one in heard)


def test_a_pbx_that_is_gone_has_said_nothing(tmp_path: Path) -> None:
    (lived,) = replay("direct_answered").calls
    flown(tmp_path, "direct_answered")
    assert FlightRecords(tmp_path, {"other": Topology(frozenset())}).heard(lived) == []
    assert FlightRecords(tmp_path / "nothing", {"main": TOPOLOGY}).heard(lived) == []


async def test_the_explanation_over_http(crm: Crm, tmp_path: Path) -> None:
    mia = await crm.add_user("mia", Role.MANAGER)
    await crm.add_contact("Clara Cohn", MOBILE)
    (lived,) = replay("queue_answered").calls
    await crm.save(lived)
    crm.heard.events = flown(tmp_path, "queue_answered").heard(lived)
    async with crm.client(mia) as client:
        explanation = await get(client, f"/calls/{lived.id}/explanation")
        assert (explanation["recorded"], explanation["masked"]) == (True, True)
        assert explanation["match"]["kind"] == "unique"
        assert explanation["match"]["reason"] == "exact_number"
        assert explanation["match"]["assigned_by"] is None
        events = explanation["events"]
        assert [step["what"] for one in events for step in one["steps"]] == [step.what for step in lived.steps]
        pops = [(pop["extension"], pop["state"]) for one in events for pop in one["pops"]]
        assert set(lived.offered_to) == {extension for extension, state in pops if state == "offered"}
        assert (lived.final_agent, "talking") in pops
        closed = [pop for one in events for pop in one["pops"] if pop["state"] == "closed"]
        assert (closed[-1]["reason"], closed[-1]["by"]) == ("answered_elsewhere", lived.final_agent)
        ringing = next(one for one in events if any(pop["state"] == "offered" for pop in one["pops"]))
        assert ringing["meanings"]
        assert ringing["text"].startswith(f"Event: {ringing['event']}\r\n")


async def test_without_a_recording_the_match_is_still_told(crm: Crm) -> None:
    admin = await crm.add_user("pia", Role.PBX_ADMIN)
    one = call()
    await crm.save(one)
    async with crm.client(admin) as client:
        for fault in (None, OSError("gone")):
            crm.heard.fault = fault
            explanation = await get(client, f"/calls/{one.id}/explanation")
            assert (explanation["recorded"], explanation["events"]) == (False, [])
            assert explanation["match"]["kind"] == "none"
        await get(client, f"/calls/{new_id()}/explanation", 404)


async def test_agents_are_not_told(crm: Crm) -> None:
    anna = await crm.add_user("anna", extension="101")
    one = call()
    await crm.save(one)
    async with crm.client(anna) as client:
        await get(client, f"/calls/{one.id}/explanation", 403)
