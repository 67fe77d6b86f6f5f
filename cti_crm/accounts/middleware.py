"""Whose request is this: cookie or bearer token to Principal, with the checks a cookie needs."""

from collections.abc import Awaitable, Callable, Collection

from aiohttp import web
from aiohttp.typedefs import Middleware

from cti_crm.accounts.service import LONGEST, AccountService, Authenticated
from cti_crm.accounts.tokens import is_csrf_token
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.errors import NotAllowedError, NotSignedInError
from cti_crm.infrastructure.http.api import PRINCIPAL
from cti_crm.infrastructure.http.security import SAFE_METHODS, check_origin

SESSION_COOKIE = "cti_crm_session"
CSRF_HEADER = "X-CSRF-Token"

AUTHENTICATED = web.RequestKey("authenticated", Authenticated)
NEW_SESSION_TOKEN = web.RequestKey("new_session_token", str)
"""Put here by a route, it becomes the answer's cookie; an empty text removes the cookie."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class CsrfError(NotAllowedError):
    """The page is out of date. Reload it, then try again."""

    code = "csrf"


def session_middleware(
    accounts: AccountService,
    database: Database,
    *,
    origins: Collection[str],
    secure_cookies: bool,
    sign_in_path: str,
    protected: tuple[str, ...] = ("/api/", "/ws"),
) -> Middleware:
    """Put PRINCIPAL on each request below `protected` that has a valid session or token; routes demand it.

    Origin is checked on unsafe requests and on upgrades to a socket, X-CSRF-Token on unsafe requests made with a
    cookie, except at `sign_in_path` (a page that signs in has no session yet, or an old one).
    """

    async def authenticate(request: web.Request) -> Authenticated | None:
        authorization = request.headers.get("Authorization")
        if authorization is not None:
            scheme, _, token = authorization.partition(" ")
            async with database.transaction() as session:
                found = await accounts.authenticate_token(session, token.strip())
            if found is None or scheme.lower() != "bearer":
                raise NotSignedInError("The API token is not valid.")
            return found
        unsafe = request.method not in SAFE_METHODS
        if unsafe or "Upgrade" in request.headers:
            check_origin(request, origins)
        cookie = request.cookies.get(SESSION_COOKIE)
        if not cookie or (request.path == sign_in_path and request.method == "POST"):
            return None
        async with database.transaction() as session:
            found = await accounts.authenticate_session(session, cookie)
        if found is not None and unsafe and not is_csrf_token(cookie, request.headers.get(CSRF_HEADER, "")):
            raise CsrfError
        return found

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(protected):
            return await handler(request)
        found = await authenticate(request)
        if found is not None:
            request[AUTHENTICATED] = found
            request[PRINCIPAL] = found.principal
        response = await handler(request)
        token = request.get(NEW_SESSION_TOKEN)
        if token is not None:
            response.set_cookie(
                SESSION_COOKIE,
                token,
                max_age=int(LONGEST.total_seconds()) if token else 0,
                httponly=True,
                samesite="Lax",
                secure=secure_cookies,
            )
        return response

    return middleware
