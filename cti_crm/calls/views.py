"""A `Call` in the form in which everybody outside sees it."""

from cti_crm.calls.call import Call, Hold, Leg, LegKind, Parking, Party, Talk
from cti_crm.calls.ports import NumberFormat
from cti_crm.calls.schemas import (
    CallDetail,
    CallOut,
    EnteredOut,
    HoldOut,
    LegOut,
    ParkingOut,
    PartyOut,
    Ref,
    StepOut,
    TalkOut,
    TransferOut,
)


def remote_number(call: Call, numbers: NumberFormat) -> str | None:
    """The customer's number, E.164 where it can be; None if withheld or for an internal call."""
    remote = call.remote
    return None if remote is None or remote.number is None else numbers.e164_or_text(remote.number)


def call_out(call: Call, numbers: NumberFormat, contact: Ref | None = None, organization: Ref | None = None) -> CallOut:
    """The call; `contact` and `organization` stand at the customer's side."""
    return CallOut(**_fields(call, numbers, contact, organization))


def call_detail(
    call: Call, numbers: NumberFormat, contact: Ref | None = None, organization: Ref | None = None
) -> CallDetail:
    """The call with the steps of how it went."""
    steps = [StepOut(at=one.at, what=one.what, who=_shown(one.who, numbers), detail=one.detail) for one in call.steps]
    return CallDetail(**_fields(call, numbers, contact, organization), steps=steps)


def _fields(call: Call, numbers: NumberFormat, contact: Ref | None, organization: Ref | None) -> dict[str, object]:
    remote, refs, nobody = call.remote, (contact, organization), (None, None)
    return {
        "id": call.id,
        "pbx": call.pbx,
        "linkedid": call.linkedid,
        "revision": call.revision,
        "direction": call.direction,
        "caller": _party(call.caller, numbers, *(refs if call.caller is remote else nobody)),
        "called": _party(call.called, numbers, *(refs if call.called is remote else nobody)),
        "queue": call.queue,
        "offered_to": list(call.offered_to),
        "answered_by": _shown(call.answered_by, numbers),
        "final_agent": _shown(call.final_agent, numbers),
        "outcome": call.outcome,
        "transfers": [
            TransferOut(
                kind=one.kind,
                from_party=_shown(one.from_party, numbers),
                to_party=_shown(one.to_party, numbers),
                at=one.at,
            )
            for one in call.transfers
        ],
        "holds": [_hold(one, numbers) for one in call.holds],
        "parked": [_parking(one) for one in call.parked],
        "talk": [_talk(one, numbers) for one in call.talk],
        "started_at": call.started_at,
        "answered_at": call.answered_at,
        "ended_at": call.ended_at,
        "wait_seconds": _rounded(call.wait_seconds),
        "talk_seconds": _rounded(call.talk_seconds),
        "inferred_end": call.inferred_end,
        "entered": [EnteredOut(name=name, value=value) for name, value in call.entered],
        "legs": [_leg(one, numbers) for one in call.legs if one.kind is not LegKind.LOCAL],
    }


def _party(party: Party, numbers: NumberFormat, contact: Ref | None, organization: Ref | None) -> PartyOut:
    number, display = party.extension, party.extension or ""
    if number is None and party.number is not None:
        number, display = numbers.e164_or_text(party.number), numbers.display(party.number)
    return PartyOut(number, display, party.name, party.extension, contact, organization)


def _shown(party: str | None, numbers: NumberFormat) -> str | None:
    """An extension as it is, an outside number as E.164."""
    return None if party is None else numbers.e164_or_text(party)


def _hold(hold: Hold, numbers: NumberFormat) -> HoldOut:
    return HoldOut(by=_shown(hold.by, numbers) or "", since=hold.since, until=hold.until)


def _parking(parking: Parking) -> ParkingOut:
    return ParkingOut(
        by=parking.by, slot=parking.slot, since=parking.since, until=parking.until, retrieved_by=parking.retrieved_by
    )


def _talk(talk: Talk, numbers: NumberFormat) -> TalkOut:
    seconds = None if talk.until is None else (talk.until - talk.since).total_seconds()
    return TalkOut(
        agent=_shown(talk.agent, numbers) or "", since=talk.since, until=talk.until, seconds=_rounded(seconds)
    )


def _leg(leg: Leg, numbers: NumberFormat) -> LegOut:
    number = leg.party.extension or (numbers.e164_or_text(leg.party.number) if leg.party.number else "")
    return LegOut(
        leg.id,
        leg.kind,
        leg.device,
        number,
        leg.party.name,
        leg.state,
        leg.placed,
        leg.started_at,
        leg.alerting_at,
        leg.answered_at,
        leg.ended_at,
        leg.end,
        leg.muted,
    )


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 2)
