"""What a caller keyed in, told by `channelvars` of manager.conf: the AMI user needs no further right for it."""

import pytest

from cti_crm.calls.call_events import CallOffered
from tests.e2e.calls.lived import lived, rang
from tests.e2e.calls.office import Office
from tests.lab.asterisk import AsteriskPbx
from tests.lab.people import People

pytestmark = pytest.mark.asterisk

MANAGER = "[general](+)\nchannelvars = CUSTOMER_NO,LANGUAGE_KEY,NEVER_SET\n"
# As an IVR would: the variables are set before the phone rings. What a caller sends is text, whatever it looks like.
DIALPLAN = """
[office](+)
exten => 190,1,Set(CUSTOMER_NO=4711)
 same => n,Set(LANGUAGE_KEY=<b>en)
 same => n,Dial(PJSIP/101,10)
"""


async def test_what_was_keyed_in_is_there_when_the_phone_rings(own_pbx: AsteriskPbx) -> None:
    for file, text in (("manager_site.conf", MANAGER), ("extensions.conf", DIALPLAN)):
        with (own_pbx.folder / "etc" / file).open("a") as configuration:
            configuration.write(text)
    for reload in ("manager reload", "dialplan reload"):
        await own_pbx.cli(reload)
    wanted = {"CUSTOMER_NO": "Customer number", "LANGUAGE_KEY": "Language", "NEVER_SET": "Nothing"}
    async with People(own_pbx) as people, Office(people, "entered", None, wanted).listening() as office:
        phone = await office.phone("101")
        call = await (await office.customer()).call("+49305550190")
        at_phone = await (await phone.next_call()).ringing()
        offered = await office.told(lambda event: isinstance(event, CallOffered))
        assert offered.call.entered == (("Customer number", "4711"), ("Language", "<b>en"))
        await call.hang_up()
        await at_phone.ended()
        await office.check(lived(call, outcome="missed", rang=rang(at_phone)))
