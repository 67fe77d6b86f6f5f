"""A `Call` to and from the document in which it is stored; every field is kept."""

from typing import Any

from pydantic import TypeAdapter

from cti_crm.calls.call import Call

_adapter = TypeAdapter(Call)


def to_document(call: Call) -> dict[str, Any]:
    """A JSON document of the call."""
    document: dict[str, Any] = _adapter.dump_python(call, mode="json")
    return document


def to_json(call: Call) -> str:
    """The document as JSON, in one go."""
    return _adapter.dump_json(call).decode()


def from_document(document: dict[str, Any]) -> Call:
    """The call of a document. Raises pydantic.ValidationError if it is none."""
    return _adapter.validate_python(document)
