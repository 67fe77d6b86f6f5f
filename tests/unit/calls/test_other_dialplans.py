"""What other people's dialplans do: Local channels everywhere, phones that must accept, codes that take calls."""

from cti_crm.calls import pbx_events as pbx
from cti_crm.calls.call import CallOutcome, Direction, LegEnd
from cti_crm.calls.codec import from_document, to_document
from cti_crm.calls.pbx_events import DialStatus
from tests.unit.calls.scene import TRUNK, Scene

CUSTOMER = "+4917612345678"


def incoming(scene: Scene, leg: str = "c", number: str = CUSTOMER, dialled: str = "+49305550101") -> None:
    scene.new(leg, f"{TRUNK}-0000000{len(leg)}{leg[-1].encode().hex()}", dials=dialled, number=number)


def connected(scene: Scene, caller: str, phone: str, channel: str, bridge: str) -> None:
    """`caller` calls the phone, which rings, answers and talks."""
    scene.new(phone, channel, of=caller)
    scene.dial(caller, phone)
    scene.rings(phone)
    scene.answers(phone, caller)
    scene.joins(bridge, phone, caller)


def test_click_to_dial_over_a_local_channel_that_stays() -> None:
    scene = Scene()
    scene.local("l", "Local/101@click-00000001")
    scene.dial(None, "l1")
    scene.new("a", "PJSIP/101-00000001", of="l1", number="101")
    scene.dial("l2", "a")
    scene.rings("a")
    scene.answers("a", "l2")
    scene.joins("b1", "a", "l2")
    scene.up("l1", exten="83")  # the number of a route, not of a person
    scene.dial_ends(None, "l1")
    scene.new("c", f"{TRUNK}-00000002", of="l1", number="03098765432")
    scene.dial("l1", "c", "03098765432@trunk")
    scene.rings("c")
    scene.answers("c", "l1")
    scene.joins("b2", "c", "l1")
    answered = scene.now
    scene.gone("c", "l1", "l2", "a")
    (call,) = scene.over()
    assert (call.direction, call.caller.number, call.called.number) == (Direction.OUTBOUND, "101", "03098765432")
    assert (call.outcome, call.answered_by, call.offered_to) == (CallOutcome.ANSWERED, "03098765432", ("101",))
    assert [one.agent for one in call.talk] == ["101"]
    assert scene.second(call.answered_at) == scene.second(answered) - 1


def test_click_to_dial_over_a_local_channel_and_the_customer_is_busy() -> None:
    scene = Scene()
    scene.local("l", "Local/101@click-00000001")
    scene.dial(None, "l1")
    scene.new("a", "PJSIP/101-00000001", of="l1", number="101")
    scene.dial("l2", "a")
    scene.rings("a")
    scene.answers("a", "l2")
    scene.joins("b1", "a", "l2")
    scene.up("l1", exten="03098765432")
    scene.new("c", f"{TRUNK}-00000002", of="l1")
    scene.dial("l1", "c", "03098765432@trunk")
    scene.dial_ends("l1", "c", DialStatus.BUSY)
    scene.gone("c", cause=17)
    scene.gone("l1", "l2", "a")
    (call,) = scene.over()
    assert (call.direction, call.outcome, call.talk) == (Direction.OUTBOUND, CallOutcome.BUSY, ())
    assert call.called.number == "03098765432"


def mobile_to_accept(scene: Scene) -> None:
    """The mobile has answered, and hears "press 1 to take the call"."""
    incoming(scene)
    scene.local("l", "Local/mobile@accept-00000001", of="c")
    scene.dial("c", "l1")
    scene.new("m", f"{TRUNK}-00000002", of="c", number="01701234567")
    scene.dial("l2", "m", "01701234567@trunk")
    scene.rings("m")
    scene.answers("m", "l2")
    scene.joins("b1", "m", "l2")


def test_a_mobile_that_must_accept_talks_from_then_on() -> None:
    scene = Scene()
    mobile_to_accept(scene)
    assert scene.calls()[0].talk == ()
    scene.answers("l1", "c")
    accepted = scene.now
    scene.joins("b2", "l1", "c")
    scene.gone("c", "l1", "l2", "m")
    (call,) = scene.over()
    assert (call.answered_by, call.outcome) == ("01701234567", CallOutcome.ANSWERED)
    assert call.answered_at == accepted


def test_a_mobile_that_does_not_accept_has_not_answered() -> None:
    scene = Scene()
    mobile_to_accept(scene)
    scene.gone("c")
    scene.gone("l1", "l2", "m")
    (call,) = scene.over()
    assert (call.answered_by, call.outcome, call.talk) == (None, CallOutcome.MISSED, ())


def test_a_phone_that_must_accept_without_a_local_channel() -> None:
    """Dial(...,U(accept)): DialEnd ANSWER comes before the acceptance, the bridge after."""
    scene = Scene()
    incoming(scene)
    scene.new("m", f"{TRUNK}-00000002", of="c", number="01701234567")
    scene.dial("c", "m", "01701234567@trunk")
    scene.rings("m")
    scene.answers("m", "c")
    scene.gone("m")
    scene.gone("c")
    (call,) = scene.over()
    assert (call.outcome, call.answered_by) == (CallOutcome.MISSED, None)


