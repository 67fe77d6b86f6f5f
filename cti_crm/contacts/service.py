"""Contacts and organisations: find, make, change, delete; and whose a number is."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from cti_crm.contacts import bin, repository  # noqa: A004 - what people call it
from cti_crm.contacts.conflicts import check
from cti_crm.contacts.custom_fields import Entity, with_values
from cti_crm.contacts.events import ContactChanged, OrganizationChanged
from cti_crm.contacts.folding import fold, search_text, sort_name
from cti_crm.contacts.matching import Matcher
from cti_crm.contacts.models import Contact, NumberChoice, Organization
from cti_crm.contacts.ownership import Owner
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.schemas import (
    ContactCreate,
    ContactOut,
    ContactQuery,
    ContactUpdate,
    MatchKind,
    NumberIn,
    OrganizationCreate,
    OrganizationOut,
    OrganizationUpdate,
    SearchQuery,
)
from cti_crm.contacts.search_find import Kind, find, read_query
from cti_crm.contacts.search_index import index, index_contacts
from cti_crm.contacts.stored_numbers import announce, contact_numbers, organization_numbers, replace_numbers
from cti_crm.contacts.views import contact_out, contact_ref, organization_out
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import after_commit
from cti_crm.infrastructure.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from cti_crm.infrastructure.http.pagination import Page, decode_cursor, encode_cursor


class ContactService:
    """People and firms. A session comes with each call; the edge commits."""

    def __init__(self, plan: NumberPlan, matcher: Matcher) -> None:
        self.plan = plan
        self.matcher = matcher

    async def search(self, session: AsyncSession, query: ContactQuery) -> Page[ContactOut]:
        """Contacts by name, or those that fit what was typed best; among the people of a firm, by name again."""
        if query.q.strip() and query.organization_id is None:
            ids, following = await self._ranked(session, query, Kind.CONTACT)
            found = await repository.contacts_by_id(session, ids)
            return Page[ContactOut](
                items=[contact_out(found[one], self.plan) for one in ids if one in found], next_cursor=following
            )
        rows, following = await repository.contacts(
            session, query, q=query.q, piece=self.plan.piece(query.q), organization_id=query.organization_id
        )
        return Page[ContactOut](items=[contact_out(row, self.plan) for row in rows], next_cursor=following)

    async def get(self, session: AsyncSession, contact_id: UUID) -> ContactOut:
        """One contact. Raises NotFoundError."""
        return contact_out(await stored_contact(session, contact_id), self.plan)

    async def create(self, session: AsyncSession, new: ContactCreate) -> ContactOut:
        """A new contact. Raises InvalidInputError: no name, no such organisation, a number without digits."""
        contact = Contact(organization=await self._organization_of(session, new), numbers=[])
        _set(contact, new.model_dump(exclude={"organization_id", "organization_name", "numbers", "custom"}))
        contact.custom = await with_values(session, Entity.CONTACT, {}, new.custom)
        derive_contact(contact)
        added = replace_numbers(contact.numbers, contact_numbers(self.plan, new.numbers))
        session.add(contact)
        await save(session, contact)
        announce(session, added)
        after_commit(session, ContactChanged(contact.id))
        return contact_out(contact, self.plan)

    async def update(self, session: AsyncSession, contact_id: UUID, change: ContactUpdate) -> ContactOut:
        """Change the fields sent. Raises NotFoundError, ConflictError, InvalidInputError."""
        contact = await stored_contact(session, contact_id)
        check(change, contact_out(contact, self.plan))
        if "organization_id" in change.model_fields_set:
            contact.organization = await self._organization_of(session, change)
        contact.custom = await with_values(session, Entity.CONTACT, contact.custom, change.custom)
        _set(
            contact, change.model_dump(exclude={"version", "organization_id", "numbers", "custom"}, exclude_unset=True)
        )
        derive_contact(contact)
        added = (
            []
            if change.numbers is None
            else replace_numbers(contact.numbers, contact_numbers(self.plan, change.numbers))
        )
        contact.updated_at = now()  # a change of numbers alone is a new version, too
        await save(session, contact)
        announce(session, added)
        after_commit(session, ContactChanged(contact.id))
        return contact_out(contact, self.plan)

    async def delete(self, session: AsyncSession, contact_id: UUID, by: str = "") -> None:
        """Put a contact with their numbers, notes and tasks into the bin. Their calls stay, with nobody's name.

        Raises NotFoundError.
        """
        await bin.throw_away(session, await stored_contact(session, contact_id), by)
        await flush(session)
        after_commit(session, ContactChanged(contact_id))

    async def attach_number(self, session: AsyncSession, contact_id: UUID, typed: NumberIn) -> ContactOut:
        """Add a number to a contact; one they have already changes nothing. Raises NotFoundError."""
        contact = await stored_contact(session, contact_id)
        new = contact_numbers(self.plan, [typed])[0]
        known = {(row.e164, row.extension) if row.e164 else (row.digits, None) for row in contact.numbers}
        if ((new.e164, new.extension) if new.e164 else (new.digits, None)) not in known:
            new.position = len(contact.numbers)
            contact.numbers.append(new)
            contact.updated_at = now()
            await save(session, contact)
            announce(session, [new])
            after_commit(session, ContactChanged(contact_id))
        return contact_out(contact, self.plan)

    async def remember(
        self, session: AsyncSession, number: str, *, contact_id: UUID | None = None, organization_id: UUID | None = None
    ) -> None:
        """From now on the number is this contact's, or this organisation's: exactly one of them.

        It is added to them if they do not have it. Where others have it as well, the choice is kept.
        """
        parsed = self.plan.parse(number)
        if parsed is None or self.plan.is_own(parsed.e164):
            return
        typed = NumberIn(value=parsed.display)
        if contact_id is not None:
            await self.attach_number(session, contact_id, typed)
        elif organization_id is not None:
            await self._attach_to_organization(session, organization_id, parsed.e164, typed)
        if (await self.matcher.match(session, number)).kind is MatchKind.AMBIGUOUS or await repository.choice(
            session, parsed.e164
        ):
            await session.merge(
                NumberChoice(e164=parsed.e164, contact_id=contact_id, organization_id=organization_id, chosen_at=now())
            )
            await flush(session)

    async def _attach_to_organization(
        self, session: AsyncSession, organization_id: UUID, e164: str, typed: NumberIn
    ) -> None:
        organization = await self._organization(session, organization_id)
        if all(row.e164 != e164 for row in organization.numbers):
            new = organization_numbers(self.plan, [typed])[0]
            new.position = len(organization.numbers)
            organization.numbers.append(new)
            organization.updated_at = now()
            await save(session, organization)
            announce(session, [new])
            after_commit(session, OrganizationChanged(organization_id))

    async def search_organizations(self, session: AsyncSession, query: SearchQuery) -> Page[OrganizationOut]:
        """Organisations by name, or those that fit what was typed best."""
        if query.q.strip():
            ids, following = await self._ranked(session, query, Kind.ORGANIZATION)
            found = await repository.organizations_by_id(session, ids)
            rows: Sequence[Organization] = [found[one] for one in ids if one in found]
        else:
            rows, following = await repository.organizations(session, query)
        return Page[OrganizationOut](items=await self._organizations_out(session, list(rows)), next_cursor=following)

    async def _ranked(self, session: AsyncSession, query: SearchQuery, kind: Kind) -> tuple[list[UUID], str | None]:
        """A page of what fits best; the cursor counts, since the order is no column's."""
        begin = int(decode_cursor(query.cursor, 1)[0] or 0) if query.cursor else 0
        end = begin + query.limit
        found = await find(session, read_query(query.q, self.plan), [kind], end + 1)
        ids = [one.contact_id or one.organization_id for one in found[begin:end]]
        return [one for one in ids if one is not None], encode_cursor(end) if len(found) > end else None

    async def get_organization(self, session: AsyncSession, organization_id: UUID) -> OrganizationOut:
        """One organisation with its people. Raises NotFoundError."""
        return await self._organization_out(session, await self._organization(session, organization_id))

    async def create_organization(self, session: AsyncSession, new: OrganizationCreate) -> OrganizationOut:
        """A new organisation. Raises InvalidInputError: a number without digits."""
        organization = Organization(numbers=[])
        _set(organization, new.model_dump(exclude={"numbers", "custom"}))
        organization.custom = await with_values(session, Entity.ORGANIZATION, {}, new.custom)
        derive_organization(organization)
        added = replace_numbers(organization.numbers, organization_numbers(self.plan, new.numbers))
        session.add(organization)
        await save(session, organization)
        announce(session, added)
        after_commit(session, OrganizationChanged(organization.id))
        return organization_out(organization, [], self.plan)

    async def update_organization(
        self, session: AsyncSession, organization_id: UUID, change: OrganizationUpdate
    ) -> OrganizationOut:
        """Change the fields sent. Raises NotFoundError, ConflictError, InvalidInputError."""
        organization = await self._organization(session, organization_id)
        check(change, organization_out(organization, [], self.plan))
        organization.custom = await with_values(session, Entity.ORGANIZATION, organization.custom, change.custom)
        fields = change.model_dump(exclude={"version", "numbers", "custom"}, exclude_unset=True)
        renamed = fields.get("name") not in (None, organization.name)
        _set(organization, {key: value for key, value in fields.items() if value is not None})
        derive_organization(organization)
        added = (
            []
            if change.numbers is None
            else replace_numbers(organization.numbers, organization_numbers(self.plan, change.numbers))
        )
        organization.updated_at = now()
        await save(session, organization)
        if renamed:
            await self._index_people(session, organization_id)
        announce(session, added)
        after_commit(session, OrganizationChanged(organization_id))
        return await self._organization_out(session, organization)

    async def delete_organization(self, session: AsyncSession, organization_id: UUID, by: str = "") -> None:
        """Put an organisation with its own numbers, notes and tasks into the bin. Its people and all calls stay.

        Raises NotFoundError.
        """
        organization = await self._organization(session, organization_id)
        people = await repository.ids_of_people(session, organization_id)
        await bin.throw_away(session, organization, by)
        await flush(session)
        await index_contacts(session, people)
        after_commit(session, OrganizationChanged(organization_id))

    async def warned_of(self, session: AsyncSession, number: str, contact_id: UUID | None) -> str | None:
        """Why a number is not to be called, empty without a reason; None if it may be.

        A contact's own word on it counts before others'.
        """
        parsed = self.plan.parse(number)
        if parsed is None:
            return None
        rows = await repository.numbers_called(session, parsed.e164)
        own = [row for row in rows if contact_id is not None and row.contact_id == contact_id]
        warned = [row.do_not_call_reason for row in own or rows if row.do_not_call]
        return None if not warned else next(filter(None, warned), "")

    async def take_back(self, session: AsyncSession, item_id: UUID) -> None:
        """Restore what is in the bin. Raises NotFoundError."""
        item = await bin.item(session, item_id)
        people, firms = bin.ids_of(item, "contacts"), bin.ids_of(item, "organizations")
        await bin.take_back(session, item)
        for firm in (await repository.organizations_by_id(session, firms)).values():
            await index(session, [firm])
            announce(session, firm.numbers)
            await self._index_people(session, firm.id)
            after_commit(session, OrganizationChanged(firm.id))
        for contact in (await repository.contacts_by_id(session, people)).values():
            await index(session, [contact])
            announce(session, contact.numbers)
            after_commit(session, ContactChanged(contact.id))

    async def _index_people(self, session: AsyncSession, organization_id: UUID) -> None:
        """They are found by their firm's name, too."""
        await index_contacts(session, await repository.ids_of_people(session, organization_id))

    async def _organization(self, session: AsyncSession, organization_id: UUID) -> Organization:
        organization = await repository.organization(session, organization_id)
        if organization is None:
            raise NotFoundError("There is no such organisation, or no more.")
        return organization

    async def _organization_of(
        self, session: AsyncSession, fields: ContactCreate | ContactUpdate
    ) -> Organization | None:
        """The organisation named by id, or found or made by name."""
        if fields.organization_id is not None:
            found = await repository.organization(session, fields.organization_id)
            if found is None:
                raise InvalidInputError(fields=[FieldError("organization_id", "There is no such organisation.")])
            return found
        name = fields.organization_name if isinstance(fields, ContactCreate) else ""
        if not name:
            return None
        same = await repository.organizations_by_name(session, [fold(name)])
        return same[0] if same else new_organization(name)

    async def _organization_out(self, session: AsyncSession, organization: Organization) -> OrganizationOut:
        return (await self._organizations_out(session, [organization]))[0]

    async def _organizations_out(
        self, session: AsyncSession, organizations: list[Organization]
    ) -> list[OrganizationOut]:
        people = await repository.people_of(session, [one.id for one in organizations])
        return [
            organization_out(one, [contact_ref(who) for who in people if who.organization_id == one.id], self.plan)
            for one in organizations
        ]


