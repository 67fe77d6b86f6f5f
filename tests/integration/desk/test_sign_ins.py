"""A socket ends with the sign-in it was opened with, also if another process ended that."""

import asyncio
from datetime import timedelta

import pytest

from cti_crm.accounts.service import AccountService
from cti_crm.app import Service
from cti_crm.infrastructure.database import Database
from cti_crm.screenpop import sign_ins
from tests.desk import PATIENCE, Desk


@pytest.fixture
def looked_at_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_ins, "LOOK_AGAIN", timedelta(milliseconds=20))


@pytest.mark.usefixtures("looked_at_often")
async def test_who_is_disabled_by_another_process_is_disconnected(service: Service, anna: Desk, bernd: Desk) -> None:
    elsewhere = Database(service.database.url)
    async with elsewhere.transaction() as session:
        await AccountService().disable_user(session, "anna")
    await elsewhere.close()
    async with asyncio.timeout(PATIENCE):
        await anna.socket.wait_closed()
    status, _ = await anna.try_request("GET", "/contacts")
    assert status == 401
    assert (await bernd.request("GET", "/contacts"))["items"]
    assert bernd.socket.close_code is None
