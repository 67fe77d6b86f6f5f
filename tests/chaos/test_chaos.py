"""The shortened form of chaos for every test run."""

import shutil

import pytest

from tests.chaos.monkey import SHORT
from tests.chaos.run import Wish, run
from tests.lab.asterisk import AsteriskPbx

pytestmark = pytest.mark.asterisk


async def test_every_call_is_in_the_log_once_and_right_whatever_happens(own_pbx: AsteriskPbx) -> None:
    wish = Wish(calls=36, per_second=3, seed=1, store="sqlite", deeds=SHORT, thorough=False)
    outcome = await run(wish, own_pbx)
    assert outcome.verdict.conversations == wish.calls
    assert outcome.verdict.good, f"{outcome.story}\n{outcome.verdict.table()}\n{outcome.verdict.details()}"
    shutil.rmtree(outcome.folder)
