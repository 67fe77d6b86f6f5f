"""Settings of what is telephoned with: the PBXs, their records, telephone numbers, the flight recorder."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator

from cti_crm.settings.area import Area, ZoneName, secret_of

ChannelPrefix = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+/.+$")]

ChannelVariable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,79}$")]
VariableName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class NumberSettings(Area):
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


class RecordSource(Area):
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


class RecordSettings(Area):
    """The PBX's own records, from which is filled in what went on while cti-crm was away."""

    cel: RecordSource | None = Field(
        None, description="Channel events (CEL): everything a call went through. Used first where both are named."
    )
    cdr: RecordSource | None = Field(None, description="Call records (CDR): less detail; for calls without CEL.")
    timezone: ZoneName | None = Field(
        None,
        description="Zone (`Europe/Berlin`) of times that the records write without one; that of this machine by "
        "default. Times in seconds since 1970 need none.",
    )


class PbxSettings(Area):
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
    def _onesecret_of(self) -> "PbxSettings":
        if self.secret and self.secret_file:
            raise ValueError("give secret or secret_file, not both")
        if self.originate_secret and self.originate_secret_file:
            raise ValueError("give originate_secret or originate_secret_file, not both")
        return self

    def events_login(self) -> tuple[str, str]:
        """User and password of the events account. Raises OSError if the secret file cannot be read."""
        return self.username, secret_of(self.secret, self.secret_file)

    def originate_login(self) -> tuple[str, str]:
        """User and password for actions; the events account if no other is named."""
        if self.originate_username is None:
            return self.events_login()
        return self.originate_username, secret_of(self.originate_secret, self.originate_secret_file)


class RecorderSettings(Area):
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
