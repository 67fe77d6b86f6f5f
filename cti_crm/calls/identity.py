"""The ids of calls: made anew, or carried in the leg id of a click-to-dial and so known before its first event."""

from collections.abc import Callable
from uuid import UUID

_PREFIX = "cti-"


def leg_id_for(call_id: UUID) -> str:
    """The Uniqueid to ask the PBX for (AMI Originate, header ChannelId) so that the call gets this id."""
    return f"{_PREFIX}{call_id}"


def call_id_for(linkedid: str, new_id: Callable[[], UUID]) -> UUID:
    """The id of the call with this Linkedid: the one that was asked for, else a new one."""
    if linkedid.startswith(_PREFIX):
        try:
            return UUID(linkedid.removeprefix(_PREFIX))
        except ValueError:
            pass
    return new_id()
