"""News for everybody, sent in rounds: each browser gets what changed since its last turn, in one message.

A phone that rings, talks and hangs up changes its agent's state three times, and a thousand browsers want to know. Sent
one by one these messages would keep the pops waiting. So browsers take turns, a few at a time, the more browsers the
longer a round (up to a second); of one thing that changed more than once only the last state is told.
"""

import asyncio
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from cti_crm.screenpop.session import Frame, SocketSession, frame

SECONDS_A_BROWSER = 0.001
LONGEST_ROUND = 1.0
TABLE = 20  # browsers that have their turn together


@dataclass(slots=True, eq=False)
class _Table:
    """Browsers with the same turn. `told`: the number of the last news they were told."""

    sessions: set[SocketSession]
    told: int


@dataclass(slots=True)
class _News:
    """`frame` is made when it is first needed: of what changes often, most is never told."""

    number: int
    message: BaseModel
    frame: Frame | None = None


class Rounds:
    """Keeps the news until each browser has had its turn."""

    def __init__(self, together: Callable[[Sequence[Frame]], Frame]) -> None:
        """`together` makes one message of several."""
        self._together = together
        self._tables: list[_Table] = []
        self._seats: dict[SocketSession, _Table] = {}
        self._news: dict[Hashable, _News] = {}  # by what it is about, oldest first
        self._number = 0
        self._next = 0  # the table whose turn it is
        self._turn: asyncio.TimerHandle | None = None
        self._last_turn = 0.0

    def add(self, session: SocketSession) -> None:
        """A socket opened. What is not yet told to others at its table it is told again, which does no harm."""
        table = next((one for one in self._tables if len(one.sessions) < TABLE), None)
        if table is None:
            table = _Table(set(), self._number)
            self._tables.append(table)
        table.sessions.add(session)
        self._seats[session] = table

    def remove(self, session: SocketSession) -> None:
        """A socket closed."""
        table = self._seats.pop(session, None)
        if table is not None:
            table.sessions.discard(session)
            if not table.sessions:
                self._tables.remove(table)

    def tell(self, about: Hashable, message: BaseModel) -> None:
        """News for everybody; replaces earlier news about the same thing that was not told yet."""
        self._number += 1
        self._news.pop(about, None)  # so that it stands behind what was told in between
        self._news[about] = _News(self._number, message)
        if self._turn is None:
            self._arrange_turn()

    def _arrange_turn(self) -> None:
        loop = asyncio.get_running_loop()
        pause = min(LONGEST_ROUND, len(self._seats) * SECONDS_A_BROWSER) / max(1, len(self._tables))
        self._turn = loop.call_at(max(loop.time(), self._last_turn + pause), self._serve)

    def _serve(self) -> None:
        self._turn = None
        self._last_turn = asyncio.get_running_loop().time()
        if self._tables:
            self._next = (self._next + 1) % len(self._tables)
            table = self._tables[self._next]
            if news := [*self._since(table.told)][::-1]:
                one = news[0] if len(news) == 1 else self._together(news)
                for session in tuple(table.sessions):
                    session.send(one)
            table.told = self._number
        self._forget(min((one.told for one in self._tables), default=self._number))
        if self._news:
            self._arrange_turn()

    def _since(self, number: int) -> Iterator[Frame]:
        """What is newer, newest first."""
        for one in reversed(self._news.values()):
            if one.number <= number:
                return
            one.frame = one.frame or frame(one.message)
            yield one.frame

    def _forget(self, number: int) -> None:
        """Everybody was told up to here."""
        while self._news:
            about = next(iter(self._news))
            if self._news[about].number > number:
                return
            del self._news[about]