def test_picked_up_over_the_dialplan() -> None:
    """The picker dials a code, is up at once, and is then dialled from the Local channel that rang."""
    scene = Scene()
    incoming(scene)
    scene.new("a", "PJSIP/101-00000001", of="c")
    scene.dial("c", "a")
    scene.rings("a")
    scene.new("p", "PJSIP/102-00000001", dials="*8101", number="102")
    scene.up("p")
    scene.dial("c", "p")
    scene.dial_ends("c", "p")
    scene.joins("b", "p", "c")
    scene.gone("a", cause=26)
    scene.gone("c", "p")
    (call,) = scene.over()
    assert (call.direction, call.answered_by, call.called.number) == (Direction.INBOUND, "102", "+49305550101")


def test_a_phone_with_two_customers_on_hold_asks_for_the_one_it_held_last() -> None:
    """They were taken for one call when the colleague took the second customer over."""
    scene = Scene()
    incoming(scene, "c", "+4911111")
    connected(scene, "c", "a", "PJSIP/101-00000001", "b1")
    scene.holds("a")
    incoming(scene, "cc", "+4922222")
    connected(scene, "cc", "aa", "PJSIP/101-00000002", "b2")
    scene.holds("aa")
    scene.new("q", "PJSIP/101-00000003", dials="102", number="101")
    scene.new("r", "PJSIP/102-00000001", of="q")
    scene.dial("q", "r")
    scene.answers("r", "q")
    scene.joins("b3", "q", "r")
    scene.gone("q", "r")
    scene.gone("c", "a")
    scene.gone("cc", "aa")
    first, second = scene.over()
    assert [leg.id for leg in first.legs] == ["c", "a"]
    assert [leg.id for leg in second.legs] == ["cc", "aa", "q", "r"]


def test_a_call_taken_while_another_is_held_leaves_that_one_alone() -> None:
    """The held customer, and the leg that dialled the code, were taken for one call until the code took another."""
    scene = Scene()
    incoming(scene, "c", "+4911111")
    connected(scene, "c", "a", "PJSIP/101-00000001", "b1")
    scene.holds("a")
    incoming(scene, "cc", "+4922222", "+49305550102")
    scene.new("r", "PJSIP/102-00000001", of="cc")
    scene.dial("cc", "r")
    scene.rings("r")
    scene.new("p", "PJSIP/101-00000002", dials="*8", number="101")
    scene.tell(pbx.PickedUp(scene.now, scene.view("p"), scene.view("r")))
    scene.dial_ends("cc", "p")
    scene.gone("r", cause=26)
    scene.joins("b2", "p", "cc")
    scene.gone("cc", "p")
    scene.gone("c", "a")
    first, second = scene.over()
    assert (first.caller.number, [one.agent for one in first.talk]) == ("+4911111", ["101"])
    assert (second.caller.number, second.answered_by, second.offered_to) == ("+4922222", "101", ("102",))
    assert first.ended_at is not None
    assert second.ended_at is not None
    assert first.ended_at > second.ended_at


def test_two_customers_parked_at_once_do_not_hear_each_other() -> None:
    scene = Scene()
    for leg, phone, slot in (("c", "a", "701"), ("cc", "aa", "702")):
        incoming(scene, leg, f"+49{slot}")
        connected(scene, leg, phone, f"PJSIP/10{slot[-1]}-00000001", f"b{slot}")
        scene.leaves(f"b{slot}", leg)
        scene.tell(pbx.Parked(scene.now, scene.view(leg), slot, "PJSIP/101"))
        scene.gone(phone)
    snapshot = pbx.PbxSnapshot(
        scene.now,
        tuple(pbx.SnapshotLeg(scene.view(leg), scene.now, "parking", placed=True) for leg in ("c", "cc")),
        parked=(("c", "701"), ("cc", "702")),
    )
    scene.tell(snapshot)
    scene.gone("c", "cc")
    assert [(call.caller.number, len(call.talk)) for call in scene.over()] == [("+49701", 1), ("+49702", 1)]


def test_a_phone_that_answers_by_itself_without_ringing() -> None:
    scene = Scene()
    incoming(scene)
    scene.new("a", "PJSIP/101-00000001", of="c")
    scene.dial("c", "a")
    scene.answers("a", "c")
    scene.joins("b", "a", "c")
    scene.gone("a", "c")
    (call,) = scene.over()
    assert (call.offered_to, call.answered_by) == (("101",), "101")


