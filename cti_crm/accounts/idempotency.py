"""Unsafe requests may be sent again: with the same Idempotency-Key they are done once and answered alike.

The answer is stored in the transaction of the request itself, so that a crash leaves both or neither. Only what was
committed is kept: a refused request did nothing and may be tried again with its key. What a request did outside the
database (a phone that rings) is repeated if the process dies before its commit, or if another node gets the same
request at the same moment; on one node, duplicates wait for the first.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID
from weakref import WeakValueDictionary

from aiohttp import web
from aiohttp.typedefs import Middleware
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.middleware import Handler
from cti_crm.accounts.models import KeptAnswer
from cti_crm.infrastructure import clock
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.errors import CtiCrmError, InvalidInputError
from cti_crm.infrastructure.http.api import BEFORE_COMMIT, PRINCIPAL
from cti_crm.infrastructure.http.security import SAFE_METHODS

KEY_HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
KEPT = timedelta(hours=24)


class KeyReusedError(CtiCrmError):
    """This Idempotency-Key was used for another request. Take a new one."""

    code = "idempotency_key_reused"
    status = 422


class _AnsweredElsewhereError(Exception):
    """Another node committed the same request first; this one is rolled back."""


def idempotency_middleware(database: Database, now: Callable[[], datetime] = clock.now) -> Middleware:
    """Stands behind the session middleware: keys belong to their user, and count only for who is signed in."""
    turns: WeakValueDictionary[tuple[UUID, str], asyncio.Lock] = WeakValueDictionary()

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        key = request.headers.get(KEY_HEADER)
        principal = request.get(PRINCIPAL)
        if key is None or principal is None or request.method in SAFE_METHODS:
            return await handler(request)
        if not (key.isascii() and key.isprintable() and 1 <= len(key) <= 200):
            raise InvalidInputError(f"{KEY_HEADER} must be 1 to 200 printable ASCII characters.")
        user_id = principal.user_id
        fingerprint = await _fingerprint(request)
        turn = turns.setdefault((user_id, key), asyncio.Lock())
        async with turn:
            kept = await _kept(database, user_id, key, fingerprint, now() - KEPT)
            if kept is not None:
                return kept
            request[BEFORE_COMMIT] = _keeper(user_id, key, fingerprint, now())
            try:
                return await handler(request)
            except _AnsweredElsewhereError:
                kept = await _kept(database, user_id, key, fingerprint, now() - KEPT)
                if kept is None:
                    raise
                return kept

    return middleware


async def _fingerprint(request: web.Request) -> bytes:
    """What was asked. An upload is read once, by its route: its length stands for its content."""
    upload = request.content_type.startswith("multipart/")
    content = str(request.content_length).encode() if upload else await request.read()
    return hashlib.sha256(f"{request.method} {request.path_qs}\n".encode() + content).digest()


async def _kept(
    database: Database, user_id: UUID, key: str, fingerprint: bytes, not_before: datetime
) -> web.Response | None:
    query = select(KeptAnswer).where(
        KeptAnswer.user_id == user_id, KeptAnswer.key == key, KeptAnswer.created_at > not_before
    )
    async with database.transaction() as session:
        kept = (await session.execute(query)).scalar_one_or_none()
    if kept is None:
        return None
    if kept.fingerprint != fingerprint:
        raise KeyReusedError
    headers = {REPLAYED_HEADER: "true"}
    if not kept.body:
        return web.Response(status=kept.status, headers=headers)
    return web.Response(status=kept.status, headers=headers, body=kept.body, content_type=kept.content_type)


def _keeper(
    user_id: UUID, key: str, fingerprint: bytes, moment: datetime
) -> Callable[[AsyncSession, web.Response], Awaitable[None]]:
    async def keep(session: AsyncSession, response: web.Response) -> None:
        await session.execute(delete(KeptAnswer).where(KeptAnswer.created_at <= moment - KEPT))
        body = response.body if isinstance(response.body, bytes) else b""
        try:
            await session.execute(
                insert(KeptAnswer).values(
                    id=new_id(),
                    user_id=user_id,
                    key=key,
                    fingerprint=fingerprint,
                    status=response.status,
                    content_type=response.content_type,
                    body=body,
                    created_at=moment,
                )
            )
        except IntegrityError:
            raise _AnsweredElsewhereError from None

    return keep
