from cti_crm.accounts.attempts import _MOST_KEYS, AttemptLimiter


class Monotonic:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def _limiter(limit: int = 2) -> tuple[AttemptLimiter, Monotonic]:
    monotonic = Monotonic()
    return AttemptLimiter(limit, 60, monotonic), monotonic


def test_refuses_after_the_limit_and_forgives_after_the_window() -> None:
    limiter, monotonic = _limiter()
    limiter.begin("anna")
    monotonic.now = 30
    limiter.begin("anna")
    assert not limiter.allows("anna")

    monotonic.now = 59.9
    assert not limiter.allows("anna")
    monotonic.now = 60
    assert limiter.allows("anna")


def test_keys_count_for_themselves() -> None:
    limiter, _ = _limiter(limit=1)
    limiter.begin("anna")

    assert not limiter.allows("anna")
    assert limiter.allows("ben")


def test_success_does_not_count() -> None:
    limiter, _ = _limiter()
    limiter.begin("office")
    limiter.begin("office")
    limiter.take_back("office")
    assert limiter.allows("office")

    limiter.begin("office")
    limiter.forget("office")
    limiter.begin("office")
    assert limiter.allows("office")


def test_memory_stays_bounded() -> None:
    limiter, _ = _limiter(limit=1)
    for number in range(_MOST_KEYS + 1):
        limiter.begin(str(number))

    assert limiter.allows("0")
    assert not limiter.allows("1")
