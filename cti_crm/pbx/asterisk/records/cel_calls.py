"""A conversation's CEL rows -> its calls, through the same tracker that follows live events. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from cti_crm.calls.call import Call
from cti_crm.calls.call_events import CallAbsorbed
from cti_crm.calls.pbx_events import PbxStopped
from cti_crm.calls.ports import Conversation
from cti_crm.calls.topology import Topology
from cti_crm.calls.tracker import CallTracker
from cti_crm.infrastructure.clock import new_id
from cti_crm.pbx.asterisk.records.cel_events import CelTranslator
from cti_crm.pbx.asterisk.records.conversations import CelConversation


def conversations_of(found: CelConversation, pbx: str, topology: Topology) -> Iterator[Conversation]:
    """The calls in it. Mostly one; calls that share a leg or a Linkedid stay together."""
    rows = found.cel
    last_at = max(row.at for row in rows)
    tracker = CallTracker(pbx, topology, new_id)
    calls: dict[UUID, Call] = {}
    events = [*CelTranslator(rows, topology).events(), PbxStopped(last_at)]
    for told in (one for event in events for one in tracker.apply(event)):
        if isinstance(told, CallAbsorbed):
            calls.pop(told.call.id, None)
        else:
            calls[told.call.id] = told.call
    linkedids: dict[str, set[str]] = {}
    for row in rows:
        linkedids.setdefault(row.leg, set()).add(row.linkedid)
    for members, ids in _apart(list(calls.values()), linkedids):
        yield Conversation(
            calls=tuple(replace(call, revision=1, inferred_end=True) for call in members),
            ids=frozenset(ids),
            began=found.began,
            ended=ids.isdisjoint(found.channels),
            detailed=True,
            last_at=max(row.at for row in rows if row.leg in ids),
        )


def _apart(calls: list[Call], linkedids: dict[str, set[str]]) -> list[tuple[list[Call], set[str]]]:
    """Calls with nothing in common are conversations of their own, though a phone took part in both."""
    apart: list[tuple[list[Call], set[str]]] = []
    for call in calls:
        ids = {call.linkedid}.union(*({leg.id, *linkedids.get(leg.id, ())} for leg in call.legs))
        members = [call]
        for other in [one for one in apart if not ids.isdisjoint(one[1])]:
            apart.remove(other)
            members = [*other[0], *members]
            ids |= other[1]
        apart.append((members, ids))
    return apart
