"""Pytest fixtures of the lab; a folder's conftest.py imports those its tests use."""

import os
from collections.abc import AsyncIterator

import pytest_asyncio

from tests.lab.asterisk import AsteriskPbx
from tests.lab.people import People
from tests.needs import left_out


def _only_as_root() -> None:
    if os.geteuid() != 0:
        left_out("NOT TESTED ON A REAL ASTERISK: it runs in a chroot, which only root may enter")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def asterisk_pbx() -> AsyncIterator[AsteriskPbx]:
    """One running test PBX for all tests of the session. Records of earlier tests stay in it: look for your own."""
    _only_as_root()
    async with AsteriskPbx() as pbx:
        yield pbx


@pytest_asyncio.fixture
async def own_pbx() -> AsyncIterator[AsteriskPbx]:
    """A test PBX for one test alone, which may stop, kill or restart it."""
    _only_as_root()
    async with AsteriskPbx() as pbx:
        yield pbx


@pytest_asyncio.fixture
async def people(asterisk_pbx: AsteriskPbx) -> AsyncIterator[People]:
    """Customers, phones and the outside world around `asterisk_pbx`; all gone after the test."""
    async with People(asterisk_pbx) as people:
        yield people
