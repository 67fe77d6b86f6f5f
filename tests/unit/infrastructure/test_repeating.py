"""Work that is done again: when it is due, when something happened, and when the database is back."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.exc import SQLAlchemyError
from structlog.testing import capture_logs

from cti_crm.infrastructure import repeating
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.repeating import LOOK_AGAIN, repeat, until

LONG = timedelta(days=1)


class Work:
    """Returns or raises what it is given, one after the other."""

    def __init__(self, *results: timedelta | Exception) -> None:
        self.results = list(results)
        self.done = asyncio.Queue[int]()

    async def __call__(self) -> timedelta:
        result = self.results.pop(0)
        self.done.put_nowait(len(self.results))
        if isinstance(result, Exception):
            raise result
        return result


async def test_what_is_due_is_done_at_once_and_what_is_woken_before_it_is_due() -> None:
    wake = asyncio.Event()
    work = Work(timedelta(), LONG, LONG)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(repeat(work, wake, waiting_is_told_as="waits"))
        assert [await work.done.get() for _ in range(2)] == [2, 1]
        wake.set()
        assert await work.done.get() == 0
        running.cancel()


async def test_it_is_tried_again_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeating, "LOOK_AGAIN", timedelta())
    work = Work(SQLAlchemyError(), TimeoutError(), OSError(), LONG)
    with capture_logs() as logs:
        async with asyncio.TaskGroup() as group:
            running = group.create_task(repeat(work, waiting_is_told_as="work_waits"))
            assert [await work.done.get() for _ in range(4)] == [3, 2, 1, 0]
            running.cancel()
    assert [(one["event"], one["error"]) for one in logs] == [
        ("work_waits", "SQLAlchemyError"),
        ("work_waits", "TimeoutError"),
        ("work_waits", "OSError"),
    ]


async def test_another_mistake_is_not_hidden() -> None:
    with pytest.raises(ValueError, match="a mistake"):
        await repeat(Work(ValueError("a mistake")), waiting_is_told_as="waits")


def test_how_long_to_rest() -> None:
    assert until(None) == until(now() + LONG) == LOOK_AGAIN
    assert until(now() - LONG) == timedelta()
    assert timedelta() < until(now() + LOOK_AGAIN) <= LOOK_AGAIN
