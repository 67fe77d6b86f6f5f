"""Click-to-dial and hanging up against a manager interface that need not play along."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from cti_crm.calls.ports import Ability, ControlError, DialRequest, Lack, LackKind, Refusal
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


LEG, CHANNEL = "1795.1", "PJSIP/trunk-00000000"


@pytest.fixture
def set_up(ami: FakeAmi) -> FakeAmi:
    """A PBX that can do all of it, with a talk of two."""
    ami.variables |= {
        "BRIDGEPEER": CHANNEL,
        "CHANNEL(name)": "PJSIP/101-00000001",
        "CONTEXT": "cti-hold",
        "DYNAMIC_FEATURES": "other#cti-hold",
        "DIALPLAN_EXISTS(cti-transfer,102,1)": "1",
        "DIALPLAN_EXISTS(cti-transfer,999,1)": "0",
        "FEATUREMAP(atxfer)": "*2",
        "FEATURE(atxferthreeway)": "*3",
    }
    return ami


def sent(ami: FakeAmi, *, asked: bool = False) -> list[dict[str, str]]:
    """What was asked for, without what only asks."""
    actions = [ami.actions.get_nowait() for _ in range(ami.actions.qsize())]
    for action in actions:
        action.pop("ActionID", None)
    return [one for one in actions if asked or one["Action"] not in ("Login", "Ping", "Getvar")]


async def test_call_control_says_exactly_what_is_needed(set_up: FakeAmi, control: AsteriskControl) -> None:
    await control.hold(LEG)
    await control.resume(LEG)
    await control.mute(LEG, on=True)
    await control.mute(LEG, on=False)
    await control.transfer(LEG, "102")
    await control.consult(LEG, "102")
    await control.end_consultation(LEG)
    await control.join_consultation(LEG)
    await control.park(LEG)
    await control.send_digits(LEG, "1#")
    pressed = {"Action": "PlayDTMF", "Channel": LEG, "Receive": "true"}
    played = {"Action": "PlayDTMF", "Channel": CHANNEL, "Duration": "160"}
    where = {"Channel": LEG, "Context": "cti-transfer", "Exten": "102"}
    assert sent(set_up) == [
        {**pressed, "Digit": "A"},
        {**pressed, "Digit": "D"},
        {"Action": "Setvar", "Channel": LEG, "Variable": "MUTEAUDIO(in)", "Value": "on"},
        {"Action": "Setvar", "Channel": LEG, "Variable": "MUTEAUDIO(in)", "Value": "off"},
        {"Action": "BlindTransfer", **where},
        {"Action": "Atxfer", **where},
        {"Action": "CancelAtxfer", "Channel": LEG},
        {**pressed, "Digit": "*"},
        {**pressed, "Digit": "3"},
        {"Action": "Park", "Channel": CHANNEL, "TimeoutChannel": "PJSIP/101-00000001"},
        {**played, "Digit": "1"},
        {**played, "Digit": "#"},
    ]


async def test_fetching_goes_to_its_own_context(set_up: FakeAmi, control: AsteriskControl) -> None:
    await control.originate(DialRequest("cti-1", "PJSIP/101", "701", "", takes_over=True))
    assert [(one["Context"], one["Exten"]) for one in sent(set_up)] == [("cti-pickup", "701")]


@pytest.mark.parametrize("leg_id", ["/.*/", "PJSIP/101-00000001", "", "1\r\nAction: x"])
async def test_call_control_takes_no_pattern(set_up: FakeAmi, control: AsteriskControl, leg_id: str) -> None:
    for ask in (control.hold, control.resume, control.park, control.end_consultation, control.join_consultation):
        with pytest.raises(ControlError):
            await ask(leg_id)
    for number in ("102", "1\r\nVariable: x", "102,1)", "SIP/x&y"):
        for ask_to in (control.transfer, control.consult):
            with pytest.raises(ControlError):
                await ask_to(leg_id, number)
    with pytest.raises(ControlError):
        await control.mute(leg_id, on=True)
    assert sent(set_up) == []


@pytest.mark.parametrize("number", ["1\r\nVariable: x", "102,1)", "SIP/x&y", "", "+49301234"])
async def test_only_numbers_that_can_be_dialled_are_handed_over_to(
    set_up: FakeAmi, control: AsteriskControl, number: str
) -> None:
    with pytest.raises(ControlError):
        await control.consult(LEG, number)
    with pytest.raises(ControlError):
        await control.transfer(LEG, number)
    assert sent(set_up) == []


async def test_what_would_do_harm_is_looked_for_first(set_up: FakeAmi, control: AsteriskControl) -> None:
    cases: list[tuple[str, str, Callable[[], Awaitable[None]], Refusal]] = [
        ("DYNAMIC_FEATURES", "", lambda: control.hold(LEG), Refusal.NOT_SET_UP),
        ("CONTEXT", "office", lambda: control.resume(LEG), Refusal.HELD_BY_PHONE),
        ("BRIDGEPEER", "", lambda: control.park(LEG), Refusal.CALL_OVER),
        ("BRIDGEPEER", f"{CHANNEL},PJSIP/102-1", lambda: control.park(LEG), Refusal.REFUSED),
        ("BRIDGEPEER", "/.*/", lambda: control.send_digits(LEG, "1"), Refusal.REFUSED),
        ("FEATUREMAP(atxfer)", "", lambda: control.consult(LEG, "102"), Refusal.NOT_SET_UP),
        ("FEATURE(atxferthreeway)", "", lambda: control.join_consultation(LEG), Refusal.NOT_SET_UP),
        ("nothing", "", lambda: control.transfer(LEG, "999"), Refusal.UNKNOWN_NUMBER),
        ("DIALPLAN_EXISTS(cti-transfer,102,1)", "", lambda: control.transfer(LEG, "102"), Refusal.NOT_SET_UP),
    ]
    for variable, value, ask, refusal in cases:
        before = dict(set_up.variables)
        set_up.variables[variable] = value
        with pytest.raises(ControlError) as refused:
            await ask()
        assert refused.value.refusal is refusal, variable
        set_up.variables.clear()
        set_up.variables |= before
    assert sent(set_up) == []


async def test_a_pbx_that_is_away_can_do_nothing(set_up: FakeAmi, control: AsteriskControl) -> None:
    await set_up.stop()
    assert set(await control.lacks()) == set(Ability)
    assert set((await control.lacks()).values()) == {Lack(LackKind.LINK)}
