"""CSV and vCard files as programs write them, and broken ones."""

import pytest

from cti_crm.contacts.import_csv import read_csv
from cti_crm.contacts.import_records import MAX_BYTES, ImportRecord, decode
from cti_crm.contacts.import_vcard import is_vcard, read_vcards
from cti_crm.contacts.schemas import ContactCreate, ImportProblem, NumberLabel, OrganizationCreate
from cti_crm.infrastructure.errors import InvalidInputError


def people(found: list[ImportRecord | ImportProblem]) -> list[ContactCreate]:
    return [one.content for one in found if isinstance(one, ImportRecord) and isinstance(one.content, ContactCreate)]


def problems(found: list[ImportRecord | ImportProblem]) -> dict[int, str]:
    return {one.line: one.reason for one in found if isinstance(one, ImportProblem)}


def csv(text: str) -> list[ImportRecord | ImportProblem]:
    return list(read_csv(text))


def test_german_columns() -> None:
    (anna,) = people(
        csv(
            "Vorname;Nachname;Firma;Position;Telefon;Mobil;E-Mail;Straße;PLZ;Ort;Land;Bemerkung\n"
            'Anna;Berger;"Berger; Söhne GmbH";Chefin;030/123-0;0176 12345678;anna@berger.de;Weg 1;10115;Berlin;DE;VIP\n'
        )
    )
    assert (anna.first_name, anna.last_name, anna.organization_name) == ("Anna", "Berger", "Berger; Söhne GmbH")
    assert [(one.value, one.label) for one in anna.numbers] == [
        ("030/123-0", NumberLabel.WORK),
        ("0176 12345678", NumberLabel.MOBILE),
    ]
    assert (anna.position, anna.email, anna.street, anna.postal_code, anna.city, anna.country, anna.remark) == (
        *("Chefin", "anna@berger.de", "Weg 1", "10115", "Berlin", "DE", "VIP"),
    )


def test_outlook_export() -> None:
    (bob,) = people(
        csv(
            "First Name,Last Name,Company,Job Title,Business Street,Business City,Business Postal Code,"
            "Business Country/Region,Business Fax,Business Phone,Home Phone,Mobile Phone,E-mail Address,Notes\n"
            "Bob,Miller,ACME,CEO,Road 1,London,E1,UK,+44 20 7946 0001,+44 20 7946 0000,,,bob@acme.example,\n"
        )
    )
    assert bob.organization_name == "ACME"
    assert bob.country == "UK"
    assert {one.label for one in bob.numbers} == {NumberLabel.FAX, NumberLabel.WORK}


def test_google_export() -> None:
    (eva,) = people(
        csv(
            "Name,Given Name,Family Name,Organization 1 - Name,Phone 1 - Type,Phone 1 - Value,Phone 2 - Type,"
            "Phone 2 - Value,E-mail 1 - Value\n"
            "Eva Klein,Eva,Klein,Klein AG,Mobile,0176 1 ::: 0176 2,Work,030 123456,eva@klein.example ::: e@k.example\n"
        )
    )
    assert (eva.first_name, eva.last_name, eva.email) == ("Eva", "Klein", "eva@klein.example")
    assert [(one.value, one.label) for one in eva.numbers] == [
        ("0176 1", NumberLabel.MOBILE),
        ("0176 2", NumberLabel.MOBILE),
        ("030 123456", NumberLabel.WORK),
    ]


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [("Anna Berger", "Anna", "Berger"), ("Berger, Anna", "Anna", "Berger"), ("Cher", "", "Cher")],
)
def test_one_column_for_the_name(name: str, first: str, last: str) -> None:
    (found,) = people(csv(f'Name\tTelefon\n"{name}"\t030 123456\n'))
    assert (found.first_name, found.last_name) == (first, last)


def test_a_firm_without_a_person() -> None:
    (found,) = csv("Firma;Zentrale\nBerger GmbH;030 12345-0\n")
    assert isinstance(found, ImportRecord)
    assert isinstance(found.content, OrganizationCreate)
    assert found.content.numbers[0].label is NumberLabel.MAIN


