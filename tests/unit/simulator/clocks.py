"""Time for tests of the simulator."""

import asyncio
import heapq
import itertools


class VirtualClock:
    """Stands still until told to advance; then wakes sleepers in order, each at their own time."""

    def __init__(self) -> None:
        self.time = 1_795_286_000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.time + seconds, next(self._order), wake))
        await wake

    async def advance(self, seconds: float) -> None:
        """Let so much time go by; whoever is woken runs until they sleep again."""
        end = self.time + seconds
        await _let_others_run()
        while self._sleepers and self._sleepers[0][0] <= end:
            self.time, _, wake = heapq.heappop(self._sleepers)
            if not wake.done():
                wake.set_result(None)
            await _let_others_run()
        self.time = end


async def _let_others_run() -> None:
    for _ in range(10):
        await asyncio.sleep(0)
