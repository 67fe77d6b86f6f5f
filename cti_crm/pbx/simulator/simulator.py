"""The simulator as a whole: a PBX on a TCP port that tests drive step by step, or that lives by itself."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from cti_crm.pbx.simulator.ami_actions import Actions
from cti_crm.pbx.simulator.ami_server import AmiServer
from cti_crm.pbx.simulator.asking import Asking
from cti_crm.pbx.simulator.burst import Burst, BurstCall
from cti_crm.pbx.simulator.call_actions import CallActions
from cti_crm.pbx.simulator.calls import Call
from cti_crm.pbx.simulator.click_to_dial import OriginateRequest, Origination
from cti_crm.pbx.simulator.clock import Clock, SpeedClock
from cti_crm.pbx.simulator.dialling import CallOverError
from cti_crm.pbx.simulator.model import Model
from cti_crm.pbx.simulator.office import DEFAULT_DEVICES, DEFAULT_USERS, AmiUser, Device, Office
from cti_crm.pbx.simulator.phones import People
from cti_crm.pbx.simulator.queue_members import Breaks, BreakTaker
from cti_crm.pbx.simulator.scenarios import Life
from cti_crm.pbx.simulator.switch import Switch
from cti_crm.pbx.simulator.traffic import Traffic, TrafficSource


class Simulator:
    """A small PBX speaking AMI; use it as `async with Simulator() as pbx:` and connect to `pbx.port`.

    users: who may sign in; the default has `cti`/`cti-secret` for events and `cti-originate`/`originate-secret`.
    devices: the phones; `office` gives the whole plan instead.
    people: with them, calls made by click-to-dial are answered by themselves. Without, tests answer them: see
        `originated`.
    traffic: calls that come and go by themselves (needs `people`; made from chance if missing).
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        users: Sequence[AmiUser] = DEFAULT_USERS,
        devices: Sequence[Device] = DEFAULT_DEVICES,
        office: Office | None = None,
        clock: Clock | None = None,
        people: People | None = None,
        traffic: Traffic | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self.clock = clock or SpeedClock()
        self.switch = Switch(office or Office(devices=tuple(devices)), self.clock, self._emit)
        self._burst = Burst(self.switch, self.clock)
        actions = Actions(self.switch, self._originate, self._burst.channels, CallActions(self.switch, self._rings_at))
        self._server = AmiServer(users, actions, lambda: max(0, int(self.clock.now() - self.model.started)))
        if traffic is not None and people is None:
            people = People()
        self._life = Life(self.clock, people, lambda: self.model) if people is not None else None
        self._traffic = traffic
        self._people = people
        self._originations: asyncio.Queue[Origination] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._group = asyncio.TaskGroup()

    @property
    def model(self) -> Model:
        """Channels, bridges, queues and parked calls as they are now."""
        return self.switch.model

    @property
    def office(self) -> Office:
        """The plan: phones, queues, ring groups, our outside numbers."""
        return self.switch.office

    @property
    def connections(self) -> int:
        """How many AMI clients are connected."""
        return self._server.sessions

    async def __aenter__(self) -> Self:
        self.port = await self._server.start(self.host, self.port)
        await self._group.__aenter__()
        if self._traffic is not None and self._people is not None and self._life is not None:
            source = TrafficSource(self._traffic, self.switch, self.clock, self._people, self._life)
            self._spawn(source.run())
            self._spawn(BreakTaker(Breaks(), self.switch, self.clock, People()).run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await self._server.stop()
        # The body's own exception goes on as it is; only those of the calls' tasks come out as a group.
        await self._group.__aexit__(None, None, None)

    # -- calls, step by step

    async def incoming(
        self, number: str, *, did: str, name: str = "", variables: Mapping[str, str] | None = None
    ) -> Call:
        """Somebody calls `did`, one of our numbers; nothing rings before `call.ring()`. `number` "" withholds it.

        variables: what an IVR made of the keys they pressed.
        """
        call = Call.from_outside(self.switch, number, name, did)
        call.caller.variables.update(variables or {})
        self.switch.settle()
        return call

    async def outgoing(self, extension: str, number: str) -> Call:
        """A phone of ours dials an outside number, a colleague, a queue; nothing rings before `call.ring()`.

        Raises ValueError: no such phone.
        """
        call = Call.from_phone(self.switch, extension, number)
        self.switch.settle()
        return call

    async def originated(self) -> Origination:
        """The next click-to-dial that came over AMI (its phone rings); waits for one. Only without `people`."""
        return await self._originations.get()

    async def burst(
        self,
        calls_per_second: float,
        seconds: float,
        *,
        ring: float = 1.0,
        talk: float = 2.0,
        extensions: Sequence[str] = (),
    ) -> list[BurstCall]:
        """Load: direct calls at an even rate, each ringing and talking so many seconds. Returns after the last one.

        Raises ValueError: an extension has no phone, or the rate is not above 0.
        """
        return await self._burst.play(calls_per_second, seconds, ring=ring, talk=talk, extensions=extensions)

    # -- faults

    def drop_connections(self) -> None:
        """Cut every AMI connection; calls go on, new connections are taken."""
        self._server.drop_connections()

    def go_silent(self) -> None:
        """Take connections and actions, but send nothing, not even the banner; what happens meanwhile is lost."""
        self._server.silent = True

    def speak(self) -> None:
        """Undo `go_silent`."""
        self._server.silent = False

    async def restart(self, *, killed: bool = False) -> None:
        """Stop and start anew, on the same port: all calls are gone, Uptime begins at 0.

        killed: without a word; else every channel gets its Hangup, and Shutdown is sent, before connections close.
        """
        self._burst.forget()
        if killed:
            self._server.drop_connections()
            self.switch.crash()
        else:
            self.switch.shut_down()
            self._server.close_connections()

    # -- inside

    def _emit(self, privilege: str, data: bytes) -> None:
        self._server.publish(privilege, data)

    def _originate(self, request: OriginateRequest) -> tuple[Origination, asyncio.Task[None]]:
        origination = Origination(self.switch, request)
        return origination, self._spawn(self._serve(origination))

    def _rings_at(self, what: Call | Asking) -> None:
        if self._life is not None:
            self._spawn(self._life.sent_on(what))

    async def _serve(self, origination: Origination) -> None:
        """Ring, and wait for the answer as long as the request allows."""
        await origination.ring()
        if origination.done.is_set():
            return
        timeout = self._spawn(self._ring_time(origination))
        if self._life is not None:
            self._spawn(self._life.click_to_dial(origination))
        else:
            self._originations.put_nowait(origination)
        await origination.done.wait()
        timeout.cancel()

    async def _ring_time(self, origination: Origination) -> None:
        await self.clock.sleep(origination.request.timeout)
        try:
            await origination.no_answer()
        except CallOverError:
            return

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
