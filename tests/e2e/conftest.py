"""Fixtures of the tests on a real Asterisk: the PBX, its people, and the service with browsers beside it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser
from pydantic import SecretStr

from cti_crm.app import running
from cti_crm.demo import firm
from cti_crm.demo.run import demo_settings
from cti_crm.settings import HttpSettings, LogSettings, PbxSettings, Settings
from tests.browser.conftest import Office, browser, browser_and_app, sample_firm
from tests.desk import links_up
from tests.lab.asterisk import AsteriskPbx
from tests.lab.fixtures import asterisk_pbx, own_pbx, people

__all__ = ["asterisk_pbx", "browser", "browser_and_app", "own_pbx", "people", "sample_firm"]


def settings_for(pbx: AsteriskPbx, folder: Path) -> Settings:
    """The demo's settings with the real Asterisk in the simulator's place."""
    settings = demo_settings(folder, pbx.ports.ami, HttpSettings(port=0), LogSettings())
    asterisk = PbxSettings(
        name=firm.PBX,
        port=pbx.ports.ami,
        username="cti",
        secret=SecretStr(pbx.events_secret),
        originate_username="cti-originate",
        originate_secret=SecretStr(pbx.originate_secret),
    )
    return settings.model_copy(update={"pbx": [asterisk]})


@pytest.fixture
async def office(
    tmp_path: Path, sample_firm: Path, browser: Browser, asterisk_pbx: AsteriskPbx
) -> AsyncIterator[Office]:
    """Service and browsers; the database is a copy of the sample firm's."""
    folder = tmp_path / "firm"
    shutil.copytree(sample_firm, folder)
    async with running(settings_for(asterisk_pbx, folder)) as service:
        await links_up(service)
        office = Office(service, browser)
        yield office
        await office.close()
    assert office.faults == []
