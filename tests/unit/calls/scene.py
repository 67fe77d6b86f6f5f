"""A PBX told by hand, for what no recording shows: legs, dials and bridges as short sentences."""

from datetime import UTC, datetime, timedelta

from cti_crm.calls import pbx_events as pbx
from cti_crm.calls.call import Call
from cti_crm.calls.call_events import CallEnded, CallEvent
from cti_crm.calls.pbx_events import ChannelState, DialStatus, LegView, PbxEvent
from cti_crm.calls.topology import Topology
from cti_crm.calls.tracker import CallTracker
from cti_crm.infrastructure.clock import new_id
from tests.streams.truth import last_told

START = datetime(2026, 1, 1, tzinfo=UTC)
TRUNK = "PJSIP/trunk"


class Scene:
    """One second passes with each sentence. A leg goes by its short name, which is its id too."""

    def __init__(self, trunks: frozenset[str] = frozenset({TRUNK})) -> None:
        self.tracker = CallTracker("main", Topology(trunks=trunks), new_id)
        self.told: list[CallEvent] = []
        self.now = START
        self._views: dict[str, LegView] = {}

    def view(self, leg: str, **changes: object) -> LegView:
        """The leg as the PBX shows it from now on."""
        values = {name: getattr(self._views[leg], name) for name in LegView.__slots__} | changes
        self._views[leg] = LegView(**values)
        return self._views[leg]

    def tell(self, *events: PbxEvent) -> None:
        for event in events:
            self.told += self.tracker.apply(event)
        self.now += timedelta(seconds=1)

    def new(
        self, leg: str, channel: str, *, dials: str = "", number: str = "", of: str = "", connected: str = ""
    ) -> None:
        """A leg comes to be; with `dials` it places a call. `of`: the leg whose call it belongs to."""
        state = ChannelState.DIALING if dials else ChannelState.DOWN
        linkedid = self._views[of].linkedid if of else leg
        self._views[leg] = LegView(
            leg, linkedid, channel, state, number=number, exten=dials or "s", connected_number=connected
        )
        self.tell(pbx.LegCreated(self.now, self._views[leg]))

    def local(self, name: str, channel: str, of: str = "") -> None:
        """A Local channel: legs `name1` (dialled) and `name2` (runs the dialplan)."""
        self.new(f"{name}1", f"{channel};1", of=of)
        self.new(f"{name}2", f"{channel};2", dials="s", of=of or f"{name}1")

    def dial(self, source: str | None, target: str, dial_string: str = "") -> None:
        begun = self._views[source] if source else None
        self.tell(pbx.DialBegan(self.now, begun, self._views[target], dial_string))

    def rings(self, leg: str) -> None:
        self.tell(pbx.LegChanged(self.now, self.view(leg, state=ChannelState.RINGING)))

    def up(self, leg: str, exten: str = "") -> None:
        self.tell(
            pbx.LegChanged(self.now, self.view(leg, state=ChannelState.UP, **({"exten": exten} if exten else {})))
        )

    def dial_ends(self, source: str | None, target: str, status: DialStatus = DialStatus.ANSWER, **what: str) -> None:
        begun = self._views[source] if source else None
        self.tell(pbx.DialEnded(self.now, begun, self._views[target], status, **what))

    def answers(self, leg: str, source: str | None) -> None:
        """The phone is picked up: Up and DialEnd."""
        self.up(leg)
        self.dial_ends(source, leg)

    def joins(self, bridge: str, *legs: str) -> None:
        """Legs enter a bridge at the same moment."""
        self.tell(*(pbx.LegJoined(self.now, self.view(leg, state=ChannelState.UP), bridge) for leg in legs))

    def leaves(self, bridge: str, *legs: str) -> None:
        self.tell(*(pbx.LegLeft(self.now, self._views[leg], bridge) for leg in legs))

    def holds(self, leg: str) -> None:
        self.tell(pbx.LegHeld(self.now, self._views[leg]))

    def gone(self, *legs: str, cause: int = 16) -> None:
        self.tell(*(pbx.LegCleared(self.now, self._views[leg], cause) for leg in legs))

    def calls(self) -> list[Call]:
        """All calls told, in the order in which they began."""
        return last_told(self.told)

    def over(self) -> list[Call]:
        """As `calls`, once nothing is left."""
        assert len(self.tracker) == 0
        calls = self.calls()
        assert sum(isinstance(event, CallEnded) for event in self.told) == len(calls)
        return calls

    def second(self, at: datetime | None) -> float | None:
        return None if at is None else (at - START).total_seconds()
