"""A private Asterisk 22: Debian sid's package in a folder of its own, beside whatever the machine has installed.

Built once into a cache outside the repository (`$CTI_CRM_CACHE`, else `~/.cache/cti-crm`) and used by every test PBX.
"""

import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Debian 12 has no Asterisk; sid has 22. The Debian mirror is mmdebstrap's own default.
_SUITE = "sid"
_PACKAGES = ("asterisk", "asterisk-modules", "asterisk-core-sounds-en-gsm", "asterisk-moh-opsound-gsm")
_APT_OPTIONS = ('Acquire::Check-Valid-Until "false"', 'APT::Install-Recommends "false"')
_TOOLS = {"mmdebstrap": "mmdebstrap", "sipp": "sip-tester"}  # program -> Debian package


class LabUnavailable(Exception):  # noqa: N818  (a state of the machine, not a fault)
    """This machine cannot run a real Asterisk; the message says what is missing."""


def cache_folder() -> Path:
    """Where the lab keeps what outlives a test run."""
    return Path(os.environ.get("CTI_CRM_CACHE") or Path.home() / ".cache" / "cti-crm")


def install_tools() -> None:
    """Install mmdebstrap and SIPp if they are missing. Raises LabUnavailable without root or apt."""
    missing = [package for program, package in _TOOLS.items() if shutil.which(program) is None]
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise LabUnavailable(f"install these packages first: {' '.join(missing)}")
    wait = "-oDPkg::Lock::Timeout=120"
    _run(["apt-get", wait, "-qq", "update"])
    _run(["apt-get", wait, "-qq", "install", "-y", "--no-install-recommends", *missing])


def ensure_root() -> Path:
    """The folder with Asterisk in it; built now if this machine has none yet (20 s, 330 MB).

    Raises LabUnavailable: not root (chroot needs it), or the build failed.
    """
    if os.geteuid() != 0:
        raise LabUnavailable("the private Asterisk runs in a chroot, which only root may enter")
    recipe = " ".join((_SUITE, *_PACKAGES, *_APT_OPTIONS))
    root = cache_folder() / f"asterisk-22-{hashlib.sha256(recipe.encode()).hexdigest()[:8]}"
    if not root.is_dir():
        cache_folder().mkdir(parents=True, exist_ok=True)
        with _lock(cache_folder() / "asterisk-22.lock"):
            if not root.is_dir():
                _build(root)
    return root


def _build(root: Path) -> None:
    install_tools()
    for broken in root.parent.glob(f"{root.name}.building-*"):
        shutil.rmtree(broken)
    scratch = Path(tempfile.mkdtemp(prefix=f"{root.name}.building-", dir=root.parent))
    scratch.chmod(0o755)  # mkdtemp's 0700 would shut out the package manager's own user
    options = [f"--aptopt={option}" for option in _APT_OPTIONS]
    include = f"--include={','.join(_PACKAGES)}"
    try:
        _run(["mmdebstrap", "--quiet", "--variant=essential", "--mode=root", *options, include, _SUITE, str(scratch)])
        # Asterisk looks up its own host's name for every call; there is no name server in here.
        (scratch / "etc/hosts").write_text(f"127.0.0.1 localhost {socket.gethostname()}\n")
        scratch.rename(root)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def _lock(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _run(command: list[str]) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabUnavailable(f"{command[0]} failed ({done.returncode}):\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}")


if __name__ == "__main__":
    install_tools()
    print(ensure_root())
