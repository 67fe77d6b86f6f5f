"""How often a password may be tried. Kept in memory: a restart forgives, other nodes count for themselves."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

_MOST_KEYS = 10_000


class AttemptLimiter:
    """At most `limit` failed attempts of one key within `window` seconds."""

    def __init__(self, limit: int, window: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._window = window
        self._monotonic = monotonic
        self._attempts: OrderedDict[str, deque[float]] = OrderedDict()

    def allows(self, key: str) -> bool:
        """Whether another attempt may be made."""
        times = self._attempts.get(key)
        if times is None:
            return True
        while times and times[0] <= self._monotonic() - self._window:
            times.popleft()
        return len(times) < self._limit

    def begin(self, key: str) -> None:
        """Count an attempt as failed before its outcome is known: many at once must not slip through.

        Of very many keys the ones longest without an attempt are forgotten.
        """
        self._attempts.setdefault(key, deque(maxlen=self._limit)).append(self._monotonic())
        self._attempts.move_to_end(key)
        if len(self._attempts) > _MOST_KEYS:
            self._attempts.popitem(last=False)

    def take_back(self, key: str) -> None:
        """The attempt succeeded: it does not count."""
        times = self._attempts.get(key)
        if times:
            times.pop()

    def forget(self, key: str) -> None:
        """The attempt succeeded, and the failures before it do not count either."""
        self._attempts.pop(key, None)
