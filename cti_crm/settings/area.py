"""What every part of the settings is made of."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr


class Area(BaseModel):
    """Settings that stand together. Unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _known(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("no such time zone") from None
    return zone


ZoneName = Annotated[str, AfterValidator(_known)]


def secret_of(value: SecretStr | None, file: Path | None) -> str:
    """The secret, or else the first line of its file; empty if there is neither. Raises OSError: not to be read."""
    if value is not None:
        return value.get_secret_value()
    if file is None:
        return ""
    lines = file.read_text(encoding="utf-8").splitlines()
    return lines[0].strip() if lines else ""
