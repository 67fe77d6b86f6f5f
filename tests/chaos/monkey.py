"""Breaks things by seeded chance, and writes down when."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from tests.chaos.ami_proxy import AmiProxy
from tests.chaos.service import ServiceProcess
from tests.chaos.stores import Store
from tests.lab.asterisk import AsteriskPbx

_PAUSE = (3.0, 8.0)  # seconds from one deed to the next


@dataclass(frozen=True, slots=True)
class Deed:
    """At `at` seconds after the first call, `what` happens for `seconds`."""

    at: float
    what: str
    seconds: float


SHORT = (
    Deed(2.0, "AMI cut", 0.3),
    Deed(4.5, "service killed", 0.2),
    Deed(6.5, "disk full", 2.0),
    Deed(8.5, "AMI silent", 3.0),
    Deed(10.0, "Asterisk killed", 0.2),
)
_USUAL = ("service killed", "AMI cut", "AMI silent", "AMI late", "store away")


def plan(seed: int, seconds: float, store: str, records: Sequence[str]) -> tuple[Deed, ...]:
    """Deeds for so many seconds of traffic: each kind in turn, in an order by chance; Asterisk is restarted and killed
    once each. The disk of a PostgreSQL is its administrator's: only that of a `store` of ours becomes full. CDR is
    written when a call ends: with nothing else, of calls that a kill cuts off nobody could know.
    """
    chance = Random(f"{seed} monkey")
    deeds: list[Deed] = []
    kinds: list[str] = []
    at = chance.uniform(*_PAUSE)
    while at < seconds:
        if not kinds:
            kinds = [*_USUAL, "disk full"] if store == "sqlite" else [*_USUAL]
            chance.shuffle(kinds)
            if not deeds:
                kinds.insert(chance.randrange(3), "Asterisk restarted")
                if "cel" in records:
                    kinds.insert(chance.randrange(3), "Asterisk killed")
        what = kinds.pop()
        deeds.append(Deed(round(at, 2), what, round(chance.uniform(0.2, 6.0), 2)))
        at += chance.uniform(*_PAUSE)
    return tuple(deeds)


class Monkey:
    """`history` tells what was done, with the time it began and ended."""

    def __init__(self, pbx: AsteriskPbx, proxy: AmiProxy, service: ServiceProcess, store: Store) -> None:
        self.history: list[tuple[datetime, datetime, str]] = []
        self._pbx = pbx
        self._proxy = proxy
        self._service = service
        self._store = store
        self._one_at_a_time = {part: asyncio.Lock() for part in ("AMI", "service", "store", "Asterisk")}

    async def play(self, deeds: tuple[Deed, ...]) -> None:
        """Do all of them, each at its time; of one part only one at a time."""
        begin = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as tasks:
            for deed in deeds:
                await asyncio.sleep(begin + deed.at - asyncio.get_running_loop().time())
                tasks.create_task(self._do(deed))

    async def _do(self, deed: Deed) -> None:
        part = deed.what.split()[0]
        async with self._one_at_a_time["store" if part == "disk" else part]:
            await self._note(deed, self._deed(deed))

    async def _note(self, deed: Deed, doing: Coroutine[Any, Any, None]) -> None:
        began = datetime.now().astimezone()
        await doing
        self.history.append((began, datetime.now().astimezone(), deed.what))

    async def _deed(self, deed: Deed) -> None:
        match deed.what:
            case "service killed":
                await self._service.kill(deed.seconds)
            case "store away":
                await self._store.away(deed.seconds)
            case "disk full":
                await self._store.full(deed.seconds)
            case "Asterisk restarted":
                await self._pbx.restart()
            case "Asterisk killed":
                await self._pbx.kill()
                await asyncio.sleep(deed.seconds)
                await self._pbx.start()
            case "AMI cut":
                self._proxy.refuse()
                await asyncio.sleep(deed.seconds)
                self._proxy.heal()
            case "AMI silent":
                self._proxy.silence()
                await asyncio.sleep(deed.seconds)
                self._proxy.heal()
            case "AMI late":
                self._proxy.delay = min(deed.seconds / 4, 1.5)
                await asyncio.sleep(deed.seconds)
                self._proxy.heal()
            case _:
                raise ValueError(deed.what)
