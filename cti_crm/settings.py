"""Every setting of the service, in one class; the configuration reference is made from the descriptions here."""

import os
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

ChannelPrefix = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+/.+$")]

ChannelVariable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,79}$")]
VariableName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class _Area(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseSettings(_Area):
    """Where the data lives."""

    url: str = Field(
        "sqlite+aiosqlite:///cti-crm.db",
        description="SQLAlchemy URL: `sqlite+aiosqlite:///FILE` or `postgresql+asyncpg://USER:PASSWORD@HOST/NAME`.",
    )

    @field_validator("url")
    @classmethod
    def _known_driver(cls, url: str) -> str:
        if not url.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://")):
            raise ValueError("must begin with sqlite+aiosqlite:// or postgresql+asyncpg://")
        return url


class HttpSettings(_Area):
    """The one port for pages, API and socket."""

    host: str = Field("127.0.0.1", description="Address to listen on. `0.0.0.0` listens on every network card.")
    port: int = Field(8080, ge=0, le=65535, description="TCP port; 0 takes a free one.")
    origins: list[str] = Field(
        default_factory=list,
        description="Further origins (`https://crm.example.com`) a browser may come from, if a proxy stands in front.",
    )
    secure_cookies: bool = Field(
        False, description="Send the session cookie over HTTPS only. Switch on behind a TLS proxy."
    )


class NumberSettings(_Area):
    """How telephone numbers are read."""

    country: str = Field(
        "DE", pattern=r"^[A-Z]{2}$", description="Region (ISO 3166) of numbers without a country code."
    )
    area_code: str | None = Field(
        None, pattern=r"^[0-9]{1,6}$", description="Area code, without its leading 0, for numbers dialled without one."
    )
    own: list[str] = Field(
        default_factory=list, description="Our own trunk numbers, e.g. `+49 30 5550`: never matched as customers."
    )


class RecordSource(_Area):
    """Where the PBX writes one kind of its records. In the file a text alone is its `source`."""

    source: SecretStr = Field(
        description="`csv:FILE`, `sqlite:FILE` or `postgresql://USER:PASSWORD@HOST/NAME`, as the user running cti-crm "
        "may read it."
    )
    table: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)?$",
        description="Table in the database; `cel` or `cdr` by default.",
    )
    columns: list[str] | None = Field(
        None,
        description="What stands in each column of a CSV file, by Asterisk's own names (`uniqueid`, `linkedid` ...). "
        "Not needed for the files of `asterisk_conf/`, for `cdr-csv/Master.csv`, nor for a `Master.csv` of Asterisk's "
        "sample configuration; database tables name their columns themselves.",
    )

    @model_validator(mode="before")
    @classmethod
    def _text_is_source(cls, value: Any) -> Any:
        return {"source": value} if isinstance(value, str) else value

    @field_validator("source")
    @classmethod
    def _known_kind(cls, source: SecretStr) -> SecretStr:
        kind, _, rest = source.get_secret_value().partition(":")
        if kind not in ("csv", "sqlite", "postgresql") or not rest:
            raise ValueError("must be csv:FILE, sqlite:FILE or postgresql://USER:PASSWORD@HOST/NAME")
        return source


class RecordSettings(_Area):
    """The PBX's own records, from which is filled in what went on while cti-crm was away."""

    cel: RecordSource | None = Field(
        None, description="Channel events (CEL): everything a call went through. Used first where both are named."
    )
    cdr: RecordSource | None = Field(None, description="Call records (CDR): less detail; for calls without CEL.")
    timezone: str | None = Field(
        None,
        description="Zone (`Europe/Berlin`) of times that the records write without one; that of this machine by "
        "default. Times in seconds since 1970 need none.",
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError):
                raise ValueError("no such time zone") from None
        return name


