"""Contacts from CSV, as Excel, Outlook, Google and others write it, in German or English."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cti_crm.contacts.folding import fold
from cti_crm.contacts.import_records import CustomColumns, ImportRecord, RawNumber, record
from cti_crm.contacts.schemas import ImportProblem, NumberLabel
from cti_crm.infrastructure.errors import InvalidInputError

_DELIMITERS = ",;\t"
_LINES_A_RECORD = 100  # a quotation mark open for longer was never closed

_FIELDS = {
    "first_name": "vorname|first name|given name|firstname",
    "last_name": "nachname|familienname|last name|surname|family name|lastname|zuname",
    "full_name": "name|full name|display name|anzeigename|vollständiger name|ansprechpartner|kontakt",
    "organization_name": "firma|firmenname|unternehmen|organisation|organization|company|company name|"
    "organization name|organization 1 name|kunde",
    "position": "position|funktion|job title|title|organization title|organization 1 title|abteilungsposition",
    "email": "email|e mail|mail|e mail adresse|email adresse|e mail address|email address|e mail 1 value|"
    "e mail 1 adresse|primary email",
    "street": "straße|straße und hausnummer|anschrift|adresse|street|address|straße geschäftlich|business street|"
    "home street|straße privat|address 1 street",
    "postal_code": "plz|postleitzahl|zip|zip code|postal code|postcode|postleitzahl geschäftlich|"
    "business postal code|home postal code|postleitzahl privat|address 1 postal code",
    "city": "ort|stadt|wohnort|city|town|ort geschäftlich|business city|home city|ort privat|address 1 city",
    "country": "land|country|land region geschäftlich|business country region|business country|home country region|"
    "address 1 country",
    "remark": "bemerkung|bemerkungen|notiz|notizen|note|notes|remark|remarks|kommentar|comment",
}
_NUMBERS = {
    NumberLabel.WORK: "telefon|telefonnummer|tel|rufnummer|phone|phone number|telephone|nummer|number|"
    "telefon geschäftlich|telefon firma|durchwahl|business phone|work phone|telefon geschäftlich 2|business phone 2|"
    "telefon 2|primary phone|other phone|weiteres telefon",
    NumberLabel.MOBILE: "mobil|mobiltelefon|mobilnummer|mobilfunk|handy|mobile|mobile phone|cell|cell phone",
    NumberLabel.HOME: "telefon privat|privat|home phone|telefon privat 2|home phone 2",
    NumberLabel.MAIN: "zentrale|telefon zentrale|hauptnummer|telefonzentrale firma|hauptnummer firma|"
    "company main phone|main phone",
    NumberLabel.FAX: "fax|faxnummer|telefax|fax geschäftlich|business fax|fax privat|home fax",
}


def _names(table: dict[str, str]) -> dict[str, str]:
    return {fold(name): field for field, names in table.items() for name in names.split("|")}


_FIELD_OF = _names(_FIELDS)
_LABEL_OF = {fold(name): label for label, names in _NUMBERS.items() for name in names.split("|")}
# Google's: "Phone 1 - Value" beside "Phone 1 - Type" (older) or "Phone 1 - Label".
_NUMBERED_PHONE = re.compile(r"(?:phone|telefon) (\d+) (value|type|label|wert|typ)")
_SEVERAL = re.compile(r"\s*:::\s*")  # between Google's several values in one cell


@dataclass(slots=True)
class _Columns:
    """Where what stands."""

    width: int
    fields: dict[int, str]
    custom: dict[int, str]  # the folded name of a custom field, of which each kind of record may have another
    numbers: dict[int, NumberLabel]
    labels: dict[int, int]  # the column of a number -> the column with its kind


def read_csv(text: str, custom: CustomColumns | None = None) -> Iterator[ImportRecord | ImportProblem]:
    """The records of a file whose first line names its columns; a broken line is a problem and stops no other.

    custom: the custom fields, which columns of their names fill.

    Raises InvalidInputError: the first line names no column with a name or a firm.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start = next(index for index, line in enumerate(lines) if line.strip())
    if lines[start].lower().startswith("sep="):  # Excel's own
        start += 1
    header = lines[start] if start < len(lines) else ""
    delimiter = max(_DELIMITERS, key=lambda one: _known(_cells(header, one) or []))
    custom = custom or CustomColumns({}, {})
    columns = _columns(_cells(header, delimiter) or [], {*custom.of_contacts, *custom.of_organizations})
    for line, cells in _rows(lines, start + 1, delimiter):
        if cells is None:
            yield ImportProblem(line=line, reason="A quotation mark is not closed, or stands in the middle.")
        elif any(cell.strip() for cell in cells[columns.width :]):
            yield ImportProblem(line=line, reason=f"{len(cells)} fields, but the first line names {columns.width}.")
        elif any(cell.strip() for cell in cells):
            yield _record(line, cells, columns, custom)


