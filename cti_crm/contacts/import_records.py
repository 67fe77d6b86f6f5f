"""What a file of contacts is read into, whatever its form; and its bytes as text."""

import codecs
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from cti_crm.contacts.custom_fields import checked
from cti_crm.contacts.models import CustomField
from cti_crm.contacts.schemas import (
    ADDRESS,
    ContactCreate,
    CustomInput,
    ImportProblem,
    NumberIn,
    NumberLabel,
    OrganizationCreate,
)
from cti_crm.infrastructure.errors import InvalidInputError

MAX_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """A person, or a firm where no person is named. `line` counts from 1 as an editor does."""

    line: int
    content: ContactCreate | OrganizationCreate


@dataclass(frozen=True, slots=True)
class RawNumber:
    """A number as it stands in the file."""

    value: str
    label: NumberLabel


@dataclass(frozen=True, slots=True)
class CustomColumns:
    """The custom fields of contacts and of organisations, by their folded names."""

    of_contacts: dict[str, CustomField]
    of_organizations: dict[str, CustomField]


def record(
    line: int,
    fields: dict[str, str],
    numbers: list[RawNumber],
    custom: Mapping[str, str] | None = None,
    known: CustomColumns | None = None,
) -> ImportRecord | ImportProblem:
    """A checked record. `fields` are ContactCreate's, with `organization_name` for the firm.

    custom: values of custom fields by their folded names; `known`: what fields there are.
    """
    person = fields.get("first_name") or fields.get("last_name")
    firm = fields.get("organization_name")
    if not person and not firm:
        return ImportProblem(line=line, reason="No name and no firm.")
    without_digits = next((one.value for one in numbers if not any(sign.isdecimal() for sign in one.value)), None)
    if without_digits is not None:
        return ImportProblem(line=line, reason=f"“{without_digits[:80]}” is no telephone number.")
    try:
        values = _custom_values(
            custom or {}, (known.of_contacts if person else known.of_organizations) if known else {}
        )
    except ValueError as error:
        return ImportProblem(line=line, reason=str(error))
    try:
        typed = [NumberIn(value=one.value, label=one.label) for one in numbers]
        content: ContactCreate | OrganizationCreate
        if person:
            content = ContactCreate(**fields, numbers=typed, custom=values)
        else:
            address = {name: fields[name] for name in ADDRESS if name in fields}
            content = OrganizationCreate(name=firm or "", **address, numbers=typed, custom=values)
    except ValidationError as error:
        first = error.errors()[0]
        return ImportProblem(line=line, reason=f"{'.'.join(map(str, first['loc']))}: {first['msg']}.")
    return ImportRecord(line, content)


def _custom_values(texts: Mapping[str, str], known: Mapping[str, CustomField]) -> dict[str, CustomInput]:
    values: dict[str, CustomInput] = {}
    for name, text in texts.items():
        if name in known:
            try:
                values[known[name].key] = checked(known[name], text)
            except ValueError as error:
                raise ValueError(f"{known[name].name}: {error}") from None
    return values


def decode(data: bytes) -> str:
    """The file's text: UTF-8 or UTF-16 by their marks, UTF-8 without one, else Windows-1252 as old programs write it.

    Raises InvalidInputError: too large, empty, or no text.
    """
    if len(data) > MAX_BYTES:
        raise InvalidInputError(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB. Split it.")
    text = _decoded(data)
    # Tabs and line ends are control characters, too; anything else of that kind means a picture, a spreadsheet ...
    if any(unicodedata.category(one) == "Cc" and one not in "\t\r\n\f\v" for one in text[:100_000]):
        raise InvalidInputError("This is no text file. Export the contacts as CSV or vCard first.")
    if not text.strip():
        raise InvalidInputError("The file is empty.")
    return text


def _decoded(data: bytes) -> str:
    encodings = ["utf-8-sig", "cp1252"]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInputError("The file's encoding is not known. Save it as UTF-8.")
