"""Every setting of the service, in one class; a module for each side. The reference is made from the descriptions."""

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from cti_crm.settings.desk import AgentSettings, BusinessHoursSettings, MissedCallSettings, PauseReason, QueueSettings
from cti_crm.settings.server import DatabaseSettings, HttpSettings, LogSettings, MailSettings
from cti_crm.settings.telephony import NumberSettings, PbxSettings, RecorderSettings, RecordSettings, RecordSource

__all__ = [
    "AgentSettings",
    "BusinessHoursSettings",
    "DatabaseSettings",
    "HttpSettings",
    "LogSettings",
    "MailSettings",
    "MissedCallSettings",
    "NumberSettings",
    "PauseReason",
    "PbxSettings",
    "QueueSettings",
    "RecordSettings",
    "RecordSource",
    "RecorderSettings",
    "Settings",
    "load_settings",
]

DEFAULT_FILE = Path("cti-crm.toml")


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
