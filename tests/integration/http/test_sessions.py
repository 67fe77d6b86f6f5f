"""Signing in by cookie and by token, and what protects a browser."""

import pytest
from aiohttp import web

from cti_crm.accounts.service import AccountService
from cti_crm.infrastructure.database import Database
from cti_crm.settings import HttpSettings
from tests.accounts_setup import PASSWORD, add_user
from tests.http_setup import API, Client, Counter, sign_in


@pytest.fixture(autouse=True)
async def anna(database: Database, accounts: AccountService) -> None:
    await add_user(database, accounts)


async def test_the_life_of_a_session(client: Client) -> None:
    async with client.get(f"{API}/session") as answer:
        assert answer.status == 401
        assert (await answer.json())["code"] == "not_signed_in"

    async with client.post(f"{API}/session", json={"username": "Anna", "password": PASSWORD}) as answer:
        assert answer.status == 201
        signed_in = await answer.json()
        cookie = answer.headers["Set-Cookie"]
    assert signed_in["user"]["name"] == "Anna Albrecht"
    assert (signed_in["username"], signed_in["role"]) == ("anna", "agent")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    assert signed_in["csrf_token"] not in cookie

    async with client.get(f"{API}/session") as answer:
        assert await answer.json() == signed_in

    async with client.delete(f"{API}/session", headers={"X-CSRF-Token": signed_in["csrf_token"]}) as answer:
        assert answer.status == 204
    async with client.get(f"{API}/session") as answer:
        assert answer.status == 401


async def test_a_cookie_kept_after_sign_out_is_worth_nothing(client: Client) -> None:
    headers = await sign_in(client)
    kept = {cookie.key: cookie.value for cookie in client.session.cookie_jar}
    async with client.delete(f"{API}/session", headers=headers):
        pass

    async with client.get(f"{API}/session", cookies=kept) as answer:
        assert answer.status == 401


async def test_a_wrong_password_is_a_problem(client: Client) -> None:
    for username in ("anna", "nobody"):
        async with client.post(f"{API}/session", json={"username": username, "password": "wrong"}) as answer:
            assert answer.status == 401
            assert answer.content_type == "application/problem+json"
            problem = await answer.json()
            assert (problem["code"], problem["detail"]) == (
                "wrong_password",
                "The name or the password is not right.",
            )
            assert "Set-Cookie" not in answer.headers


async def test_too_many_wrong_passwords(client: Client) -> None:
    for expected in [401] * 5 + [429]:
        async with client.post(f"{API}/session", json={"username": "anna", "password": "wrong"}) as answer:
            assert answer.status == expected


@pytest.mark.parametrize("path", ["/session", "/users", "/agents", "/queues"])
async def test_nothing_without_a_session(client: Client, path: str) -> None:
    async with client.get(API + path) as answer:
        assert answer.status == 401


async def test_an_unsafe_request_needs_the_csrf_token(client: Client, counter: Counter) -> None:
    headers = await sign_in(client)
    for wrong in ({}, {"X-CSRF-Token": "x"}):
        async with client.post(f"{API}/orders", json={"text": "a"}, headers=wrong) as answer:
            assert answer.status == 403
            assert (await answer.json())["code"] == "csrf"
    assert counter.done == []

    async with client.post(f"{API}/orders", json={"text": "a"}, headers=headers) as answer:
        assert answer.status == 201


async def test_a_page_of_another_site_is_refused(client: Client, counter: Counter) -> None:
    headers = await sign_in(client)
    for origin in ("https://evil.example", "null", f"http://evil.{client.host}:{client.port}", "file://"):
        async with client.post(f"{API}/orders", json={"text": "a"}, headers={**headers, "Origin": origin}) as answer:
            assert answer.status == 403
            assert (await answer.json())["code"] == "foreign_origin"
        async with client.post(
            f"{API}/session", json={"username": "anna", "password": PASSWORD}, headers={"Origin": origin}
        ) as answer:
            assert answer.status == 403
    assert counter.done == []


async def test_our_own_pages_are_not(client: Client, counter: Counter) -> None:
    headers = await sign_in(client)
    for origin in (f"http://{client.host}:{client.port}", "https://crm.example.com"):
        async with client.post(f"{API}/orders", json={"text": origin}, headers={**headers, "Origin": origin}) as answer:
            assert answer.status == 201
    assert len(counter.done) == 2


async def test_the_socket_is_not_opened_from_another_site(client: Client) -> None:
    await sign_in(client)
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    async with client.get("/ws", headers={**upgrade, "Origin": "https://evil.example"}) as answer:
        assert answer.status == 403
    async with client.ws_connect("/ws", origin=f"http://{client.host}:{client.port}") as socket:
        assert not socket.closed


async def test_who_has_an_old_cookie_can_sign_in_again(client: Client) -> None:
    first = await sign_in(client)
    second = await sign_in(client)

    assert first != second


async def test_a_token_needs_no_csrf(
    client: Client, database: Database, accounts: AccountService, counter: Counter
) -> None:
    async with database.transaction() as session:
        token = await accounts.add_token(session, "anna", "script")
    headers = {"Authorization": f"Bearer {token}"}

    async with client.post(f"{API}/orders", json={"text": "a"}, headers=headers) as answer:
        assert answer.status == 201
    async with client.get(f"{API}/session", headers=headers) as answer:
        assert answer.status == 404
    for wrong in (f"Bearer {token}x", f"Basic {token}", token):
        async with client.get(f"{API}/users", headers={"Authorization": wrong}) as answer:
            assert answer.status == 401
    assert counter.done == ["a"]


async def test_a_wrong_token_is_not_helped_by_a_cookie(client: Client) -> None:
    await sign_in(client)
    async with client.get(f"{API}/users", headers={"Authorization": "Bearer wrong"}) as answer:
        assert answer.status == 401


async def test_lists_who_may_be_assigned(client: Client, database: Database, accounts: AccountService) -> None:
    await add_user(database, accounts, username="zoe", display_name="Zoe Zander")
    await add_user(database, accounts, username="gone", display_name="Gone")
    async with database.transaction() as session:
        await accounts.disable_user(session, "gone")
    await sign_in(client)

    async with client.get(f"{API}/users") as answer:
        users = await answer.json()
    assert [user["name"] for user in users["items"]] == ["Anna Albrecht", "Zoe Zander"]
    assert users["next_cursor"] is None


async def test_every_answer_carries_the_security_headers(client: Client) -> None:
    for path in ("/", "/no-such-page", f"{API}/session", f"{API}/nothing"):
        async with client.get(path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy
            assert "script-src 'self';" in policy
            assert "frame-ancestors 'none'" in policy
            assert f"ws://{client.host}:{client.port}" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "Referrer-Policy" in answer.headers
            assert (answer.headers.get("Cache-Control") == "no-store") == path.startswith("/api/")


async def test_a_host_header_cannot_widen_the_policy(client: Client) -> None:
    async with client.get("/", headers={"Host": "x; script-src *"}) as answer:
        assert "*" not in answer.headers["Content-Security-Policy"]


class TestBehindTls:
    @pytest.fixture
    def http_settings(self) -> HttpSettings:
        return HttpSettings(secure_cookies=True)

    async def test_cookies_go_over_https_only(self, client: Client, app: web.Application) -> None:
        async with client.post(f"{API}/session", json={"username": "anna", "password": PASSWORD}) as answer:
            assert "Secure" in answer.headers["Set-Cookie"]
