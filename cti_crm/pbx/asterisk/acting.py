"""The acting account's connection: an action is sent once, and what Asterisk refuses is said in the agent's words."""

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from cti_crm.calls.ports import ControlError, Refusal
from cti_crm.pbx.asterisk.client import AmiConnection, Answer
from cti_crm.pbx.asterisk.errors import ForbiddenCharacterError, LinkError
from cti_crm.settings import PbxSettings

_log = structlog.get_logger(__name__)


class ActingAccount:
    """A connection of its own, opened when first needed.

    If the answer to an action does not come within `deadline` seconds it has failed, and is not sent again.
    """

    def __init__(self, settings: PbxSettings, *, deadline: float = 5.0) -> None:
        self._settings = settings
        self._deadline = deadline
        self._connection: AmiConnection | None = None
        self._opening = asyncio.Lock()

    async def do(
        self, action: str, headers: Mapping[str, str], words: Mapping[str, tuple[str, Refusal]] | None = None
    ) -> Answer:
        """Ask for something to be done. Raises ControlError if it is not, or nobody answers.

        words: Asterisk's own for a refusal of this action (in lower case, without a full stop) -> ours.
        """
        answer = await self._ask(action, headers)
        if answer.success:
            return answer
        said = str(answer.message)
        _log.warning("the PBX refused what was asked", pbx=self._settings.name, action=action, reason=said)
        known = {**_REFUSALS, **(words or {})}.get(said.rstrip(".").lower())
        if known is None:
            raise ControlError(f"The telephone system refused: {said[:80]}")
        raise ControlError(*known)

    async def read(self, variable: str, leg_id: str = "") -> str:
        """A variable or function of the dialplan, perhaps of a leg; "" if there is none. Raises ControlError."""
        channel = {"Channel": leg_id} if leg_id else {}
        return str((await self.do("Getvar", {**channel, "Variable": variable})).value)

    async def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            await self._connection.close()

    async def _ask(self, action: str, headers: Mapping[str, str]) -> Answer:
        try:
            connection = await self._connected()
            return (await connection.ask(action, headers, deadline=self._deadline, single=True))[0]
        except (LinkError, OSError, UnicodeDecodeError) as error:
            # Asterisk must not find the action in the connection when it wakes up, minutes later.
            await self.close()
            _log.warning("the PBX did not do what was asked", pbx=self._settings.name, action=action, reason=str(error))
            raise ControlError(
                "The telephone system does not answer. Please use the keys of your phone.", Refusal.SILENT
            ) from error
        except ForbiddenCharacterError as error:
            raise ControlError("This call cannot be made: ask your administrator.") from error

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


_OVER = ("This call is over already.", Refusal.CALL_OVER)
_REFUSALS = {
    "permission denied": (
        "The telephone system does not permit this: ask your administrator.",
        Refusal.NOT_PERMITTED,
    ),
    "no such channel": _OVER,
    "channel does not exist": _OVER,
    "channel not found": _OVER,
    "channel specified does not exist": _OVER,
    "extension does not exist": (
        "The telephone system does not know how to dial this number.",
        Refusal.UNKNOWN_NUMBER,
    ),
    "variable not set": (  # Setvar of a function that no loaded module has: MUTEAUDIO
        "The telephone system cannot mute: it lacks res_mutestream.so. Tell your administrator.",
        Refusal.NOT_SET_UP,
    ),
    "invalid/unknown command": (
        "The telephone system cannot do this: ask your administrator.",
        Refusal.NOT_SET_UP,
    ),
}


def _ignore(_packets: Sequence[str]) -> None:
    """Events are not asked for on this connection."""
