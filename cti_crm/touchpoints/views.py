"""Touchpoints and what belongs to them in the form in which the API shows them."""

from cti_crm.calls.schemas import Ref
from cti_crm.contacts.models import Contact, Organization
from cti_crm.contacts.views import contact_ref, organization_ref
from cti_crm.touchpoints.models import Disposition, Touchpoint
from cti_crm.touchpoints.schemas import DispositionOut, TouchpointOut


def touchpoint_out(touchpoint: Touchpoint, contact: Contact | None, organization: Organization | None) -> TouchpointOut:
    """A touchpoint with its owners."""
    return TouchpointOut(
        id=touchpoint.id,
        medium=touchpoint.medium,
        at=touchpoint.at,
        contact=contact_ref(contact) if contact else None,
        organization=organization_ref(organization),
        call_id=touchpoint.call_id,
    )


def disposition_out(disposition: Disposition) -> DispositionOut:
    """A disposition in both languages."""
    return DispositionOut(
        id=disposition.id, key=disposition.key, label_en=disposition.label_en, label_de=disposition.label_de
    )


def party_refs(contact: Contact | None, organization: Organization | None) -> tuple[Ref | None, Ref | None]:
    """Contact and organisation as they stand at the customer's side of a call."""
    firm = organization or (contact.organization if contact else None)
    return (
        Ref(id=contact.id, name=contact.name) if contact else None,
        Ref(id=firm.id, name=firm.name) if firm else None,
    )
