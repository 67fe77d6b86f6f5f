"""Telephone numbers in log lines: a line must help to find a fault, not tell who called whom.

Logs are free text, and what stands in them need not be a valid number; so this goes by the look of a text, and covers
rather too much. Numbers that are data go through `contacts.phone_numbers`.
"""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

_TELLING_NAMES = re.compile(r"number|caller|called|callee|exten|phone|dial|connected|remote|e164|^(from|to|who)$", re.I)
_E164 = re.compile(r"((?<!\w)(?:\+|%2B)|(?<![\w.:-])00)[1-9](?:[ ()/.-]{0,2}\d){4,}", re.I)
_NATIONAL = re.compile(r"(?<![\w.:+-])0[1-9](?:[ /-]?\d){4,}(?![\w.:-])")
_NAMED = re.compile(
    r"(?P<name>\w*(?:number|num|caller\w*|called|exten\w*|phone|dial\w*)[\"']?\s*[:=]\s*[\"'<]*(?:\+|%2B)?)"
    r"(?P<digits>\d(?:[ ()/-]?\d){4,})",
    re.I,
)
_RUN = re.compile(r"\d(?:[ ()/.-]{0,2}\d){4,}")


def mask_text(text: str) -> str:
    """Free text: what looks like a public number, or stands behind a word such as `CallerIDNum:`."""
    text = _NAMED.sub(lambda found: found["name"] + _masked(found["digits"]), text)
    text = _E164.sub(lambda found: found[1] + _masked(found[0][len(found[1]) :]), text)
    return _NATIONAL.sub(lambda found: _masked(found[0]), text)


def mask_fields(fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """All texts in the fields of a log line, however deep. In a field such as `caller` any five digits are a number."""
    return {name: _mask(value, telling=bool(_TELLING_NAMES.search(name))) for name, value in fields.items()}


def _mask(value: object, *, telling: bool) -> object:
    if isinstance(value, str):
        return mask_text(_RUN.sub(lambda found: _masked(found[0]), value) if telling else value)
    if isinstance(value, Mapping):
        return {
            name: _mask(one, telling=telling or bool(_TELLING_NAMES.search(str(name)))) for name, one in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_mask(one, telling=telling) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _mask(str(value), telling=telling)


def _masked(number: str) -> str:
    digits = [character for character in number if character.isdigit()]
    return "***" + "".join(digits[-2:])
