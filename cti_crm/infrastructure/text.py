"""Text from outside without what nobody typed on purpose."""

import re

from pydantic import BeforeValidator

# Control characters but tab and line ends (PostgreSQL refuses NUL), and those that turn the direction of what follows.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def without_control_characters(text: object) -> object:
    """Text without them, with line ends as "\\n"; anything else as it is, for pydantic to refuse."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")) if isinstance(text, str) else text


CLEANED = BeforeValidator(without_control_characters)
"""Stands behind a text field's constraints in `Annotated`, and so runs before them: they see the cleaned text."""
