"""`AsteriskQueues`: members of queues come, go and pause, over the account that acts (AMI class `agent`)."""

import re
from collections.abc import Mapping

from cti_crm.calls.ports import ControlError, Refusal
from cti_crm.pbx.asterisk.acting import ActingAccount
from cti_crm.settings import PbxSettings

# app_queue takes nearly any name; these are all that people use, and none can become a header of its own.
_QUEUE = re.compile(r"[\w .:@+-]{1,128}")
_INTERFACE = re.compile(r"[A-Za-z0-9]{1,20}/[A-Za-z0-9@._:+;=-]{1,120}(/[nbjm]{1,4})?")
_TEXT = re.compile(r"[^\x00-\x1f\x7f]{0,80}")

_SO_ALREADY = ("", Refusal.REFUSED)
_NO_QUEUE = ("The telephone system has no such queue any more.", Refusal.REFUSED)
# As app_queue.c words them.
_REFUSALS = {
    "unable to add interface: already there": _SO_ALREADY,
    "unable to remove interface: not there": _SO_ALREADY,
    "unable to add interface to queue: no such queue": _NO_QUEUE,
    "unable to remove interface from queue: no such queue": _NO_QUEUE,
    "member not dynamic": (
        "You are a fixed member of this queue and cannot sign out of it. You can pause instead.",
        Refusal.REFUSED,
    ),
    "interface not found": ("You are not in this queue any more.", Refusal.REFUSED),
}


class AsteriskQueues:
    """Implements `QueueControl`. https://docs.asterisk.org/Latest_API/API_Documentation/AMI_Actions/QueuePause/"""

    def __init__(self, settings: PbxSettings, *, deadline: float = 5.0) -> None:
        """An action that is not answered within `deadline` seconds has failed."""
        self._account = ActingAccount(settings, deadline=deadline)

    async def sign_in(self, queue: str, device: str, name: str) -> None:
        """QueueAdd. Raises ControlError."""
        named = name if _TEXT.fullmatch(name) else ""
        await self._do("QueueAdd", {"Queue": queue, "Interface": device, "MemberName": named, "Paused": "false"})

    async def sign_out(self, queue: str, interface: str) -> None:
        """QueueRemove. Raises ControlError, also for a member that the configuration of the PBX names."""
        await self._do("QueueRemove", {"Queue": queue, "Interface": interface})

    async def pause(self, queue: str | None, interface: str, reason: str | None) -> None:
        """QueuePause, in all queues if none is named. Raises ControlError."""
        headers = {"Interface": interface, "Paused": "false" if reason is None else "true"}
        if queue is not None:
            headers["Queue"] = queue
        if reason:
            headers["Reason"] = reason
        await self._do("QueuePause", headers)

    async def close(self) -> None:
        """Close the connection, if there is one."""
        await self._account.close()

    async def _do(self, action: str, headers: Mapping[str, str]) -> None:
        if (
            not _INTERFACE.fullmatch(headers["Interface"])
            or not _QUEUE.fullmatch(headers.get("Queue", "any"))
            or not _TEXT.fullmatch(headers.get("Reason", ""))
        ):
            raise ControlError("This queue or phone has a name that cannot be used from here.")
        try:
            await self._account.do(action, headers, _REFUSALS)
        except ControlError as error:
            if str(error):
                raise
