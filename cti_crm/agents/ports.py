"""What agents need from a telephone system."""

from typing import Protocol


class QueueControl(Protocol):
    """Members of a PBX's queues. Each raises ControlError; what became of it is told by events."""

    async def sign_in(self, queue: str, device: str, name: str) -> None:
        """Put a phone into a queue, under the name of its agent."""
        ...

    async def sign_out(self, queue: str, interface: str) -> None:
        """Take a member out that signed in."""
        ...

    async def pause(self, queue: str | None, interface: str, reason: str | None) -> None:
        """Pause a member in one queue, or in all (None); `reason` None: let it go on."""
        ...
