"""Number -> who it is, with the reason. Never "take the first": several owners are an answer of their own."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.contacts import repository
from cti_crm.contacts.phone_numbers import NumberPlan, PhoneNumber
from cti_crm.contacts.schemas import ContactRef, MatchKind, MatchOut, MatchReason, OrganizationRef

COLLEAGUE = MatchOut(kind=MatchKind.NONE, reason=MatchReason.COLLEAGUE)
"""The answer for one of ours; only the caller of `match` knows the agents."""

Owner = Any  # a row of `repository.owners_of`


class Matcher:
    """Looks numbers up; one query each."""

    def __init__(self, plan: NumberPlan) -> None:
        self._plan = plan
        # A number is looked up for its pop, and a moment later for the call log.
        self._trunks_of = lru_cache(maxsize=1_000)(plan.trunks_of)

    async def match(self, session: AsyncSession, raw: str | None) -> MatchOut:
        """As `look_up`, in the session's transaction."""
        await session.flush()
        return await (await session.connection()).run_sync(self.look_up, raw)

    def look_up(self, connection: Connection, raw: str | None) -> MatchOut:
        """Who has the number, which may come in any form; None or a word for it is a withheld one."""
        number = self._read(raw)
        if isinstance(number, MatchOut):
            return number
        return decide(number, repository.owners_of(connection, number.e164, self._trunks_of(number.e164)))

    def look_up_many(self, connection: Connection, raw: Collection[str | None]) -> dict[str | None, MatchOut]:
        """As `look_up`, for several at once."""
        read = {one: self._read(one) for one in raw}
        numbers = {one.e164 for one in read.values() if isinstance(one, PhoneNumber)}
        owners = repository.owners_of_many(connection, {one: self._trunks_of(one) for one in numbers})
        return {
            one: decide(number, owners[number.e164]) if isinstance(number, PhoneNumber) else number
            for one, number in read.items()
        }

    def _read(self, raw: str | None) -> PhoneNumber | MatchOut:
        """The number, or at once the answer for what is none that somebody may have."""
        if self._plan.is_withheld(raw):
            return _nobody(MatchReason.WITHHELD)
        number = self._plan.parse(raw)
        if number is None:
            return _nobody(MatchReason.UNKNOWN)
        return _nobody(MatchReason.OWN_NUMBER) if self._plan.is_own(number.e164) else number


def decide(number: PhoneNumber, owners: Sequence[Owner]) -> MatchOut:
    """What the owners found for a number mean. Pure."""
    exact = _exact(number, owners)
    contacts = {owner.contact_id: _contact(owner) for owner in exact if owner.contact_id}
    organizations = {owner.organization_id: _organization(owner) for owner in exact if not owner.contact_id}
    if contacts or organizations:
        chosen = _chosen(exact[0], contacts, organizations)
        return chosen or _of_exact(contacts, organizations)
    return _of_trunks(number, [owner for owner in owners if owner.trunk_prefix and not owner.contact_id])


def _exact(number: PhoneNumber, owners: Sequence[Owner]) -> list[Owner]:
    """The owners of this very number. An extension narrows them down where both sides have one.

    A caller rarely shows an extension, so a stored one is no reason against a match.
    """
    exact = [owner for owner in owners if owner.e164 == number.e164 or _direct_dial_of(owner) == number.e164]
    if number.extension is None:
        return exact
    with_it = [owner for owner in exact if owner.extension == number.extension]
    return with_it or [owner for owner in exact if owner.extension is None]


def _direct_dial_of(owner: Owner) -> str | None:
    """The number as which somebody with an extension calls, where extensions are direct dials."""
    return f"{owner.trunk_prefix}{owner.extension}" if owner.contact_id and owner.trunk_prefix else None


def _chosen(
    owner: Owner, contacts: dict[Any, ContactRef], organizations: dict[Any, OrganizationRef | None]
) -> MatchOut | None:
    if len(contacts) + len(organizations) == 1:
        return None
    if contact := contacts.get(owner.chosen_contact_id):
        return _unique(MatchReason.CHOSEN, contact=contact, organization=contact.organization)
    if organization := organizations.get(owner.chosen_organization_id):
        return _unique(MatchReason.CHOSEN, organization=organization)
    return None


def _of_exact(contacts: dict[Any, ContactRef], organizations: dict[Any, OrganizationRef | None]) -> MatchOut:
    firms = [contact.organization for contact in contacts.values()] + list(organizations.values())
    firm = firms[0] if all(one == firms[0] for one in firms) else None
    if not contacts and firm:
        return _unique(MatchReason.ORGANIZATION_NUMBER, organization=firm)
    if len(contacts) == 1 and (firm or not organizations):
        contact = next(iter(contacts.values()))
        return _unique(MatchReason.EXACT_NUMBER, contact=contact, organization=contact.organization)
    return MatchOut(
        kind=MatchKind.AMBIGUOUS,
        reason=MatchReason.SHARED_NUMBER,
        organization=firm,
        candidates=sorted(contacts.values(), key=lambda contact: contact.name),
    )


def _of_trunks(number: PhoneNumber, owners: Sequence[Owner]) -> MatchOut:
    if not owners:
        return _nobody(MatchReason.UNKNOWN)
    longest = max(len(owner.trunk_prefix) for owner in owners)
    firms = {owner.organization_id: owner for owner in owners if len(owner.trunk_prefix) == longest}
    if len(firms) > 1:
        return MatchOut(kind=MatchKind.AMBIGUOUS, reason=MatchReason.SHARED_NUMBER)
    firm = _organization(next(iter(firms.values())))
    rest = number.e164[longest:]
    if not rest:
        return _unique(MatchReason.ORGANIZATION_NUMBER, organization=firm)
    return _unique(MatchReason.DIRECT_DIAL, organization=firm, direct_dial=rest)


def _contact(owner: Owner) -> ContactRef:
    name = f"{owner.first_name} {owner.last_name}".strip()
    return ContactRef(id=owner.contact_id, name=name, organization=_organization(owner))


def _organization(owner: Owner) -> OrganizationRef | None:
    if owner.organization_id is None:
        return None
    return OrganizationRef(id=owner.organization_id, name=owner.organization_name)


def _unique(
    reason: MatchReason,
    *,
    contact: ContactRef | None = None,
    organization: OrganizationRef | None,
    direct_dial: str | None = None,
) -> MatchOut:
    return MatchOut(
        kind=MatchKind.UNIQUE, reason=reason, contact=contact, organization=organization, direct_dial=direct_dial
    )


def _nobody(reason: MatchReason) -> MatchOut:
    return MatchOut(kind=MatchKind.NONE, reason=reason)
