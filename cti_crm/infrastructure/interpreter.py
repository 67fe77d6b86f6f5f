"""The Python interpreter, set up for a service that answers within milliseconds."""

import asyncio
import gc
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

# Seconds a thread may keep others from running. The default, 5 ms, is what a look-up in a thread would wait several
# times whenever the event loop is busy.
_SWITCH_SECONDS = 0.0005
# Between two collections of the young, and how many of those make one of the middle-aged: few and short pauses of a
# millisecond or two. The old, which take a tenth of a second, are left to `keep_tidy`.
_NEW_OBJECTS, _YOUNG, _NEVER = 700, 2, 1_000_000_000
_LOOK_SECONDS, _TIDY_SECONDS, _TIDY_AT_LAST_SECONDS = 1.0, 60.0, 600.0


def run(work: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run`, on the event loop of libuv, which needs less of the processor; on Windows there is none."""
    if sys.platform == "win32":
        return asyncio.run(work)
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def settle() -> None:
    """To be called once all that stays is there: it is not looked at any more when garbage is collected."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNG, _NEVER)


async def keep_tidy(at_rest: Callable[[], bool]) -> None:
    """After `settle`, until cancelled: collect what became garbage in old age, in moments that are `at_rest`.

    Not more often than once a minute; after ten minutes without a rest all the same.
    """
    last = time.monotonic()
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        age = time.monotonic() - last
        if age >= _TIDY_AT_LAST_SECONDS or (age >= _TIDY_SECONDS and at_rest()):
            gc.collect()
            last = time.monotonic()
