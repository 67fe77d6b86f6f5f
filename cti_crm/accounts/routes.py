"""Signing in and out, and the list of users for whoever assigns something."""

from cti_crm.accounts.middleware import AUTHENTICATED, NEW_SESSION_TOKEN, SESSION_COOKIE
from cti_crm.accounts.schemas import SessionOut, SignIn, UserList, UserRef
from cti_crm.accounts.service import AccountService, Authenticated
from cti_crm.accounts.tokens import csrf_token
from cti_crm.infrastructure.errors import NotFoundError
from cti_crm.infrastructure.http.api import ANYONE, ApiRequest, Routes


def account_routes(accounts: AccountService) -> Routes:
    """The routes of this feature."""
    routes = Routes("accounts")

    @routes.post("/session", roles=ANYONE)
    async def sign_in(request: ApiRequest, body: SignIn) -> SessionOut:
        """Sign in; the answer sets the session's cookie."""
        token, found = await accounts.sign_in(
            request.session, body.username, body.password.get_secret_value(), request.http.remote or ""
        )
        request.http[NEW_SESSION_TOKEN] = token
        return _session_out(token, found)

    @routes.get("/session")
    async def get_session(request: ApiRequest) -> SessionOut:
        """Who is signed in with this cookie."""
        found = request.http[AUTHENTICATED]
        return _session_out(request.http.cookies.get(SESSION_COOKIE, ""), found)

    @routes.delete("/session")
    async def sign_out(request: ApiRequest) -> None:
        """Sign out; the session is worth nothing from now on."""
        await accounts.sign_out(request.session, request.principal)
        request.http[NEW_SESSION_TOKEN] = ""

    @routes.get("/users")
    async def list_users(request: ApiRequest) -> UserList:
        """Users to whom something may be assigned."""
        found = await accounts.users(request.session)
        return UserList(items=[UserRef(id=user.id, name=user.display_name) for user in found])

    return routes


def _session_out(token: str, found: Authenticated) -> SessionOut:
    if found.expires_at is None:
        raise NotFoundError("A request with an API token has no session.")
    user = found.principal
    return SessionOut(
        user=UserRef(id=user.user_id, name=user.display_name),
        username=user.username,
        role=user.role,
        csrf_token=csrf_token(token),
        expires_at=found.expires_at,
    )
