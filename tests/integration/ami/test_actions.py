"""Click-to-dial and hanging up against a manager interface that need not play along."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from cti_crm.calls.ports import ControlError, DialRequest
from cti_crm.pbx.asterisk.actions import AsteriskControl
from cti_crm.pbx.asterisk.client import AmiConnection
from cti_crm.pbx.asterisk.errors import ForbiddenCharacterError
from cti_crm.settings import PbxSettings
from tests.fakes.fake_ami import FakeAmi
from tests.integration.ami.running import PATIENCE

REQUEST = DialRequest(leg_id="cti-0193", device="PJSIP/101", number="+491761234", caller_number="+49305550101")


@pytest.fixture
async def control(ami: FakeAmi) -> AsyncIterator[AsteriskControl]:
    settings = PbxSettings.model_validate(
        {"port": ami.port, "originate_username": "dialler", "originate_secret": "secret", "ring_seconds": 20}
    )
    control = AsteriskControl(settings, deadline=PATIENCE)
    yield control
    await control.close()


async def test_originate_says_exactly_what_is_needed(ami: FakeAmi, control: AsteriskControl) -> None:
    await control.originate(REQUEST)
    login = await ami.received("Login")
    assert (login["Username"], login["Events"]) == ("dialler", "off")
    action = await ami.received("Originate")
    assert action == {
        "Action": "Originate",
        "ActionID": "cti-0193",
        "Channel": "PJSIP/101",
        "ChannelId": "cti-0193",
        "Context": "cti-outbound",
        "Exten": "+491761234",
        "Priority": "1",
        "CallerID": "+49305550101",
        "Timeout": "20000",
        "Async": "true",
    }


async def test_one_connection_serves_all_and_is_proved_alive(ami: FakeAmi, control: AsteriskControl) -> None:
    await asyncio.gather(control.originate(REQUEST), control.hang_up("1795.1"))
    await control.originate(REQUEST)
    names = [ami.actions.get_nowait()["Action"] for _ in range(ami.actions.qsize())]
    assert names.count("Login") == 1
    assert names.count("Originate") == 2
    assert names.index("Ping") > names.index("Login")


async def test_hang_up_names_the_leg(ami: FakeAmi, control: AsteriskControl) -> None:
    await control.hang_up("pbx1-1529936170.42")
    assert (await ami.received("Hangup"))["Channel"] == "pbx1-1529936170.42"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "0301\r\nApplication: System"),
        ("number", "0301\n"),
        ("number", "0301,1"),
        ("number", ""),
        ("number", "sip:x@y"),
        ("device", "PJSIP/101\r\nData: x"),
        ("device", "PJSIP/101&PJSIP/trunk/0900"),
        ("device", "101"),
        ("leg_id", "a\nb"),
        ("leg_id", ""),
        ("caller_number", "1\r\nVariable: x=y"),
        ("caller_number", "1\x00"),
    ],
)
async def test_nothing_is_sent_that_could_be_more_than_a_value(
    ami: FakeAmi, control: AsteriskControl, field: str, value: str
) -> None:
    values = {name: getattr(REQUEST, name) for name in ("leg_id", "device", "number", "caller_number")}
    with pytest.raises(ControlError):
        await control.originate(DialRequest(**(values | {field: value})))
    assert ami.actions.empty()


@pytest.mark.parametrize("leg_id", ["/.*/", "PJSIP/101-00000001", "", "1\r\nAction: x"])
async def test_hang_up_takes_no_pattern(ami: FakeAmi, control: AsteriskControl, leg_id: str) -> None:
    with pytest.raises(ControlError):
        await control.hang_up(leg_id)
    assert ami.actions.empty()


@pytest.mark.parametrize("value", ["a\rb", "a\nb", "\x00", "\x7f", "\udc80"])
async def test_the_connection_itself_refuses_control_characters(ami: FakeAmi, value: str) -> None:
    connection = await AmiConnection.open(
        "127.0.0.1", ami.port, ("cti", "secret"), lambda _raw: None, events=False, deadline=PATIENCE
    )
    with pytest.raises(ForbiddenCharacterError):
        await connection.ask("Originate", {"Exten": value}, deadline=PATIENCE)
    await connection.close()


async def test_an_unanswered_action_fails_and_is_never_sent_again(ami: FakeAmi, control: AsteriskControl) -> None:
    ami.unanswered = {"Originate"}
    impatient = AsteriskControl(PbxSettings.model_validate({"port": ami.port, "secret": "secret"}), deadline=1.0)
    with pytest.raises(ControlError, match="does not answer"):
        await impatient.originate(REQUEST)
    ami.unanswered = set()
    await impatient.hang_up("1795.1")
    await impatient.close()
    names = [ami.actions.get_nowait()["Action"] for _ in range(ami.actions.qsize())]
    assert names == ["Login", "Originate", "Login", "Hangup"]


async def test_a_connection_that_broke_is_made_anew(ami: FakeAmi, control: AsteriskControl) -> None:
    await control.hang_up("1795.1")
    await ami.stop()
    with pytest.raises(ControlError, match="does not answer"):
        await control.originate(REQUEST)
    await ami.start()
    await control.originate(REQUEST)


async def test_refusals_are_told_in_the_agents_words(ami: FakeAmi, control: AsteriskControl) -> None:
    ami.denied = {"Originate"}
    with pytest.raises(ControlError, match="does not permit this"):
        await control.originate(REQUEST)
