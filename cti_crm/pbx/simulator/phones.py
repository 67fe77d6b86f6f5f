"""The people of the simulated world: who picks up, after how long, and for how long they talk."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Span = tuple[float, float]


class Reaction(StrEnum):
    """What somebody does when the phone rings."""

    ANSWER = "answer"
    BUSY = "busy"
    DECLINE = "decline"
    NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True)
class Habits:
    """How people behave. Spans are the shortest and longest time in seconds, chances are 0 to 1.

    outside: what certain outside numbers do, e.g. `{"03098765432": Reaction.BUSY}`; the others go by chance.
    """

    agent_answers_after: Span = (3.0, 9.0)
    own_phone_answers_after: Span = (1.8, 2.4)
    asked_answers_after: Span = (2.5, 5.0)
    outside_answers_after: Span = (2.5, 6.0)
    patience: Span = (15.0, 25.0)
    talk: Span = (15.0, 75.0)
    agent_misses: float = 0.12
    agent_declines: float = 0.05
    outside_busy: float = 0.1
    outside_no_answer: float = 0.15
    outside: Mapping[str, Reaction] = field(default_factory=dict)


class People:
    """Decides by habit and chance; the same seed decides the same way."""

    def __init__(self, habits: Habits | None = None, seed: int | None = None) -> None:
        self.habits = habits or Habits()
        self.chance = random.Random(seed)  # noqa: S311 - a demo's dice, no secret

    def span(self, span: Span) -> float:
        """A time within it, in seconds."""
        return self.chance.uniform(*span)

    def agent(self) -> Reaction:
        """What an agent does whose phone rings."""
        dice = self.chance.random()
        if dice < self.habits.agent_misses:
            return Reaction.NO_ANSWER
        return Reaction.DECLINE if dice < self.habits.agent_misses + self.habits.agent_declines else Reaction.ANSWER

    def outside(self, number: str) -> Reaction:
        """What somebody outside does whom we call."""
        if number in self.habits.outside:
            return self.habits.outside[number]
        dice = self.chance.random()
        if dice < self.habits.outside_busy:
            return Reaction.BUSY
        busy_or_out = self.habits.outside_busy + self.habits.outside_no_answer
        return Reaction.NO_ANSWER if dice < busy_or_out else Reaction.ANSWER
