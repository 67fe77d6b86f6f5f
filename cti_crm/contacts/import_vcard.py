"""Contacts from vCard 2.1, 3.0 and 4.0 (RFC 6350), read by vobject one card at a time."""

from collections.abc import Iterator
from itertools import pairwise

import vobject

from cti_crm.contacts.import_csv import label_of, split_name
from cti_crm.contacts.import_records import ImportRecord, RawNumber, record
from cti_crm.contacts.schemas import ImportProblem
from cti_crm.infrastructure.errors import InvalidInputError


def is_vcard(text: str) -> bool:
    """Whether the text holds cards, whatever its file is called."""
    return text.lstrip()[:11].upper() == "BEGIN:VCARD"


def read_vcards(text: str) -> Iterator[ImportRecord | ImportProblem]:
    """The cards; a broken one is a problem at its first line and stops no other.

    Raises InvalidInputError: there is no card at all.
    """
    found = False
    for line, card in _cards(text):
        found = True
        try:
            yield _record(line, vobject.readOne(card, allowQP=True).contents)
        except Exception as error:  # the library raises whatever its own code trips over in a broken card
            yield ImportProblem(line=line, reason=f"This card cannot be read: {str(error)[:200]}")
    if not found:
        raise InvalidInputError("There is no vCard in the file: it must begin with BEGIN:VCARD.")


def _cards(text: str) -> Iterator[tuple[int, str]]:
    """Each card with the number of its first line; one without an end goes to the beginning of the next."""
    lines = text.splitlines()
    starts = [index for index, line in enumerate(lines) if line.strip().upper() == "BEGIN:VCARD"]
    for start, following in pairwise([*starts, len(lines)]):
        block = lines[start:following]
        end = next((index for index, line in enumerate(block) if line.strip().upper() == "END:VCARD"), len(block))
        yield start + 1, "\r\n".join(block[: end + 1]) + "\r\n"


def _record(line: int, contents: dict[str, list[vobject.base.ContentLine]]) -> ImportRecord | ImportProblem:
    fields = _name(contents)
    if "org" in contents:
        fields["organization_name"] = _line("".join(contents["org"][0].value[:1]))
    for name, field in (("title", "position"), ("email", "email"), ("note", "remark")):
        if name in contents:
            fields[field] = str(contents[name][0].value).strip()
    if "adr" in contents:
        address = contents["adr"][0].value
        for name, field in (("street", "street"), ("code", "postal_code"), ("city", "city"), ("country", "country")):
            fields[field] = _line(getattr(address, name))
    numbers = [RawNumber(str(tel.value).strip(), label_of(_kind(tel))) for tel in contents.get("tel", ())]
    return record(line, {key: value for key, value in fields.items() if value}, [one for one in numbers if one.value])


def _name(contents: dict[str, list[vobject.base.ContentLine]]) -> dict[str, str]:
    if "n" in contents:
        name = contents["n"][0].value
        fields = {"first_name": _line(name.given), "last_name": _line(name.family)}
        if any(fields.values()):
            return fields
    full_name = _line(contents["fn"][0].value) if "fn" in contents else ""
    is_firm = "org" in contents and full_name == _line("".join(contents["org"][0].value[:1]))
    return {} if is_firm else split_name(full_name)


def _kind(tel: vobject.base.ContentLine) -> str:
    """ "CELL,VOICE": as TYPE in 3.0 and 4.0, as bare words in 2.1."""
    return ",".join([*tel.params.get("TYPE", ()), *tel.singletonparams])


def _line(value: str | list[str]) -> str:
    """One line of text: a part of a name or an address may be a list."""
    text = value if isinstance(value, str) else " ".join(value)
    return " ".join(text.split())
