"""Where settings come from."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from cti_crm.settings import load_settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a cti-crm.toml."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CTI_CRM_CONFIG", raising=False)
    return tmp_path


def test_without_a_file_the_defaults_hold() -> None:
    assert load_settings().http.port == 8080


def test_the_file_in_the_working_directory_is_read(elsewhere: Path) -> None:
    (elsewhere / "cti-crm.toml").write_text("[http]\nport = 1234\n", encoding="utf-8")
    assert load_settings().http.port == 1234


def test_the_environment_names_another_file(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / "other.toml").write_text("[http]\nport = 1234\n", encoding="utf-8")
    monkeypatch.setenv("CTI_CRM_CONFIG", "other.toml")
    assert load_settings().http.port == 1234


def test_a_file_that_is_named_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CTI_CRM_CONFIG", "missing.toml")
    with pytest.raises(FileNotFoundError):
        load_settings()


def test_the_environment_wins_over_the_file_and_leaves_the_rest(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere / "cti-crm.toml").write_text('[http]\nhost = "0.0.0.0"\nport = 1234\n', encoding="utf-8")
    monkeypatch.setenv("CTI_CRM_HTTP__PORT", "4321")
    monkeypatch.setenv("CTI_CRM_HTTP__ORIGINS", '["https://crm.example.com"]')
    http = load_settings().http
    assert (http.host, http.port, http.origins) == ("0.0.0.0", 4321, ["https://crm.example.com"])


def test_the_pbxs_of_the_environment_take_the_place_of_the_files(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere / "cti-crm.toml").write_text('[[pbx]]\nname = "one"\n[[pbx]]\nname = "two"\n', encoding="utf-8")
    monkeypatch.setenv("CTI_CRM_PBX", '[{"name": "three", "host": "192.0.2.1"}]')
    assert [one.name for one in load_settings().pbx] == ["three"]


@pytest.mark.parametrize("setting", ["[business_hours]\ntime_zone", "[[pbx]]\n[pbx.records]\ntimezone"])
@pytest.mark.parametrize("zone", ["Mars/Olympus", "Europe", "../etc"])
def test_a_time_zone_must_be_one_and_not_a_folder_of_them(elsewhere: Path, setting: str, zone: str) -> None:
    (elsewhere / "cti-crm.toml").write_text(f'{setting} = "{zone}"\n', encoding="utf-8")
    with pytest.raises(ValidationError, match="no such time zone"):
        load_settings()