def test_broken_lines_stop_no_other() -> None:
    found = csv(
        "Vorname;Nachname;Telefon\n"  # 1
        "Anna;Berger;030 123456\n"  # 2
        ";;030 123457\n"  # 3: no name
        '"Bernd;Offen;030 1\n'  # 4: never closed
        "Clara;Cohn;keine\n"  # 5: no number
        "Dora;Dorn;030 2;zu viel\n"  # 6
        "\n"  # 7
        '"Emil\nEins";Eich;030 3\n'  # 8, 9: a line end within quotation marks is all right
        'Fritz;5" Rohr;030 4\n'  # 10: a stray quotation mark
        f"{'G' * 300};Gross;030 5\n"  # 11: too long
        "Hans;Huhn\n"  # 12: fewer fields are all right
    )
    assert [one.last_name for one in people(found)] == ["Berger", "Eich", "Huhn"]
    assert problems(found).keys() == {3, 4, 5, 6, 10, 11}
    assert "keine" in problems(found)[5]
    assert "4 fields" in problems(found)[6]


def test_the_first_line_must_name_the_columns() -> None:
    with pytest.raises(InvalidInputError, match="first line"):
        csv("Anna;Berger;030 123456\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings(encoding: str) -> None:
    text = "Vorname;Nachname\nJürgen;Groß\n"
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"PK\x03\x04\x14\x00\x06\x00", "no text file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no text file"),
        (b"\x81\x8d\x8f", "encoding"),
        (b"a" * (MAX_BYTES + 1), "larger than 20 MB"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        decode(data)


VCARD_21 = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=BCrgen;;;
ORG:Firma GmbH;Einkauf
TITLE:Einkauf
TEL;WORK;VOICE:+49 30 123456
TEL;CELL:0176 12345678
TEL;WORK;FAX:030 9
NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:eins=0D=0A=
zwei =C3=A4
ADR;WORK:;;Hauptstr. 1;Berlin;;10115;Germany
EMAIL;INTERNET:j@firma.example
END:VCARD
"""
VCARD_30 = (
    "begin:vcard\r\nVERSION:3.0\r\nFN:Firma GmbH\r\nORG:Firma GmbH\r\nTEL;TYPE=WORK:030 12\r\n 345\r\nend:vcard\r\n"
)
VCARD_40 = """BEGIN:VCARD
VERSION:4.0
FN:Anna Berger
TEL;TYPE="work,voice";VALUE=uri:tel:+49-30-123456;ext=5
item1.TEL;TYPE=cell:+49 176 1
END:VCARD
"""


def test_vcard_21() -> None:
    assert is_vcard(VCARD_21)
    (found,) = people(list(read_vcards(VCARD_21)))
    assert (found.first_name, found.last_name, found.organization_name) == ("Jürgen", "Müller", "Firma GmbH")
    assert [one.label for one in found.numbers] == [NumberLabel.WORK, NumberLabel.MOBILE, NumberLabel.FAX]
    assert (found.street, found.postal_code, found.city) == ("Hauptstr. 1", "10115", "Berlin")
    assert found.remark.splitlines() == ["eins", "zwei ä"]


def test_vcard_30_of_a_firm_and_folded_lines() -> None:
    (found,) = read_vcards(VCARD_30)
    assert isinstance(found, ImportRecord)
    assert isinstance(found.content, OrganizationCreate)
    assert found.content.numbers[0].value == "030 12345"


def test_vcard_40() -> None:
    (found,) = people(list(read_vcards(VCARD_40)))
    assert (found.first_name, found.last_name) == ("Anna", "Berger")
    assert [one.value for one in found.numbers] == ["tel:+49-30-123456;ext=5", "+49 176 1"]


def test_broken_cards_stop_no_other() -> None:
    broken = "BEGIN:VCARD\nVERSION:3.0\nFN\nEND:VCARD\n"
    charset = "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=KLINGON;ENCODING=QUOTED-PRINTABLE:=C3;;\nEND:VCARD\n"
    endless = "BEGIN:VCARD\nVERSION:3.0\nFN:Offen\n"
    found = list(read_vcards(broken + charset + VCARD_40 + endless + VCARD_30))
    assert [one.last_name for one in people(found)] == ["Berger"]
    assert problems(found).keys() == {1, 5, 15}


def test_no_card_at_all() -> None:
    with pytest.raises(InvalidInputError, match="no vCard"):
        list(read_vcards("BEGIN:VCARD SALAD"))
