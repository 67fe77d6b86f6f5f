"""Which sockets are open, and who gets which message. Knows nothing of calls."""

from collections.abc import Callable
from uuid import UUID

from pydantic import BaseModel

from cti_crm.screenpop.session import Frame, SocketSession, frame


class Hub:
    """The open sockets of this node."""

    def __init__(self) -> None:
        self._sessions: set[SocketSession] = set()

    def __len__(self) -> int:
        return len(self._sessions)

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

    def dismiss(self, *, session_id: UUID | None = None, user_id: UUID | None = None) -> None:
        """Close the sockets of a sign-in that ended, or all of a user who may not come in any more."""
        for session in tuple(self._sessions):
            if session.principal.user_id == user_id or (session_id and session.principal.session_id == session_id):
                session.dismiss()

    def dismiss_all(self) -> None:
        """Close every socket: the service stops."""
        for session in tuple(self._sessions):
            session.dismiss()

    def _to(self, wanted: Callable[[SocketSession], bool], one: Frame) -> None:
        for session in tuple(self._sessions):
            if wanted(session):
                session.send(one)