def _rows(lines: list[str], start: int, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Line number and cells; None for what cannot be told apart. A record goes on while a quotation mark is open."""
    index = start
    while index < len(lines):
        end = index + 1
        quotes = lines[index].count('"')
        while quotes % 2 and end < len(lines) and end - index < _LINES_A_RECORD:
            quotes += lines[end].count('"')
            end += 1
        cells = None if quotes % 2 else _cells("\n".join(lines[index:end]), delimiter)
        yield index + 1, cells
        index = index + 1 if cells is None else end


def _cells(text: str, delimiter: str) -> list[str] | None:
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if rows else []


def _heading(cell: str) -> str:
    """A column's name without punctuation: "E-mail 1 - Value" is "e mail 1 value"."""
    return " ".join(re.sub(r"[^\w]+|_", " ", fold(cell)).split())


def _known(header: list[str]) -> int:
    names = [_heading(cell) for cell in header]
    return sum(name in _FIELD_OF or name in _LABEL_OF or bool(_NUMBERED_PHONE.fullmatch(name)) for name in names)


def _columns(header: list[str], custom_names: set[str]) -> _Columns:
    fields: dict[int, str] = {}
    custom: dict[int, str] = {}
    numbers: dict[int, NumberLabel] = {}
    values: dict[str, int] = {}
    kinds: dict[str, int] = {}
    for index, name in enumerate(map(_heading, header)):
        if fold(header[index]) in custom_names:
            custom[index] = fold(header[index])
        elif field := _FIELD_OF.get(name):
            fields[index] = field
        elif label := _LABEL_OF.get(name):
            numbers[index] = label
        elif numbered := _NUMBERED_PHONE.fullmatch(name):
            (values if numbered[2] in ("value", "wert") else kinds)[numbered[1]] = index
    numbers.update(dict.fromkeys(values.values(), NumberLabel.WORK))
    if not {"first_name", "last_name", "full_name", "organization_name"} & set(fields.values()):
        raise InvalidInputError(
            "The first line must name the columns, among them a name or a firm: "
            "Vorname;Nachname;Firma;Telefon … or First Name,Last Name,Company,Phone …"
        )
    return _Columns(len(header), fields, custom, numbers, {values[one]: kinds[one] for one in values if one in kinds})


def _record(line: int, cells: list[str], columns: _Columns, custom: CustomColumns) -> ImportRecord | ImportProblem:
    def cell(index: int) -> str:
        return cells[index].strip() if index < len(cells) else ""

    found: dict[str, str] = {}
    for index, field in columns.fields.items():
        if value := _single(cell(index), keep_all=field == "remark"):
            found.setdefault(field, value)
    full_name = found.pop("full_name", "")
    if full_name and "first_name" not in found and "last_name" not in found:
        found |= split_name(full_name)
    numbers = [
        RawNumber(value, label_of(cell(columns.labels[index])) if index in columns.labels else label)
        for index, label in columns.numbers.items()
        for value in _SEVERAL.split(cell(index))
        if value
    ]
    values = {name: cell(index) for index, name in columns.custom.items() if cell(index)}
    return record(line, found, numbers, values, custom)


def _single(cell: str, *, keep_all: bool) -> str:
    return cell if keep_all else _SEVERAL.split(cell)[0].replace("\n", " ")


def split_name(name: str) -> dict[str, str]:
    """First and last name of "Anna Berger" or "Berger, Anna"."""
    last, comma, first = name.partition(",")
    if not comma:
        first, _space, last = name.rpartition(" ")
    return {"first_name": first.strip(), "last_name": last.strip()}


_KINDS: dict[NumberLabel, Callable[[str], bool]] = {
    NumberLabel.FAX: lambda kind: "fax" in kind,
    NumberLabel.MOBILE: lambda kind: any(word in kind for word in ("mobil", "cell", "handy")),
    NumberLabel.MAIN: lambda kind: any(word in kind for word in ("main", "zentrale", "haupt")),
    NumberLabel.HOME: lambda kind: any(word in kind for word in ("home", "privat")),
}


def label_of(kind: str) -> NumberLabel:
    """Our label for a file's word for a kind of number ("Mobile", "* Work", "CELL,VOICE")."""
    folded = fold(kind)
    return next((label for label, fits in _KINDS.items() if fits(folded)), NumberLabel.WORK)
