"""What happened to users and sessions, for whoever holds something open on their behalf."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A session was signed out. Its sockets must be closed."""

    session_id: UUID
    user_id: UUID


@dataclass(frozen=True, slots=True)
class UserSignedOutEverywhere:
    """All sessions of a user ended: disabled, or given another password. Their sockets must be closed."""

    user_id: UUID


@dataclass(frozen=True, slots=True)
class UserChanged:
    """A user was added or changed."""

    user_id: UUID
