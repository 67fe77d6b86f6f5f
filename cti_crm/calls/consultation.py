"""Whom an agent asks while the other side waits: read from the legs of a call. Pure."""

from cti_crm.calls.call import Call, Leg, LegState


def consulted(call: Call, own: Leg) -> Leg | None:
    """Who is called, or talked with, while the customer is on hold at `own`; None if nobody.

    Only where the PBX keeps the customer for the agent's one leg. A phone that does it by itself has two, and what is
    asked of one of them says nothing about the other.
    """
    legs = [leg for leg in call.legs if leg.state is not LegState.CLEARED]
    if own.state is not LegState.HELD or any(leg.device == own.device and leg.id != own.id for leg in legs):
        return None
    held_at = max((hold.since for hold in call.holds if hold.until is None), default=None)
    if held_at is None:
        return None
    asked = [leg for leg in legs if leg.id != own.id and not leg.placed and leg.started_at >= held_at]
    return asked[-1] if asked else None
