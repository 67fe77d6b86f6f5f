"""Which sockets are open, and who gets which message. Knows nothing of calls."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from uuid import UUID

from pydantic import BaseModel

from cti_crm.infrastructure.http.principal import Principal
from cti_crm.screenpop.protocol import several
from cti_crm.screenpop.rounds import Rounds
from cti_crm.screenpop.session import Frame, SocketSession, frame


class Hub:
    """The open sockets of this node."""

    def __init__(self) -> None:
        self._sessions: set[SocketSession] = set()
        self._see_all: set[SocketSession] = set()
        self._by_extension: dict[str, set[SocketSession]] = {}
        self._rounds = Rounds(together)

    def __len__(self) -> int:
        return len(self._sessions)

    def principals(self) -> set[Principal]:
        """Whose sockets are open."""
        return {session.principal for session in self._sessions}

    def add(self, session: SocketSession) -> None:
        """A socket opened."""
        self._sessions.add(session)
        self._rounds.add(session)
        if session.principal.sees_all:
            self._see_all.add(session)
        if session.extension is not None:
            self._by_extension.setdefault(session.extension, set()).add(session)

    def remove(self, session: SocketSession) -> None:
        """A socket closed."""
        self._sessions.discard(session)
        self._rounds.remove(session)
        self._see_all.discard(session)
        if session.extension is not None:
            own = self._by_extension.get(session.extension, set())
            own.discard(session)
            if not own:
                self._by_extension.pop(session.extension, None)

    def has(self, extension: str) -> bool:
        """Whether the agent with this extension has a tab open."""
        return extension in self._by_extension

    def to_extension(self, extension: str, one: Frame) -> None:
        """To every tab of the agent with this extension."""
        _send(self._by_extension.get(extension, ()), one)

    def to_concerned(self, news: Iterable[tuple[set[str], Callable[[], BaseModel]]]) -> None:
        """News, each to the agents with these extensions and to whoever sees all calls, in one message for each."""
        for_all: list[Frame] = []
        by_extension: dict[str, list[Frame]] = {}
        for extensions, message in news:
            here = [one for one in extensions if one in self._by_extension]
            if not here and not self._see_all:
                continue
            one = frame(message())
            for_all.append(one)
            for extension in here:
                by_extension.setdefault(extension, []).append(one)
        if for_all:
            _send(self._see_all, together(for_all))
        for extension, frames in by_extension.items():
            _send(self._by_extension[extension] - self._see_all, together(frames))

    def to_user(self, user_id: UUID, message: BaseModel) -> None:
        """To every tab of one user, with or without an extension."""
        _send([one for one in self._sessions if one.principal.user_id == user_id], frame(message))

    def to_all(self, message: BaseModel) -> None:
        """To everybody who is signed in, at once: only for what is rare."""
        if self._sessions:
            _send(self._sessions, frame(message))

    def to_all_in_turn(self, about: Hashable, message: BaseModel) -> None:
        """To everybody within a second; not told any more if newer news about the same thing come before that."""
        if self._sessions:
            self._rounds.tell(about, message)

    def dismiss(self, principal: Principal) -> None:
        """Close the sockets of one sign-in."""
        self.dismiss_if(lambda one: one == principal)

    def dismiss_if(self, ended: Callable[[Principal], bool]) -> None:
        """Close the sockets of all sign-ins that ended."""
        for session in tuple(self._sessions):
            if ended(session.principal):
                session.dismiss()

    def dismiss_all(self) -> None:
        """Close every socket: the service stops."""
        self.dismiss_if(lambda _: True)


def together(frames: Sequence[Frame]) -> Frame:
    """One message of several."""
    return frames[0] if len(frames) == 1 else Frame(several([one.data for one in frames]))


def _send(sessions: Iterable[SocketSession], one: Frame) -> None:
    for session in tuple(sessions):
        session.send(one)
