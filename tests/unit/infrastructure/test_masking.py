import pytest

from cti_crm.infrastructure.masking import mask_fields, mask_text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call from +4917612345678 ended", "call from +***78 ended"),
        ("+49 (176) 123-456 78", "+***78"),
        ("sip:+4917612345678@host", "sip:+***78@host"),
        ("GET /api/v1/numbers/match?number=%2B4917612345678", "GET /api/v1/numbers/match?number=%2B***78"),
        ("dialled 004917612345678", "dialled 00***78"),
        ("dialled 030 5550101", "dialled ***01"),
        ("CallerIDNum: 5550101\r\nUniqueid: 1795283932.17", "CallerIDNum: ***01\r\nUniqueid: 1795283932.17"),
        ('{"caller_number": "5550101"}', '{"caller_number": "***01"}'),
    ],
)
def test_numbers_in_text_are_covered(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "listening on 127.0.0.1:8080",
        "linkedid 1795283932.0",
        "019a9b1c-4d2e-7000-8000-001234567890",
        "2026-11-21T09:00:00.001234+00:00",
        "extension 101 rings",
        "PJSIP/101-0000001a",
        "took 0.0123456 s",
    ],
)
def test_other_digits_stay(text: str) -> None:
    assert mask_text(text) == text


def test_in_a_field_for_numbers_any_five_digits_are_covered() -> None:
    fields = {
        "event": "call_ended",
        "caller": "5550101",
        "called": "30/555 01-02",
        "exten": "101",
        "linkedid": "1795283932.0",
        "line_number": 12345,
        "parties": [{"number": "17612345678", "name": "Müller"}],
        "phones": ("5550101", None),
    }

    assert mask_fields(fields) == {
        "event": "call_ended",
        "caller": "***01",
        "called": "***02",
        "exten": "101",
        "linkedid": "1795283932.0",
        "line_number": 12345,
        "parties": [{"number": "***78", "name": "Müller"}],
        "phones": ["***01", None],
    }


def test_objects_are_covered_as_they_are_shown() -> None:
    class Call:
        def __str__(self) -> str:
            return "call of +4917612345678"

    assert mask_fields({"call": Call()}) == {"call": "call of +***78"}
