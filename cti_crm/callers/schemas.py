"""Marked numbers and own mobiles as the API speaks of them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from cti_crm.accounts.schemas import UserRef
from cti_crm.infrastructure.text import CLEANED


class SpamOut(BaseModel):
    """A number marked as spam. `display` is the number as people read it."""

    number: str
    display: str
    marked_by: UserRef
    marked_at: datetime


class SpamList(BaseModel):
    """All marked numbers, the newest mark first."""

    items: list[SpamOut]
    next_cursor: None = None


class OwnMobilePut(BaseModel):
    """My mobile in any form; null for none."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), CLEANED] | None


class OwnMobileOut(BaseModel):
    """My mobile; null if I named none."""

    number: str | None
    display: str
