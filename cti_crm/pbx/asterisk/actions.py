"""`AsteriskControl`: what we ask of a PBX. Values are checked, for one line too many would be an action of its own."""

import re
from collections.abc import Mapping

from cti_crm.calls.ports import Ability, ControlError, DialRequest, Lack, Refusal
from cti_crm.pbx.asterisk.abilities import HOLD_CONTEXT, HOLD_FEATURE, lacks
from cti_crm.pbx.asterisk.acting import ActingAccount
from cti_crm.settings import PbxSettings

_NUMBER = re.compile(r"[0-9*#+]{1,40}")
_DIGITS = re.compile(r"[0-9*#]{1,32}")
_DEVICE = re.compile(r"[A-Za-z0-9]{1,20}/[A-Za-z0-9@._:+-]{1,80}")
_CALLER_NUMBER = re.compile(r"[0-9A-Za-z*#+._-]{0,40}")
# Hangup takes "/.../" for a regular expression over all channels, hence no slash.
_LEG_ID = re.compile(r"[A-Za-z0-9._;-]{1,149}")
_CHANNEL = re.compile(r"[A-Za-z0-9]{1,20}/[A-Za-z0-9@._:+;-]{1,120}")

# Keys that phones do not have (RFC 4733, 3.2), so that neither side presses them: features.conf, [applicationmap].
_HOLD_KEY, _RESUME_KEY = "A", "D"


