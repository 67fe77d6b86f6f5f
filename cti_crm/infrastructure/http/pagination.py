"""Lists in pages: newest or best first, with an opaque cursor to the next page."""

import base64
import binascii
import json
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field

from cti_crm.infrastructure.errors import InvalidInputError

T = TypeVar("T")


class PageQuery(BaseModel):
    """What every list takes."""

    limit: Annotated[int, Field(ge=1, le=200, description="Items a page.")] = 50
    cursor: Annotated[str | None, Field(max_length=500, description="`next_cursor` of the page before.")] = None


class Page(BaseModel, Generic[T]):
    """One page. `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None = None


def encode_cursor(*values: str | int | float | None) -> str:
    """The sort key of a page's last item, as an opaque text."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[str | int | float | None]:
    """The values given to `encode_cursor`. Raises InvalidInputError if it is none of ours."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        values = None
    if not isinstance(values, list) or len(values) != length:
        raise InvalidInputError("The cursor is not valid. Begin again at the first page.")
    return values
