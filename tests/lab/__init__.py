"""A telephone world for tests: a real Asterisk 22 that runs `asterisk_conf/`, and SIPp people around it.

A test asks for the fixtures `asterisk_pbx` (shared, running), `own_pbx` (its own, to stop or kill) and `people`; its
folder's conftest.py imports them from `tests.lab.fixtures`. It says who does what, and waits for what happens:

    @pytest.mark.asterisk
    async def test_a_call(people: People) -> None:
        phone = await people.phone("101")                   # plugged in; rings for every call until told
        customer = await people.customer("+4917612345678")  # None withholds the number
        call = await customer.call("+49305550101")
        at_phone = await (await phone.next_call()).ringing()
        await at_phone.answer()                             # decline() busy() forward("102"); or let it ring
        await at_phone.hold()                               # resume() press("*2102") transfer("102")
        await call.hang_up()                                # either side may; before the answer it gives up
        truth = await at_phone.ended()                      # SipTruth: times, status, who ended it

Attended: `asking = await phone.call("102")`, then `at_phone.transfer_to_call(asking)`. `phone.call("0301234567")`
dials out; `people.outside()` is everybody who is called over the trunk. `phone.refusing = "BUSY"` (or "DECLINE")
refuses every call at once, without ringing.

The service connects to `asterisk_pbx.ports.ami` on 127.0.0.1, as `cti` with `events_secret` and `cti-originate` with
`originate_secret`. `asterisk_pbx.ami()` is the tests' own AMI client, `cdr()` and `cel()` are Asterisk's own records,
`cli("...")` is its CLI. All times are seconds since 1970 by one clock, that of this machine.

Asterisk is built once into `~/.cache/cti-crm` (or `$CTI_CRM_CACHE`); `python -m tests.lab.asterisk_root` does so ahead.
"""
