"""Somebody asks a colleague while the other side hears music: the PBX's own attended transfer (Atxfer).

Asterisk's events without the Local channels between the two, which it optimises away once both sides send audio.
"""

from typing import TYPE_CHECKING

from cti_crm.pbx.simulator.dialling import CallOverError
from cti_crm.pbx.simulator.events import bridge_fields, channel_fields
from cti_crm.pbx.simulator.model import Bridge, Channel, ChannelState
from cti_crm.pbx.simulator.switch import Switch

if TYPE_CHECKING:
    from cti_crm.pbx.simulator.calls import Call


class Asking:
    """From the first ring until the three have sorted out who talks with whom; owns the channel of who is asked."""

    def __init__(self, switch: Switch, call: "Call", asker: Channel, customer: Channel, home: Bridge) -> None:
        self.three = False
        self.target: Channel
        self._switch = switch
        self._call = call
        self._asker = asker
        self._customer = customer
        self._home = home
        self._aside: Bridge | None = None
        self._handed_over = False

    @property
    def answered(self) -> bool:
        """Whether who is asked has picked up."""
        return self.target.state is ChannelState.UP

    def ring(self, to: str) -> None:
        """The customer hears music, `to` is called."""
        switch, asker = self._switch, self._asker
        switch.tell("Hold", asker)
        switch.music(self._customer, plays=True)
        self._customer.on_hold = True
        self._aside = switch.new_bridge()
        switch.leave(asker)
        switch.enter(self._aside, asker)
        phones = switch.office.phones(to)
        device, number, name = (
            (phones[0].interface, phones[0].extension, phones[0].name) if phones else (switch.office.trunk, to, "")
        )
        target = self.target = switch.new_channel(
            self, device, ChannelState.DOWN, number=number, name=name, linkedid=asker.linkedid
        )
        target.application, target.data, target.exten = "AppDial", "(Outgoing Line)", to
        switch.set_connected(target, asker.number, asker.caller_name)
        dial_string = number if phones else f"{to}@trunk"
        switch.dial_event("DialBegin", asker, channel_fields(target, "Dest"), ("DialString", dial_string))
        switch.rings(asker, target)
        switch.settle()

    def answer(self) -> None:
        """Who is asked picks up. Raises CallOverError: nothing rings."""
        if self.answered or self.target.name not in self._switch.model.channels:
            raise CallOverError("nothing rings")
        switch = self._switch
        switch.set_state(self.target, ChannelState.UP)
        switch.dial_end(None if self._handed_over else self._asker, self.target, "ANSWER")
        if self._handed_over:
            self._meet()
        elif self._aside is not None:
            switch.enter(self._aside, self.target)
        switch.settle()

    def go_back(self) -> None:
        """The asker talks with the customer again, as before."""
        switch = self._switch
        switch.leave(self._asker)
        switch.enter(self._home, self._asker)
        switch.tell("Unhold", self._asker)
        self._music_ends()
        self._let_go(self.target)
        switch.destroy(self._aside)
        self._over()

    def hand_over(self) -> None:
        """The asker leaves; who is asked has the customer, or will have when they answer."""
        switch = self._switch
        self._tell("Bridge")
        self._call.agent_completes("transfer")
        switch.leave(self._asker)
        switch.leave_dialplan(self._asker)
        switch.hangup(self._asker)
        self._handed_over = True
        if self.answered:
            switch.leave(self.target)
            self._meet()
        switch.destroy(self._aside)
        switch.settle()

    def join(self) -> None:
        """All three talk. Raises CallOverError: who is asked has not answered."""
        if not self.answered or self.three:
            raise CallOverError("nobody to join")
        switch = self._switch
        self._music_ends()
        for channel in (self.target, self._asker):
            switch.leave(channel)
            switch.enter(self._home, channel)
        self._home.technology = "softmix"
        self._tell("Threeway")
        switch.destroy(self._aside)
        self.three = True
        switch.settle()

    def hang_up(self, channel: Channel, *, pressed: bool) -> None:
        """One of those who are in it hangs up."""
        if pressed:
            self._switch.hangup_request(channel, 16)
        if self.three:
            self._leave_three(channel)
        elif channel is self._asker:
            self.hand_over()
        elif channel is self.target and not self._handed_over:
            self.go_back()
        else:
            self._all_gone()

    def clear(self, channel: Channel) -> None:
        """AMI's Hangup of who is asked."""
        self.hang_up(channel, pressed=False)

    def lost(self) -> None:
        """The PBX is gone."""

    def _meet(self) -> None:
        """Who was asked and the customer talk, and nobody else is in it."""
        self._switch.enter(self._home, self.target)
        self._music_ends()
        self._call.goes_on(self._customer, self.target)

    def _leave_three(self, channel: Channel) -> None:
        left = [one for one in (self._customer, self._asker, self.target) if one is not channel]
        if channel is self._asker:
            self._call.agent_completes("transfer")
        self._let_go(channel)
        self._home.technology = "native_rtp"
        self._call.goes_on(*left)
        self._switch.settle()

    def _all_gone(self) -> None:
        switch = self._switch
        self._music_ends()
        for channel in (self._customer, self.target, self._asker):
            if channel.name in switch.model.channels:
                self._let_go(channel)
        switch.destroy(self._aside)
        switch.destroy(self._home)
        self._call.ended.set()
        self._over()

    def _let_go(self, channel: Channel) -> None:
        switch = self._switch
        if channel.state is ChannelState.RINGING:
            switch.dial_end(self._asker, channel, "CANCEL")
        switch.leave(channel)
        switch.leave_dialplan(channel)
        switch.hangup(channel)

    def _music_ends(self) -> None:
        if self._customer.on_hold:
            self._switch.music(self._customer, plays=False)
            self._customer.on_hold = False

    def _over(self) -> None:
        self._call.asking = None
        self._switch.settle()

    def _tell(self, kind: str) -> None:
        self._switch.say(
            "AttendedTransfer",
            (("Result", "Success"),),
            channel_fields(self._asker, "OrigTransferer"),
            bridge_fields(self._home, "Orig"),
            channel_fields(self._asker, "SecondTransferer"),
            channel_fields(self._customer, "Transferee"),
            channel_fields(self.target, "TransferTarget"),
            (("IsExternal", "No"), ("DestType", kind)),
        )
