"""Whatever is wrong, a person reads words."""

from pathlib import Path

import pytest

from tests.databases import PostgresServer
from tests.integration.cli.conftest import Run, words


def test_all_wrong_settings_are_told_at_once(run: Run, folder: Path) -> None:
    (folder / "cti-crm.toml").write_text(
        '[http]\nprot = 80\nport = 70000\n[[pbx]]\nname = "main"\n[[pbx]]\nport = "x"\nsecret = "hunter2"\n'
        'secret_file = "f"\n[nubmers]\ncountry = "DE"\n'
    )
    result = run("user list", url="mysql://root:hunter2@host/x")

    assert result.exit_code == 2
    for line in (
        "5 settings are wrong:",
        "database.url: must begin with sqlite+aiosqlite:// or postgresql+asyncpg://",
        "http.port: should be less than or equal to 65535",
        "http.prot: there is no such setting. Did you mean port?",
        "pbx[2].port: should be a valid integer",
        "nubmers: there is no such setting. Did you mean numbers?",
    ):
        assert line in result.stderr
    assert "hunter2" not in result.output


@pytest.mark.parametrize("content", [b"[[[", b"\xff\xfe"])
def test_a_file_that_is_no_toml(run: Run, folder: Path, content: bytes) -> None:
    (folder / "my.toml").write_bytes(content)
    result = run("user list --config my.toml")

    assert result.exit_code == 2
    assert result.stderr.startswith("my.toml is not TOML: ")


def test_a_file_that_is_not_there(run: Run) -> None:
    result = run("user list --config none.toml")

    assert (result.exit_code, result.stderr) == (2, "none.toml cannot be read: No such file or directory.\n")


def test_settings_may_come_from_a_file(run: Run, folder: Path) -> None:
    (folder / "my.toml").write_text('[http]\nport = 1\n[log]\nlevel = "error"\n')

    assert run("user list --config my.toml").exit_code == 0


@pytest.mark.parametrize("line", ["user list", "migrate", "serve", "backup b", "restore b"])
def test_a_database_that_cannot_be_opened(run: Run, folder: Path, line: str) -> None:
    (folder / "text").write_text("x" * 5000)
    for file, reason in (
        ("/no/such/folder/store.db", "unable to open database file"),
        (folder / "text", "file is not a database"),
    ):
        result = run(line, url=f"sqlite+aiosqlite:///{file}")
        assert result.exit_code == 1
        assert result.stderr.endswith(f"The database {file} cannot be opened: {reason}.\n")


@pytest.mark.postgres
def test_a_database_that_the_server_has_not(run: Run, postgres_server: PostgresServer) -> None:
    url = postgres_server.create(tables=False)
    postgres_server.drop(url)
    result = run("user list", url=url)

    assert result.exit_code == 1
    assert result.stderr.startswith('The database refused: database "test_')
    assert result.stderr.endswith('" does not exist.\n')


def test_a_database_server_that_is_not_there(run: Run) -> None:
    result = run("user list", url="postgresql+asyncpg://x@127.0.0.1:1/x")

    assert result.exit_code == 1
    assert "127.0.0.1" in result.stderr


def test_a_wrong_command_line(run: Run) -> None:
    result = run("user lisst")

    assert result.exit_code == 2
    assert "Did you mean 'list'?" in words(result.stderr)


def test_a_fault_of_our_own_is_told_as_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise KeyError("lost")

    monkeypatch.setattr("cti_crm.cli.users.in_transaction", fail)

    result = run("user list")
    assert result.exit_code == 1
    assert "KeyError" in result.stderr
    with pytest.raises(KeyError):
        run("--debug user list")


def test_serve_tells_all_errors_before_it_starts(run: Run) -> None:
    result = run("serve", CTI_CRM_HTTP__PORT="x")

    assert result.exit_code == 2
    assert "http.port" in result.stderr
