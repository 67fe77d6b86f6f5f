"""Which sockets are open, and who gets which message. Knows nothing of calls."""

from collections.abc import Callable

from pydantic import BaseModel

from cti_crm.infrastructure.http.principal import Principal
from cti_crm.screenpop.session import Frame, SocketSession, frame


class Hub:
    """The open sockets of this node."""

    def __init__(self) -> None:
        self._sessions: set[SocketSession] = set()

    def __len__(self) -> int:
        return len(self._sessions)

    def principals(self) -> set[Principal]:
        """Whose sockets are open."""
        return {session.principal for session in self._sessions}

    def add(self, session: SocketSession) -> None:
        """A socket opened."""
        self._sessions.add(session)

    def remove(self, session: SocketSession) -> None:
        """A socket closed."""
        self._sessions.discard(session)

    def to_extension(self, extension: str, one: Frame) -> None:
        """To every tab of the agent with this extension."""
        self._to(lambda session: session.extension == extension, one)

    def to_concerned(self, extensions: set[str], message: BaseModel) -> None:
        """To the agents with these extensions, and to whoever sees all calls."""
        self._to(lambda one: one.principal.sees_all or one.extension in extensions, frame(message))

    def to_all(self, message: BaseModel) -> None:
        """To everybody who is signed in."""
        if self._sessions:
            self._to(lambda _: True, frame(message))

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

    def _to(self, wanted: Callable[[SocketSession], bool], one: Frame) -> None:
        for session in tuple(self._sessions):
            if wanted(session):
                session.send(one)