def test_an_unreachable_phone_is_not_busy() -> None:
    """Older PBXes say DialEnd BUSY for it, and only the cause tells."""
    scene = Scene()
    incoming(scene)
    scene.new("a", "PJSIP/101-00000001", of="c")
    scene.dial("c", "a")
    scene.dial_ends("c", "a", DialStatus.BUSY)
    scene.gone("a", cause=19)
    scene.gone("c")
    (call,) = scene.over()
    assert call.outcome is CallOutcome.MISSED
    assert [leg.end for leg in call.legs if not leg.placed] == [LegEnd.NO_ANSWER]


def test_events_after_the_end_change_nothing() -> None:
    scene = Scene()
    incoming(scene)
    connected(scene, "c", "a", "PJSIP/101-00000001", "b")
    scene.gone("c", "a")
    told = len(scene.told)
    scene.joins("b", "a", "c")
    scene.rings("a")
    scene.dial("c", "a")
    scene.gone("a", "c")
    assert len(scene.told) == told


def test_lines_by_isdn_and_iax() -> None:
    scene = Scene(frozenset({"DAHDI/i1", "IAX2/provider"}))
    scene.new("c", "DAHDI/i1/03012345-5f", dials="101", number="03012345")
    connected(scene, "c", "a", "SIP/101-00000001", "b")
    scene.gone("c", "a")
    scene.new("d", "IAX2/provider-1a2", dials="101", number="03012346")
    connected(scene, "d", "e", "SIP/101-00000002", "b")
    scene.gone("d", "e")
    assert [(call.direction, call.caller.number) for call in scene.over()] == [
        (Direction.INBOUND, "03012345"),
        (Direction.INBOUND, "03012346"),
    ]


def test_click_to_dial_into_a_route_of_the_dialplan() -> None:
    scene = Scene()
    scene.new("a", "PJSIP/101-00000001", number="101", connected="101")
    scene.dial(None, "a")
    scene.rings("a")
    scene.up("a", exten="83")
    scene.dial_ends(None, "a")
    scene.new("c", f"{TRUNK}-00000002", of="a")
    scene.dial("a", "c", "03098765432@trunk")
    scene.rings("c")
    scene.answers("c", "a")
    scene.joins("b", "c", "a")
    scene.gone("c", "a")
    (call,) = scene.over()
    assert (call.direction, call.called.number, call.answered_by) == (Direction.OUTBOUND, "03098765432", "03098765432")


def test_a_phone_that_answers_a_click_to_dial_by_itself_was_offered_the_call() -> None:
    scene = Scene()
    scene.new("a", "PJSIP/101-00000001", number="101", connected="101")
    scene.dial(None, "a")
    scene.up("a", exten="03098765432")
    scene.dial_ends(None, "a")
    scene.new("c", f"{TRUNK}-00000002", of="a")
    scene.dial("a", "c", "03098765432@trunk")
    scene.dial_ends("a", "c", DialStatus.BUSY)
    scene.gone("c", cause=17)
    scene.gone("a")
    (call,) = scene.over()
    assert (call.direction, call.outcome, call.offered_to) == (Direction.OUTBOUND, CallOutcome.BUSY, ("101",))


def test_an_announcement_between_two_phones_is_no_mailbox() -> None:
    scene = Scene()
    incoming(scene)
    scene.new("a", "PJSIP/101-00000001", of="c")
    scene.dial("c", "a")
    scene.rings("a")
    scene.dial_ends("c", "a", DialStatus.NO_ANSWER)
    scene.gone("a", cause=19)
    scene.up("c")
    scene.new("b", "PJSIP/102-00000001", of="c")
    scene.dial("c", "b")
    scene.rings("b")
    scene.gone("b", "c")
    (call,) = scene.over()
    assert (call.outcome, call.offered_to) == (CallOutcome.MISSED, ("101", "102"))


def test_an_outside_line_that_rings_and_then_is_busy_is_busy() -> None:
    """Networks ring before they know; of a phone of ours that rang, the same words mean that it was declined."""
    scene = Scene()
    scene.new("a", "PJSIP/101-00000001", dials="03098765432", number="101")
    scene.new("t", "PJSIP/trunk-00000002", of="a")
    scene.dial("a", "t", "03098765432@trunk")
    scene.rings("t")
    scene.dial_ends("a", "t", DialStatus.BUSY)
    scene.gone("t", "a", cause=17)
    (call,) = scene.over()
    assert call.outcome is CallOutcome.BUSY


def test_what_the_caller_entered_is_told_once_and_survives_a_restart() -> None:
    scene = Scene()
    incoming(scene)
    scene.tell(pbx.CallerEntered(scene.now, "c", "Customer number", "4711"))
    told = len(scene.told)
    scene.tell(pbx.CallerEntered(scene.now, "c", "Customer number", "4711"))
    assert len(scene.told) == told
    scene.new("a", "PJSIP/101-00000001", of="c")
    scene.tell(pbx.CallerEntered(scene.now, "a", "Customer number", "9999"))  # inherited or not: the caller's counts
    call = scene.told[-1].call
    assert call.entered == (("Customer number", "4711"),)

    later = Scene()
    later.tracker.restore([from_document(to_document(call))])
    assert later.tracker.calls()[0].entered == call.entered
