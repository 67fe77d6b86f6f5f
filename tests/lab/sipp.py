"""SIPp processes whose every SIP message is seen as it happens, and which obey commands in the middle of a call.

SIPp writes its message trace into a named pipe that we read: that is the truth about a call, and it tells when to act.
A command is a datagram to SIPp with the call's Call-ID and a method of our own (ANSWER, HANGUP ...): SIPp takes it for
a message of that call and its scenario branches on it. One that comes while the scenario waits for something else is
passed over; then the very same datagram can be sent again, for SIPp knows a repeated message and does not act twice.
"""

import asyncio
import itertools
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

SCENARIOS = Path(__file__).parent / "scenarios"
LOCAL = "127.0.0.1"
_SILENCE = b"\xd5" * 8000  # one second of A-law silence
_command_numbers = itertools.count(1)

# "----- 2026-11-21\t19:33:04.123456\t..." / "UDP message received [512] bytes :" / "UDP message sent (512 bytes):"
_HEAD = re.compile(
    rb"-{20,} (\d{4}-\d\d-\d\d)\s(\d\d:\d\d:\d\d\.\d+)[^\n]*\n"
    rb"UDP message (sent|received) [\[(](\d+)\]? bytes[^\n]*\n\n"
)


@dataclass(frozen=True)
class SipMessage:
    """One SIP message as SIPp traced it. `at`: seconds since 1970."""

    at: float
    sent: bool
    text: str

    @cached_property
    def start_line(self) -> str:
        return self.text.split("\r\n", 1)[0]

    @property
    def method(self) -> str:
        """Request's method; "" in a response."""
        return "" if self.start_line.startswith("SIP/2.0 ") else self.start_line.split(" ", 1)[0]

    @property
    def status(self) -> int:
        """Response's code; 0 in a request."""
        return 0 if self.method else int(self.start_line.split(" ", 2)[1])

    def header(self, name: str) -> str:
        """The first header of that name, "" if there is none."""
        found = re.search(rf"^{name}:[ \t]*(.*?)\r?$", self.text, re.MULTILINE | re.IGNORECASE)
        return found[1] if found else ""

    @property
    def call_id(self) -> str:
        return self.header("Call-ID")

    @property
    def cseq_method(self) -> str:
        return self.header("CSeq").rpartition(" ")[2]

    def tag(self, name: str) -> str:
        """The tag parameter of From or To."""
        return self.header(name).partition(";tag=")[2].partition(";")[0]

    def user(self, name: str) -> str:
        """The user part of the URI in From, To, or (name "") the request line."""
        source = self.header(name) if name else self.start_line
        found = re.search(r"sips?:([^@>;]*)@", source)
        return found[1] if found else ""


