"""The bus of a single node: plain calls within the process."""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog

E = TypeVar("E")
log = structlog.get_logger(__name__)


class MemoryEventBus:
    """Order of publication is kept. A handler that raises is logged and does not keep the others from theirs."""

    def __init__(self) -> None:
        self._handlers: list[tuple[type[Any], Callable[[Any], None]]] = []

    def publish(self, event: object) -> None:
        """Hand the event to every handler of its class, in the order they subscribed."""
        for event_type, handler in tuple(self._handlers):
            if isinstance(event, event_type):
                try:
                    handler(event)
                except Exception:
                    log.exception("event_handler_failed", event_type=type(event).__name__)

    def subscribe(self, event_type: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """Call `handler` for each event of that class or a subclass. Returns what ends the subscription."""
        entry = (event_type, handler)
        self._handlers.append(entry)
        return lambda: self._handlers.remove(entry)
