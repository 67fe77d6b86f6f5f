"""`AsteriskControl`: what we ask of a PBX. Values are checked, for one line too many would be an action of its own."""

import asyncio
import re
from collections.abc import Mapping

import structlog

from cti_crm.calls.ports import ControlError, DialRequest
from cti_crm.pbx.asterisk.client import AmiConnection
from cti_crm.pbx.asterisk.errors import ForbiddenCharacterError, LinkError
from cti_crm.settings import PbxSettings

_log = structlog.get_logger(__name__)

_NUMBER = re.compile(r"[0-9*#+]{1,40}")
_DEVICE = re.compile(r"[A-Za-z0-9]{1,20}/[A-Za-z0-9@._:+-]{1,80}")
_CALLER_NUMBER = re.compile(r"[0-9A-Za-z*#+._-]{0,40}")
# Hangup takes "/.../" for a regular expression over all channels, hence no slash.
_LEG_ID = re.compile(r"[A-Za-z0-9._;-]{1,149}")


class AsteriskControl:
    """Implements `CallControl` over the originate account and a connection of its own, opened when first needed.

    An action is sent once: if its answer does not come within `deadline` seconds it has failed, and is not sent again.
    """

    def __init__(self, settings: PbxSettings, *, deadline: float = 5.0) -> None:
        self._settings = settings
        self._deadline = deadline
        self._connection: AmiConnection | None = None
        self._opening = asyncio.Lock()

    async def originate(self, request: DialRequest) -> None:
        """Ring the agent's phone. Returns when the PBX accepted; what follows is told by events.

        `OriginateFinished.action_id` will be the request's `leg_id`. The call goes on in the one configured context,
        never with Application, Data or Variable: with these, whoever may dial could run programs on the PBX
        (CVE-2012-4869, CVE-2024-42365).

        Raises ControlError: refused, no link, or no answer in time.
        """
        if not _NUMBER.fullmatch(request.number):
            raise ControlError("This number cannot be dialled: only digits, *, # and + may be in it.")
        if not _DEVICE.fullmatch(request.device):
            raise ControlError("Your phone is not set up for dialling by click: ask your administrator.")
        if not _LEG_ID.fullmatch(request.leg_id) or not _CALLER_NUMBER.fullmatch(request.caller_number):
            raise ControlError("This call cannot be made: ask your administrator.")
        await self._do(
            "Originate",
            {
                # OriginateResponse names no Uniqueid on failure, but the ActionID always.
                "ActionID": request.leg_id,
                "Channel": request.device,
                "ChannelId": request.leg_id,
                "Context": self._settings.originate_context,
                "Exten": request.number,
                "Priority": "1",
                "CallerID": request.caller_number,
                "Timeout": str(self._settings.ring_seconds * 1000),
                "Async": "true",
            },
        )

    async def hang_up(self, leg_id: str) -> None:
        """End one leg. Raises ControlError, also if it is gone already."""
        if not _LEG_ID.fullmatch(leg_id):
            raise ControlError("This call cannot be ended from here.")
        # Asterisk looks for a channel of that name first, then for one of that Uniqueid (ast_channel_get_by_name).
        await self._do("Hangup", {"Channel": leg_id})

    async def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            await self._connection.close()

    async def _do(self, action: str, headers: Mapping[str, str]) -> None:
        try:
            connection = await self._connected()
            answer = (await connection.ask(action, headers, deadline=self._deadline))[0]
        except (LinkError, OSError, UnicodeDecodeError) as error:
            # Asterisk must not find the action in the connection when it wakes up, minutes later.
            await self.close()
            _log.warning("the PBX did not do what was asked", pbx=self._settings.name, action=action, reason=str(error))
            raise ControlError("The telephone system does not answer. Please dial on your phone.") from error
        except ForbiddenCharacterError as error:
            raise ControlError("This call cannot be made: ask your administrator.") from error
        if answer.success:
            return
        said = str(answer.message)
        _log.warning("the PBX refused what was asked", pbx=self._settings.name, action=action, reason=said)
        raise ControlError(_REFUSALS.get(said.rstrip(".").lower(), f"The telephone system refused: {said[:80]}"))

    async def _connected(self) -> AmiConnection:
        """The connection, proved to be alive by a Ping: unlike an action, that may be sent again on another one."""
        async with self._opening:
            if self._connection is not None and not self._connection.lost.done():
                try:
                    await self._connection.ask("Ping", deadline=self._deadline)
                except LinkError:
                    await self._connection.close()
                else:
                    return self._connection
            self._connection = await AmiConnection.open(
                self._settings.host,
                self._settings.port,
                self._settings.originate_login(),
                _ignore,
                events=False,
                deadline=self._deadline,
            )
            return self._connection


_REFUSALS = {
    "permission denied": "The telephone system does not permit this: ask your administrator.",
    "no such channel": "This call is over already.",
    "extension does not exist": "The telephone system does not know how to dial this number.",
}


def _ignore(_packet: str) -> None:
    """Events are not asked for on this connection."""
