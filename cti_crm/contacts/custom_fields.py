"""Fields that managers add to contacts and organisations: what they are, and whether a value fits."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from math import isfinite
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.contacts.folding import fold
from cti_crm.contacts.models import Contact, CustomField, CustomValue, Organization
from cti_crm.contacts.schemas import CustomInput, Name
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.errors import FieldError, InvalidInputError, NotFoundError
from cti_crm.infrastructure.http.api import ApiRequest, Routes
from cti_crm.infrastructure.http.principal import Role

LONGEST_TEXT = 1000
_MOST_FIELDS = 50
_YES = {"yes", "ja", "true", "wahr", "1", "x", "y", "j"}
_NO = {"no", "nein", "false", "falsch", "0", "n"}


class Entity(StrEnum):
    """What a field belongs to."""

    CONTACT = "contact"
    ORGANIZATION = "organization"


class CustomKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    URL = "url"


Choices = Annotated[list[Name], Field(max_length=100)]


class CustomFieldCreate(BaseModel):
    """A new field; `choices` for the kind `choice` only."""

    model_config = ConfigDict(extra="forbid")

    entity: Entity
    name: Annotated[Name, Field(max_length=80)]
    kind: CustomKind
    choices: Choices = []


class CustomFieldUpdate(BaseModel):
    """What is sent is changed. The kind stays: values of another one would no longer fit."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Name, Field(max_length=80)] | None = None
    choices: Choices | None = None
    position: Annotated[int, Field(ge=0, le=_MOST_FIELDS)] | None = None
    removed: bool | None = None


class CustomFieldOut(BaseModel):
    """A field. A removed one is not shown; its values stay until they are deleted."""

    id: UUID
    entity: Entity
    key: str
    name: str
    kind: CustomKind
    choices: list[str]
    position: int
    removed: bool


class CustomFieldList(BaseModel):
    """All fields, removed ones too, in their order."""

    items: list[CustomFieldOut]


class RemoveQuery(BaseModel):
    """`values`: the values go, too, and cannot be had back."""

    values: bool = False


_TABLES = {Entity.CONTACT: Contact, Entity.ORGANIZATION: Organization}


