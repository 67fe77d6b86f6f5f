"""Settings of how the firm works: business hours, missed calls, pauses, wrap-up time, who signs in to which queue."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field, StringConstraints, model_validator

from cti_crm.settings.area import Area, ZoneName

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DaySpan = Annotated[
    str, StringConstraints(pattern=r"^\s*([01]\d|2[0-3]):[0-5]\d\s*[-–]\s*(([01]\d|2[0-3]):[0-5]\d|24:00)\s*$")
]
_WORKDAY = ["09:00-17:00"]


class BusinessHoursSettings(Area):
    """When the firm is at work. Missed calls are due by these hours; outside of them their clock stands still."""

    time_zone: ZoneName | None = Field(
        None, description="Zone (`Europe/Berlin`) in which the hours are meant; that of this machine by default."
    )
    monday: list[DaySpan] = Field(_WORKDAY, description='Such as `["08:00-12:00", "13:00-17:30"]`; `[]`: closed.')
    tuesday: list[DaySpan] = Field(_WORKDAY, description="The same.")
    wednesday: list[DaySpan] = Field(_WORKDAY, description="The same.")
    thursday: list[DaySpan] = Field(_WORKDAY, description="The same.")
    friday: list[DaySpan] = Field(_WORKDAY, description="The same.")
    saturday: list[DaySpan] = Field([], description="The same.")
    sunday: list[DaySpan] = Field([], description="The same.")
    holidays: str | None = Field(
        None,
        pattern=r"^([A-Z]{2}(-[A-Z0-9]{1,6})?)?$",
        description="Whose public holidays are kept: a country (`DE`) or a part of it (`DE-BY`); `numbers.country` by "
        'default; `""` for none.',
    )
    closed: list[date] = Field([], description="Further days on which nobody works, such as `2026-12-24`.")

    @property
    def weekly(self) -> dict[int, list[str]]:
        """The spans of each weekday; 0 is Monday."""
        return {number: getattr(self, name) for number, name in enumerate(_WEEKDAYS)}


class MissedCallSettings(Area):
    """The list of missed calls."""

    call_back_within: int = Field(
        60, ge=1, le=60 * 24 * 7, description="Minutes of business time within which a caller is to be called back."
    )
    claim_minutes: int = Field(
        30, ge=1, le=60 * 24, description="How long somebody who said they call back is waited for."
    )
    away_minutes: int = Field(
        10, ge=1, le=60 * 24, description="After so long without an open page, what somebody claimed is free again."
    )
    forget_after_days: int = Field(
        30, ge=1, le=3650, description="Lines with which nobody did anything close themselves after so many days."
    )


class PauseReason(Area):
    """A reason to pause, in both languages of the pages. In the file a text alone is the same in both."""

    de: str = Field(min_length=1, max_length=80, description="In German.")
    en: str = Field(min_length=1, max_length=80, description="In English; also what the PBX is told.")

    @model_validator(mode="before")
    @classmethod
    def _text_is_both(cls, value: Any) -> Any:
        return {"de": value, "en": value} if isinstance(value, str) else value


class AgentSettings(Area):
    """What holds for everybody who takes calls."""

    pause_reasons: list[PauseReason] = Field(
        default_factory=lambda: [
            PauseReason(de=de, en=en)
            for de, en in (("Pause", "Break"), ("Mittag", "Lunch"), ("Besprechung", "Meeting"), ("Büro", "Paperwork"))
        ],
        description="What an agent may choose from when they pause.",
    )
    wrap_up_seconds: int = Field(
        0,
        ge=0,
        le=3600,
        description="How long an agent gets no call from a queue after they talked with a customer; 0 for none. They "
        "may take more, or be ready sooner. Leave it at 0 where a `wrapuptime` in queues.conf does this.",
    )


class QueueSettings(Area):
    """`[queues.support]` is the queue `support`, at every PBX that has one of this name. None needs to be named."""

    wrap_up_seconds: int | None = Field(
        None, ge=0, le=3600, description="The same for calls from this queue; `agents.wrap_up_seconds` by default."
    )
    sign_in: list[str] = Field(
        default_factory=list,
        description='Teams whose agents may sign in to it over the page; `["*"]` for every agent. Whoever the PBX has '
        "in the queue may leave it and come back in any case.",
    )
