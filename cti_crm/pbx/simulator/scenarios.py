"""Calls that live by themselves: people react, talk and hang up in the PBX's time."""

from collections.abc import Callable, Sequence

from cti_crm.pbx.simulator.asking import Asking
from cti_crm.pbx.simulator.calls import Call
from cti_crm.pbx.simulator.click_to_dial import Origination
from cti_crm.pbx.simulator.clock import Clock
from cti_crm.pbx.simulator.dialling import CallOverError
from cti_crm.pbx.simulator.model import Model
from cti_crm.pbx.simulator.phones import People, Reaction


class Life:
    """Lets calls run their course. A call that ends otherwise (AMI Hangup, a restart) ends its script too.

    model: called anew each time, for a restart replaces it.
    """

    def __init__(self, clock: Clock, people: People, model: Callable[[], Model]) -> None:
        self._clock = clock
        self._people = people
        self._model = model

    async def inbound(self, call: Call, *, transfer: str | None = None) -> None:
        """A call from outside or from a colleague, to whatever it was dialled to.

        transfer: who gets the call handed over when somebody has answered, if they are free then.
        """
        try:
            answered = await (self._in_queue(call) if self._queue(call) else self._direct(call))
            if answered is None:
                await self._leave(call)
                return
            if transfer is not None and transfer != answered and self._free(transfer):
                answered = await self._transfer(call, answered, transfer)
            await self._talk(call, answered)
        except CallOverError:
            return

    async def outbound(self, call: Call) -> None:
        """One of our phones calls outside, by its own keys or after a click."""
        habits = self._people.habits
        try:
            reaction = self._people.outside(call.exten)
            if reaction is Reaction.BUSY:
                await self._clock.sleep(1.0)
                await call.busy()
                return
            await call.ring()
            if reaction is Reaction.ANSWER:
                await self._clock.sleep(self._people.span(habits.outside_answers_after))
                await call.answer()
                await self._talk(call, "caller")
            else:
                await self._clock.sleep(self._people.span(habits.patience))
                await call.hang_up("caller")
        except CallOverError:
            return

    async def click_to_dial(self, origination: Origination) -> None:
        """Our own phone is picked up after about two seconds, then it is a call like any other."""
        try:
            await self._clock.sleep(self._people.span(self._people.habits.own_phone_answers_after))
            call = await origination.answer()
        except CallOverError:
            return
        if origination.fetches:
            return  # it lives on in its own script
        if self._model().office.is_outside(call.exten):
            await self.outbound(call)
        else:
            await self.inbound(call)

    async def sent_on(self, what: Call | Asking) -> None:
        """Somebody handed a call over, or asks a colleague, from the page: they pick up, unless they talk already."""
        try:
            if isinstance(what, Asking):
                await self._clock.sleep(self._people.span(self._people.habits.asked_answers_after))
                what.answer()
            elif self._queue(what):
                await self._in_queue(what)
            else:
                await self._clock.sleep(self._people.span(self._people.habits.asked_answers_after))
                await what.answer()
        except CallOverError:
            return

    def _free(self, extension: str) -> bool:
        phone = self._model().office.device(extension)
        return phone is not None and self._model().is_free(phone.interface)

    def _queue(self, call: Call) -> bool:
        return self._model().office.queue(call.exten) is not None

    async def _direct(self, call: Call) -> str | None:
        """Ring an extension or a ring group; who answered."""
        phones = [phone.extension for phone in self._model().office.phones(call.exten)]
        free = [phone for phone in phones if self._free(phone)]
        if not free:
            await call.busy(phones[0] if phones else "called")
            return None
        await call.ring()
        for phone in phones:
            if phone not in free:
                await call.busy(phone)  # a phone in use rejects a second call
        return await self._reactions(call, free, wait=self._people.habits.patience)

    async def _in_queue(self, call: Call) -> str | None:
        """Wait in the queue, try after try, until somebody answers or patience ends."""
        patience = self._people.span(self._people.habits.patience) * 2
        deadline = self._clock.now() + patience
        while self._clock.now() < deadline:
            await call.ring()
            ringing = call.ringing
            if ringing:
                answered = await self._reactions(call, ringing, wait=(8.0, 12.0), keep_caller=True)
                if answered is not None:
                    return answered
                if call.ringing:
                    await call.no_answer()
            await self._clock.sleep(1.0)
        return None

    async def _reactions(
        self, call: Call, phones: Sequence[str], *, wait: tuple[float, float], keep_caller: bool = False
    ) -> str | None:
        """One of those whose phone rings does something; the others let it ring."""
        who = self._people.chance.choice(phones)
        reaction = self._people.agent()
        if reaction is Reaction.NO_ANSWER:
            await self._clock.sleep(self._people.span(wait))
            return None
        await self._clock.sleep(self._people.span(self._people.habits.agent_answers_after))
        if reaction is Reaction.ANSWER:
            await call.answer(who)
            return who
        await call.decline(who)
        if call.ringing and not keep_caller:
            await self._clock.sleep(self._people.span(self._people.habits.agent_answers_after))
        return None

    async def _leave(self, call: Call) -> None:
        """Nobody answered: voicemail, or the caller gives up."""
        if call.over:
            return
        if call.ringing and call.mailbox is None and self._has_mailbox(call):
            await call.no_answer()
        if call.mailbox is not None:
            await self._clock.sleep(self._people.span((5.0, 12.0)))
        await call.hang_up("caller")

    def _has_mailbox(self, call: Call) -> bool:
        phone = self._model().office.device(call.exten)
        return phone is not None and phone.mailbox

    async def _transfer(self, call: Call, agent: str, to: str) -> str:
        """Hand the customer over, blind or after asking; who talks now."""
        await self._clock.sleep(self._people.span((5.0, 12.0)))
        if self._people.chance.random() < 0.5:
            await call.blind_transfer(agent, to)
            await self._clock.sleep(self._people.span(self._people.habits.agent_answers_after))
            await call.answer(to)
            return to
        consultation = await call.consult(agent, to)
        await self._clock.sleep(self._people.span(self._people.habits.agent_answers_after))
        await consultation.answer()
        await self._clock.sleep(self._people.span((4.0, 8.0)))
        await call.complete_transfer(agent)
        return to

    async def _talk(self, call: Call, agent: str) -> None:
        """Talk, now and then with a hold, until one of the two hangs up."""
        seconds = self._people.span(self._people.habits.talk)
        if self._people.chance.random() < 0.2:
            await self._clock.sleep(seconds / 3)
            if call.talking and not call.held:
                await call.hold(agent)
                await self._clock.sleep(seconds / 3)
                await call.resume(agent)
            seconds /= 3
        await self._clock.sleep(seconds)
        while call.asking is not None and not call.over:
            await self._clock.sleep(1.0)  # nobody leaves in the middle of that
        # Parked, or sent on and not yet answered: only the customer is there to hang up.
        await call.hang_up(self._people.chance.choice(("caller", "called")) if call.talking else "caller")
