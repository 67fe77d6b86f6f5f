"""What the PBX's events mean for a call. The tracker makes these; screen pops, the log and the desk take them. Pure."""

from uuid import UUID

from cti_crm.calls.call import Call, Leg, Transfer
from cti_crm.infrastructure.values import value


@value(frozen=True, slots=True)
class CallEvent:
    """Base of all: the whole call as it is now, so that a lost event is healed by the next."""

    call: Call


@value(frozen=True, slots=True)
class CallStarted(CallEvent):
    """A call came to be."""


@value(frozen=True, slots=True)
class CallQueued(CallEvent):
    """The caller began to wait in `call.queue`."""


@value(frozen=True, slots=True)
class CallOffered(CallEvent):
    """A phone began to ring."""

    leg: Leg


@value(frozen=True, slots=True)
class OfferWithdrawn(CallEvent):
    """A phone rings no more and did not answer; `leg.end` says why."""

    leg: Leg


@value(frozen=True, slots=True)
class CallAnswered(CallEvent):
    """A party began to talk with the other side: the first, or a further one after a transfer."""

    leg: Leg


@value(frozen=True, slots=True)
class CallHeld(CallEvent):
    """One side put the other on hold."""

    leg: Leg


@value(frozen=True, slots=True)
class CallResumed(CallEvent):
    """One side took the other back."""

    leg: Leg


@value(frozen=True, slots=True)
class CallTransferred(CallEvent):
    """The call was handed over, or sent to be."""

    transfer: Transfer


@value(frozen=True, slots=True)
class CallParked(CallEvent):
    """The call waits in a parking slot."""


@value(frozen=True, slots=True)
class CallRetrieved(CallEvent):
    """The call left its parking slot."""


@value(frozen=True, slots=True)
class CallChanged(CallEvent):
    """Anything else about the call changed."""


@value(frozen=True, slots=True)
class CallAbsorbed(CallEvent):
    """`call` turned out to be part of the call `into` (a consultation); it stands in no log of its own."""

    into: UUID


@value(frozen=True, slots=True)
class CallEnded(CallEvent):
    """The call is over; `call.outcome` is final."""
