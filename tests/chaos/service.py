"""The service as its own process, started again whenever it ends, as systemd does it."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

PBX = "main"
_READY_SECONDS = 60
_STOP_SECONDS = 30


class ServiceProcess:
    """`cti-crm serve --config FILE`. `log_file` holds what all its lives wrote."""

    def __init__(self, configuration: Path, log_file: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log_file = log_file
        self.starts = 0
        self._configuration = configuration
        self._process: asyncio.subprocess.Process | None = None
        self._may_run = asyncio.Event()
        self._may_run.set()
        self._stopping = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ServiceProcess"]:
        """Keep it running for the length of the block; then it is stopped in order (SIGTERM)."""
        keeper = asyncio.create_task(self._keep())
        try:
            await self.ready()
            yield self
        finally:
            self._stopping = True
            self._may_run.set()
            if self._process is not None and self._process.returncode is None:
                self._process.terminate()
            try:
                await asyncio.wait_for(asyncio.shield(keeper), _STOP_SECONDS)
            except TimeoutError:
                if self._process is not None:
                    self._process.kill()
                await keeper

    async def kill(self, away_seconds: float) -> None:
        """kill -9; it comes again after that time."""
        self._may_run.clear()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        await asyncio.sleep(away_seconds)
        self._may_run.set()

    async def ready(self) -> None:
        """Until it says that its database and its PBX are up. Raises TimeoutError with its last words."""
        try:
            async with asyncio.timeout(_READY_SECONDS), aiohttp.ClientSession() as http:
                while not await self._says_ready(http):  # noqa: ASYNC110 - of another process
                    await asyncio.sleep(0.2)
        except TimeoutError:
            raise TimeoutError(f"the service is not ready:\n{self.log_file.read_text()[-3000:]}") from None

    async def calls(self, token: str) -> list[dict[str, Any]]:
        """The whole call log, as a manager's script reads it."""
        items: list[dict[str, Any]] = []
        query = {"limit": "100"}
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:
            while True:
                async with http.get(f"{self.url}/api/v1/calls", params=query) as answer:
                    answer.raise_for_status()
                    page = json.loads(await answer.text())
                items += page["items"]
                if page["next_cursor"] is None:
                    return items
                query["cursor"] = page["next_cursor"]

    async def command(self, *arguments: str) -> str:
        """Run another command of cti-crm beside it and return what it printed. Raises RuntimeError if it fails."""
        process = await asyncio.create_subprocess_exec(
            *_cti_crm(*arguments, "--config", str(self._configuration)),
            env=_environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed = (await process.communicate())[0].decode()
        if process.returncode != 0:
            raise RuntimeError(f"cti-crm {' '.join(arguments)} ended with {process.returncode}:\n{printed}")
        return printed

    async def _says_ready(self, http: aiohttp.ClientSession) -> bool:
        try:
            async with http.get(f"{self.url}/readyz") as answer:
                return answer.status == 200
        except (aiohttp.ClientError, OSError):
            return False

    async def _keep(self) -> None:
        with self.log_file.open("ab") as log:
            while not self._stopping:
                self.starts += 1
                self._process = await asyncio.create_subprocess_exec(
                    *_cti_crm("serve", "--config", str(self._configuration)), env=_environment(), stdout=log, stderr=log
                )
                await self._process.wait()
                if not self._stopping:
                    await asyncio.sleep(0.3)  # an ended service is not started again in a tight loop
                    await self._may_run.wait()


def write_configuration(
    file: Path, *, store: str, http_port: int, ami_port: int, secret: str, log: Path, records: Sequence[str]
) -> None:
    """The service's settings; `log` is Asterisk's log folder, `records` are `cel`, `cdr` or both."""
    sources = "\n".join(f'{kind} = "csv:{log}/{kind}-custom/{kind}.csv"' for kind in records)
    file.write_text(
        f"""
[database]
url = "{store}"
[http]
port = {http_port}
[numbers]
country = "DE"
area_code = "30"
own = ["+49 30 5550"]
[[pbx]]
name = "{PBX}"
port = {ami_port}
secret = "{secret}"
[pbx.records]
{sources}
"""
    )


def free_port() -> int:
    """A TCP port that nobody uses now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _cti_crm(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "cti_crm", *arguments]


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("CTI_CRM_")}
