"""A call up to its answer, and its end: ringing, queues, voicemail, hanging up. Events in Asterisk 22's order."""

import asyncio

from cti_crm.pbx.simulator.events import channel_fields
from cti_crm.pbx.simulator.model import Channel, ChannelState, QueueEntry
from cti_crm.pbx.simulator.office import Device
from cti_crm.pbx.simulator.switch import Switch


class CallOverError(Exception):
    """The call has ended already, or is not in a state in which this could be done."""


class Dialling:
    """One call, driven step by step.

    People are named by extension (`101`), by the outside number dialled, or as `caller` and `called`. No step ever
    waits: it is done, events and all, when it returns. Steps raise CallOverError where a person could not take them.
    """

    def __init__(self, switch: Switch, exten: str) -> None:
        self.ended = asyncio.Event()
        self.caller: Channel  # who dials: set by those who make calls
        self.legs: dict[str, Channel] = {}
        self.talking: str | None = None
        self.entry: QueueEntry | None = None
        self.mailbox: str | None = None
        self._switch = switch
        self._exten = exten

    @property
    def exten(self) -> str:
        """What the dialplan executes: an extension, queue, ring group, or outside number."""
        return self._exten

    @property
    def ringing(self) -> list[str]:
        """Who is being called and has not answered."""
        return [who for who in self.legs if who != self.talking]

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return self.ended.is_set()

    def channel(self, who: str) -> Channel:
        """The channel of a person. Raises CallOverError: there is none (any more)."""
        if self.over:
            raise CallOverError("the call has ended")
        if who == "called":
            who = self.talking or next(iter(self.legs), "nobody")
        if who in self.legs:
            return self.legs[who]
        if who in ("caller", self.caller.peer, self.caller.number):
            return self.caller
        raise CallOverError(f"{who} is not in this call")

    async def ring(self) -> None:
        """Call whoever stands behind the number; in a queue the next (or all) free members. May be repeated there."""
        self._ring()

    async def answer(self, who: str = "called") -> None:
        """`who`, whose phone rings, picks up."""
        leg = self.channel(who)
        self._be_ringing(leg)
        winner = self._name(leg)
        if self.entry is not None:
            self._answer_in_queue(winner, leg, self.entry)
        else:
            self._answer(winner, leg)
        self._switch.settle()

    async def decline(self, who: str = "called") -> None:
        """`who` rejects the call (603)."""
        self._refuse(self.channel(who), 21, "603", "NOANSWER")

    async def busy(self, who: str = "called") -> None:
        """`who` is busy (486): instead of ringing if nothing rings yet, else a phone that rejects a second call."""
        if not self.over and not self.legs and self.entry is None:
            self._begin()
        self._refuse(self.channel(who), 17, "486", "BUSY")

    async def no_answer(self) -> None:
        """The ring time is over: back to the queue, to voicemail, or the end of the call."""
        if self.over or not self.ringing:
            raise CallOverError("nothing rings")
        losers = [self.legs.pop(who) for who in self.ringing]
        if self.entry is not None:
            self._ring_time_over_in_queue(losers, self.entry)
        else:
            for leg in losers:
                self._switch.dial_end(self.caller, leg, "NOANSWER")
            self._nobody(21, "503", may_leave_message=True)
            for leg in losers:
                self._switch.hangup(leg, 0)
        self._switch.settle()

    async def hang_up(self, by: str = "caller") -> None:
        """`by` hangs up: ends the talk, gives up waiting, or ends the message to the voicemail."""
        self._hang_up(self.channel(by), pressed=True)

    def clear(self, channel: Channel) -> None:
        """End a channel as the AMI action Hangup does: without HangupRequest."""
        self._hang_up(channel, pressed=False)

    def lost(self) -> None:
        """The PBX is gone."""
        self.ended.set()

    # -- ringing

    def _ring(self) -> None:
        queue_plan = self._switch.office.queue(self._exten)
        if self.over or self.talking or (queue_plan is None and self.legs):
            raise CallOverError("nothing more to ring")
        if queue_plan is None:
            self._begin()
            for leg in self.legs.values():
                self._switch.rings(self.caller, leg)
        else:
            self._ring_members(queue_plan.name)
        self._switch.settle()

    def _begin(self) -> None:
        """DialBegin to everyone behind the extension."""
        phones = self._switch.office.phones(self._exten)
        if not phones:
            self.legs[self._exten] = self._dial_outside()
            return
        self.caller.application, self.caller.data = "Dial", "&".join(phone.interface for phone in phones)
        for phone in phones:
            leg = self._new_leg(phone)
            leg.exten = self.caller.exten
            self._switch.set_connected(leg, self.caller.number, self.caller.caller_name)
            self.legs[phone.extension] = leg
        for who, leg in self.legs.items():
            single = len(phones) == 1 and not phones[0].mailbox
            dial_string = f"{who}/sip:{who}@127.0.0.1:6{who}" if single else who
            self._switch.dial_event("DialBegin", self.caller, channel_fields(leg, "Dest"), ("DialString", dial_string))
        if len(phones) == 1:
            self._switch.set_connected(self.caller, phones[0].extension, phones[0].name)

    def _new_leg(self, phone: Device) -> Channel:
        leg = self._switch.new_channel(
            self,
            phone.interface,
            ChannelState.DOWN,
            number=phone.extension,
            name=phone.name,
            linkedid=self.caller.linkedid,
        )
        leg.application, leg.data = "AppDial", "(Outgoing Line)"
        return leg

    def _dial_outside(self) -> Channel:
        office, number, caller = self._switch.office, self._exten, self.caller
        if caller.device != office.trunk:
            self._switch.set_caller_id(caller, office.did_prefix + caller.peer)
        caller.application, caller.data = "Dial", f"PJSIP/{number}@trunk"
        leg = self._switch.new_channel(
            self, office.trunk, ChannelState.DOWN, context="from-trunk", linkedid=caller.linkedid
        )
        leg.application, leg.data = "AppDial", "(Outgoing Line)"
        leg.exten = number
        leg.connected_number, leg.connected_name = caller.number, caller.caller_name
        # Asterisk names the called side after what the caller was told: nothing, or click-to-dial's CallerID.
        self._switch.set_caller_id(leg, number, caller.connected_name)
        self._switch.set_connected(leg, caller.number, caller.caller_name)
        caller.priority = 2
        dest = channel_fields(leg, "Dest")
        self._switch.dial_event("DialBegin", caller, dest, ("DialString", f"{number}@trunk"))
        if not caller.connected_number:
            self._switch.set_connected(caller, number, "")
        return leg

    def _ring_members(self, name: str) -> None:
        switch, caller = self._switch, self.caller
        queue = switch.model.queues[name]
        if self.entry is None:
            if queue.plan.answers_first and caller.state is not ChannelState.UP:
                switch.set_state(caller, ChannelState.UP)
            caller.priority = 2
            caller.application, caller.data = "Queue", name
            self.entry = switch.join(queue, caller)
        elif self.legs:
            raise CallOverError("members ring already")
        free = [one for one in queue.members if one.pause_reason is None and switch.model.is_free(one.device)]
        if queue.plan.strategy == "rrmemory" and free:
            order = queue.members[queue.next_member :] + queue.members[: queue.next_member]
            free = [next(one for one in order if one in free)]
            queue.next_member = (queue.members.index(free[0]) + 1) % len(queue.members)
        self.entry.rang = switch.clock.now()
        for member in free:
            phone = switch.office.device(member.device.partition("/")[2])
            if phone is None:
                continue
            leg = self._new_leg(phone)
            old = channel_fields(leg, "Dest")  # app_queue's DialBegin shows the leg as it was before it got its caller
            leg.exten = caller.exten
            leg.connected_number, leg.connected_name = caller.number, caller.caller_name
            self.legs[phone.extension] = leg
            switch.agent_event("AgentCalled", self.entry, leg)
            switch.dial_event("DialBegin", caller, old, ("DialString", member.device))
            switch.rings(caller, leg, connected=True)

    # -- answers and refusals

    def _name(self, channel: Channel) -> str:
        return next((who for who, leg in self.legs.items() if leg is channel), "caller")

    def _be_ringing(self, leg: Channel) -> None:
        if leg is self.caller or leg.state is not ChannelState.RINGING:
            raise CallOverError(f"{leg.peer} does not ring")

    def _answer(self, winner: str, leg: Channel) -> None:
        switch = self._switch
        losers = [self.legs.pop(who) for who in self.ringing if who != winner]
        switch.set_state(leg, ChannelState.UP)
        if len(switch.office.phones(self._exten)) > 1:
            switch.set_connected(self.caller, leg.number, leg.caller_name)
        for loser in losers:
            switch.dial_end(self.caller, loser, "CANCEL")
        leg.exten = ""
        switch.dial_end(self.caller, leg, "ANSWER")
        if self.caller.state is not ChannelState.UP:
            switch.set_state(self.caller, ChannelState.UP)
        for loser in losers:
            switch.hangup(loser, 26)
        switch.talk(leg, self.caller)
        self.talking = winner

    def _answer_in_queue(self, winner: str, leg: Channel, entry: QueueEntry) -> None:
        switch, now = self._switch, self._switch.clock.now()
        losers = [self.legs.pop(who) for who in self.ringing if who != winner]
        switch.set_state(leg, ChannelState.UP)
        switch.dial_end(self.caller, leg, "ANSWER")
        for loser in losers:
            switch.dial_end(self.caller, loser, "CANCEL")
        switch.set_connected(self.caller, leg.number, leg.caller_name)
        for loser in losers:  # app_queue says it twice
            switch.dial_end(self.caller, loser, "CANCEL")
        switch.music(self.caller, plays=False)
        if self.caller.state is not ChannelState.UP:
            switch.set_state(self.caller, ChannelState.UP)
        switch.leave_queue(entry)
        entry.answered = now
        entry.member = next((one for one in entry.queue.members if one.device == leg.device), None)
        if entry.member is not None:
            entry.member.in_call = True
        times = (("HoldTime", str(round(now - entry.joined))), ("RingTime", str(round(now - entry.rang))))
        switch.agent_event("AgentConnect", entry, leg, *times)
        for loser in losers:
            switch.hangup(loser, 26)
        switch.talk(leg, self.caller)
        self.talking = winner

    def _refuse(self, leg: Channel, cause: int, tech_cause: str, status: str, *, pressed: bool = True) -> None:
        switch = self._switch
        who = self._name(leg)
        if leg is self.caller or who == self.talking:
            raise CallOverError(f"{leg.peer} does not ring")
        del self.legs[who]
        if pressed:
            switch.hangup_request(leg, cause, tech_cause)
        switch.dial_end(self.caller, leg, status)
        if self.entry is not None:
            switch.agent_event("AgentRingNoAnswer", self.entry, leg, ("RingTime", self._ring_time(self.entry)))
        switch.hangup(leg, cause, tech_cause)
        if self.entry is None and not self.legs:
            self._nobody(cause, tech_cause, may_leave_message=status == "NOANSWER")
        switch.settle()

    def _ring_time_over_in_queue(self, losers: list[Channel], entry: QueueEntry) -> None:
        switch = self._switch
        for leg in losers:
            switch.agent_event("AgentRingNoAnswer", entry, leg, ("RingTime", self._ring_time(entry)))
            switch.dial_end(self.caller, leg, "NOANSWER")
        for leg in losers:  # app_queue says it twice
            switch.dial_end(self.caller, leg, "CANCEL")
        for leg in losers:
            switch.hangup(leg, 0)

    def _ring_time(self, entry: QueueEntry) -> str:
        """Whole seconds, but in milliseconds: app_queue's way in this one event."""
        return str(round(self._switch.clock.now() - entry.rang) * 1000)

    def _nobody(self, cause: int, tech_cause: str, *, may_leave_message: bool) -> None:
        """The dialplan goes on after a Dial nobody answered."""
        switch, caller = self._switch, self.caller
        phone = switch.office.device(self._exten)
        caller.priority += 1
        if may_leave_message and phone is not None and phone.mailbox:
            self.mailbox = f"{phone.extension}@default"
            caller.application, caller.data = "VoiceMail", phone.extension
            switch.set_state(caller, ChannelState.UP)
            return
        if caller.state is not ChannelState.UP:
            if cause != 17:
                cause, tech_cause = 34, "503"
            switch.set_state(caller, ChannelState.BUSY)
            switch.settle()
            switch.hangup_request(caller, cause, tech_cause)
        switch.soft_hangup(caller, 16, tech_cause)
        switch.hangup(caller, cause, tech_cause)
        self.ended.set()

    # -- the end

    def _hang_up(self, channel: Channel, *, pressed: bool) -> None:
        if self.over:
            return
        who = self._name(channel)
        if who == self.talking or (channel is self.caller and self.talking is not None):
            self._part(channel, pressed=pressed)
        elif channel is self.caller:
            self._give_up(pressed=pressed)
        else:
            self._refuse(channel, 21, "603", "NOANSWER", pressed=pressed)
        self._switch.settle()

    def _part(self, first: Channel, *, pressed: bool) -> None:
        """Two who talk part; `first` hangs up."""
        switch = self._switch
        leg = self.legs[self.talking or ""]
        second = leg if first is self.caller else self.caller
        bridge = first.bridge
        if pressed:
            switch.hangup_request(first, None if self.entry else 16)
        self.agent_completes("caller" if first is self.caller else "agent")
        switch.leave(first)
        switch.leave_dialplan(first)
        switch.leave(second)
        switch.destroy(bridge)
        switch.hangup(first)
        switch.leave_dialplan(second)
        switch.hangup(second)
        self.ended.set()

    def agent_completes(self, reason: str) -> None:
        """AgentComplete, if the call came from a queue; from now on it is a call like any other."""
        entry, now = self.entry, self._switch.clock.now()
        if entry is None or entry.answered is None or self.talking is None:
            return
        entry.queue.completed += 1
        if entry.member is not None:
            entry.member.calls_taken += 1
            entry.member.last_call = int(now)
            entry.member.in_call = False
        self._switch.agent_event(
            "AgentComplete",
            entry,
            self.legs[self.talking],
            ("HoldTime", str(round(entry.answered - entry.joined))),
            ("TalkTime", str(round(now - entry.answered))),
            ("Reason", reason),
        )
        self.entry = None

    def _give_up(self, *, pressed: bool) -> None:
        """The caller hangs up before anybody answered, or in the voicemail."""
        switch, caller, legs = self._switch, self.caller, list(self.legs.values())
        early = caller.state is not ChannelState.UP
        cause, tech_cause = (127, "487") if early else (0, "")
        if pressed:
            switch.hangup_request(caller, 127 if early else None, tech_cause)
        if self.entry is not None:
            switch.music(caller, plays=False)
        for _ in range(2 if self.entry is not None else 1):
            for leg in legs:
                switch.dial_end(caller, leg, "CANCEL")
        if self.mailbox is not None:
            mail = (("Mailbox", self.mailbox), ("Waiting", "1"), ("New", "1"), ("Old", "0"))
            switch.tell("MessageWaiting", caller, *mail)
        if self.entry is not None:
            switch.abandon(self.entry)
            self.entry = None
        switch.soft_hangup(caller, 16, tech_cause)
        for leg in legs:
            switch.hangup(leg, cause, "500" if early else "")
        switch.hangup(caller, cause, tech_cause)
        self.legs.clear()
        self.ended.set()
