"""`check_pbx` says in words what is wrong."""

import pytest

from cti_crm.pbx.asterisk.doctor import Finding, FindingLevel, check_pbx
from cti_crm.settings import PbxSettings
from tests.fakes.fake_ami import FakeAmi
from tests.integration.ami.running import PATIENCE

NUMBER_STEP = "Event: ListDialplan\r\nContext: caller\r\nApplication: Set\r\nAppData: CALLERID(num)="
ALL_PHONES = {"PJSIP/101", "PJSIP/102"}
CONTROL = ("BlindTransfer", "Atxfer", "CancelAtxfer", "Park", "PlayDTMF", "Setvar")


@pytest.fixture
def healthy(ami: FakeAmi) -> FakeAmi:
    ami.commands = ["CoreShowChannels", "Hangup", "QueuePause", *CONTROL]
    ami.variables |= {
        **{f"DIALPLAN_EXISTS({context})": "1" for context in ("cti-transfer", "cti-pickup", "cti-hold")},
        "FEATUREMAP(atxfer)": "*2",
        "FEATURE(atxferthreeway)": "*3",
    }
    ami.lists["PJSIPShowEndpoints"] = [
        f"Event: EndpointList\r\nObjectType: endpoint\r\nObjectName: {name}" for name in ("101", "102", "trunk")
    ]
    ami.tells_originate = True
    return ami


async def findings(
    ami: FakeAmi, devices: set[str] = ALL_PHONES, deadline: float = PATIENCE, **settings: object
) -> list[Finding]:
    values = {"port": ami.port, "secret": "secret", "originate_username": "dialler", "originate_secret": "secret"}
    return await check_pbx(PbxSettings.model_validate(values | settings), devices, deadline=deadline)


def wrong(found: list[Finding]) -> dict[str, str]:
    return {one.title: one.advice for one in found if one.level is not FindingLevel.OK}


async def test_a_healthy_pbx_has_nothing_wrong(healthy: FakeAmi) -> None:
    found = await findings(healthy)
    assert wrong(found) == {}
    assert "This is Asterisk 22.10.1" in [one.title for one in found]
    originate = await healthy.received("Originate")
    assert originate["Channel"] == "PJSIP/cti-crm-doctor"
    assert "Application" not in originate


async def test_a_wrong_password(healthy: FakeAmi) -> None:
    found = wrong(await findings(healthy, secret="wrong"))
    assert list(found) == [f"127.0.0.1:{healthy.port} refused the user 'cti'"]


async def test_a_pbx_that_is_not_there(healthy: FakeAmi) -> None:
    await healthy.stop()
    assert list(wrong(await findings(healthy))) == [f"Nothing listens on 127.0.0.1:{healthy.port}"]


async def test_devices_and_lines_that_do_not_fit(healthy: FakeAmi) -> None:
    found = wrong(await findings(healthy, {"PJSIP/101", "PJSIP/909"}, trunks=["PJSIP/provider"]))
    assert list(found) == [
        "Lines that the PBX does not know: PJSIP/provider",
        "Agents' phones that the PBX does not know: PJSIP/909",
        "Phones that belong to no agent: PJSIP/102, PJSIP/trunk",
        "Whether the numbers of callers on PJSIP/provider are filtered cannot be checked",
    ]


async def test_endpoints_that_may_not_be_listed_are_known_by_their_states(healthy: FakeAmi) -> None:
    healthy.denied = {"PJSIPShowEndpoints"}
    healthy.lists["DeviceStateList"] = [
        f"Event: DeviceStateChange\r\nDevice: {name}\r\nState: NOT_INUSE"
        for name in ("PJSIP/101", "PJSIP/102", "PJSIP/trunk", "Queue:support", "Local/1@x")
    ]
    assert wrong(await findings(healthy)) == {}


async def test_rights_that_are_missing(healthy: FakeAmi) -> None:
    healthy.uptime = None
    healthy.denied = {"CoreShowChannels", "ShowDialPlan", "Originate"}
    found = wrong(await findings(healthy, deadline=1.0))
    assert "read = system,call,agent,user,dtmf" in found["Asterisk lets us in but sends no events"]
    assert "write = originate,call" in found["The AMI user 'dialler' may not dial (Permission denied)"]
    assert any("write = reporting" in advice for advice in found.values())


async def test_no_right_to_pause_agents(healthy: FakeAmi) -> None:
    healthy.commands = ["CoreShowChannels", "Hangup", *CONTROL]
    found = wrong(await findings(healthy))
    assert list(found) == ["The AMI user 'dialler' may not pause agents or sign them in to queues"]
    assert "`agent`" in next(iter(found.values()))


