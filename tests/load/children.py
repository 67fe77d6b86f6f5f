"""Processes of the bench, and JSON lines between them and their parent."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LINE_LIMIT = 256 * 1024 * 1024  # an answer holds every call of a run
_TICKS = os.sysconf("SC_CLK_TCK")
_STOP_SECONDS = 30


@dataclass(slots=True)
class Child:
    """A running process of ours: `python -m tests.load.NAME`."""

    name: str
    process: asyncio.subprocess.Process

    @property
    def pid(self) -> int:
        return self.process.pid

    async def read(self) -> dict[str, Any]:
        """Its next line. Raises RuntimeError if it ended instead."""
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended, status {await self.process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def ask(self, **question: object) -> dict[str, Any]:
        """Send a line, wait for the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        await self.process.stdin.drain()
        return await self.read()

    def cpu_seconds(self) -> float:
        """Processor time used so far, by all threads, and by the processes it started (proc(5), /proc/PID/stat)."""
        ticks = 0
        for pid in self._pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / _TICKS

    def resident_bytes(self) -> int:
        """Memory that it holds, and the processes it started (proc(5), VmRSS)."""
        lines = [line for pid in self._pids() for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))

    def _pids(self) -> list[int]:
        """It, and those that its threads started."""
        own = Path(f"/proc/{self.pid}/task").glob("*/children")
        return [self.pid, *(int(pid) for path in own for pid in path.read_text().split())]


@asynccontextmanager
async def child(name: str, *arguments: str) -> AsyncIterator[Child]:
    """Start one; at the end its input is closed, which it takes as the word to stop."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"tests.load.{name}",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LINE_LIMIT,
    )
    try:
        yield Child(name, process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def tell(**answer: object) -> None:
    """In the child: one line to the parent."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


async def obey(act: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]) -> None:
    """In the child: answer the parent's lines until it closes."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    try:
        while line := await reader.readline():
            tell(**await act(json.loads(line)))
    finally:
        transport.close()
