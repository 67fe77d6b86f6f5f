"""Queries on users, sessions and tokens."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Row, Table, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.models import ApiToken, User, UserSession

_SESSIONS, _TOKENS = cast("Table", UserSession.__table__), cast("Table", ApiToken.__table__)


def username_key(username: str) -> str:
    """Names that look alike to a person are the same name."""
    return unicodedata.normalize("NFKC", username).casefold()


async def user_by_name(session: AsyncSession, username: str) -> User | None:
    """A user, disabled or not."""
    return (await session.execute(select(User).where(User.username_key == username_key(username)))).scalar_one_or_none()


async def users(session: AsyncSession, *, also_disabled: bool) -> Sequence[User]:
    """Users by name."""
    query = select(User).order_by(User.display_name, User.id)
    if not also_disabled:
        query = query.where(User.disabled_at.is_(None))
    return (await session.execute(query)).scalars().all()


async def session_by_hash(session: AsyncSession, token_hash: bytes) -> tuple[UserSession, User] | None:
    """A session with its user, whatever their state."""
    query = select(UserSession, User).join(User, User.id == UserSession.user_id)
    row = (await session.execute(query.where(UserSession.token_hash == token_hash))).one_or_none()
    return None if row is None else (row[0], row[1])


async def sessions(session: AsyncSession) -> dict[UUID, Row[UUID, datetime, datetime]]:
    """Of all sessions, whatever their state, `id`, `created_at` and `expires_at`."""
    query = select(UserSession.id, UserSession.created_at, UserSession.expires_at)
    return {row.id: row for row in await session.execute(query)}


async def enabled_users(session: AsyncSession) -> set[UUID]:
    """The users who may sign in."""
    return set((await session.execute(select(User.id).where(User.disabled_at.is_(None)))).scalars())


async def touch_sessions(session: AsyncSession, seen: Mapping[UUID, tuple[datetime, datetime]]) -> None:
    """Note that sessions are in use: when, and until when they last therefore."""
    rows = [{"one": one, "seen": at, "until": until} for one, (at, until) in seen.items()]
    statement = update(_SESSIONS).where(_SESSIONS.c.id == bindparam("one"))
    if rows:  # not by the ORM: it would miss those that are gone meanwhile
        connection = await session.connection()
        await connection.execute(statement.values(last_seen_at=bindparam("seen"), expires_at=bindparam("until")), rows)


async def api_token_by_hash(session: AsyncSession, token_hash: bytes) -> tuple[ApiToken, User] | None:
    """A token with its user, whatever their state."""
    query = select(ApiToken, User).join(User, User.id == ApiToken.user_id)
    row = (await session.execute(query.where(ApiToken.token_hash == token_hash))).one_or_none()
    return None if row is None else (row[0], row[1])


async def touch_api_tokens(session: AsyncSession, used: Mapping[UUID, datetime]) -> None:
    """Note that tokens are in use."""
    statement = update(_TOKENS).where(_TOKENS.c.id == bindparam("one")).values(last_used_at=bindparam("at"))
    if used:
        connection = await session.connection()
        await connection.execute(statement, [{"one": one, "at": at} for one, at in used.items()])


async def delete_session(session: AsyncSession, session_id: UUID) -> None:
    """End one session."""
    await session.execute(delete(UserSession).where(UserSession.id == session_id))


async def delete_sessions_of(session: AsyncSession, user_id: UUID) -> None:
    """End all sessions of a user."""
    await session.execute(delete(UserSession).where(UserSession.user_id == user_id))


async def delete_expired_sessions(session: AsyncSession, moment: datetime) -> None:
    """Remove what is worth nothing any more."""
    await session.execute(delete(UserSession).where(UserSession.expires_at <= moment))