class SippProcess:
    """One SIPp. `on_message` is called for each SIP message of the trace, in order; `on_exit` once, when SIPp ended.

    keys: texts of the scenario to replace. lines: values of [field0], [field1] ..., a line for each call.
    """

    def __init__(
        self,
        scenario: str,
        port: int,
        media_port: int,
        arguments: list[str],
        on_message: Callable[[SipMessage], None],
        on_exit: Callable[[str], None],
        *,
        keys: Mapping[str, str] | None = None,
        lines: list[str] | None = None,
    ) -> None:
        self.port = port
        self._on_message = on_message
        self._on_exit = on_exit
        self._folder = Path(tempfile.mkdtemp(prefix="cti-crm-sipp-"))
        talk = (SCENARIOS / "talk.xml").read_text()
        text = (SCENARIOS / f"{scenario}.xml").read_text().replace("<!-- talk.xml -->", talk)
        for key, value in (keys or {}).items():
            text = text.replace(key, value)
        (self._folder / "scenario.xml").write_text(text)
        if lines is not None:
            (self._folder / "lines.csv").write_text("\n".join(lines) + "\n")
            arguments = [*arguments, "-inf", "lines.csv"]
        (self._folder / "silence.alaw").write_bytes(_SILENCE)
        self._command = [
            "sipp", "-sf", "scenario.xml", "-i", LOCAL, "-p", str(port), "-mi", LOCAL, "-mp", str(media_port),
            "-aa", "-default_behaviors", "all,-abortunexp", "-nostdin",
            "-trace_msg", "-message_file", "trace", "-trace_err", "-error_file", "errors",
            *arguments,
        ]  # fmt: skip

    async def start(self) -> None:
        """Start SIPp; its trace flows from now on."""
        fifo = self._folder / "trace"
        os.mkfifo(fifo)
        reader = os.fdopen(os.open(fifo, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0)
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.connect_read_pipe(lambda: _Trace(self._on_message, self._ended), reader)
        self._process = self._spawn()

    async def listening(self) -> None:
        """Wait until SIPp answers on its port (OPTIONS, repeated as a SIP phone would)."""
        loop = asyncio.get_running_loop()
        probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        probe.setblocking(False)
        probe.bind((LOCAL, 0))
        port = probe.getsockname()[1]
        with probe:
            async with asyncio.timeout(15):
                while True:
                    text = self._request("OPTIONS", f"probe-{next(_command_numbers)}", {}, port)
                    probe.sendto(text, (LOCAL, self.port))
                    try:
                        await asyncio.wait_for(loop.sock_recv(probe, 2048), 0.1)
                    except TimeoutError:
                        if self._process.poll() is not None:
                            raise RuntimeError(f"SIPp ended at once:\n{self.problems()}") from None
                    except ConnectionRefusedError:
                        await asyncio.sleep(0.02)
                    else:
                        return

    def command(self, call_id: str, name: str, headers: dict[str, str]) -> Callable[[], None]:
        """What tells the scenario of one call what to do next, each time it is called the same."""
        datagram = self._request(name, call_id, headers, 9)

        def tell() -> None:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.sendto(datagram, (LOCAL, self.port))

        return tell

    def stop(self) -> None:
        """End SIPp without another word to Asterisk."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()  # at once after SIGKILL
        self._transport.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def problems(self) -> str:
        """What SIPp complained about, for the message of a failed test."""
        for name in ("errors", "screen"):
            file = self._folder / name
            if file.exists() and (text := file.read_text(errors="replace").strip()):
                return text[-3000:]
        return ""

    def _spawn(self) -> subprocess.Popen[bytes]:
        with (self._folder / "screen").open("wb") as screen:
            return subprocess.Popen(
                self._command, cwd=self._folder, stdin=subprocess.DEVNULL, stdout=screen, stderr=screen,
                env=os.environ | {"TERM": "dumb"}, start_new_session=True,
            )  # fmt: skip

    def _ended(self) -> None:
        self._on_exit(self.problems())

    def _request(self, method: str, call_id: str, headers: dict[str, str], reply_port: int) -> bytes:
        number = next(_command_numbers)
        lines = [
            f"{method} sip:lab@{LOCAL}:{self.port} SIP/2.0",
            f"Via: SIP/2.0/UDP {LOCAL}:{reply_port};branch=z9hG4bK-lab-{number}",
            f"From: <sip:lab@{LOCAL}>;tag=lab",
            f"To: <sip:lab@{LOCAL}>",
            f"Call-ID: {call_id}",
            f"CSeq: {number} {method}",
            *(f"{name}: {value}" for name, value in headers.items()),
            "Content-Length: 0",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


class _Trace(asyncio.Protocol):
    """Cuts SIPp's message trace into messages by the lengths it states."""

    def __init__(self, on_message: Callable[[SipMessage], None], on_end: Callable[[], None]) -> None:
        self._rest = b""
        self._on_message = on_message
        self._on_end = on_end

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while found := _HEAD.search(self._rest):
            end = found.end() + int(found[4])
            if len(self._rest) < end:
                return
            text = self._rest[found.end() : end].decode("utf-8", "surrogateescape")
            self._rest = self._rest[end:]
            at = datetime.fromisoformat(f"{found[1].decode()} {found[2].decode()}").timestamp()
            self._on_message(SipMessage(at, found[3] == b"sent", text))

    def connection_lost(self, _error: Exception | None) -> None:
        self._on_end()
