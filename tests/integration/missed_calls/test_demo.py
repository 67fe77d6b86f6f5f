"""The demo has missed calls to show, and takes them from its log as any firm's first start does."""

from cti_crm.demo import firm
from cti_crm.demo.missed import miss_some_calls
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import Database
from cti_crm.missed_calls.schemas import MissedState
from tests.integration.missed_calls.conftest import MissedCrm


async def test_the_sample_firm_missed_some_calls(crm: MissedCrm, database: Database) -> None:
    await firm.set_up(database)
    for _ in range(2):  # started again, there are no more
        await miss_some_calls(database)
    manager = await crm.add_user("mia")
    crm.time = now()
    await crm.upkeep.catch_up()
    lines = await crm.lines(manager, MissedState.OPEN)
    assert sum(line.attempt_count for line in lines) == 7
    assert len(lines) == 6
    assert [line.number for line in lines if line.lure] == ["+2250707123456"]
    assert {line.contact.name for line in lines if line.contact} >= {"Sabine Krüger"}
