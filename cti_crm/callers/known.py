"""Known numbers in memory: asked for every pop, and also while the database is away."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.callers import repository
from cti_crm.callers.events import OwnMobileChanged, SpamChanged
from cti_crm.callers.schemas import SpamOut
from cti_crm.callers.service import CallerService
from cti_crm.infrastructure.event_bus.bus import EventBus


class KnownNumbers:
    """Which numbers are spam, and whose mobile one is."""

    def __init__(self, bus: EventBus, extension_of: Callable[[UUID], str | None]) -> None:
        """`extension_of` a user who is an agent."""
        self._extension_of = extension_of
        self._spam: dict[str, SpamOut] = {}
        self._mobiles: dict[str, UUID] = {}
        bus.subscribe(SpamChanged, self._spam_changed)
        bus.subscribe(OwnMobileChanged, self._mobile_changed)

    async def load(self, session: AsyncSession, service: CallerService) -> None:
        """Read all of them."""
        self._spam = {one.number: one for one in await service.marked(session)}
        self._mobiles = {one.number: one.user_id for one in await repository.mobiles(session)}

    def spam(self, number: str | None) -> SpamOut | None:
        """The mark of a number (E.164 where it can be)."""
        return self._spam.get(number) if number else None

    def colleague(self, number: str | None) -> str | None:
        """The extension of the colleague whose mobile it is."""
        user_id = self._mobiles.get(number) if number else None
        return self._extension_of(user_id) if user_id else None

    def _spam_changed(self, event: SpamChanged) -> None:
        if event.mark is not None:
            self._spam[event.number] = event.mark
        else:
            self._spam.pop(event.number, None)

    def _mobile_changed(self, event: OwnMobileChanged) -> None:
        self._mobiles = {number: user for number, user in self._mobiles.items() if user != event.user_id}
        if event.number is not None:
            self._mobiles[event.number] = event.user_id
