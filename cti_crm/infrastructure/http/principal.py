"""Who makes a request, as every feature needs to know it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a user may do. An admin may do everything; a manager everything an agent may, and see all."""

    AGENT = "agent"
    MANAGER = "manager"
    PBX_ADMIN = "pbx_admin"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """The signed-in user. `session_id` is None for a request with an API token."""

    user_id: UUID
    username: str
    display_name: str
    role: Role
    session_id: UUID | None = None

    def may(self, *roles: Role) -> bool:
        """Whether the user has one of the roles, or is an admin."""
        return self.role is Role.ADMIN or self.role in roles

    @property
    def sees_all(self) -> bool:
        """Whether other people's calls and tasks may be seen."""
        return self.role in (Role.MANAGER, Role.ADMIN)