class PbxSettings(_Area):
    """One Asterisk."""

    name: str = Field("main", pattern=r"^[a-z0-9][a-z0-9-]{0,31}$", description="Our name for it; part of every call.")
    host: str = Field("127.0.0.1", description="Where its manager interface (AMI) listens.")
    port: int = Field(5038, ge=1, le=65535, description="AMI port.")
    username: str = Field("cti", description="AMI user for events (read = system,call,agent,user,dtmf).")
    secret: SecretStr | None = Field(None, description="Its password; or use `secret_file`.")
    secret_file: Path | None = Field(None, description="A file whose first line is the password.")
    originate_username: str | None = Field(
        None,
        description="AMI user that acts (write = originate,call,agent). Without it, `username` is used for both.",
    )
    originate_secret: SecretStr | None = Field(None, description="Its password; or use `originate_secret_file`.")
    originate_secret_file: Path | None = Field(None, description="A file whose first line is that password.")
    originate_context: str = Field(
        "cti-outbound",
        pattern=r"^[A-Za-z0-9_-]+$",
        description="Dialplan context in which a click-to-dial goes on once the agent's phone has answered.",
    )
    transfer_context: str = Field(
        "cti-transfer",
        pattern=r"^[A-Za-z0-9_-]+$",
        description="Dialplan context of the numbers to which a call may be handed over from the page.",
    )
    pickup_context: str = Field(
        "cti-pickup",
        pattern=r"^[A-Za-z0-9_-]+$",
        description="Dialplan context in which a colleague's extension fetches the call that rings there, and the "
        "number of a parking slot the call in it.",
    )
    ring_seconds: int = Field(25, ge=5, le=120, description="How long the agent's own phone rings on click-to-dial.")
    trunks: list[ChannelPrefix] = Field(
        default_factory=lambda: ["PJSIP/trunk"],
        description="Lines to the outside; every other endpoint is a device.",
    )
    variables: dict[ChannelVariable, VariableName] = Field(
        default_factory=dict,
        description="What callers key in, shown to the agent: channel variable -> what its value is called, as in "
        '`{ CUSTOMER_NO = "Customer number" }`. The same variables must stand in `channelvars` of manager.conf.',
    )
    records: RecordSettings = Field(
        default_factory=RecordSettings,
        description="Its own records of calls, to fill in what was missed while the link or cti-crm was down.",
    )

    @model_validator(mode="after")
    def _one_secret(self) -> "PbxSettings":
        if self.secret and self.secret_file:
            raise ValueError("give secret or secret_file, not both")
        if self.originate_secret and self.originate_secret_file:
            raise ValueError("give originate_secret or originate_secret_file, not both")
        return self

    def events_login(self) -> tuple[str, str]:
        """User and password of the events account. Raises OSError if the secret file cannot be read."""
        return self.username, _secret(self.secret, self.secret_file)

    def originate_login(self) -> tuple[str, str]:
        """User and password for actions; the events account if no other is named."""
        if self.originate_username is None:
            return self.events_login()
        return self.originate_username, _secret(self.originate_secret, self.originate_secret_file)


def _secret(value: SecretStr | None, file: Path | None) -> str:
    if value is not None:
        return value.get_secret_value()
    if file is None:
        return ""
    lines = file.read_text(encoding="utf-8").splitlines()
    return lines[0].strip() if lines else ""


class MailSettings(_Area):
    """The mail server over which reminders of tasks go to who wants them by e-mail. Without one there are none."""

    host: str | None = Field(None, description="Name of the SMTP server.")
    port: int = Field(587, ge=1, le=65535, description="Its port: mostly 587 with `starttls`, 465 with `tls`.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the way there is encrypted; `none` is for a server on this machine."
    )
    ca_file: Path | None = Field(None, description="Certificates to trust instead of the machine's own.")
    username: str | None = Field(None, description="User, if the server wants one.")
    password: SecretStr | None = Field(None, description="Its password; or use `password_file`.")
    password_file: Path | None = Field(None, description="A file whose first line is the password.")
    sender: str | None = Field(
        None, pattern=r"^[^\r\n]*@[^\r\n]+$", description="From whom: `cti-crm <cti-crm@example.com>`."
    )
    page: str | None = Field(
        None, pattern=r"^https?://", description="Where the pages are found (`https://crm.example.com`), for links."
    )

    @model_validator(mode="after")
    def _whole(self) -> "MailSettings":
        if self.host is not None and self.sender is None:
            raise ValueError("with a host, give the sender as well")
        if self.password and self.password_file:
            raise ValueError("give password or password_file, not both")
        return self

    def login(self) -> tuple[str | None, str | None]:
        """User and password, if there are. Raises OSError if the password file cannot be read."""
        return self.username, _secret(self.password, self.password_file) if self.username else None


class LogSettings(_Area):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least important message shown.")
    format: Literal["console", "json"] = Field("console", description="For people or for machines.")
    mask_numbers: bool = Field(True, description="Show only the last two digits of telephone numbers.")


