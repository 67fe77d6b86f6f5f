"""The AMI actions of call control, with the answers of Asterisk 22: done to the simulated calls at once."""

from collections.abc import Callable

from cti_crm.pbx.simulator.ami_server import Headers, Session
from cti_crm.pbx.simulator.asking import Asking
from cti_crm.pbx.simulator.calls import Call
from cti_crm.pbx.simulator.dialling import CallOverError
from cti_crm.pbx.simulator.events import channel_fields
from cti_crm.pbx.simulator.model import Channel
from cti_crm.pbx.simulator.switch import Switch

RIGHTS = frozenset({"call"})
_QUEUED = "successfully queued"
HOLD_KEY = "A"
"""The key of the feature cti-hold, as in asterisk_conf/features.conf."""


class CallActions:
    """Of each action only what cti-crm asks."""

    def __init__(self, switch: Switch, rings_at: Callable[[Call | Asking], None]) -> None:
        """`rings_at`: a call was sent elsewhere, or somebody is asked; whoever is there may pick up."""
        self._switch = switch
        self._rings_at = rings_at
        self._pressed: dict[str, str] = {}  # by Uniqueid: the last key
        self.handlers: dict[str, Callable[[Session, Headers], None]] = {
            "BlindTransfer": self._blind_transfer,
            "Atxfer": self._ask,
            "CancelAtxfer": self._go_back,
            "Park": self._park,
            "PlayDTMF": self._play,
            "Setvar": self._set,
        }

    def variable(self, name: str, channel_name: str) -> str:
        """What Getvar tells of a channel, or of the PBX if none is named."""
        office, channel = self._switch.office, self._find(channel_name)
        if name.startswith("DIALPLAN_EXISTS("):
            context, _, rest = name[16:-1].partition(",")
            exten = rest.partition(",")[0]
            known = not exten or not office.is_outside(exten) or exten.startswith(("0", "+"))
            return str(int(context in office.contexts and known))
        if channel is None:
            return {"FEATUREMAP(atxfer)": "*2", "FEATURE(atxferthreeway)": "*3"}.get(name, "")
        peers = channel.bridge.channels if channel.bridge else []
        return {
            "BRIDGEPEER": ",".join(one.name for one in peers if one is not channel),
            "CHANNEL(name)": channel.name,
            "CONTEXT": channel.context,
            "DYNAMIC_FEATURES": "" if channel.device == office.trunk else "cti-hold",
        }.get(name, "")

    # -- handing over

    def _blind_transfer(self, session: Session, headers: Headers) -> None:
        channel, call = self._talking(headers)
        if channel is None or call is None:
            session.reply(headers, "Error", "Channel specified does not exist")
            return
        call.hand_over(channel, headers.get("exten", ""))
        session.reply(headers, "Success", "Transfer succeeded")
        self._rings_at(call)

    def _ask(self, session: Session, headers: Headers) -> None:
        channel, call = self._talking(headers)
        if channel is None or call is None or call.asking is not None:
            session.reply(headers, "Error", "Channel specified does not exist")
            return
        session.reply(headers, "Success", f"Atxfer {_QUEUED}")
        self._rings_at(call.ask(channel, headers.get("exten", "")))

    def _go_back(self, session: Session, headers: Headers) -> None:
        _, call = self._talking(headers)
        if call is None or call.asking is None:
            session.reply(headers, "Error", "Channel specified does not exist")
            return
        session.reply(headers, "Success", f"CancelAtxfer {_QUEUED}")
        call.asking.go_back()

    def _park(self, session: Session, headers: Headers) -> None:
        channel, call = self._talking(headers, "timeoutchannel")
        try:
            if channel is None or call is None:
                raise CallOverError("Channel does not exist")
            call.park_at_once(channel)
        except CallOverError as error:
            session.reply(headers, "Error", str(error))
            return
        session.reply(headers, "Success", "Park successful")

    # -- keys and audio

    def _play(self, session: Session, headers: Headers) -> None:
        channel = self._find(headers.get("channel", ""))
        digit = headers.get("digit", "")
        if channel is None:
            session.reply(headers, "Error", "Channel not found")
            return
        received = headers.get("receive", "") == "true"
        told = (("Digit", digit), ("DurationMs", "160"), ("Direction", "Received" if received else "Sent"))
        self._switch.say("DTMFEnd", channel_fields(channel), told, privilege="dtmf")
        session.reply(headers, "Success", f"DTMF {_QUEUED}")
        if received:
            self._press(channel, digit)
        else:
            channel.heard += digit

    def _press(self, channel: Channel, digit: str) -> None:
        """What the features make of a key of a phone."""
        before, call = self._pressed.get(channel.uniqueid, ""), channel.owner
        self._pressed[channel.uniqueid] = digit
        if not isinstance(call, Call):
            return
        if call.asking is not None:
            if before + digit == "*3" and call.asking.answered:
                call.asking.join()
        elif channel.context == "cti-hold":
            if digit != HOLD_KEY:
                call.take_back(channel)
        elif digit == HOLD_KEY:
            call.put_on_hold(channel)

    def _set(self, session: Session, headers: Headers) -> None:
        channel = self._find(headers.get("channel", ""))
        if channel is None:
            session.reply(headers, "Error", "No such channel")
        elif headers.get("variable") != "MUTEAUDIO(in)":
            session.reply(headers, "Error", "Variable not set")
        else:
            channel.muted = headers.get("value") == "on"
            session.reply(headers, "Success", "Variable Set")

    # -- whom

    def _find(self, name: str) -> Channel | None:
        channels = self._switch.model.channels.values()
        return next((one for one in channels if name in (one.name, one.uniqueid)), None)

    def _talking(self, headers: Headers, key: str = "channel") -> tuple[Channel | None, Call | None]:
        """A channel that talks, and its call."""
        channel = self._find(headers.get(key, ""))
        if channel is None or channel.bridge is None or not isinstance(channel.owner, Call):
            return None, None
        return channel, channel.owner
