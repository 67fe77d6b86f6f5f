"""What features need of an event bus, whichever carries it."""

from collections.abc import Callable
from typing import Protocol, TypeVar

E = TypeVar("E")


class EventBus(Protocol):
    """Carries domain events to whoever subscribed to their class or a base of it.

    A handler is synchronous, must not block and must not raise: it puts the event into a queue of its own.
    """

    def publish(self, event: object) -> None:
        """Hand the event to every handler of its class, in the order they subscribed."""
        ...

    def subscribe(self, event_type: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """Call `handler` for each event of that class or a subclass. Returns what ends the subscription."""
        ...
