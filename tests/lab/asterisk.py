"""One running test PBX: the repository's `asterisk_conf/` plus a test site's addresses, in a private Asterisk 22."""

import asyncio
import csv
import os
import secrets
import shutil
import signal
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tests.lab.ami import AmiClient
from tests.lab.asterisk_root import ensure_root
from tests.lab.ports import PortBlock, take_ports

CONFIGURATION = Path(__file__).parents[2] / "asterisk_conf"
PHONES = ("101", "102", "103", "104", "105", "106")
_START_SECONDS = 30  # 0.5 s on a quiet machine

# Column order of cdr_custom.conf and cel_custom.conf.
_CDR_COLUMNS = [
    *("start", "answer", "end", "duration", "billsec", "disposition", "clid", "src", "dst", "dcontext", "channel"),
    *("dstchannel", "lastapp", "lastdata", "uniqueid", "linkedid", "sequence"),
]
_CEL_COLUMNS = [
    *("event", "time", "cid_num", "exten", "context", "channel", "application", "data", "uniqueid", "linkedid"),
    *("peer", "extra"),
]


@dataclass(frozen=True, slots=True)
class CdrRow:
    """One call record as Asterisk wrote it. Times in seconds since 1970 (`answer` 0 if not answered), lengths in s."""

    start: float
    answer: float
    end: float
    duration: float
    billsec: float
    disposition: str
    clid: str
    src: str
    dst: str
    dcontext: str
    channel: str
    dstchannel: str
    lastapp: str
    lastdata: str
    uniqueid: str
    linkedid: str
    sequence: str


