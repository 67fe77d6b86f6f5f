"""News for everybody, sent in rounds: each browser gets what changed since its last turn, in one message.

A phone that rings, talks and hangs up changes its agent's state three times, and a thousand browsers want to know. Sent
one by one these messages would keep the pops waiting. So browsers take turns, a few at a time, the more browsers the
longer a round (up to a second); of one thing that changed more than once only the last state is told.
"""

import asyncio
from collections.abc import Callable, Hashable, Sequence

from cti_crm.screenpop.session import Frame, SocketSession

SECONDS_A_BROWSER = 0.001
LONGEST_ROUND = 1.0
TABLE = 20  # browsers that have their turn together


class _Table:
    """Browsers with the same turn. `news`: what they have not been told, by what it is about."""

    def __init__(self) -> None:
        self.sessions: set[SocketSession] = set()
        self.news: dict[Hashable, str] = {}
        self.turn: asyncio.TimerHandle | None = None
        self.last = 0.0


class Rounds:
    """Keeps the news until each browser's turn."""

    def __init__(self, together: Callable[[Sequence[str]], str]) -> None:
        """`together` makes one message's text of several."""
        self._together = together
        self._tables: list[_Table] = []
        self._seats: dict[SocketSession, _Table] = {}

    def add(self, session: SocketSession) -> None:
        """A socket opened. What is not yet told to others at its table it is told again, which does no harm."""
        table = next((one for one in self._tables if len(one.sessions) < TABLE), None)
        if table is None:
            table = _Table()
            self._tables.append(table)
        table.sessions.add(session)
        self._seats[session] = table

    def remove(self, session: SocketSession) -> None:
        """A socket closed."""
        table = self._seats.pop(session, None)
        if table is not None:
            table.sessions.discard(session)
            if not table.sessions:
                table.news.clear()

    def tell(self, about: Hashable, text: str) -> None:
        """News for everybody; replaces earlier news about the same thing that was not told yet."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        whole = min(LONGEST_ROUND, len(self._seats) * SECONDS_A_BROWSER)
        for place, table in enumerate(self._tables):
            if not table.sessions:
                continue
            table.news.pop(about, None)  # so that it stands behind what was told in between
            table.news[about] = text
            if table.turn is None:
                share = whole * place / len(self._tables)
                table.turn = loop.call_at(max(now + share, table.last + whole), self._serve, table)

    def _serve(self, table: _Table) -> None:
        table.turn = None
        table.last = asyncio.get_running_loop().time()
        news, table.news = table.news, {}
        if not news:
            return
        texts = list(news.values())
        one = Frame(texts[0] if len(texts) == 1 else self._together(texts))
        for session in tuple(table.sessions):
            session.send(one)
