"""Installs the real programs the tests talk to, and says loudly what cannot be had: `python -m tests.needs`.

With CI=true something missing is a failure; elsewhere the tests that need it are left out.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import pytest

from tests.databases import postgres_binaries
from tests.lab.asterisk_root import LabUnavailable, ensure_root, install_tools


@dataclass(frozen=True)
class Program:
    """A program, how to see that it is there, the Debian packages that bring it, and what is not tested without it."""

    name: str
    there: Callable[[], bool]
    packages: tuple[str, ...]
    otherwise: str


PROGRAMS = (
    Program("PostgreSQL", lambda: postgres_binaries() is not None, ("postgresql",), "repositories on PostgreSQL"),
    Program("Chromium", lambda: shutil.which("chromium") is not None, ("chromium",), "the pages in a real browser"),
)


def left_out(what: str) -> NoReturn:
    """For fixtures: the test cannot run here. In CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def _install(packages: tuple[str, ...]) -> None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-oDPkg::Lock::Timeout=120", "-qq"]
    subprocess.run([*apt, "update"], env=environment, check=False)
    subprocess.run([*apt, "install", "-y", "--no-install-recommends", *packages], env=environment, check=False)


def main() -> int:
    """Install what is missing; the exit status is 1 if something is still missing and this is CI."""
    missing: list[str] = []
    for program in PROGRAMS:
        if not program.there():
            _install(program.packages)
        if not program.there():
            packages = " ".join(program.packages)
            missing.append(f"{program.name} (Debian: apt install {packages}): not tested: {program.otherwise}")
    try:
        install_tools()
        ensure_root()
    except LabUnavailable as error:
        missing.append(f"Asterisk 22 and SIPp: not tested: real calls ({error})")
    for line in missing:
        print(f"\n*** LEFT OUT *** {line}\n", file=sys.stderr)
    return 1 if missing and os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
