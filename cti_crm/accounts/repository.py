"""Queries on users, sessions and tokens."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.models import ApiToken, User, UserSession


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


async def session_by_id(session: AsyncSession, session_id: UUID) -> tuple[UserSession, User] | None:
    """A session with its user, whatever their state."""
    query = select(UserSession, User).join(User, User.id == UserSession.user_id)
    row = (await session.execute(query.where(UserSession.id == session_id))).one_or_none()
    return None if row is None else (row[0], row[1])


async def touch_session(session: AsyncSession, session_id: UUID, seen: datetime, expires: datetime) -> None:
    """Note that a session is in use."""
    await session.execute(
        update(UserSession).where(UserSession.id == session_id).values(last_seen_at=seen, expires_at=expires)
    )


async def api_token_by_hash(session: AsyncSession, token_hash: bytes) -> tuple[ApiToken, User] | None:
    """A token with its user, whatever their state."""
    query = select(ApiToken, User).join(User, User.id == ApiToken.user_id)
    row = (await session.execute(query.where(ApiToken.token_hash == token_hash))).one_or_none()
    return None if row is None else (row[0], row[1])


async def touch_api_token(session: AsyncSession, token_id: UUID, used: datetime) -> None:
    """Note that a token is in use."""
    await session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=used))


async def delete_session(session: AsyncSession, session_id: UUID) -> None:
    """End one session."""
    await session.execute(delete(UserSession).where(UserSession.id == session_id))


async def delete_sessions_of(session: AsyncSession, user_id: UUID) -> None:
    """End all sessions of a user."""
    await session.execute(delete(UserSession).where(UserSession.user_id == user_id))


async def delete_expired_sessions(session: AsyncSession, moment: datetime) -> None:
    """Remove what is worth nothing any more."""
    await session.execute(delete(UserSession).where(UserSession.expires_at <= moment))