class AsteriskPbx:
    """`async with AsteriskPbx() as pbx`: running, AMI up, phones found at fixed ports (`pbx.ports.phone("101")`).

    Phones and outside world are SIPp actors (`tests.lab.sip`); while nobody plays a phone, it cannot be reached.
    """

    def __init__(self) -> None:
        self.ports: PortBlock = take_ports()
        self.events_secret = secrets.token_urlsafe(16)
        self.originate_secret = secrets.token_urlsafe(16)
        self.phone_secret = secrets.token_urlsafe(16)
        self._name = f"/lab/{uuid.uuid4().hex[:12]}"  # as seen inside the chroot
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> "AsteriskPbx":
        try:
            self._root = await asyncio.to_thread(ensure_root)
            self.folder = self._root / self._name[1:]
            self._write_configuration()
            await self.start()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder, ignore_errors=True)
        self.ports.release()

    # --- its life

    async def start(self) -> None:
        """Start it and wait until AMI says FullyBooted. Raises RuntimeError with the log if it does not come up."""
        self._process = self._spawn()
        try:
            async with asyncio.timeout(_START_SECONDS):
                await self._fully_booted()
        except TimeoutError:
            raise RuntimeError(f"Asterisk did not start:\n{self.log()[-4000:]}") from None

    async def stop(self) -> None:
        """Stop it as a reboot would: calls are hung up, the process ends."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """Kill it without a word (power cut)."""
        await self._end(signal.SIGKILL)

    async def restart(self) -> None:
        """`core restart now`, as an administrator does: the process replaces itself; back when AMI is."""
        async with self.ami() as before, asyncio.timeout(_START_SECONDS):
            await self.cli("core restart now")
            await before.closed()
            await self._fully_booted()

    async def cli(self, command: str) -> str:
        """Run one CLI command and return what it printed."""
        done = await asyncio.to_thread(
            subprocess.run, self._asterisk("-n", "-rx", command), capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr

    async def hang_up_all(self) -> None:
        """End every call and wait until no channel is left."""
        async with self.ami() as ami, asyncio.timeout(10):
            await self.cli("channel request hangup all")
            seen = len(ami.events)
            while await ami.listing("CoreShowChannels"):
                await ami.wait_for(lambda event: event.get("Event") == "Hangup", start=seen)
                seen = len(ami.events)

    # --- what it knows

    def ami(self, username: str = "cti") -> AmiClient:
        """A client for `cti` or `cti-originate`; use with `async with`."""
        secret = {"cti": self.events_secret, "cti-originate": self.originate_secret}[username]
        return AmiClient(self.ports.ami, username, secret)

    def log(self) -> str:
        """Warnings and errors since the first start."""
        file = self.folder / "console.log"
        return file.read_text("utf-8", "replace") if file.exists() else ""

    def cdr(self) -> list[CdrRow]:
        """All call records so far. A record is written when its call has ended."""
        rows = self._csv("log/cdr-custom/cdr.csv", _CDR_COLUMNS)
        numbers = ("start", "answer", "end", "duration", "billsec")
        return [CdrRow(**(row | {key: float(row[key] or 0) for key in numbers})) for row in rows]  # type: ignore[arg-type]

    def cel(self) -> list[dict[str, str]]:
        """All channel events so far; keys as in cel_custom.conf, `time` in seconds since 1970."""
        return self._csv("log/cel-custom/cel.csv", _CEL_COLUMNS)

    # --- inside

    async def _fully_booted(self) -> None:
        while True:
            if self._process is not None and self._process.poll() is not None:
                raise RuntimeError(f"Asterisk ended with {self._process.returncode}:\n{self.log()[-4000:]}")
            try:
                async with self.ami() as ami:
                    await ami.wait_for(lambda event: event.get("Event") == "FullyBooted")
                    return
            except OSError:
                await asyncio.sleep(0.05)  # the port is not open yet

    def _spawn(self) -> subprocess.Popen[bytes]:
        # No asyncio subprocess: those belong to one event loop, and a PBX may outlive the loop of a test.
        with (self.folder / "console.log").open("ab") as console:
            return subprocess.Popen(
                self._asterisk("-f", "-n"),
                stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True,
            )  # fmt: skip

    async def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(how)
            try:
                await asyncio.to_thread(self._process.wait, 10)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        self._process = None

    def _asterisk(self, *arguments: str) -> list[str]:
        return ["chroot", str(self._root), "asterisk", "-C", f"{self._name}/etc/asterisk.conf", *arguments]

    def _csv(self, name: str, columns: list[str]) -> list[dict[str, str]]:
        file = self.folder / name
        if not file.exists():
            return []
        with file.open(encoding="utf-8", errors="replace", newline="") as lines:
            return [dict(zip(columns, row, strict=True)) for row in csv.reader(lines)]

    def _write_configuration(self) -> None:
        etc = self.folder / "etc"
        etc.mkdir(parents=True)
        for part in ("run", "db", "lib", "spool", "log/cdr-custom", "log/cel-custom"):
            (self.folder / part).mkdir(parents=True)
        for file in CONFIGURATION.glob("*.conf"):
            shutil.copy(file, etc)
        (etc / "asterisk.conf").write_text(self._folders((etc / "asterisk.conf").read_text()))
        (etc / "pjsip_site.conf").write_text(self._pjsip_site())
        (etc / "manager_site.conf").write_text(
            f"[general](+)\nport = {self.ports.ami}\n"
            f"[cti](+)\nsecret = {self.events_secret}\n"
            f"[cti-originate](+)\nsecret = {self.originate_secret}\n"
        )
        first, last = self.ports.asterisk_rtp
        _append(etc / "rtp.conf", f"[general](+)\nrtpstart = {first}\nrtpend = {last}\n")
        # Tests need not wait as callers do.
        _append(etc / "queues.conf", "[sales](+)\ntimeout = 2\n")
        _append(etc / "extensions.conf", "[globals](+)\nTRANSFER_SECONDS = 2\n")
        _append(etc / "res_parking.conf", "[default](+)\nparkingtime = 5\n")
        _append(
            etc / "features.conf",
            "[general](+)\natxfernoanswertimeout = 3\natxferloopdelay = 1\natxfercallbackretries = 1\n",
        )

    def _folders(self, options: str) -> str:
        own = {"astetcdir": "etc", "astrundir": "run", "astdbdir": "db", "astkeydir": "lib", "astvarlibdir": "lib",
               "astspooldir": "spool", "astlogdir": "log"}  # fmt: skip
        section = "[directories](!)"
        if section not in options:
            raise RuntimeError(f"asterisk.conf has no {section} to fill in")
        return options.replace(
            section,
            "\n".join(["[directories]", *(f"{key} => {self._name}/{folder}" for key, folder in own.items()), ";"]),
        )

    def _pjsip_site(self) -> str:
        local = "127.0.0.1"
        sections = [
            f"[transport-udp]\ntype = transport\nprotocol = udp\nbind = {local}:{self.ports.sip}",
            f"[trunk]\ntype = aor\ncontact = sip:{local}:{self.ports.trunk}",
            f"[trunk]\ntype = identify\nendpoint = trunk\nmatch = {local}",
        ]
        for phone in PHONES:
            devices = (0, 1) if phone == "106" else (0,)
            contacts = "\n".join(f"contact = sip:{phone}@{local}:{self.ports.phone(phone, one)}" for one in devices)
            sections += [
                f"[{phone}](phone-auth)\nusername = {phone}\npassword = {self.phone_secret}",
                f"[{phone}](+type=aor)\nqualify_frequency = 0\n{contacts}",
            ]
        return "\n\n".join(sections) + "\n"


def _append(file: Path, text: str) -> None:
    with file.open("a") as handle:
        handle.write(f"\n{text}")
