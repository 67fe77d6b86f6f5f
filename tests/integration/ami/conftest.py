from collections.abc import AsyncIterator

import pytest

from tests.fakes.fake_ami import FakeAmi


@pytest.fixture
async def ami() -> AsyncIterator[FakeAmi]:
    async with FakeAmi() as server:
        yield server
