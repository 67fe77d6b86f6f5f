"""Two people changed the same entry: what differs, field by field, so that nothing is overwritten unseen."""

from collections.abc import Iterable

from pydantic import BaseModel

from cti_crm.contacts.schemas import ContactOut, ContactUpdate, NumberIn, OrganizationOut, OrganizationUpdate
from cti_crm.infrastructure.errors import ConflictError, FieldChange


def check(change: ContactUpdate | OrganizationUpdate, current: ContactOut | OrganizationOut) -> None:
    """Raises ConflictError with every field sent that is another one now, if the version read is not the newest."""
    if change.version == current.version:
        return
    sent = change.model_dump(mode="json", exclude_unset=True, exclude={"version"})
    raise ConflictError(changes=list(_changes(sent, current)), version=current.version)


def _changes(sent: dict[str, object], current: BaseModel) -> Iterable[FieldChange]:
    now = current.model_dump(mode="json")
    for name, yours in sent.items():
        if name == "custom" and isinstance(yours, dict):
            for key, value in yours.items():
                theirs = now["custom"].get(key)
                if value != theirs:
                    yield FieldChange(f"custom.{key}", value, theirs)
            continue
        if name == "organization_id":
            theirs = (now["organization"] or {}).get("id")
        elif name == "numbers":
            theirs = [{key: one[key] for key in NumberIn.model_fields} for one in now["numbers"]]
        else:
            theirs = now[name]
        if yours != theirs:
            yield FieldChange(name, yours, theirs)
