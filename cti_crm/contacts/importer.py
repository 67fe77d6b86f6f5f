"""Records of a file -> contacts and organisations. Importing twice changes nothing; what is there is never replaced."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.contacts import repository
from cti_crm.contacts.custom_fields import Entity, fields_of
from cti_crm.contacts.folding import fold, sort_name
from cti_crm.contacts.import_csv import read_csv
from cti_crm.contacts.import_records import CustomColumns, ImportRecord, decode
from cti_crm.contacts.import_vcard import is_vcard, read_vcards
from cti_crm.contacts.models import Contact, CustomField, Organization, PhoneNumberRow
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.schemas import ContactCreate, CustomInput, ImportProblem, OrganizationCreate
from cti_crm.contacts.service import derive_contact, derive_organization, save
from cti_crm.contacts.stored_numbers import announce, contact_numbers, organization_numbers
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import Database

BATCH = 100  # records a transaction; writing more at once would keep a screen pop waiting


@dataclass(slots=True)
class ImportReport:
    """How far an import is; `done` of `total` records have been looked at, the broken ones included."""

    total: int = 0
    done: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[ImportProblem] = field(default_factory=list)


async def import_contacts(
    database: Database, plan: NumberPlan, data: bytes, progress: Callable[[ImportReport], None]
) -> ImportReport:
    """Bring a CSV or vCard file in; `progress` is called with the running report after each batch.

    Raises InvalidInputError: the file as a whole cannot be read. What is broken in it is in the report instead.
    """
    async with database.transaction() as session:
        custom = await _custom_columns(session)
    found = await asyncio.to_thread(_read, data, custom)
    records = [one for one in found if isinstance(one, ImportRecord)]
    problems = [one for one in found if isinstance(one, ImportProblem)]
    report = ImportReport(total=len(found), done=len(problems), problems=problems)
    progress(report)
    for start in range(0, len(records), BATCH):
        async with database.transaction() as session:
            batch = await _Batch.load(session, plan, records[start : start + BATCH])
            counts = await batch.store()
        report.created += counts.created
        report.updated += counts.updated
        report.unchanged += counts.unchanged
        report.done += counts.created + counts.updated + counts.unchanged
        progress(report)
    return report


def _read(data: bytes, custom: CustomColumns) -> list[ImportRecord | ImportProblem]:
    text = decode(data)
    return list(read_vcards(text) if is_vcard(text) else read_csv(text, custom))


async def _custom_columns(session: AsyncSession) -> CustomColumns:
    by_entity: dict[str, dict[str, CustomField]] = {Entity.CONTACT: {}, Entity.ORGANIZATION: {}}
    for one in await fields_of(session):
        if one.removed_at is None:
            by_entity[one.entity][fold(one.name)] = one
    return CustomColumns(by_entity[Entity.CONTACT], by_entity[Entity.ORGANIZATION])


@dataclass(slots=True)
class _Batch:
    """Some records, and what is stored already under their names."""

    session: AsyncSession
    plan: NumberPlan
    records: Sequence[ImportRecord]
    contacts: dict[str, list[Contact]]
    organizations: dict[str, Organization]
    added: list[PhoneNumberRow] = field(default_factory=list)
    changed: dict[Contact | Organization, None] = field(default_factory=dict)

    @classmethod
    async def load(cls, session: AsyncSession, plan: NumberPlan, records: Sequence[ImportRecord]) -> "_Batch":
        contacts: dict[str, list[Contact]] = {}
        names = {_person_key(one.content) for one in records if isinstance(one.content, ContactCreate)}
        for contact in await repository.contacts_by_name(session, names):
            contacts.setdefault(contact.sort_name, []).append(contact)
        firms = {_firm_key(one.content) for one in records} - {""}
        organizations: dict[str, Organization] = {}
        for organization in await repository.organizations_by_name(session, firms):
            organizations.setdefault(organization.sort_name, organization)
        return cls(session, plan, records, contacts, organizations)

    async def store(self) -> ImportReport:
        """Write the records. Returns the counts of this batch."""
        counts = ImportReport()
        for one in self.records:
            if isinstance(one.content, ContactCreate):
                is_new, changed = self._contact(one.content)
            else:
                is_new, changed = self._organization(one.content)
            counts.created += is_new
            counts.updated += changed and not is_new
            counts.unchanged += not changed and not is_new
        await save(self.session, *self.changed)
        announce(self.session, self.added)
        return counts

    def _contact(self, wanted: ContactCreate) -> tuple[bool, bool]:
        organization = self._firm(wanted.organization_name)[0] if wanted.organization_name else None
        numbers = contact_numbers(self.plan, wanted.numbers)
        same_name = self.contacts.setdefault(_person_key(wanted), [])
        contact = next((one for one in same_name if _is_same(one, wanted, organization, numbers)), None)
        is_new = contact is None
        if contact is None:
            contact = Contact(first_name=wanted.first_name, last_name=wanted.last_name, numbers=[])
            same_name.append(contact)
            self.session.add(contact)
        left_out = {"organization_id", "organization_name", "numbers", "custom"}
        changed = self._fill(contact, wanted.model_dump(exclude=left_out), wanted.custom)
        if organization is not None and contact.organization is None:
            contact.organization = organization
            changed = True
        changed |= self._add_numbers(contact, numbers)
        if changed or is_new:
            derive_contact(contact)
            contact.updated_at = now()
            self.changed[contact] = None
        return is_new, changed

    def _organization(self, wanted: OrganizationCreate) -> tuple[bool, bool]:
        organization, is_new = self._firm(wanted.name)
        fields = wanted.model_dump(exclude={"name", "numbers", "custom"})
        changed = self._fill(organization, fields, wanted.custom)
        changed |= self._add_numbers(organization, organization_numbers(self.plan, wanted.numbers))
        if changed:
            derive_organization(organization)
            organization.updated_at = now()
            self.changed[organization] = None
        return is_new, changed

    def _firm(self, name: str) -> tuple[Organization, bool]:
        """The organisation of that name, and whether it is new."""
        known = self.organizations.get(fold(name))
        if known is not None:
            return known, False
        organization = Organization(name=name, numbers=[])
        derive_organization(organization)
        self.organizations[organization.sort_name] = organization
        self.session.add(organization)
        self.changed[organization] = None
        return organization, True

    @staticmethod
    def _fill(row: Contact | Organization, fields: dict[str, str], custom: Mapping[str, CustomInput]) -> bool:
        """Set what is still empty. Returns whether anything was."""
        own = row.custom or {}
        added = {key: value for key, value in custom.items() if key not in own and value is not None}
        if added or row.custom is None:
            row.custom = own | added
        missing = {name: value for name, value in fields.items() if value and not getattr(row, name)}
        for name, value in missing.items():
            setattr(row, name, value)
        return bool(missing or added)

    def _add_numbers(self, row: Contact | Organization, numbers: Sequence[PhoneNumberRow]) -> bool:
        """Add the numbers it does not have. Returns whether there were any."""
        known = {_number_key(one) for one in row.numbers}
        before = len(row.numbers)
        for number in numbers:
            if _number_key(number) not in known:
                known.add(_number_key(number))
                number.position = len(row.numbers)
                row.numbers.append(number)
                self.added.append(number)
        return len(row.numbers) > before


def _is_same(
    contact: Contact, wanted: ContactCreate, organization: Organization | None, numbers: Sequence[PhoneNumberRow]
) -> bool:
    """Whether a contact of the same name is the same person: by e-mail, a number, or the firm.

    Two people of one name without a firm are told apart by anything that is known of both.
    """
    email = fold(wanted.email)
    if email and email == contact.email_key:
        return True
    theirs = {_number_key(one) for one in contact.numbers}
    if any(_number_key(one) in theirs for one in numbers):
        return True
    if organization is not None:
        return contact.organization is organization and not (email and contact.email_key)
    return not email and not numbers


def _number_key(row: PhoneNumberRow) -> tuple[str, str | None]:
    return (row.e164, row.extension) if row.e164 else (row.digits, None)


def _person_key(content: ContactCreate) -> str:
    return sort_name(content.first_name, content.last_name)


def _firm_key(content: ContactCreate | OrganizationCreate) -> str:
    return fold(content.organization_name if isinstance(content, ContactCreate) else content.name)