class AsteriskControl:
    """Implements `CallControl` over the acting account.

    Numbers are dialled in the contexts of the configuration only, never with Application, Data or Variable: with these,
    whoever may dial could run programs on the PBX (CVE-2012-4869, CVE-2024-42365).
    """

    def __init__(self, settings: PbxSettings, *, deadline: float = 5.0) -> None:
        """An action that is not answered within `deadline` seconds has failed."""
        self._settings = settings
        self._account = ActingAccount(settings, deadline=deadline)

    async def originate(self, request: DialRequest) -> None:
        """Ring the agent's phone, then connect it. `OriginateFinished.action_id` will be the request's `leg_id`."""
        number = _number(request.number)
        if not _DEVICE.fullmatch(request.device):
            raise ControlError("Your phone is not set up for dialling by click: ask your administrator.")
        if not _LEG_ID.fullmatch(request.leg_id) or not _CALLER_NUMBER.fullmatch(request.caller_number):
            raise ControlError("This call cannot be made: ask your administrator.")
        settings = self._settings
        await self._account.do(
            "Originate",
            {
                # OriginateResponse names no Uniqueid on failure, but the ActionID always.
                "ActionID": request.leg_id,
                "Channel": request.device,
                "ChannelId": request.leg_id,
                "Context": settings.pickup_context if request.takes_over else settings.originate_context,
                "Exten": number,
                "Priority": "1",
                "CallerID": request.caller_number,
                "Timeout": str(settings.ring_seconds * 1000),
                "Async": "true",
            },
        )

    async def hang_up(self, leg_id: str) -> None:
        """End one leg."""
        # Asterisk looks for a channel of that name first, then for one of that Uniqueid (ast_channel_get_by_name).
        await self._account.do("Hangup", {"Channel": _leg(leg_id)})

    async def hold(self, leg_id: str) -> None:
        """Press the key of the feature that runs [cti-hold] on the agent's channel; Asterisk tells Hold, as of a phone.

        Held already: the key does nothing then. Without the feature the other side would hear the key, so it is looked
        for first.
        """
        features = await self._account.read("DYNAMIC_FEATURES", _leg(leg_id))
        if HOLD_FEATURE not in features.split("#"):
            raise ControlError("Your phone is not set up for holding from the page.", Refusal.NOT_SET_UP)
        await self._press(leg_id, _HOLD_KEY)

    async def resume(self, leg_id: str) -> None:
        """End [cti-hold] by a key."""
        if await self._account.read("CONTEXT", _leg(leg_id)) != HOLD_CONTEXT:
            raise ControlError("It was put on hold on your phone: take it back there.", Refusal.HELD_BY_PHONE)
        await self._press(leg_id, _RESUME_KEY)

    async def mute(self, leg_id: str, *, on: bool) -> None:
        """MUTEAUDIO(in): what comes in from the phone. The AMI action MuteAudio would need the right `system`."""
        headers = {"Channel": _leg(leg_id), "Variable": "MUTEAUDIO(in)", "Value": "on" if on else "off"}
        await self._account.do("Setvar", headers)

    async def transfer(self, leg_id: str, number: str) -> None:
        """BlindTransfer, which redirects whoever shares the bridge with the agent's leg and tells of it in an event."""
        await self._reachable(number)
        context = self._settings.transfer_context
        await self._account.do("BlindTransfer", {"Channel": _leg(leg_id), "Context": context, "Exten": number})

    async def consult(self, leg_id: str, number: str) -> None:
        """Atxfer, which presses the keys of an attended transfer for the agent; Asterisk loses a +, no phone's key."""
        if not _DIGITS.fullmatch(number):
            raise ControlError("This number cannot be dialled by keys.", Refusal.UNKNOWN_NUMBER)
        await self._reachable(number)
        if not await self._account.read("FEATUREMAP(atxfer)"):
            raise ControlError("The telephone system has no key for attended transfers.", Refusal.NOT_SET_UP)
        context = self._settings.transfer_context
        await self._account.do("Atxfer", {"Channel": _leg(leg_id), "Context": context, "Exten": number})

    async def end_consultation(self, leg_id: str) -> None:
        """CancelAtxfer."""
        await self._account.do("CancelAtxfer", {"Channel": _leg(leg_id)})

    async def join_consultation(self, leg_id: str) -> None:
        """Press the keys that make three of an attended transfer; no action does it."""
        keys = await self._account.read("FEATURE(atxferthreeway)")
        if not _DIGITS.fullmatch(keys):
            raise ControlError("The telephone system has no key for talks of three.", Refusal.NOT_SET_UP)
        await self._press(leg_id, keys)

    async def park(self, leg_id: str) -> None:
        """Park, in the agent's name: if nobody fetches the call it comes back to this phone."""
        peers = await self._peers(leg_id)
        if len(peers) != 1:
            raise ControlError("Only a talk of two can be parked.")
        name = await self._account.read("CHANNEL(name)", leg_id)
        await self._account.do("Park", {"Channel": peers[0], "TimeoutChannel": _channel(name)})

    async def send_digits(self, leg_id: str, digits: str) -> None:
        """PlayDTMF to whoever shares the bridge: received from the agent's own leg they might be taken for features."""
        if not _DIGITS.fullmatch(digits):
            raise ControlError("Only digits, * and # can be sent.")
        for peer in await self._peers(leg_id):
            for digit in digits:
                await self._account.do("PlayDTMF", {"Channel": peer, "Digit": digit, "Duration": "160"})

    async def lacks(self) -> Mapping[Ability, Lack]:
        """What this PBX cannot do, and what it would take."""
        return await lacks(self._account, self._settings)

    async def close(self) -> None:
        """Close the connection, if there is one."""
        await self._account.close()

    async def _press(self, leg_id: str, keys: str) -> None:
        """As if the agent's phone had sent these keys."""
        for key in keys:
            await self._account.do("PlayDTMF", {"Channel": _leg(leg_id), "Digit": key, "Receive": "true"})

    async def _peers(self, leg_id: str) -> list[str]:
        """The channels that share a bridge with a leg."""
        peers = [one for one in (await self._account.read("BRIDGEPEER", _leg(leg_id))).split(",") if one]
        if not peers:
            raise ControlError("Nobody is on the line with you.", Refusal.CALL_OVER)
        return [_channel(one) for one in peers]

    async def _reachable(self, number: str) -> None:
        """Whom Asterisk sends to an extension that does not exist, it hangs up on."""
        context = self._settings.transfer_context
        exists = await self._account.read(f"DIALPLAN_EXISTS({context},{_number(number)},1)")
        if exists == "0":
            raise ControlError("The telephone system does not know this number.", Refusal.UNKNOWN_NUMBER)
        if exists != "1":
            raise ControlError("The telephone system lacks func_dialplan.so: tell its admin.", Refusal.NOT_SET_UP)


def _leg(leg_id: str) -> str:
    if not _LEG_ID.fullmatch(leg_id):
        raise ControlError("This call cannot be controlled from here.")
    return leg_id


def _channel(name: str) -> str:
    if not _CHANNEL.fullmatch(name):
        raise ControlError("This call cannot be controlled from here.")
    return name


def _number(number: str) -> str:
    if not _NUMBER.fullmatch(number):
        raise ControlError("This number cannot be dialled: only digits, *, # and + may be in it.")
    return number
