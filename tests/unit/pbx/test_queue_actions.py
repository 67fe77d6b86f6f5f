"""What may go into an action about a queue, and what is made of Asterisk's refusals."""

from typing import cast

import pytest

from cti_crm.calls.ports import ControlError
from cti_crm.pbx.asterisk.acting import ActingAccount
from cti_crm.pbx.asterisk.queue_actions import AsteriskQueues
from cti_crm.settings import PbxSettings


class Account:
    """An account that does all it is asked, and keeps it."""

    def __init__(self) -> None:
        self.done: list[tuple[str, dict[str, str]]] = []

    async def do(self, action: str, headers: dict[str, str], _words: object) -> None:
        self.done.append((action, headers))


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def queues(account: Account) -> AsteriskQueues:
    queues = AsteriskQueues(PbxSettings())
    queues._account = cast("ActingAccount", account)
    return queues


async def test_what_is_sent(queues: AsteriskQueues, account: Account) -> None:
    await queues.sign_in("Verkauf Nord", "PJSIP/101", "Anna Müller")
    await queues.pause(None, "Local/101@agents/n", "Mittag")
    await queues.pause("support", "PJSIP/101", None)
    await queues.sign_out("support", "PJSIP/101")
    added = {"Queue": "Verkauf Nord", "Interface": "PJSIP/101", "MemberName": "Anna Müller", "Paused": "false"}
    assert account.done == [
        ("QueueAdd", added),
        ("QueuePause", {"Interface": "Local/101@agents/n", "Paused": "true", "Reason": "Mittag"}),
        ("QueuePause", {"Interface": "PJSIP/101", "Paused": "false", "Queue": "support"}),
        ("QueueRemove", {"Queue": "support", "Interface": "PJSIP/101"}),
    ]


@pytest.mark.parametrize(
    ("queue", "interface", "reason"),
    [
        ("a\r\nAction: Originate", "PJSIP/101", ""),
        ("support", "PJSIP/101\r\nAction: Originate", ""),
        ("support", "101", ""),
        ("support", "PJSIP/101&PJSIP/102", ""),
        ("support", "PJSIP/101", "a\nAction: Command"),
        ("support", "PJSIP/101", "x" * 81),
        ("", "PJSIP/101", ""),
    ],
)
async def test_what_could_be_more_than_a_value_is_not_sent(
    queues: AsteriskQueues, account: Account, queue: str, interface: str, reason: str
) -> None:
    with pytest.raises(ControlError):
        await queues.pause(queue, interface, reason)
    assert account.done == []


async def test_a_name_that_is_no_line_is_left_out(queues: AsteriskQueues, account: Account) -> None:
    await queues.sign_in("support", "PJSIP/101", "Anna\r\nAction: Command")
    assert account.done[0][1]["MemberName"] == ""
