"""The simulator against recordings of a real Asterisk 22: the same people do the same, the events must be the same."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from cti_crm.pbx.simulator import Call, Office, Origination
from cti_crm.pbx.simulator.click_to_dial import OriginateRequest
from cti_crm.pbx.simulator.switch import Switch
from tests.unit.simulator.clocks import VirtualClock

RECORDINGS = Path(__file__).parents[2] / "streams" / "recordings"
CUSTOMER, SALES_TARGET = "+4917612345678", "03098765432"

Event = dict[str, str]
Script = Callable[[Switch, VirtualClock], Awaitable[None]]


def parse(raw: str) -> Event:
    return dict(line.partition(": ")[::2] for line in raw.strip().split("\r\n"))


def recorded(scenario: str) -> list[Event]:
    lines = (RECORDINGS / f"{scenario}.ami.jsonl").read_text(encoding="utf-8").splitlines()
    events = [parse(entry["raw"]) for line in lines if "raw" in (entry := json.loads(line))]
    return [one for one in events if "Privilege" in one and one["Event"] not in ("FullyBooted", "PeerStatus")]


async def simulated(script: Script) -> list[Event]:
    packets: list[bytes] = []
    clock = VirtualClock()
    await script(Switch(Office(), clock, lambda _, data: packets.append(data)), clock)
    return [parse(packet.decode()) for packet in packets]


def incoming(switch: Switch, did: str) -> Call:
    return Call.from_outside(switch, CUSTOMER, "", did)


async def direct_answered(switch: Switch, clock: VirtualClock) -> None:
    call = incoming(switch, "+49305550101")
    await call.ring()
    await call.answer("101")
    await call.hang_up("caller")


async def direct_missed(switch: Switch, clock: VirtualClock) -> None:
    call = incoming(switch, "+49305550101")
    await call.ring()
    await call.hang_up("caller")


async def direct_busy(switch: Switch, clock: VirtualClock) -> None:
    await incoming(switch, "+49305550101").busy("101")


async def agent_declines(switch: Switch, clock: VirtualClock) -> None:
    call = incoming(switch, "+49305550101")
    await call.ring()
    await call.decline("101")


async def voicemail(switch: Switch, clock: VirtualClock) -> None:
    call = incoming(switch, "+49305550105")
    await call.ring()
    await call.no_answer()
    await call.hang_up("caller")


async def hold_and_resume(switch: Switch, clock: VirtualClock) -> None:
    call = incoming(switch, "+49305550101")
    await call.ring()
    await call.answer("101")
    await call.hold("101")
    await call.resume("101")
    await call.hang_up("caller")


async def ring_group(switch: Switch, clock: VirtualClock) -> None:
    call = incoming(switch, "+49305550300")
    await call.ring()
    await call.answer("102")
    await call.hang_up("caller")


async def queue_answered(switch: Switch, clock: VirtualClock) -> None:
    call = incoming(switch, "+49305550200")
    await call.ring()
    clock.time += 1
    await call.answer("102")
    clock.time += 3
    await call.hang_up("caller")


async def queue_abandoned(switch: Switch, clock: VirtualClock) -> None:
    call = incoming(switch, "+49305550200")
    await call.ring()
    clock.time += 2.6
    await call.hang_up("caller")


async def internal(switch: Switch, clock: VirtualClock) -> None:
    call = Call.from_phone(switch, "101", "102")
    await call.ring()
    await call.answer()
    await call.hang_up("101")


async def blind_transfer(switch: Switch, clock: VirtualClock) -> None:
    call = incoming(switch, "+49305550101")
    await call.ring()
    await call.answer("101")
    await call.blind_transfer("101", "102")
    await call.answer("102")
    await call.hang_up("caller")


async def attended_transfer(switch: Switch, clock: VirtualClock) -> None:
    call = incoming(switch, "+49305550101")
    await call.ring()
    await call.answer("101")
    await call.attended_transfer("101", "102")
    await call.hang_up("caller")


async def parked_and_retrieved(switch: Switch, clock: VirtualClock) -> None:
    call = incoming(switch, "+49305550101")
    await call.ring()
    await call.answer("101")
    assert await call.park("101") == "701"
    clock.time += 3
    await call.retrieve("102")
    await call.hang_up("caller")


async def outbound_answered(switch: Switch, clock: VirtualClock) -> None:
    call = Call.from_phone(switch, "101", SALES_TARGET)
    await call.ring()
    await call.answer()
    await call.hang_up("101")


async def outbound_busy(switch: Switch, clock: VirtualClock) -> None:
    await Call.from_phone(switch, "101", SALES_TARGET).busy()


def click(switch: Switch) -> Origination:
    request = OriginateRequest(
        "PJSIP/101", SALES_TARGET, "office", "rec-5", caller_number=SALES_TARGET, caller_name="Click to dial"
    )
    return Origination(switch, request)


async def click_to_dial(switch: Switch, clock: VirtualClock) -> None:
    origination = click(switch)
    await origination.ring()
    call = await origination.answer()
    await call.ring()
    await call.answer()
    await call.hang_up("called")


async def click_not_answered(switch: Switch, clock: VirtualClock) -> None:
    origination = click(switch)
    await origination.ring()
    await origination.no_answer()


SCENARIOS: dict[str, Script] = {
    "direct_answered": direct_answered,
    "direct_missed": direct_missed,
    "direct_busy": direct_busy,
    "agent_declines": agent_declines,
    "voicemail_after_noanswer": voicemail,
    "hold_and_resume": hold_and_resume,
    "ringgroup_answered_by_second": ring_group,
    "queue_answered": queue_answered,
    "queue_abandoned": queue_abandoned,
    "internal_call_between_agents": internal,
    "blind_transfer_refer": blind_transfer,
    "attended_transfer_refer": attended_transfer,
    "parked_and_retrieved": parked_and_retrieved,
    "outbound_from_agent_answered": outbound_answered,
    "outbound_busy": outbound_busy,
    "click_to_dial_originate_async": click_to_dial,
    "click_to_dial_agent_does_not_answer": click_not_answered,
}

# What both sides must agree on in every event. Not: Context, which is the dialplan's own affair, and the channel
# states beside DialState, whose order against Newstate varies in Asterisk too.
COMPARED = (
    "Event",
    "Privilege",
    "CallerIDNum",
    "CallerIDName",
    "ConnectedLineNum",
    "Exten",
    "Priority",
    "DestCallerIDNum",
    "DestConnectedLineNum",
    "DestExten",
    "DialStatus",
    "DialString",
    "Cause",
    "Cause-txt",
    "TechCause",
    "Queue",
    "Position",
    "Count",
    "HoldTime",
    "TalkTime",
    "RingTime",
    "Reason",
    "Extension",
    "IsExternal",
    "DestType",
    "ParkingSpace",
    "Mailbox",
    "Response",
)
IDENTITIES = (
    "Uniqueid",
    "Linkedid",
    "DestUniqueid",
    "DestLinkedid",
    "SwapUniqueid",
    "TransfererUniqueid",
    "TransfereeUniqueid",
    "OrigTransfererUniqueid",
    "SecondTransfererUniqueid",
    "TransferTargetUniqueid",
    "ParkeeUniqueid",
    "RetrieverUniqueid",
    "BridgeUniqueid",
)
STATES = ("DeviceStateChange", "ExtensionStatus", "QueueMemberStatus")


def comparable(events: list[Event]) -> list[tuple[tuple[str, str], ...]]:
    """Events with the Uniqueids and bridges numbered by order of appearance, so that two runs can be compared."""
    roles: dict[str, str] = {}
    result = []
    for one in events:
        if one["Event"] in STATES:
            continue
        key = [(name, one[name]) for name in COMPARED if name in one]
        if one["Event"] != "DialState":
            key += [(name, one[name]) for name in ("ChannelState", "DestChannelState") if name in one]
        for name in IDENTITIES:
            if name in one:
                kind = "bridge" if name.startswith("Bridge") else "leg"
                key.append((name, roles.setdefault(one[name], f"{kind} {len(roles)}")))
        result.append(tuple(key))
    return result


def of_leg(events: list[tuple[tuple[str, str], ...]], leg: str) -> list[str]:
    """What happens to one leg, in order; of a dial its target is meant."""
    own = []
    for one in events:
        fields = dict(one)
        if fields.get("DestUniqueid", fields.get("Uniqueid")) == leg and fields["Event"] not in LOOSE:
            own.append(" ".join((fields["Event"], fields.get("DialStatus", ""), fields.get("ChannelState", ""))))
    return own


# Their place varies between runs of Asterisk itself.
LOOSE = ("DialState", "NewConnectedLine", "SoftHangupRequest", "AgentComplete", "OriginateResponse", "NewCallerid")


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_same_events_as_asterisk(scenario: str) -> None:
    real, ours = comparable(recorded(scenario)), comparable(await simulated(SCENARIOS[scenario]))
    missing, extra = Counter(real) - Counter(ours), Counter(ours) - Counter(real)
    assert not missing, f"only Asterisk says: {sorted(missing)}\nonly we say: {sorted(extra)}"
    assert not extra


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_same_order_on_each_leg(scenario: str) -> None:
    real, ours = comparable(recorded(scenario)), comparable(await simulated(SCENARIOS[scenario]))
    legs = {value for one in real for name, value in one if name == "Uniqueid"}
    for leg in sorted(legs):
        assert of_leg(ours, leg) == of_leg(real, leg), leg


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_same_headers_in_the_same_order(scenario: str) -> None:
    shapes = {(one["Event"], tuple(one)) for one in recorded(scenario)}
    for one in await simulated(SCENARIOS[scenario]):
        assert (one["Event"], tuple(one)) in shapes


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_phones_go_through_the_same_states(scenario: str) -> None:
    def states(events: list[Event], device: str) -> list[str]:
        return [one["State"] for one in events if one.get("Device") == device]

    real, ours = recorded(scenario), await simulated(SCENARIOS[scenario])
    for device in ("PJSIP/101", "PJSIP/102", "PJSIP/105"):
        assert states(ours, device) == states(real, device)
