"""Settings of the program on its machine: the database, the pages' port, mail, the log."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from cti_crm.settings.area import Area, secret_of


class DatabaseSettings(Area):
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


class HttpSettings(Area):
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


class MailSettings(Area):
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
        return self.username, secret_of(self.password, self.password_file) if self.username else None


class LogSettings(Area):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least important message shown.")
    format: Literal["console", "json"] = Field("console", description="For people or for machines.")
    mask_numbers: bool = Field(True, description="Show only the last two digits of telephone numbers.")
