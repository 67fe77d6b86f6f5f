"""`cti-crm doctor` for one Asterisk: what is wrong between it and us, and in words what to change."""

import asyncio
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cti_crm.pbx.asterisk.acting import ActingAccount
from cti_crm.pbx.asterisk.client import AmiConnection, Answer
from cti_crm.pbx.asterisk.control_check import complaints
from cti_crm.pbx.asterisk.errors import LinkError
from cti_crm.pbx.asterisk.fields import is_phone
from cti_crm.pbx.asterisk.packet import AmiPacket
from cti_crm.settings import PbxSettings

OLDEST_ASTERISK = 13

_VERSION = re.compile(r"(\d+)\.")
_DIALLABLE = re.compile(r"[0-9*#+]+")

_NAME = re.compile(r"[\w.+-]+")
_FILTER = (
    "Give the line's endpoint `callerid = <unknown>`, and let the dialplan read the number from the header and keep "
    "only its digits: see [caller] in asterisk_conf/extensions.conf. Ask the provider to pass on checked numbers only."
)

# Never called, only looked up in the dialplan.
_OUTSIDE = ("03023125000", "+493023125000", "0003023125000")


class FindingLevel(StrEnum):
    """How bad it is. WARNING also where something cannot be checked."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `advice` says what to change; "" if nothing."""

    level: FindingLevel
    title: str
    advice: str = ""


async def check_pbx(settings: PbxSettings, known_devices: set[str], *, deadline: float = 5.0) -> list[Finding]:
    """Look at everything that can be looked at without making a call. Each question may take `deadline` seconds.

    known_devices: the devices of all agents, e.g. "PJSIP/101". Raises nothing that the PBX could cause.
    """
    check = _Check(settings, deadline)
    try:
        await check.run(known_devices)
    except LinkError as error:
        check.error(f"The check of {settings.name} stopped: {error}", "Put that right, then run the check again.")
    finally:
        await check.close()
    return check.findings