def checked(field: CustomField, value: CustomInput) -> CustomValue | None:
    """The value as it is kept; None for none. A text is read as people write one. Raises ValueError with the reason."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    reader = _READERS[CustomKind(field.kind)]
    return reader(field, value.strip() if isinstance(value, str) else value)


def _text(_field: CustomField, value: CustomValue) -> CustomValue:
    shown = str(value)
    if len(shown) > LONGEST_TEXT:
        raise ValueError(f"At most {LONGEST_TEXT} characters.")
    return shown


def _number(_field: CustomField, value: CustomValue) -> CustomValue:
    if isinstance(value, str):
        plain = value.replace(" ", "").replace("\u00a0", "")
        if "," in plain:  # 1.234,5 as Germans write it
            plain = (
                plain.replace(".", "").replace(",", ".")
                if plain.rfind(",") > plain.rfind(".")
                else plain.replace(",", "")
            )
        try:
            value = float(plain)
        except ValueError:
            raise ValueError("This is no number.") from None
    if isinstance(value, bool) or not isfinite(value) or abs(value) > 1e15:
        raise ValueError("This is no number.")
    return int(value) if value == int(value) else value


def _date(_field: CustomField, value: CustomValue) -> CustomValue:
    shown = str(value)
    try:
        day, dot, rest = shown.partition(".")
        if dot:  # 21.11.2026
            month, _dot, year = rest.partition(".")
            return date(int(year), int(month), int(day)).isoformat()
        return date.fromisoformat(shown).isoformat()
    except ValueError:
        raise ValueError("This is no day: write 2026-11-21.") from None


def _choice(field: CustomField, value: CustomValue) -> CustomValue:
    found = next((one for one in field.choices if fold(one) == fold(str(value))), None)
    if found is None:
        raise ValueError(f"Choose one of: {', '.join(field.choices)}.")
    return found


def _yes_no(_field: CustomField, value: CustomValue) -> CustomValue:
    said = str(value).casefold()
    if said not in _YES | _NO:
        raise ValueError("Say yes or no.")
    return said in _YES


def _url(_field: CustomField, value: CustomValue) -> CustomValue:
    shown = str(value)
    address = shown if "://" in shown else f"https://{shown}"
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or "." not in (parts.hostname or "") or len(address) > LONGEST_TEXT:
        raise ValueError("This is no web address.")
    return address


_READERS = {
    CustomKind.TEXT: _text,
    CustomKind.NUMBER: _number,
    CustomKind.DATE: _date,
    CustomKind.CHOICE: _choice,
    CustomKind.YES_NO: _yes_no,
    CustomKind.URL: _url,
}


async def fields_of(session: AsyncSession, entity: Entity | None = None) -> Sequence[CustomField]:
    """The fields, removed ones too, in their order."""
    query = select(CustomField).order_by(CustomField.entity, CustomField.position, CustomField.id)
    if entity is not None:
        query = query.where(CustomField.entity == entity)
    return (await session.execute(query)).scalars().all()


async def with_values(
    session: AsyncSession, entity: Entity, before: Mapping[str, CustomValue], sent: Mapping[str, CustomInput]
) -> dict[str, CustomValue]:
    """The values once those sent are set; null and empty ones are taken off. Raises InvalidInputError."""
    if not sent:
        return dict(before)
    known = {field.key: field for field in await fields_of(session, entity)}
    result = dict(before)
    errors = []
    for key, value in sent.items():
        if key not in known:
            errors.append(FieldError(f"custom.{key}", "There is no such field."))
            continue
        try:
            kept = checked(known[key], value)
        except ValueError as error:
            errors.append(FieldError(f"custom.{key}", str(error)))
            continue
        if kept is None:
            result.pop(key, None)
        else:
            result[key] = kept
    if errors:
        raise InvalidInputError(fields=errors)
    return result


def custom_field_routes() -> Routes:
    """What fields there are; managers define them."""
    routes = Routes("custom fields")
    managers = (Role.MANAGER,)

    @routes.get("/custom-fields")
    async def list_custom_fields(request: ApiRequest) -> CustomFieldList:
        """All fields, removed ones too."""
        return CustomFieldList(items=[_out(one) for one in await fields_of(request.session)])

    @routes.post("/custom-fields", roles=managers)
    async def create_custom_field(request: ApiRequest, body: CustomFieldCreate) -> CustomFieldOut:
        """Define a field."""
        there = await fields_of(request.session, body.entity)
        if len(there) >= _MOST_FIELDS:
            raise InvalidInputError(f"There are {_MOST_FIELDS} fields already.")
        _check_name(there, body.name)
        field = CustomField(
            entity=body.entity,
            key=_new_key(there, body.name),
            name=body.name,
            kind=body.kind,
            choices=_choices(body.kind, body.choices),
            position=max((one.position for one in there), default=-1) + 1,
        )
        request.session.add(field)
        await request.session.flush()
        return _out(field)

    @routes.patch("/custom-fields/{field_id}", roles=managers)
    async def update_custom_field(request: ApiRequest, field_id: UUID, body: CustomFieldUpdate) -> CustomFieldOut:
        """Rename a field, change its choices or place, take it away or bring it back with its values."""
        field = await _field(request.session, field_id)
        there = await fields_of(request.session, Entity(field.entity))
        if body.name is not None:
            _check_name([one for one in there if one.id != field_id], body.name)
            field.name = body.name
        if body.choices is not None:
            field.choices = _choices(CustomKind(field.kind), body.choices)
        if body.position is not None:
            _move(list(there), field, body.position)
        if body.removed is not None:
            field.removed_at = now() if body.removed else None
        await request.session.flush()
        return _out(field)

    @routes.delete("/custom-fields/{field_id}", roles=managers)
    async def delete_custom_field(request: ApiRequest, field_id: UUID, query: RemoveQuery) -> None:
        """Take a field away. Its values stay, and the field can be brought back, unless `values` is true."""
        field = await _field(request.session, field_id)
        if query.values:
            await _delete_values(request.session, field)
            await request.session.delete(field)
        else:
            field.removed_at = now()
        await request.session.flush()

    return routes


async def _field(session: AsyncSession, field_id: UUID) -> CustomField:
    field = await session.get(CustomField, field_id)
    if field is None:
        raise NotFoundError("There is no such field, or no more.")
    return field


def _check_name(others: Sequence[CustomField], name: str) -> None:
    if any(fold(one.name) == fold(name) for one in others):
        raise InvalidInputError(fields=[FieldError("name", "There is a field of this name already.")])


def _new_key(there: Sequence[CustomField], name: str) -> str:
    """The name without what is no letter; never one that is taken, since values are kept under it."""
    plain = "".join(one if one.isascii() and one.isalnum() else "_" for one in fold(name)).strip("_")[:40] or "field"
    taken = {one.key for one in there}
    return next(
        key
        for number in range(1, len(taken) + 2)
        if (key := plain if number == 1 else f"{plain}_{number}") not in taken
    )


def _choices(kind: CustomKind, choices: Sequence[str]) -> list[str]:
    distinct = list({fold(one): one for one in choices}.values())
    if kind is CustomKind.CHOICE and not distinct:
        raise InvalidInputError(fields=[FieldError("choices", "Name what can be chosen.")])
    return distinct if kind is CustomKind.CHOICE else []


def _move(there: list[CustomField], field: CustomField, position: int) -> None:
    there.remove(field)
    there.insert(position, field)
    for place, one in enumerate(there):
        one.position = place


async def _delete_values(session: AsyncSession, field: CustomField) -> None:
    table = _TABLES[Entity(field.entity)].__tablename__
    without = {
        "sqlite": "json_remove(custom, '$.' || :key) WHERE json_type(custom, '$.' || :key) IS NOT NULL",
        "postgresql": "custom - CAST(:key AS text) WHERE jsonb_exists(custom, :key)",
    }
    sql = f"UPDATE {table} SET custom = {without[session.get_bind().dialect.name]}"  # noqa: S608 - nobody's text
    await session.execute(text(sql), {"key": field.key})


def _out(field: CustomField) -> CustomFieldOut:
    return CustomFieldOut(
        id=field.id,
        entity=Entity(field.entity),
        key=field.key,
        name=field.name,
        kind=CustomKind(field.kind),
        choices=field.choices,
        position=field.position,
        removed=field.removed_at is not None,
    )
