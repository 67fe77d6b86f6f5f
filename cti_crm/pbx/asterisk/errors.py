"""What can go wrong between us and a manager interface. Messages are for the person who runs the PBX."""


class LinkError(Exception):
    """Base of all. `needs_person`: trying again does not help, somebody must change a setting."""

    needs_person = False


class UnreachableError(LinkError):
    """Nothing answers at that address."""


class NotAmiError(LinkError):
    """Something answers, but it is no manager interface."""

    needs_person = True


class LoginRefusedError(LinkError):
    """The manager interface does not let us in."""

    needs_person = True


class ClosedEarlyError(LoginRefusedError):
    """The connection was closed before we were signed in. So does a PBX that does not let us in, and one that stops."""


class PermissionMissingError(LinkError):
    """We are in, but may not see what we must see."""

    needs_person = True


class SilentError(LinkError):
    """The connection stands, but no answer came in time."""


class LostError(LinkError):
    """The connection is over, for `reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The connection to the PBX broke: {reason}")


class ForbiddenCharacterError(ValueError):
    """A value for an action holds a control character; the argument is the header's name."""
