"""The PBX's own time, which may run faster than ours."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Where the simulator takes time from."""

    def now(self) -> float:
        """Seconds since 1970."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` of the PBX's time go by."""
        ...


class SpeedClock:
    """Starts now and runs `speed` times as fast as the wall clock."""

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError("speed must be above 0")
        self._speed = speed
        self._epoch = time.time()
        self._started = time.monotonic()

    def now(self) -> float:
        """Seconds since 1970."""
        return self._epoch + (time.monotonic() - self._started) * self._speed

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` of the PBX's time go by."""
        await asyncio.sleep(seconds / self._speed)