class _Check:
    def __init__(self, settings: PbxSettings, deadline: float) -> None:
        self.findings: list[Finding] = []
        self._settings = settings
        self._deadline = deadline
        self._connections: list[AmiConnection] = []
        self._booted = asyncio.Event()
        self._probed = asyncio.Event()
        self._probe_id = f"cti-crm-doctor-{secrets.token_hex(8)}"

    async def run(self, known_devices: set[str]) -> None:
        events = await self._sign_in("events", self._settings.username, events=True)
        if events is None:
            return
        await self._reads_events(events)
        await self._version(events)
        await self._may_list(events)
        await self._context(events)
        await self._devices(events, known_devices)
        for trunk in self._settings.trunks:
            await self._filters_callers(events, trunk)
        if self._settings.originate_username is None:
            self.warning(
                "One AMI user does both: follow calls and dial",
                "Make a second one with `write = originate,call,agent` and name it in `originate_username`.",
            )
            originate: AmiConnection | None = events
        else:
            await self._needs_no_more(events, self._settings.username, ("Originate", "Command", "UpdateConfig"))
            originate = await self._sign_in("originate", self._settings.originate_username, events=False)
        if originate is not None:
            await self._dials(originate, known_devices)
            await self._controls()

    async def close(self) -> None:
        for connection in self._connections:
            await connection.close()

    def ok(self, title: str) -> None:
        self.findings.append(Finding(FindingLevel.OK, title))

    def warning(self, title: str, advice: str) -> None:
        self.findings.append(Finding(FindingLevel.WARNING, title, advice))

    def error(self, title: str, advice: str) -> None:
        self.findings.append(Finding(FindingLevel.ERROR, title, advice))

    async def _sign_in(self, purpose: str, username: str, *, events: bool) -> AmiConnection | None:
        settings = self._settings
        try:
            login = settings.events_login() if purpose == "events" else settings.originate_login()
            connection = await AmiConnection.open(
                settings.host, settings.port, login, self._take, events=events, deadline=self._deadline
            )
        except LinkError as error:
            title, _, advice = str(error).partition(": ")
            self.error(title, advice or "See the log of Asterisk.")
            return None
        except (OSError, UnicodeDecodeError) as error:
            self.error(f"The password of the {purpose} user cannot be read", str(error))
            return None
        self._connections.append(connection)
        self.ok(f"The {purpose} user {username!r} can sign in at {settings.host}:{settings.port}")
        return connection

    def _take(self, packets: Sequence[str]) -> None:
        for raw in packets:
            if raw.startswith("Event: FullyBooted"):
                self._booted.set()
            elif raw.startswith("Event: OriginateResponse") and AmiPacket(raw).action_id == self._probe_id:
                self._probed.set()

    async def _ask(self, connection: AmiConnection, action: str, **headers: str) -> list[Answer]:
        return await connection.ask(action, headers, deadline=self._deadline)

    async def _reads_events(self, events: AmiConnection) -> None:
        if await _happens(self._booted, self._deadline):
            self.ok("Asterisk has started and sends us events of class system")
            return
        self.error(
            "Asterisk lets us in but sends no events",
            f"In manager.conf [{self._settings.username}] needs `read = system,call,agent,user,dtmf`.",
        )

    async def _version(self, events: AmiConnection) -> None:
        answer = (await self._ask(events, "CoreSettings"))[0]
        told = str(answer.asteriskversion)
        major = _VERSION.search(told)
        if major is None:
            self.warning("The version of Asterisk is not known", f"It should be {OLDEST_ASTERISK} or later.")
        elif int(major[1]) < OLDEST_ASTERISK:
            self.error(f"This is Asterisk {told}", f"Asterisk {OLDEST_ASTERISK} or later is needed: update it.")
        else:
            self.ok(f"This is Asterisk {told}")

    async def _may_list(self, events: AmiConnection) -> None:
        if (await self._ask(events, "CoreShowChannels"))[0].success:
            self.ok("The calls that go on can be listed")
            return
        self.error(
            "The calls that go on cannot be listed, so after each connect we would not know them",
            f"In manager.conf [{self._settings.username}] needs `write = reporting`, which permits lists only.",
        )

    async def _context(self, events: AmiConnection) -> None:
        context = self._settings.originate_context
        answer = (await self._ask(events, "ShowDialPlan", Context=context))[0]
        if answer.success:
            self.ok(f"The dialplan has the context {context!r}")
        elif "permission" in str(answer.message).lower():
            self.warning(
                f"Whether the dialplan has the context {context!r} could not be checked", "Allow `write = reporting`."
            )
        else:
            self.error(
                f"The dialplan has no context {context!r}, so nothing can be dialled by click",
                "Add it to extensions.conf, or name another in `originate_context`.",
            )

    async def _devices(self, events: AmiConnection, known_devices: set[str]) -> None:
        found = await self._devices_of(events)
        if not found:
            self.warning("The phones of the PBX could not be listed", "Allow `write = reporting`.")
            return
        trunks = set(self._settings.trunks)
        if missing := trunks - found:
            self.error(f"Lines that the PBX does not know: {_names(missing)}", "Correct `trunks` (as in pjsip.conf).")
        if unknown := known_devices - found:
            self.error(
                f"Agents' phones that the PBX does not know: {_names(unknown)}",
                "Correct the device of these agents, or add the phone to the PBX.",
            )
        if spare := found - known_devices - trunks:
            self.warning(
                f"Phones that belong to no agent: {_names(spare)}",
                "Give each an agent (`cti-crm user add --device`), or name it in `trunks` if it is a line.",
            )
        if not (missing or unknown or spare):
            self.ok("Every phone has its agent, and every line is known")

    async def _devices_of(self, events: AmiConnection) -> set[str]:
        """Endpoints if we may see them, else every device whose state is known: in practice the same."""
        endpoints = await self._ask(events, "PJSIPShowEndpoints")
        if endpoints[0].success:
            return {f"PJSIP/{one.objectname}" for one in endpoints[1:] if one.objectname}
        states = await self._ask(events, "DeviceStateList")
        return {one.device for one in states[1:] if is_phone(one.device)}

    async def _filters_callers(self, events: AmiConnection, trunk: str) -> None:
        """A number with line ends in it writes into our events. Only an endpoint with a caller id of its own takes none
        from its callers (res_pjsip_caller_id.c); the dialplan could filter it no sooner than the first event.
        """
        technology, _, name = trunk.partition("/")
        context = await self._of_endpoint(events, name, "context") if technology == "PJSIP" else None
        if context is None:
            self.warning(f"Whether the numbers of callers on {trunk} are filtered cannot be checked", _FILTER)
        elif not await self._of_endpoint(events, name, "callerid"):
            self.warning(f"Callers on {trunk} can write into the events of the PBX", _FILTER)
        elif await self._takes_numbers_unfiltered(events):
            self.warning("The dialplan sets callers' numbers from SIP headers without a filter", _FILTER)
        elif patterns := await self._takes_any_text(events, context):
            self.warning(
                f"Callers on {trunk} can dial any text, and write so into the events of the PBX: {_names(patterns)}",
                f"In [{context}] let these patterns end in X, one for each digit, rather than in `.` or `!`.",
            )
        else:
            self.ok(f"Callers on {trunk} cannot write into the events of the PBX")

    async def _of_endpoint(self, events: AmiConnection, endpoint: str, field: str) -> str | None:
        """A setting of an endpoint; None if it cannot be asked for."""
        if not _NAME.fullmatch(endpoint):
            return None
        answer = (await self._ask(events, "Getvar", Variable=f"PJSIP_ENDPOINT({endpoint},{field})"))[0]
        value = str(answer.value)
        return None if not answer.success or (field == "context" and not value) else value

    async def _takes_numbers_unfiltered(self, events: AmiConnection) -> bool:
        """Whether any step of the dialplan copies a SIP header into the caller's number as it is."""
        steps = await self._ask(events, "ShowDialPlan")
        texts = [str(step.appdata).upper().replace(" ", "") for step in steps]
        return any(
            text.startswith(("CALLERID(NUM)=", "CALLERID(ALL)=", "CALLERID(NAME)="))
            and ("PJSIP_HEADER(" in text or "SIP_HEADER(" in text)
            and "FILTER(" not in text
            for text in texts
        )

    async def _takes_any_text(self, events: AmiConnection, context: str) -> set[str]:
        """Patterns of a context that match more than digits: the number dialled is the caller's word too."""
        steps = await self._ask(events, "ShowDialPlan", Context=context)
        patterns = {str(step.extension) for step in steps if str(step.context) == context}
        return {one for one in patterns if one.startswith("_") and one.endswith((".", "!"))}

    async def _needs_no_more(self, connection: AmiConnection, username: str, dangerous: tuple[str, ...]) -> None:
        commands = (await self._ask(connection, "ListCommands"))[0]
        if may := [name for name in dangerous if name in commands]:
            self.warning(
                f"The AMI user {username!r} may do more than it needs: {', '.join(may)}",
                "Whoever learns its password could run programs on the PBX: take the rights away in manager.conf.",
            )

    async def _dials(self, originate: AmiConnection, known_devices: set[str]) -> None:
        username = self._settings.originate_username or self._settings.username
        await self._needs_no_more(originate, username, ("Command", "UpdateConfig"))
        commands = (await self._ask(originate, "ListCommands"))[0]
        if "Hangup" not in commands:
            self.error(f"The AMI user {username!r} may not end calls", f"In manager.conf [{username}] needs `call`.")
        if "QueuePause" not in commands:
            self.warning(
                f"The AMI user {username!r} may not pause agents or sign them in to queues",
                f"In manager.conf [{username}] needs `agent` under `write` (and app_queue.so must be loaded).",
            )
        for extension in (*_extensions(known_devices), *_OUTSIDE):
            answer = (await self._try_to_dial(originate, extension))[0]
            if "does not exist" not in str(answer.message):
                break
        if answer.success and await _happens(self._probed, self._deadline):
            self.ok(f"The AMI user {username!r} may dial, and what becomes of a call reaches us")
        elif answer.success:
            self.error(
                "Events about calls do not reach us",
                f"In manager.conf [{self._settings.username}] needs `read = system,call,agent,user,dtmf`.",
            )
        elif "does not exist" in str(answer.message):
            self.warning(
                f"The context {self._settings.originate_context!r} knows neither our extensions nor outside numbers",
                "Click-to-dial goes on there: include the contexts from which your phones dial.",
            )
        else:
            self.error(
                f"The AMI user {username!r} may not dial ({answer.message})",
                f"In manager.conf [{username}] needs `write = originate,call,agent`.",
            )

    async def _controls(self) -> None:
        account = ActingAccount(self._settings, deadline=self._deadline)
        try:
            found = await complaints(account, self._settings)
        finally:
            await account.close()
        for title, advice in found:
            self.warning(title, advice)
        if not found:
            self.ok("Agents can control their calls from the page")

    async def _try_to_dial(self, originate: AmiConnection, extension: str) -> list[Answer]:
        """Originate to a phone that cannot exist: none rings, but the failure is told as an event of class call."""
        return await self._ask(
            originate,
            "Originate",
            ActionID=self._probe_id,
            Channel="PJSIP/cti-crm-doctor",
            Context=self._settings.originate_context,
            Exten=extension,
            Priority="1",
            Timeout="1000",
            Async="true",
        )


async def _happens(event: asyncio.Event, within: float) -> bool:
    try:
        async with asyncio.timeout(within):
            await event.wait()
    except TimeoutError:
        return False
    return True


def _extensions(devices: set[str]) -> list[str]:
    names = (device.partition("/")[2] for device in sorted(devices))
    return [name for name in names if _DIALLABLE.fullmatch(name)][:3]


def _names(devices: Iterable[str]) -> str:
    return ", ".join(sorted(devices))
