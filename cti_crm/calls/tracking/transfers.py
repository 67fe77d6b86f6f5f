"""Blind, attended, blonde, parked: who hands the call to whom. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from cti_crm.calls.call import Direction, LegEnd, LegKind, Parking, Transfer, TransferKind
from cti_crm.calls.tracking import conversation
from cti_crm.calls.tracking.conversation import Bridges
from cti_crm.calls.tracking.records import CallRecord, LegRecord, first

# A blind transfer to a parking slot is told as both, in either order and within a moment.
_SAME_MOMENT = timedelta(seconds=1)


def blind(
    call: CallRecord, transferer: LegRecord, transferee: LegRecord | None, exten: str, at: datetime
) -> Transfer | None:
    """`transferer` sent the other side to `exten`; None if that was a parking slot, or if it did so before."""
    if not _hand_over(transferer):
        return None
    _move_anchor(call, transferer, transferee)
    conversation.stop(call, at, transferer)
    if any(one.until is None for one in call.parked):
        return None
    transfer = Transfer(TransferKind.BLIND, transferer.party_name, exten, at)
    _record(call, transfer)
    conversation.close_holds(call, at, transferer.party_name)
    return transfer


def attended(
    call: CallRecord,
    bridges: Bridges,
    first_leg: LegRecord,
    second_leg: LegRecord,
    transferee: LegRecord | None,
    target: LegRecord | None,
    at: datetime,
) -> Transfer | None:
    """The one consulted gets the call; also when their phone still rings ("blonde"). None if nobody can be named."""
    if not _hand_over(first_leg, second_leg):
        return None
    _move_anchor(call, first_leg, transferee)
    receiver = _receiver(call, bridges, first_leg, second_leg, transferee, target)
    if receiver is None:
        return None
    conversation.stop(call, at, first_leg, second_leg)
    if second_leg is not first_leg:
        _pass_by(call, second_leg, at)
    transfer = Transfer(TransferKind.ATTENDED, first_leg.party_name, receiver.party_name, at)
    _record(call, transfer)
    conversation.close_holds(call, at, first_leg.party_name)
    return transfer


def redirected(call: CallRecord, anchor: LegRecord, target: LegRecord, at: datetime) -> Transfer | None:
    """The customer, who talked a moment ago, is made to dial again though nobody said transfer: AMI Redirect.

    Not a transfer if the agent simply hung up and the dialplan went on, nor after a parking time-out.
    """
    if not call.talk or (call.transfers and call.transfers[-1].at >= call.talk[-1].since):
        return None
    last = call.talk[-1]
    if last.until is None or any(one.since >= last.since for one in call.parked):
        return None
    if last.leg is None or last.leg.hung_up_at is not None:
        return None
    transfer = Transfer(TransferKind.BLIND, last.agent, target.party_name or anchor.exten, last.until)
    _record(call, transfer)
    return transfer


def park(call: CallRecord, parkee: LegRecord, by: str, slot: str, at: datetime) -> None:
    """The customer waits in a slot."""
    last = call.transfers[-1] if call.transfers else None
    if last is not None and last.kind is TransferKind.BLIND and at - last.at < _SAME_MOMENT:
        call.transfers = call.transfers[:-1]
        call.steps = tuple(one for one in call.steps if not (one.what == "transferred_blind" and one.at == last.at))
    conversation.stop(call, at)
    conversation.close_holds(call, at)
    parkee.slot = slot
    if not any(one.slot == slot and one.until is None for one in call.parked):
        call.parked = (*call.parked, Parking(by or None, slot, at))


def unpark(call: CallRecord, parkee: LegRecord, retrieved_by: str | None, at: datetime) -> None:
    """The customer left the slot: fetched, timed out, or hung up."""
    parkee.slot = ""
    call.parked = tuple(
        replace(one, until=at, retrieved_by=retrieved_by) if one.until is None else one for one in call.parked
    )


def _hand_over(*legs: LegRecord) -> bool:
    """Who handed the call over is out of it; False if they were already: each does it once."""
    already = any(leg.end is LegEnd.TRANSFERRED for leg in legs)
    for leg in legs:
        leg.end = LegEnd.TRANSFERRED
    return not already


def _record(call: CallRecord, transfer: Transfer) -> None:
    call.transfers = (*call.transfers, transfer)
    call.step(transfer.at, f"transferred_{transfer.kind}", transfer.from_party, transfer.to_party)


def _pass_by(call: CallRecord, asking: LegRecord, at: datetime) -> None:
    """The customer may come into the bridge of who was asked before the leg that asked has left it. That is no talk."""
    call.talk = tuple(one for one in call.talk if one.leg is not asking or at - one.since >= _SAME_MOMENT)
    call.steps = tuple(
        one
        for one in call.steps
        if one.what != "talking" or one.who != asking.party_name or at - one.at >= _SAME_MOMENT
    )


def _move_anchor(call: CallRecord, leaver: LegRecord, transferee: LegRecord | None) -> None:
    """In an internal call the side whose view counts may itself leave; then it is the other's view."""
    if call.direction is Direction.INTERNAL and call.anchor is leaver and transferee is not None:
        call.anchor = transferee


def _receiver(
    call: CallRecord,
    bridges: Bridges,
    first_leg: LegRecord,
    second_leg: LegRecord,
    transferee: LegRecord | None,
    target: LegRecord | None,
) -> LegRecord | None:
    leavers = (first_leg, second_leg, transferee, *call.anchors())
    if target is not None and target.real:
        return target
    if target is not None and target.pair is not None:
        behind = first(leg for leg in call.active_legs() if leg.dialled_by is target.pair)
        if behind is not None:
            return behind
    heard = [leg for leg in conversation.talkers(call, bridges) if leg not in leavers]
    if heard:
        return heard[-1]
    waiting = [leg for leg in call.active_legs() if leg.placed is False and leg not in leavers]
    return first(leg for leg in reversed(waiting) if leg.kind is not LegKind.LOCAL)