class RecorderSettings(_Area):
    """The flight recorder: the last hours of what the PBXs said, so that a call can be explained and replayed.

    With `log.mask_numbers` each telephone number in it is replaced by another, always the same for the same number.
    """

    enabled: bool = Field(True, description="Record while the service runs.")
    folder: Path | None = Field(
        None,
        description="Where; `recordings` beside the SQLite file by default. With PostgreSQL nothing is recorded unless "
        "a folder is named.",
    )
    hours: int = Field(24, ge=1, le=24 * 31, description="How long it is kept.")
    max_megabytes: int = Field(500, ge=1, description="How much is kept for each PBX, if that is less.")


_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DaySpan = Annotated[
    str, StringConstraints(pattern=r"^\s*([01]\d|2[0-3]):[0-5]\d\s*[-–]\s*(([01]\d|2[0-3]):[0-5]\d|24:00)\s*$")
]
_WORKDAY = ["09:00-17:00"]


class BusinessHoursSettings(_Area):
    """When the firm is at work. Missed calls are due by these hours; outside of them their clock stands still."""

    time_zone: str | None = Field(
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

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError):
                raise ValueError("no such time zone") from None
        return name

    @property
    def weekly(self) -> dict[int, list[str]]:
        """The spans of each weekday; 0 is Monday."""
        return {number: getattr(self, name) for number, name in enumerate(_WEEKDAYS)}


class MissedCallSettings(_Area):
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


class PauseReason(_Area):
    """A reason to pause, in both languages of the pages. In the file a text alone is the same in both."""

    de: str = Field(min_length=1, max_length=80, description="In German.")
    en: str = Field(min_length=1, max_length=80, description="In English; also what the PBX is told.")

    @model_validator(mode="before")
    @classmethod
    def _text_is_both(cls, value: Any) -> Any:
        return {"de": value, "en": value} if isinstance(value, str) else value


class AgentSettings(_Area):
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


class QueueSettings(_Area):
    """`[queues.support]` is the queue `support`, at every PBX that has one of this name. None needs to be named."""

    wrap_up_seconds: int | None = Field(
        None, ge=0, le=3600, description="The same for calls from this queue; `agents.wrap_up_seconds` by default."
    )
    sign_in: list[str] = Field(
        default_factory=list,
        description='Teams whose agents may sign in to it over the page; `["*"]` for every agent. Whoever the PBX has '
        "in the queue may leave it and come back in any case.",
    )


class Settings(BaseSettings):
    """All settings. Each may come from the file, or from the environment as `CTI_CRM_AREA__NAME` (which wins)."""

    model_config = SettingsConfigDict(
        env_prefix="CTI_CRM_", env_nested_delimiter="__", extra="forbid", frozen=True, toml_file=None
    )

    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    http: HttpSettings = Field(default_factory=HttpSettings)
    numbers: NumberSettings = Field(default_factory=NumberSettings)
    pbx: list[PbxSettings] = Field(default_factory=list)
    agents: AgentSettings = Field(default_factory=AgentSettings)
    queues: dict[str, QueueSettings] = Field(default_factory=dict)
    mail: MailSettings = Field(default_factory=MailSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    recorder: RecorderSettings = Field(default_factory=RecorderSettings)
    business_hours: BusinessHoursSettings = Field(default_factory=BusinessHoursSettings)
    missed_calls: MissedCallSettings = Field(default_factory=MissedCallSettings)

    @field_validator("pbx")
    @classmethod
    def _names_differ(cls, pbx: list[PbxSettings]) -> list[PbxSettings]:
        names = [one.name for one in pbx]
        if len(set(names)) != len(names):
            raise ValueError("two PBXs have the same name")
        return pbx

    @property
    def recorder_folder(self) -> Path | None:
        """Where the flight recorder writes; None if it does not."""
        if not self.recorder.enabled:
            return None
        driver, _, file = self.database.url.partition(":///")
        beside = (
            Path(file).parent / "recordings" if driver.startswith("sqlite") and file not in ("", ":memory:") else None
        )
        return self.recorder.folder or beside

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, whose content `load_settings` passes as init values."""
        return env_settings, init_settings


DEFAULT_FILE = Path("cti-crm.toml")


def load_settings(file: Path | None = None) -> Settings:
    """Read `file`, or what CTI_CRM_CONFIG names, or else `cti-crm.toml` here if there is one; and the environment.

    Raises:
        OSError: the named file cannot be read.
        tomllib.TOMLDecodeError: it is not TOML; the message names line and column.
        pydantic.ValidationError: values are wrong; holds all errors at once.
    """
    if file is None and (named := os.environ.get("CTI_CRM_CONFIG")):
        file = Path(named)
    path = file or DEFAULT_FILE
    content: dict[str, Any] = {}
    if file is not None or path.exists():
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    return Settings(**content)
