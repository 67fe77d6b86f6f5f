"""A request sent twice is done once."""

import asyncio

import pytest
from aiohttp import web
from sqlalchemy import func, select

from cti_crm.accounts.models import KeptAnswer
from cti_crm.accounts.service import AccountService
from cti_crm.infrastructure.database import Database
from tests.accounts_setup import Clock, add_user
from tests.http_setup import API, Client, Counter, sign_in

KEY = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}


@pytest.fixture(autouse=True)
async def users(database: Database, accounts: AccountService) -> None:
    await add_user(database, accounts)
    await add_user(database, accounts, username="ben")


async def _order(client: Client, headers: dict[str, str], text: str = "a") -> tuple[int, dict[str, object], bool]:
    async with client.post(f"{API}/orders", json={"text": text}, headers=headers) as answer:
        return answer.status, await answer.json(), "Idempotency-Replayed" in answer.headers


async def test_the_answer_is_repeated(client: Client, counter: Counter) -> None:
    headers = {**await sign_in(client), **KEY}

    assert await _order(client, headers) == (201, {"count": 1}, False)
    assert await _order(client, headers) == (201, {"count": 1}, True)
    assert counter.done == ["a"]


async def test_an_answer_without_content_is_repeated(client: Client, counter: Counter) -> None:
    headers = {**await sign_in(client), **KEY}
    for _ in range(2):
        async with client.delete(f"{API}/orders", headers=headers) as answer:
            assert answer.status == 204
    assert counter.done == ["cancelled"]


async def test_without_a_key_it_is_done_each_time(client: Client, counter: Counter) -> None:
    headers = await sign_in(client)
    await _order(client, headers)
    await _order(client, headers)
    assert counter.done == ["a", "a"]


async def test_a_key_is_for_one_request(client: Client, counter: Counter) -> None:
    headers = {**await sign_in(client), **KEY}
    await _order(client, headers)

    status, problem, _ = await _order(client, headers, text="b")
    assert (status, problem["code"]) == (422, "idempotency_key_reused")
    async with client.delete(f"{API}/orders", headers=headers) as answer:
        assert answer.status == 422
    assert counter.done == ["a"]


async def test_a_key_belongs_to_its_user(client: Client, counter: Counter) -> None:
    anna = {**await sign_in(client), **KEY}
    await _order(client, anna)
    ben = {**await sign_in(client, "ben"), **KEY}

    assert await _order(client, ben) == (201, {"count": 2}, False)


async def test_duplicates_at_the_same_moment_wait_for_the_first(client: Client, counter: Counter) -> None:
    headers = {**await sign_in(client), **KEY}
    counter.go.clear()
    async with asyncio.TaskGroup() as tasks:
        requests = [tasks.create_task(_order(client, headers)) for _ in range(5)]
        await counter.started.wait()
        counter.go.set()
    answers = [request.result() for request in requests]

    assert counter.done == ["a"]
    assert {(status, str(body)) for status, body, _ in answers} == {(201, "{'count': 1}")}
    assert sorted(replayed for _, _, replayed in answers) == [False, True, True, True, True]


async def test_a_refused_request_may_be_tried_again(client: Client, counter: Counter) -> None:
    headers = {**await sign_in(client), **KEY}
    counter.refuse = True
    assert (await _order(client, headers))[0] == 409
    counter.refuse = False

    assert await _order(client, headers) == (201, {"count": 1}, False)


async def test_a_failed_request_keeps_no_answer(client: Client, counter: Counter, database: Database) -> None:
    headers = {**await sign_in(client), **KEY}
    counter.fail = True
    assert (await _order(client, headers))[0] == 500

    async with database.transaction() as session:
        assert (await session.execute(select(func.count()).select_from(KeptAnswer))).scalar_one() == 0


async def test_a_key_is_forgotten_after_a_day(
    client: Client, counter: Counter, clock: Clock, database: Database
) -> None:
    headers = {**await sign_in(client), **KEY}
    await _order(client, headers)
    clock.advance(hours=24, seconds=1)
    headers = {**await sign_in(client), **KEY}

    assert await _order(client, headers, text="b") == (201, {"count": 2}, False)
    async with database.transaction() as session:
        assert (await session.execute(select(func.count()).select_from(KeptAnswer))).scalar_one() == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "ü"])
async def test_an_unusable_key_is_refused(client: Client, counter: Counter, key: str) -> None:
    headers = {**await sign_in(client), "Idempotency-Key": key}

    assert (await _order(client, headers))[0] == 422
    assert counter.done == []


async def test_nothing_is_kept_for_who_is_not_signed_in(client: Client, database: Database) -> None:
    async with client.post(f"{API}/session", json={"username": "x", "password": "x"}, headers=KEY) as answer:
        assert answer.status == 401
    async with client.get(f"{API}/openapi.json", headers=KEY) as answer:
        assert answer.status == 200


async def test_another_nodes_answer_is_taken(
    client: Client, app: web.Application, database: Database, counter: Counter, clock: Clock
) -> None:
    """Two nodes do not wait for each other; who commits second is rolled back and tells the first one's answer."""
    headers = {**await sign_in(client), **KEY}
    await _order(client, headers)
    async with database.transaction() as session:
        first = (await session.execute(select(KeptAnswer))).scalar_one()
        await session.delete(first)
    counter.started.clear()
    counter.go.clear()

    async with asyncio.TaskGroup() as tasks:
        second = tasks.create_task(_order(client, headers))
        await counter.started.wait()
        async with database.transaction() as session:
            session.add(
                KeptAnswer(
                    user_id=first.user_id,
                    key=first.key,
                    fingerprint=first.fingerprint,
                    status=first.status,
                    content_type=first.content_type,
                    body=b'{"count": 77}',
                    created_at=clock.time,
                )
            )
        counter.go.set()

    assert second.result() == (201, {"count": 77}, True)