async def test_rights_that_are_too_many(healthy: FakeAmi) -> None:
    healthy.commands = ["CoreShowChannels", "Hangup", "QueuePause", "Originate", *CONTROL, "Command"]
    found = wrong(await findings(healthy))
    assert list(found) == [
        "The AMI user 'cti' may do more than it needs: Originate, Command",
        "The AMI user 'dialler' may do more than it needs: Command",
    ]


async def test_events_that_do_not_arrive(healthy: FakeAmi) -> None:
    healthy.tells_originate = False
    assert list(wrong(await findings(healthy, deadline=1.0))) == ["Events about calls do not reach us"]


async def test_one_account_for_both_works_but_is_not_advised(healthy: FakeAmi) -> None:
    found = wrong(await findings(healthy, originate_username=None, originate_secret=None))
    assert list(found) == ["One AMI user does both: follow calls and dial"]


async def test_a_peer_that_falls_silent_ends_the_check(healthy: FakeAmi) -> None:
    healthy.unanswered = {"CoreSettings"}
    (title,) = wrong(await findings(healthy, deadline=1.0))
    assert "does not answer (CoreSettings" in title


async def test_an_asterisk_that_is_too_old(healthy: FakeAmi) -> None:
    healthy.version = "11.25.3"
    assert list(wrong(await findings(healthy))) == ["This is Asterisk 11.25.3"]


async def test_a_line_that_takes_numbers_as_they_come(healthy: FakeAmi) -> None:
    healthy.variables["PJSIP_ENDPOINT(trunk,callerid)"] = ""
    found = wrong(await findings(healthy))
    assert list(found) == ["Callers on PJSIP/trunk can write into the events of the PBX"]
    assert "callerid = <unknown>" in found["Callers on PJSIP/trunk can write into the events of the PBX"]


async def test_a_dialplan_that_filters_numbers(healthy: FakeAmi) -> None:
    healthy.lists["ShowDialPlan"] = [NUMBER_STEP + "${FILTER(0-9,${PJSIP_HEADER(read,From)})}"]
    assert wrong(await findings(healthy)) == {}


async def test_a_dialplan_that_takes_numbers_as_they_come(healthy: FakeAmi) -> None:
    healthy.lists["ShowDialPlan"] = [NUMBER_STEP + "${PJSIP_HEADER(read,X-Number)}"]
    found = wrong(await findings(healthy))
    assert list(found) == ["The dialplan sets callers' numbers from SIP headers without a filter"]


@pytest.mark.parametrize(("pattern", "fine"), [("_+49305550XXX", True), ("_X.", False), ("_0!", False)])
async def test_a_line_that_takes_any_text_for_a_number(healthy: FakeAmi, pattern: str, fine: bool) -> None:
    healthy.lists["ShowDialPlan"] = [
        f"Event: ListDialplan\r\nContext: {context}\r\nExtension: {pattern if context == 'from-trunk' else '_X.'}\r\n"
        "Priority: 1\r\nApplication: Goto\r\nAppData: x"
        for context in ("from-trunk", "phones")
    ]
    found = [title for title in wrong(await findings(healthy)) if "can dial any text" in title]
    assert found == (
        []
        if fine
        else [f"Callers on PJSIP/trunk can dial any text, and write so into the events of the PBX: {pattern}"]
    )


@pytest.mark.parametrize("trunk", ["PJSIP/trunk", "DAHDI/1"])
async def test_a_line_that_cannot_be_checked(healthy: FakeAmi, trunk: str) -> None:
    healthy.denied = {"Getvar", "PJSIPShowEndpoints"}
    found = wrong(await findings(healthy, trunks=[trunk]))
    assert f"Whether the numbers of callers on {trunk} are filtered cannot be checked" in found


async def test_call_control_that_the_pbx_lacks(healthy: FakeAmi) -> None:
    healthy.commands.remove("PlayDTMF")
    healthy.variables |= {
        "DIALPLAN_EXISTS(cti-pickup)": "0",
        "FEATUREMAP(atxfer)": "",
    }
    assert wrong(await findings(healthy)) == {
        "From the page agents cannot hold, bring in a third, send keys": "Load app_senddtmf.so in modules.conf.",
        "From the page agents cannot pick up and fetch calls": (
            "Add the context [cti-pickup] to extensions.conf: see docs/asterisk.md."
        ),
        "From the page agents cannot ask colleagues before handing over": "Set `atxfer` in features.conf.",
    }


async def test_call_control_without_the_right(healthy: FakeAmi) -> None:
    healthy.commands = [one for one in healthy.commands if one not in CONTROL]
    found = wrong(await findings(healthy))
    deeds = "hold, mute, hand over calls, ask colleagues before handing over, bring in a third, park, send keys"
    assert found == {f"From the page agents cannot {deeds}": "In manager.conf [dialler] needs `call` under `write`."}
