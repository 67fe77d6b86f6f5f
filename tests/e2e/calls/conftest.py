"""Fixtures of the tests with real calls."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.calls.office import Office, record_to
from tests.e2e.calls.pages import Pages, pages_of
from tests.lab.people import People


@pytest_asyncio.fixture
async def office(people: People, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    """A quiet office with its people and our tracker listening."""
    name = request.node.name.removeprefix("test_").replace("[", "_").rstrip("]")
    async with Office(people, name, record_to(name)).listening() as office:
        yield office


@pytest_asyncio.fixture
async def pages(office: Office) -> AsyncIterator[Pages]:
    """The pages of that office's agents."""
    async with pages_of(office) as pages:
        yield pages
