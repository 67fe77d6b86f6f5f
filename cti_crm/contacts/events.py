"""What happened to contacts, organisations and their numbers; published after the commit."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """A contact was made, changed or deleted. Imports do not tell of every single one."""

    contact_id: UUID


@dataclass(frozen=True, slots=True)
class OrganizationChanged:
    """An organisation was made, changed or deleted. Imports do not tell of every single one."""

    organization_id: UUID


@dataclass(frozen=True, slots=True)
class NumbersAttached:
    """Numbers got an owner: what came from them before may now be known.

    e164: the numbers; trunk_prefixes: beginnings of numbers that are direct dials of a firm.
    """

    e164: tuple[str, ...]
    trunk_prefixes: tuple[str, ...] = ()