async def stored_contact(session: AsyncSession, contact_id: UUID) -> Contact:
    """The contact. Raises NotFoundError."""
    contact = await repository.contact(session, contact_id)
    if contact is None:
        raise NotFoundError("There is no such contact, or no more.")
    return contact


def new_organization(name: str) -> Organization:
    """An organisation of which only the name is known."""
    organization = Organization(name=name, numbers=[])
    derive_organization(organization)
    return organization


async def save(session: AsyncSession, *rows: Contact | Organization) -> None:
    """Write what is pending, and make `rows` found by what they are now. Raises ConflictError."""
    firms = [row.organization for row in rows if isinstance(row, Contact) and row.organization]
    new_firms = [firm for firm in firms if not inspect(firm).persistent and firm not in rows]
    await flush(session)
    await index(session, [*rows, *dict.fromkeys(new_firms)])


async def flush(session: AsyncSession) -> None:
    """Write what is pending. Raises ConflictError if somebody else was faster."""
    try:
        await session.flush()
    except StaleDataError:
        raise ConflictError from None


async def known_owner(session: AsyncSession, owner: Owner) -> Owner:
    """The contact, or else the organisation. Raises InvalidInputError: there is no such one."""
    if owner.contact_id is not None and await repository.contact(session, owner.contact_id) is None:
        raise InvalidInputError(fields=[FieldError("contact_id", "There is no such contact.")])
    if owner.organization_id is not None and await repository.organization(session, owner.organization_id) is None:
        raise InvalidInputError(fields=[FieldError("organization_id", "There is no such organisation.")])
    return owner.single


def _set(row: Contact | Organization, fields: dict[str, object]) -> None:
    for name, value in fields.items():
        setattr(row, name, value)


def derive_contact(contact: Contact) -> None:
    """Set the columns a contact is found and sorted by. Raises InvalidInputError: no name."""
    if not contact.name:
        raise InvalidInputError(fields=[FieldError("last_name", "A first or last name is needed.")])
    contact.sort_name = sort_name(contact.first_name, contact.last_name)
    contact.search_text = search_text(contact.name, contact.email or "")
    contact.email_key = fold(contact.email or "")


def derive_organization(organization: Organization) -> None:
    """Set the columns an organisation is found and sorted by."""
    organization.sort_name = fold(organization.name)
    organization.search_text = search_text(organization.name, organization.email or "")
