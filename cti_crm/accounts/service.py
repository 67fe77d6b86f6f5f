"""Who may come in: users, signing in and out, and whose request this is."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts import repository
from cti_crm.accounts.attempts import AttemptLimiter
from cti_crm.accounts.events import SessionEnded, UserChanged, UserSignedOutEverywhere
from cti_crm.accounts.models import ApiToken, User, UserSession
from cti_crm.accounts.passwords import Passwords
from cti_crm.accounts.tokens import API_TOKEN_PREFIX, new_token, token_hash
from cti_crm.infrastructure import clock
from cti_crm.infrastructure.database import after_commit
from cti_crm.infrastructure.errors import (
    ConflictError,
    FieldError,
    InvalidInputError,
    NotFoundError,
    NotSignedInError,
    TooManyAttemptsError,
)
from cti_crm.infrastructure.http.principal import Principal, Role

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)  # a write per request would be too many

_USERNAME = re.compile(r"[^\s\x00-\x1f\x7f]{1,80}")


class WrongPasswordError(NotSignedInError):
    """The name or the password is not right."""

    code = "wrong_password"


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Whose request it is, and until when if it came with a session."""

    principal: Principal
    expires_at: datetime | None = None


class AccountService:
    """Users, sessions and tokens. Sessions last 12 hours after the last request, 7 days at most."""

    def __init__(self, passwords: Passwords | None = None, now: Callable[[], datetime] = clock.now) -> None:
        """`passwords` sets what a hash costs, `now` the time of day; both are for tests."""
        self._passwords = passwords or Passwords()
        self._now = now
        self._failures_of_name = AttemptLimiter(limit=5, window=60)
        self._failures_of_address = AttemptLimiter(limit=50, window=60)
        self._seen: dict[UUID, tuple[datetime, datetime]] = {}  # sessions: when, and until when they last therefore
        self._used: dict[UUID, datetime] = {}  # tokens

    async def sign_in(
        self, session: AsyncSession, username: str, password: str, address: str
    ) -> tuple[str, Authenticated]:
        """Check the password; returns the new session's token, to be told only now, and whose it is.

        Raises:
            WrongPasswordError: name unknown, password wrong or user disabled: which, is not told, nor shown by time.
            TooManyAttemptsError: 5 failures in a minute for this name from this address, or 50 from this address.
        """
        name_and_address = f"{repository.username_key(username)}\n{address}"
        if not (self._failures_of_name.allows(name_and_address) and self._failures_of_address.allows(address)):
            raise TooManyAttemptsError
        self._failures_of_name.begin(name_and_address)
        self._failures_of_address.begin(address)
        user = await repository.user_by_name(session, username)
        right = await self._passwords.verify(user.password_hash if user else None, password)
        if user is None or not right or user.disabled_at is not None:
            raise WrongPasswordError
        self._failures_of_name.forget(name_and_address)
        self._failures_of_address.take_back(address)
        if self._passwords.is_outdated(user.password_hash):
            user.password_hash = await self._passwords.hash(password)
        moment = self._now()
        await repository.delete_expired_sessions(session, moment)
        token = new_token()
        row = UserSession(
            id=clock.new_id(),
            user_id=user.id,
            token_hash=token_hash(token),
            created_at=moment,
            last_seen_at=moment,
            expires_at=moment + IDLE,
        )
        session.add(row)
        return token, Authenticated(_principal(user, row), row.expires_at)

    async def sign_out(self, session: AsyncSession, principal: Principal) -> None:
        """End the session of this request; a token's request has none to end."""
        if principal.session_id is not None:
            await repository.delete_session(session, principal.session_id)
            after_commit(session, SessionEnded(principal.session_id, principal.user_id))

    async def authenticate_session(self, session: AsyncSession, token: str) -> Authenticated | None:
        """Whose cookie this is; None if nobody's, or no more. One indexed read; `note_uses` writes that it is used."""
        found = await repository.session_by_hash(session, token_hash(token))
        moment = self._now()
        if found is None or found[1].disabled_at is not None or not self._goes_on(found[0]):
            return None
        row, user = found
        seen, expires = self._seen.get(row.id, (row.last_seen_at, row.expires_at))
        if moment - seen >= SEEN_EVERY:
            expires = min(moment + IDLE, row.created_at + LONGEST)
            self._seen[row.id] = (moment, expires)
        return Authenticated(_principal(user, row), expires)

    async def authenticate_token(self, session: AsyncSession, token: str) -> Authenticated | None:
        """Whose API token this is; None if nobody's."""
        found = await repository.api_token_by_hash(session, token_hash(token))
        if found is None or found[1].disabled_at is not None:
            return None
        row, user = found
        moment = self._now()
        used = self._used.get(row.id, row.last_used_at)
        if used is None or moment - used >= SEEN_EVERY:
            self._used[row.id] = moment
        return Authenticated(_principal(user, None))

    @property
    def has_uses(self) -> bool:
        """Whether there is anything for `note_uses` to write."""
        return bool(self._seen or self._used)

    async def note_uses(self, session: AsyncSession) -> None:
        """Write which sessions and tokens were used. Not in their requests: a thousand may come in the same second."""
        seen, self._seen = self._seen, {}
        used, self._used = self._used, {}
        await repository.touch_sessions(session, seen)
        await repository.touch_api_tokens(session, used)

    async def ended(self, session: AsyncSession, principals: Collection[Principal]) -> set[Principal]:
        """Whose sign-in ended: for sockets, which outlive their request."""
        valid = await repository.enabled_users(session)
        sessions = await repository.sessions(session)
        return {
            one
            for one in principals
            if one.user_id not in valid
            or (one.session_id is not None and not self._goes_on(sessions.get(one.session_id)))
        }

    def _goes_on(self, row: UserSession | Row[UUID, datetime, datetime] | None) -> bool:
        if row is None:
            return False
        _, expires = self._seen.get(row.id, (None, row.expires_at))
        return self._now() < min(expires, row.created_at + LONGEST)

    async def add_user(
        self, session: AsyncSession, *, username: str, password: str, role: Role, display_name: str = ""
    ) -> User:
        """A new user. Raises InvalidInputError (name or password unusable) or ConflictError (name taken)."""
        if not _USERNAME.fullmatch(username):
            message = "Take 1 to 80 characters without spaces."
            raise InvalidInputError(f"The user name is not usable. {message}", fields=[FieldError("username", message)])
        if await repository.user_by_name(session, username) is not None:
            raise ConflictError(f"There is already a user {username}.")
        user = User(
            id=clock.new_id(),
            username=username,
            username_key=repository.username_key(username),
            display_name=" ".join(display_name.split())[:120] or username,
            role=role,
            password_hash=await self._passwords.hash(password),
        )
        session.add(user)
        await session.flush()
        after_commit(session, UserChanged(user.id))
        return user

    async def users(self, session: AsyncSession, *, also_disabled: bool = False) -> Sequence[User]:
        """Users by name."""
        return await repository.users(session, also_disabled=also_disabled)

    async def user(self, session: AsyncSession, username: str) -> User:
        """A user, disabled or not. Raises NotFoundError."""
        user = await repository.user_by_name(session, username)
        if user is None:
            raise NotFoundError(f"There is no user {username}.")
        return user

    async def disable_user(self, session: AsyncSession, username: str) -> User:
        """Lock a user out, at once and everywhere. What they did stays."""
        user = await self.user(session, username)
        user.disabled_at = user.disabled_at or self._now()
        await self._end_sessions(session, user)
        after_commit(session, UserChanged(user.id))
        return user

    async def enable_user(self, session: AsyncSession, username: str) -> User:
        """Let a disabled user in again."""
        user = await self.user(session, username)
        user.disabled_at = None
        after_commit(session, UserChanged(user.id))
        return user

    async def set_password(self, session: AsyncSession, username: str, password: str) -> User:
        """Another password; ends all the user's sessions."""
        user = await self.user(session, username)
        user.password_hash = await self._passwords.hash(password)
        await self._end_sessions(session, user)
        return user

    async def add_token(self, session: AsyncSession, username: str, name: str) -> str:
        """A new API token with the user's rights, to be told only now. Raises NotFoundError."""
        user = await self.user(session, username)
        token = API_TOKEN_PREFIX + new_token()
        session.add(ApiToken(user_id=user.id, name=name[:80], token_hash=token_hash(token)))
        return token

    async def _end_sessions(self, session: AsyncSession, user: User) -> None:
        await repository.delete_sessions_of(session, user.id)
        after_commit(session, UserSignedOutEverywhere(user.id))


def _principal(user: User, row: UserSession | None) -> Principal:
    return Principal(user.id, user.username, user.display_name, user.role, row.id if row else None)
