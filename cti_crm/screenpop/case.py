"""A call with its pops, as the service keeps it."""

import asyncio
from dataclasses import dataclass, field

from cti_crm.calls.call import Call
from cti_crm.calls.schemas import CallOut
from cti_crm.screenpop.knowledge import Knowledge
from cti_crm.screenpop.policy import Standing


@dataclass(slots=True)
class Pop:
    """A call on one agent's screen."""

    standing: Standing
    revision: int = 1
    sent: bool = False
    shown: tuple[Standing, str | None] | None = None  # as it was last sent, and who had answered then

    def change(self, standing: Standing | None = None) -> None:
        """It stands otherwise, or shows other things: it is to be sent again."""
        self.standing = standing or self.standing
        self.revision += 1
        self.sent = False


@dataclass(slots=True)
class Case:
    """One call with its pops."""

    call: Call
    knowledge: Knowledge | None = None
    fresh: bool = False  # whether the knowledge is the newest there is
    pops: dict[str, Pop] = field(default_factory=dict)  # by extension
    task: asyncio.Task[None] | None = None
    agents: set[str] = field(default_factory=set)  # their extensions
    out: tuple[Call, Knowledge | None, CallOut] | None = None  # the call as last shown, and what it was made of


@dataclass(slots=True)
class Untold:
    """A call that changed, and the agents who are to be told."""

    case: Case
    agents: set[str] = field(default_factory=set)
