"""Rows of contacts and organisations in the form in which the API shows them."""

from cti_crm.contacts.models import Contact, Organization, PhoneNumberRow
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.schemas import (
    ADDRESS,
    ContactOut,
    ContactRef,
    NumberLabel,
    NumberOut,
    OrganizationOut,
    OrganizationRef,
)


def organization_ref(organization: Organization | None) -> OrganizationRef | None:
    """An organisation in a few words."""
    return None if organization is None else OrganizationRef(id=organization.id, name=organization.name)


def contact_ref(contact: Contact) -> ContactRef:
    """A contact in a few words."""
    return ContactRef(id=contact.id, name=contact.name, organization=organization_ref(contact.organization))


def contact_out(contact: Contact, plan: NumberPlan) -> ContactOut:
    """A contact with everything."""
    return ContactOut(
        id=contact.id,
        version=contact.version,
        name=contact.name,
        first_name=contact.first_name,
        last_name=contact.last_name,
        organization=organization_ref(contact.organization),
        position=contact.position,
        **{name: getattr(contact, name) for name in ADDRESS},
        language=contact.language,
        custom=contact.custom,
        numbers=[number_out(row, plan) for row in contact.numbers],
        created_at=contact.created_at,
        updated_at=contact.updated_at,
    )


def organization_out(organization: Organization, contacts: list[ContactRef], plan: NumberPlan) -> OrganizationOut:
    """An organisation with everything and its people."""
    return OrganizationOut(
        id=organization.id,
        version=organization.version,
        name=organization.name,
        website=organization.website,
        **{name: getattr(organization, name) for name in ADDRESS},
        custom=organization.custom,
        numbers=[number_out(row, plan) for row in organization.numbers],
        contacts=contacts,
        created_at=organization.created_at,
        updated_at=organization.updated_at,
    )


def number_out(row: PhoneNumberRow, plan: NumberPlan) -> NumberOut:
    """A number as the API shows it."""
    return NumberOut(
        id=row.id,
        value=row.value,
        e164=row.e164,
        extension=row.extension,
        display=plan.display(row.value),
        label=NumberLabel(row.label),
        do_not_call=row.do_not_call,
        do_not_call_reason=row.do_not_call_reason,
    )
