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
        self._of_type: dict[type[Any], tuple[Callable[[Any], None], ...]] = {}  # forgotten with each new subscription

    def publish(self, event: object) -> None:
        """Hand the event to every handler of its class, in the order they subscribed."""
        kind = type(event)
        handlers = self._of_type.get(kind)
        if handlers is None:
            handlers = tuple(handler for event_type, handler in self._handlers if issubclass(kind, event_type))
            self._of_type[kind] = handlers
        for handler in handlers:
            try:
                handler(event)
            except Exception:
                log.exception("event_handler_failed", event_type=kind.__name__)

    def subscribe(self, event_type: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """Call `handler` for each event of that class or a subclass. Returns what ends the subscription."""
        entry = (event_type, handler)
        self._handlers.append(entry)
        self._of_type.clear()

        def end() -> None:
            self._handlers.remove(entry)
            self._of_type.clear()

        return end
